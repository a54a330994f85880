/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * scenario_actions.c - what the action of a fault is given, by what its kind is about (the table
 * of fault_kind.h): nodes, the sides of a partition, the ends of a way, senders, or `all`.
 *
 * What ways and senders have is a map: `one_way: {from: eu, to: 20%}`, `loss: {mean: 30%, of: eu}`;
 * the nodes that are meant, and the kind's parameters.
 */
#include "base/nearest.h"
#include "experiment/language/scenario_schema.h"

#include <math.h>
#include <string.h>

#define SHARES_TOLERANCE 1e-9 /* of their sum, as with groups */

#define PARTITION_WANTED "`{groups: [[eu], [us]]}` or `{shares: [40%, 60%]}`"

#define OTHER_SELECTORS "`all`, `20%`, `{count: 3}`, `{node: 17}`, `{all-but: 1}`"

/* The keys of a map that name nodes, and what is missing without one. */
struct way {
    const char *key, *missing;
};
static const struct way ways[ABOUTS][2] = {
    [ABOUT_WAY] = { { "from", "whose messages do not pass" }, { "to", "who does not get them" } },
    [ABOUT_SENDERS] = { { "of", "whose messages it hits" }, { NULL, NULL } },
};

static const struct fault_kind *kind_of(const struct scenario_fault *fault)
{
    return &fault_kinds[fault->kind];
}

static int count_ways(const struct fault_kind *kind)
{
    const struct way *way = ways[kind->about];

    return (way[0].key != NULL) + (way[1].key != NULL);
}

static const struct param *params_of(const struct fault_kind *kind)
{
    return kind->params != NULL ? kind->params : scenario_no_rows;
}

/* Whether a parameter must be given. */
static bool is_required(const struct fault_kind *kind, const struct param *row)
{
    return row->fallback == NULL && !(kind->optional >> (row - kind->params) & 1);
}

/* The list that a partition's sides stand in. */
static const struct item *list_of(const struct item *partition, bool is_shares)
{
    return item_get(partition, is_shares ? "shares" : "groups");
}

/* ---- reading ---- */

static void make_sides(struct scenario_fault *fault, size_t count)
{
    fault->sides = g_new0(struct scenario_side, count);
    fault->count = (int)count;
}

/* Room for one selector on a side. */
static struct scenario_selector *only_part(struct scenario_side *side)
{
    side->parts = g_new0(struct scenario_selector, 1);
    side->count = 1;
    return side->parts;
}

static void read_groups_of_side(const struct item *item, struct scenario_side *side,
                                struct scenario_reader *reader)
{
    if (item->kind != ITEM_LIST || item->count == 0) {
        item_error(item, reader->errors, "a side is a list of groups, as in [eu, us]");
        return;
    }
    side->parts = g_new0(struct scenario_selector, item->count);
    for (size_t i = 0; i < item->count; i++) {
        const struct item *name = item->children[i];

        if (name->kind != ITEM_SCALAR || item_is_null(name)) {
            item_error(name, reader->errors, "the name of a group was expected");
            return;
        }
        side->parts[side->count].nodes.kind = SELECT_RANGE;
        side->parts[side->count++].group = g_strdup(name->text);
    }
}

static void read_share_of_side(const struct item *item, struct scenario_side *side,
                               struct scenario_reader *reader)
{
    char why[QUANTITY_WHY_MAX];

    if (item->kind != ITEM_SCALAR || item_is_null(item))
        item_error(item, reader->errors, "a share of the nodes was expected, as in 40%%");
    else if (!quantity_read_fraction(item->text, &side->share, why))
        item_error(item, reader->errors, "%s", why);
    else if (side->share <= 0)
        item_error(item, reader->errors, "a side without nodes; its share must be more than 0");
}

static void check_sum(const struct item *list, const struct scenario_fault *fault,
                      struct errors *errors)
{
    char text[QUANTITY_TEXT_MAX];
    double sum = 0;

    for (int i = 0; i < fault->count; i++)
        sum += fault->sides[i].share;
    g_snprintf(text, sizeof text, "%.10g", 100 * sum);
    if (fabs(sum - 1) > SHARES_TOLERANCE)
        item_error(list, errors, "the shares add up to %s%%; they must make 100%%", text);
}

static void read_partition(const struct item *item, struct scenario_fault *fault,
                           struct scenario_reader *reader)
{
    static const char *const known[] = { "groups", "shares", NULL };
    const struct item *list = scenario_single(item, PARTITION_WANTED, reader);
    size_t before = reader->errors->count;

    if (list == NULL)
        return;
    fault->is_shares = strcmp(list->key, "shares") == 0;
    if (!fault->is_shares && strcmp(list->key, "groups") != 0) {
        scenario_unknown(list, "kind of partition", nearest_among(known, list->key),
                         "groups, shares", reader);
        return;
    }
    if (list->kind != ITEM_LIST || list->count < 2 || list->count > SIM_SIDES_MAX) {
        item_error(list, reader->errors, "a list of 2 to %d sides was expected, as in %s",
                   SIM_SIDES_MAX, fault->is_shares ? "[40%, 60%]" : "[[eu], [us]]");
        return;
    }
    make_sides(fault, list->count);
    for (size_t i = 0; i < list->count; i++)
        if (fault->is_shares)
            read_share_of_side(list->children[i], &fault->sides[i], reader);
        else
            read_groups_of_side(list->children[i], &fault->sides[i], reader);
    if (fault->is_shares && reader->errors->count == before)
        check_sum(list, fault, reader->errors);
}

static void unknown_key(const struct item *item, const struct fault_kind *kind,
                        struct scenario_reader *reader)
{
    struct nearest nearest = { .word = item->key };
    GString *known = g_string_new(NULL);

    for (int i = 0; i < count_ways(kind); i++) {
        nearest_offer(&nearest, ways[kind->about][i].key);
        g_string_append_printf(known, "%s%s", i > 0 ? ", " : "", ways[kind->about][i].key);
    }
    for (const struct param *row = params_of(kind); row->type != PARAM_TYPE_END; row++) {
        nearest_offer(&nearest, row->name);
        g_string_append_printf(known, ", %s", row->name);
    }
    scenario_unknown(item, "key", nearest.best, known->str, reader);
    g_string_free(known, TRUE);
}

/* The nodes that a map names. */
static void read_ways(const struct item *item, struct scenario_fault *fault,
                      struct scenario_reader *reader)
{
    const struct way *way = ways[kind_of(fault)->about];

    make_sides(fault, (size_t)count_ways(kind_of(fault)));
    for (int i = 0; i < fault->count; i++) {
        struct scenario_selector *part = only_part(&fault->sides[i]);
        const struct item *selector = item_get(item, way[i].key);

        if (selector == NULL)
            item_error(item, reader->errors, "`%s` is missing: %s", way[i].key, way[i].missing);
        else
            scenario_read_selector(selector, part, reader);
    }
}

static void read_map(const struct item *item, struct scenario_fault *fault,
                     struct scenario_reader *reader)
{
    const struct fault_kind *kind = kind_of(fault);
    const struct param *rows = params_of(kind);
    const struct way *way = ways[kind->about];
    const size_t before = reader->errors->count;
    char why[PARAM_WHY_MAX];

    read_ways(item, fault, reader);
    for (size_t i = 0; i < item->count; i++) {
        const struct item *child = item->children[i];
        const struct param *row = param_find(rows, child->key);

        if (row != NULL)
            fault->given |= (uint64_t)1 << (row - rows);
        if (row != NULL)
            scenario_read_param(child, row, &fault->plan, reader);
        else if (strcmp(child->key, way[0].key) != 0 &&
                 (way[1].key == NULL || strcmp(child->key, way[1].key) != 0))
            unknown_key(child, kind, reader);
    }
    for (const struct param *row = rows; row->type != PARAM_TYPE_END; row++)
        if (is_required(kind, row) && item_get(item, row->name) == NULL)
            item_error(item, reader->errors, "`%s` is missing: %s", row->name, row->help);
    if (reader->errors->count == before && kind->check != NULL && !kind->check(&fault->plan, why))
        item_error(item, reader->errors, "%s", why);
}

/* `ends` in words: `partition` or `one_way`. */
static char *list_kinds(uint32_t ends, const char *between)
{
    GString *text = g_string_new(NULL);

    for (int i = 0; i < FAULT_KINDS; i++)
        if (ends >> i & 1)
            g_string_append_printf(text, "%s`%s`", text->len > 0 ? between : "",
                                   fault_kinds[i].name);
    return g_string_free(text, FALSE);
}

static void read_all(const struct item *item, const struct fault_kind *kind,
                     struct scenario_reader *reader)
{
    char *what;

    if (item->kind == ITEM_SCALAR && strcmp(item->text, "all") == 0)
        return;
    what = list_kinds(kind->ends, " and ");
    item_error(item, reader->errors, "`all` was expected: it ends every %s", what);
    g_free(what);
}

void scenario_read_action(const struct item *item, struct scenario_fault *fault,
                          struct scenario_reader *reader)
{
    const struct fault_kind *kind = kind_of(fault);

    if (kind->about == ABOUT_ALL) {
        read_all(item, kind, reader);
    } else if (kind->about == ABOUT_SIDES) {
        read_partition(item, fault, reader);
    } else if (kind->about == ABOUT_NODES) {
        make_sides(fault, 1);
        scenario_read_selector(item, only_part(&fault->sides[0]), reader);
    } else if (item->kind != ITEM_MAP) {
        item_error(item, reader->errors, "`%s` was expected", kind->example);
    } else {
        read_map(item, fault, reader);
    }
}

void scenario_clear_action(struct scenario_fault *fault)
{
    for (int i = 0; i < fault->count; i++) {
        for (int k = 0; k < fault->sides[i].count; k++)
            g_free(fault->sides[i].parts[k].group);
        g_free(fault->sides[i].parts);
    }
    g_free(fault->sides);
    *fault = (struct scenario_fault){ 0 };
}

/* ---- writing ---- */

static void write_groups(GString *out, const struct scenario_side *side, bool for_hash)
{
    g_string_append_c(out, '[');
    for (int i = 0; i < side->count; i++) {
        g_string_append(out, i > 0 ? ", " : "");
        scenario_write_selector(out, &side->parts[i], for_hash);
    }
    g_string_append_c(out, ']');
}

static void write_partition(GString *out, const struct scenario_fault *fault, bool for_hash)
{
    char text[QUANTITY_TEXT_MAX];

    g_string_append(out, fault->is_shares ? "{shares: [" : "{groups: [");
    for (int i = 0; i < fault->count; i++) {
        g_string_append(out, i > 0 ? ", " : "");
        if (fault->is_shares) {
            quantity_write_fraction(fault->sides[i].share, text);
            g_string_append(out, text);
        } else {
            write_groups(out, &fault->sides[i], for_hash);
        }
    }
    g_string_append(out, "]}");
}

static void write_map(GString *out, const struct scenario_fault *fault, bool for_hash)
{
    const struct fault_kind *kind = kind_of(fault);
    const struct param *rows = params_of(kind);
    char text[QUANTITY_TEXT_MAX];
    const char *separator = "{";

    for (int i = 0; rows[i].type != PARAM_TYPE_END; i++) {
        if (!(fault->given >> i & 1))
            continue;
        param_get(&rows[i], &fault->plan, text);
        g_string_append_printf(out, "%s%s: %s", separator, rows[i].name, text);
        separator = ", ";
    }
    for (int i = 0; i < fault->count; i++) {
        g_string_append_printf(out, "%s%s: ", separator, ways[kind->about][i].key);
        scenario_write_selector(out, &fault->sides[i].parts[0], for_hash);
        separator = ", ";
    }
    g_string_append_c(out, '}');
}

void scenario_write_action(GString *out, const struct scenario_fault *fault, bool for_hash)
{
    const enum fault_about about = kind_of(fault)->about;

    if (about == ABOUT_ALL)
        g_string_append(out, "all");
    else if (about == ABOUT_SIDES)
        write_partition(out, fault, for_hash);
    else if (about == ABOUT_NODES)
        scenario_write_selector(out, &fault->sides[0].parts[0], for_hash);
    else
        write_map(out, fault, for_hash);
}

/* ---- rules ---- */

/* The item of a selector of a side. */
static const struct item *part_of(const struct item *item, const struct scenario_fault *fault,
                                  int side, int part)
{
    const enum fault_about about = kind_of(fault)->about;

    if (about == ABOUT_SIDES)
        return list_of(item, false)->children[side]->children[part];
    return about == ABOUT_NODES ? item : item_get(item, ways[about][side].key);
}

void scenario_resolve_action(const struct item *item, const struct scenario_groups *groups,
                             struct scenario_fault *fault, struct errors *errors)
{
    const char *other = kind_of(fault)->about == ABOUT_SIDES ? NULL : OTHER_SELECTORS;

    for (int i = 0; i < fault->count; i++)
        for (int k = 0; k < fault->sides[i].count; k++) {
            struct scenario_selector *part = &fault->sides[i].parts[k];
            const struct item *place = part_of(item, fault, i, k);

            if (part->group != NULL)
                scenario_resolve_selector(place, groups, part, other, errors);
            else
                scenario_check_selector(place, &part->nodes, groups->nodes, errors);
        }
}

/* Each group stands on one side, once. */
static void check_groups(const struct item *list, const struct scenario_fault *fault,
                         struct errors *errors)
{
    GHashTable *met = g_hash_table_new(g_str_hash, g_str_equal);

    for (int i = 0; i < fault->count; i++)
        for (int k = 0; k < fault->sides[i].count; k++)
            if (!g_hash_table_add(met, fault->sides[i].parts[k].group))
                item_error(list->children[i]->children[k], errors,
                           "`%.80s` is on a side already; a node has one side",
                           fault->sides[i].parts[k].group);
    g_hash_table_destroy(met);
}

static void check_shares(const struct item *list, const struct scenario_fault *fault, int64_t nodes,
                         struct errors *errors)
{
    for (int i = 0; i < fault->count; i++)
        if (fault->sides[i].share * (double)nodes < 0.5)
            item_error(list->children[i], errors, "its share of %lld nodes is less than a node",
                       (long long)nodes);
}

/* What changes nothing; an axis may go down to it, the value to compare with. */
static void check_effect(const struct item *item, const struct scenario_fault *fault,
                         struct errors *errors)
{
    const struct fault_kind *kind = kind_of(fault);
    const struct item *value = kind->idle.param != NULL ? item_get(item, kind->idle.param) : NULL;
    const struct sim_selector *from, *to;
    char text[QUANTITY_TEXT_MAX];

    if (value != NULL && !item_is_swept(value)) {
        param_get(param_find(kind->params, kind->idle.param), &fault->plan, text);
        if (strcmp(text, kind->idle.value) == 0)
            item_error(value, errors, "%s, so it has no effect", kind->idle.why);
    }
    if (kind->about != ABOUT_WAY)
        return;
    from = &fault->sides[0].parts[0].nodes;
    to = &fault->sides[1].parts[0].nodes;
    if (from->kind == SELECT_RANGE && to->kind == SELECT_RANGE && from->first == to->first &&
        from->nodes == 1 && to->nodes == 1)
        item_error(item, errors, "from one node to itself: nothing goes that way");
}

void scenario_check_action(const struct item *item, const struct scenario_fault *fault,
                           int64_t nodes, struct errors *errors)
{
    if (kind_of(fault)->about == ABOUT_SIDES && fault->is_shares) {
        check_shares(list_of(item, true), fault, nodes, errors);
    } else if (kind_of(fault)->about == ABOUT_SIDES) {
        check_groups(list_of(item, false), fault, errors);
    } else {
        check_effect(item, fault, errors);
    }
}

/* Whether a fault has something to end. */
static bool has_before(const struct scenario_faults *faults, const struct scenario_fault *fault)
{
    for (int i = 0; i < faults->count; i++) {
        const struct scenario_fault *other = &faults->list[i];

        if ((kind_of(fault)->ends >> other->kind & 1) &&
            (other->at <= fault->at || fault->every > 0))
            return true;
    }
    return false;
}

void scenario_check_end(const struct item *item, const struct scenario_fault *fault,
                        const struct scenario_faults *faults, struct errors *errors)
{
    char *what;

    if (kind_of(fault)->ends == 0 || has_before(faults, fault))
        return;
    what = list_kinds(kind_of(fault)->ends, " or ");
    item_error_key(item, errors, "has no effect: no %s comes before it", what);
    g_free(what);
}

/* ---- the schema ---- */

static void put_required(GString *out, const struct fault_kind *kind)
{
    const char *separator = "";

    for (const struct param *row = params_of(kind); row->type != PARAM_TYPE_END; row++) {
        if (!is_required(kind, row))
            continue;
        g_string_append(out, separator);
        schema_text(out, row->name);
        separator = ",";
    }
    for (int i = 0; i < count_ways(kind); i++) {
        g_string_append(out, separator);
        schema_text(out, ways[kind->about][i].key);
        separator = ",";
    }
}

void scenario_put_action(GString *out, const struct fault_kind *kind)
{
    switch (kind->about) {
    case ABOUT_NODES:
        schema_put(out, REF("selector"));
        return;
    case ABOUT_ALL:
        schema_put(out, "{'const':'all'}");
        return;
    case ABOUT_SIDES:
        schema_put(
            out, "{'type':'object','minProperties':1,'maxProperties':1," NO_OTHERS ",'properties':{"
                 "'groups':{'type':'array','minItems':2,'items':{'type':'array','minItems':1,"
                 "'items':{'type':'string'}}},"
                 "'shares':{'type':'array','minItems':2,'items':" REF("share") "}}}");
        return;
    default:
        break;
    }
    schema_put(out, "{'type':'object','required':[");
    put_required(out, kind);
    schema_put(out, "]," NO_OTHERS ",'properties':{");
    schema_params(out, params_of(kind));
    for (int i = 0; i < count_ways(kind); i++) {
        schema_name(out, ways[kind->about][i].key);
        schema_put(out, REF("selector"));
    }
    schema_put(out, "}}");
}
