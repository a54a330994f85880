/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * scenario_access.c - `network.access: [{share: 20%, bandwidth: 1Gbit/s}, {share: 80%, …}]`: links
 * of several classes, whatever groups their nodes are in; with `topology` those that its file tells
 * of.
 */
#include "base/nearest.h"
#include "experiment/language/scenario_schema.h"

#include <math.h>
#include <string.h>

enum { CLASSES_MAX = 64 };

#define EXAMPLE "[{share: 20%%, bandwidth: 1Gbit/s}, {share: 80%%, bandwidth: 50Mbit/s}]"

/* Classes that come with the program. */
static const struct preset {
    const char *name;
    int count;
    struct sim_access_class list[2];
} presets[] = {
    /* scenarios/data/regions/places-8.csv says where they are from. */
    { "places-8", 2, { { 0.2, 1024000000, 1024000000 }, { 0.8, 50000000, 50000000 } } },
};

static const struct param share_row =
    PARAM_FRACTION(struct sim_access_class, share, NULL, "0..1", "of the nodes");

static const struct preset *find_preset(const char *name)
{
    for (size_t i = 0; i < G_N_ELEMENTS(presets); i++)
        if (strcmp(presets[i].name, name) == 0)
            return &presets[i];
    return NULL;
}

static void clear_access(void *field)
{
    struct scenario_access *access = field;

    g_free(access->list);
    *access = (struct scenario_access){ 0 };
}

static void read_preset(const struct item *item, struct scenario_access *access,
                        struct scenario_reader *reader)
{
    const struct item *name = item->count == 1 ? item_get(item, "preset") : NULL;

    if (name == NULL || name->kind != ITEM_SCALAR) {
        item_error(item, reader->errors,
                   "classes were expected, as in " EXAMPLE ", or {preset: places-8}");
        return;
    }
    access->preset = find_preset(name->text);
    if (access->preset == NULL) {
        item_error(name, reader->errors, "there is no preset `%.40s`; known is %s", name->text,
                   presets[0].name);
        return;
    }
    access->count = access->preset->count;
    access->list = g_memdup2(access->preset->list, sizeof access->preset->list);
}

static void read_class(const struct item *item, struct sim_access_class *class,
                       struct scenario_reader *reader)
{
    if (item->kind != ITEM_MAP || item_get(item, "share") == NULL || item->count < 2) {
        item_error(item, reader->errors,
                   "a share of the nodes and their links were expected, as in {share: 20%%, "
                   "bandwidth: 1Gbit/s, downlink: 1Gbit/s}");
        return;
    }
    for (size_t i = 0; i < item->count; i++) {
        const struct item *part = item->children[i];
        struct nearest nearest = { .word = part->key };

        nearest_offer(&nearest, "share");
        nearest_offer(&nearest, "bandwidth");
        nearest_offer(&nearest, "downlink");
        if (strcmp(part->key, "share") == 0)
            scenario_read_param(part, &share_row, class, reader);
        else if (strcmp(part->key, "bandwidth") == 0)
            kind_bandwidth.read(part, &class->bandwidth, reader);
        else if (strcmp(part->key, "downlink") == 0)
            kind_bandwidth.read(part, &class->downlink, reader);
        else
            scenario_unknown(part, "parameter", nearest.best, "share, bandwidth, downlink", reader);
    }
}

static void read_access(const struct item *item, void *field, struct scenario_reader *reader)
{
    struct scenario_access *access = field;
    const size_t before = reader->errors->count;
    double sum = 0;

    clear_access(access);
    if (item->kind == ITEM_SCALAR && strcmp(item->text, "topology") == 0) {
        access->is_of_topology = true;
        return;
    }
    if (item->kind == ITEM_MAP) {
        read_preset(item, access, reader);
        return;
    }
    if (item->kind != ITEM_LIST || item->count == 0 || item->count > CLASSES_MAX) {
        item_error(item, reader->errors,
                   "1 to %d classes were expected, as in " EXAMPLE
                   ", or `topology`, whose file tells of them",
                   CLASSES_MAX);
        return;
    }
    access->list = g_new0(struct sim_access_class, item->count);
    access->count = (int)item->count;
    for (size_t i = 0; i < item->count; i++) {
        read_class(item->children[i], &access->list[i], reader);
        sum += access->list[i].share;
        if (reader->errors->count == before && access->list[i].share <= 0)
            item_error(item->children[i], reader->errors, "no node would be of this class");
    }
    if (reader->errors->count == before && fabs(sum - 1) > 1e-9)
        item_error(item, reader->errors, "the shares make %g %%, not 100 %%", 100 * sum);
}

static void write_access(GString *out, const void *field, bool for_hash)
{
    const struct scenario_access *access = field;
    char text[QUANTITY_TEXT_MAX];

    if (access->is_of_topology) {
        g_string_append(out, for_hash && access->read != NULL ? access->read->access.sha256
                                                              : "topology");
        return;
    }

    if (access->preset != NULL && !for_hash) {
        g_string_append_printf(out, "{preset: %s}", access->preset->name);
        return;
    }
    for (int i = 0; i < access->count; i++) {
        param_get(&share_row, &access->list[i], text);
        g_string_append_printf(out, "%s{share: %s, bandwidth: ", i > 0 ? ", " : "[", text);
        kind_bandwidth.write(out, &access->list[i].bandwidth, for_hash);
        g_string_append(out, ", downlink: ");
        kind_bandwidth.write(out, &access->list[i].downlink, for_hash);
        g_string_append_c(out, '}');
    }
    g_string_append_c(out, ']');
}

static bool is_none(const void *field)
{
    const struct scenario_access *access = field;

    return access->count == 0 && !access->is_of_topology;
}

static bool has_no_classes(const struct scenario *s)
{
    return is_none(&s->access);
}
const struct key_need scenario_needs_no_classes = {
    .because = "network.access",
    .is_met = has_no_classes,
    .otherwise = "has no effect beside `network.access`, whose classes say it",
    .is_absence = true,
};

void scenario_find_access(struct scenario *scenario)
{
    if (scenario->access.is_of_topology)
        scenario->access.read = scenario->topology.read;
}

struct topology_access scenario_access_of(const struct scenario *scenario)
{
    const struct topology_file *file = scenario->access.read;

    if (scenario->access.is_of_topology)
        return file != NULL ? file->access : (struct topology_access){ 0 };
    return (struct topology_access){ .classes = scenario->access.list,
                                     .count = (size_t)scenario->access.count };
}

bool scenario_classes_have_links(const struct scenario *scenario, bool is_down)
{
    const struct topology_access access = scenario_access_of(scenario);
    bool has_some = false;

    for (size_t i = 0; i < access.count; i++)
        has_some |= (is_down ? access.classes[i].downlink : access.classes[i].bandwidth) > 0;
    return has_some;
}

/* The topology has a file that tells of them. */
static void check_file(const struct item *item, const struct scenario *scenario,
                       struct errors *errors)
{
    const struct topology_file *file = scenario->topology.read;

    if (scenario->topology.file == NULL)
        item_error(item, errors,
                   "needs a topology with a file that has bandwidths of nodes, as in `topology: "
                   "{edges: {file: graph.gml}}`");
    else if (file != NULL && file->access.count == 0)
        item_error(item, errors, "%s", file->access.why);
}

/* Classes are all that is said of links. */
static void check_access(const struct item *root, const struct scenario *scenario,
                         struct errors *errors)
{
    const struct item *item = item_nearest(root, "network.access");
    char *place;

    if (is_none(&scenario->access))
        return;
    if (scenario->access.is_of_topology)
        check_file(item, scenario, errors);
    place = item_place(item_nearest(root, "network.by_group"));
    if (scenario_groups_have_links(scenario))
        item_error(
            item, errors,
            "beside links of groups, by `network.by_group` (%s): a node's link is that of its "
            "class or of its group",
            place);
    g_free(place);
}

const struct key_kind kind_access = {
    .values =
        "a list of classes, as in `[{share: 20%, bandwidth: 1Gbit/s, downlink: 1Gbit/s}, …]`, "
        "or `{preset: places-8}`, or `topology`, whose file tells of them",
    .schema =
        "'anyOf':[{'const':'topology'},{'type':'object'," NO_OTHERS
        ",'required':['preset'],'properties':{"
        "'preset':{'enum':['places-8']}}},{'type':'array','minItems':1,'items':{'type':'object',"
        "'required':['share'],'minProperties':2," NO_OTHERS ",'properties':{'share':{" A_SHARE "},"
        "'bandwidth':{'anyOf':[{'const':'unlimited'},{" TEXT(
            NUMBER BITRATE_UNITS) "}]},"
                                  "'downlink':{'anyOf':[{'const':'unlimited'},{" TEXT(
                                      NUMBER BITRATE_UNITS) "}]}}}}]",
    .read = read_access,
    .write = write_access,
    .clear = clear_access,
    .is_none = is_none,
    .check = check_access,
};
