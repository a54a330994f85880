/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * scenario_topology.c - the key `topology`: `complete`, `{random-regular: {degree: 8}}`, ...
 *
 * What kinds there are, and their parameters, is for experiment/topology to say.
 */
#include "base/nearest.h"
#include "experiment/language/scenario_files.h"
#include "experiment/language/scenario_schema.h"

#include <string.h>

static const char complete[] = "complete";

static void clear_topology(void *field)
{
    struct scenario_topology *topology = field;

    g_free(topology->file);
    *topology = (struct scenario_topology){ 0 };
}

/* ---- reading ---- */

/* The graph of a file, read once; NULL and an error if it cannot be used. */
static const struct topology_file *read_file(const struct item *item,
                                             const struct scenario_topology *topology,
                                             struct scenario_reader *reader)
{
    char *path = g_path_is_absolute(item->text)
                     ? g_strdup(item->text)
                     : g_build_filename(reader->folder, item->text, NULL);
    const sim_time unit = topology_edges_unit(topology->params);
    char *key = g_strdup_printf("%" G_GINT64_FORMAT " %s", unit, path);
    struct topology_file *found = g_hash_table_lookup(reader->graphs, key);
    char why[TOPOLOGY_WHY_MAX] = "";

    if (found == NULL) {
        found = topology_file_read(path, path, unit, why, reader->errors);
        if (found != NULL)
            g_hash_table_insert(reader->graphs, g_strdup(key), found);
        else if (why[0] != 0)
            item_error(item, reader->errors, "%s", why);
    }
    if (found != NULL && unit > 0 && !found->notes.has_units)
        item_error(item, reader->errors,
                   "no weight of it is a plain number, so `unit` has no effect");
    g_free(key);
    g_free(path);
    return found;
}

/* `{file: NAME}`, perhaps with the kind's parameters beside it. */
static void read_file_and_params(const struct item *item, struct scenario_topology *topology,
                                 struct scenario_reader *reader)
{
    const struct item *file = item->kind == ITEM_MAP ? item_get(item, "file") : NULL;
    struct item rest = *item;
    bool is_good;

    if (file == NULL || file->kind != ITEM_SCALAR || item_is_null(file)) {
        item_error(item, reader->errors, "`file` is missing, as in {edges: {file: graph.csv}}");
        return;
    }
    if (!scenario_names_file(file, reader->errors))
        return;
    rest.children = g_new(struct item *, item->count);
    rest.count = 0;
    for (size_t i = 0; i < item->count; i++)
        if (item->children[i] != file)
            rest.children[rest.count++] = item->children[i];
    is_good = scenario_read_params(&rest, topology->kind->params, topology->params,
                                   &topology->given, reader);
    g_free(rest.children);
    topology->file = g_strdup(file->text);
    if (is_good)
        topology->read = read_file(file, topology, reader);
}

static const struct topology_kind *find_kind(const char *name)
{
    for (const struct topology_kind *kind = topology_kinds; kind->name != NULL; kind++)
        if (strcmp(kind->name, name) == 0)
            return kind;
    return NULL;
}

/* An error about a word or a key that names no topology. */
static void refuse(const struct item *item, const char *word, bool is_key,
                   struct scenario_reader *reader)
{
    struct nearest nearest = { .word = word };
    GString *known = g_string_new(complete);

    nearest_offer(&nearest, complete);
    for (const struct topology_kind *kind = topology_kinds; kind->name != NULL; kind++) {
        nearest_offer(&nearest, kind->name);
        g_string_append_printf(known, ", %s", kind->name);
    }
    if (is_key)
        scenario_unknown(item, "topology", nearest.best, known->str, reader);
    else if (nearest.best != NULL)
        item_error(item, reader->errors, "`%.40s` is none of %s; did you mean `%s`?", word,
                   known->str, nearest.best);
    else
        item_error(item, reader->errors, "`%.40s` is none of %s", word, known->str);
    g_string_free(known, TRUE);
}

static void read_topology(const struct item *item, void *field, struct scenario_reader *reader)
{
    struct scenario_topology *topology = field;
    const bool is_word = item->kind == ITEM_SCALAR && !item_is_null(item);
    const struct item *inner = item;

    clear_topology(topology);
    if (is_word && strcmp(item->text, complete) == 0)
        return;
    if (!is_word)
        inner = scenario_single(
            item, "`complete` or one topology, as in {random-regular: {degree: 8}},", reader);
    if (inner == NULL)
        return;
    topology->kind = find_kind(is_word ? item->text : inner->key);
    if (topology->kind == NULL) {
        refuse(inner, is_word ? item->text : inner->key, !is_word, reader);
        return;
    }
    param_defaults(topology->kind->params, topology->params);
    if (topology->kind->takes_file && is_word)
        item_error(item, reader->errors, "`file` is missing, as in {edges: {file: graph.csv}}");
    else if (topology->kind->takes_file)
        read_file_and_params(inner, topology, reader);
    else if (!is_word)
        scenario_read_params(inner, topology->kind->params, topology->params, &topology->given,
                             reader);
}

/* ---- writing ---- */

static void write_topology(GString *out, const void *field, bool for_hash)
{
    const struct scenario_topology *topology = field;
    const struct topology_kind *kind = topology->kind;
    const char *separator = "";
    char text[QUANTITY_TEXT_MAX];

    if (kind == NULL || (kind->params->type == PARAM_TYPE_END && !kind->takes_file)) {
        g_string_append(out, kind == NULL ? complete : kind->name);
        return;
    }
    g_string_append_printf(out, "{%s: {", kind->name);
    if (kind->takes_file) { /* whose latencies its hash covers */
        g_string_append(out, "file: ");
        document_write_scalar(out, for_hash ? topology->read->sha256 : topology->file);
        separator = ", ";
    }
    for (const struct param *row = kind->params;
         row->type != PARAM_TYPE_END && !(kind->takes_file && for_hash); row++) {
        param_get(row, topology->params, text);
        g_string_append_printf(out, "%s%s: %s", separator, row->name, text);
        separator = ", ";
    }
    g_string_append(out, "}}");
}

/* ---- rules ---- */

static bool picks_by_hops(const struct scenario_layer *layer)
{
    const struct param *row = param_find(layer->model->params, "partner");
    char text[QUANTITY_TEXT_MAX];

    if (row == NULL || row->type != PARAM_TYPE_CHOICE)
        return false;
    param_get(row, layer->config, text);
    return strcmp(text, "spatial") == 0;
}

/* Calls by distance go over the whole graph. */
static void check_spatial(const struct item *root, const struct scenario *scenario,
                          struct errors *errors)
{
    if (scenario->config.nodes <= TOPOLOGY_SPATIAL_MAX)
        return;
    for (int i = 0; i < scenario->strategies.count; i++) {
        const struct scenario_strategy *strategy = &scenario->strategies.list[i];

        for (int k = 0; k < strategy->count; k++)
            if (picks_by_hops(&strategy->layers[k]))
                item_error(item_nearest(root, "topology"), errors,
                           "`partner: spatial` of strategy `%s` looks for distances in all of the "
                           "topology at every call: at most %d nodes",
                           strategy->name, TOPOLOGY_SPATIAL_MAX);
    }
}

/* Whether no strategy picks from anything but the view of a model. */
static bool all_have_views(const struct scenario *scenario)
{
    for (int i = 0; i < scenario->strategies.count; i++)
        if (scenario_peers_of(scenario, &scenario->strategies.list[i])->model == NULL)
            return false;
    return scenario->strategies.count > 0;
}

static void check_topology(const struct item *root, const struct scenario *scenario,
                           struct errors *errors)
{
    const struct scenario_topology *topology = &scenario->topology;
    const struct item *item = item_nearest(root, "topology");
    const int64_t nodes = scenario->config.nodes;
    char why[PARAM_WHY_MAX];

    if (topology->kind == NULL)
        return;
    if (topology->read != NULL && topology->read->graph->nodes != nodes)
        item_error(item_nearest(root, "nodes"), errors,
                   "the graph of `topology` has %u nodes; write `nodes: %u`",
                   topology->read->graph->nodes, topology->read->graph->nodes);
    else if (!topology_check(topology->kind, topology->params, nodes, why))
        item_error(item, errors, "%s", why);
    if (all_have_views(scenario))
        item_error(item, errors, "has no effect with `peers: %s`, whose view all pick from",
                   scenario_peers_of(scenario, &scenario->strategies.list[0])->model->name);
    check_spatial(root, scenario, errors);
}

/* ---- the reference and the schema ---- */

static void put_values(GString *out)
{
    g_string_append(out, "`complete`, or a [topology](#topologies)");
}

static void put_schema(GString *out)
{
    schema_put(out, "'anyOf':[{'enum':['complete'");
    for (const struct topology_kind *kind = topology_kinds; kind->name != NULL; kind++)
        if (!kind->takes_file) {
            g_string_append_c(out, ',');
            schema_text(out, kind->name);
        }
    schema_put(out, "]}");
    for (const struct topology_kind *kind = topology_kinds; kind->name != NULL; kind++) {
        schema_put(out, ",{'type':'object','required':[");
        schema_text(out, kind->name);
        schema_put(out, "]," NO_OTHERS ",'properties':{");
        schema_name(out, kind->name);
        g_string_append_c(out, '{');
        schema_description(out, kind->help, NULL);
        if (kind->takes_file)
            schema_put(out, ",'type':'object'," NO_OTHERS
                            ",'required':['file'],'properties':{'file':{'type':'string',"
                            "'description':'path relative to the scenario'}");
        else
            schema_put(out, ",'type':['object','null']," NO_OTHERS ",'properties':{");
        schema_params(out, kind->params);
        schema_put(out, "}}}}");
    }
    schema_put(out, "]");
}

const struct key_kind kind_topology = {
    .put_values = put_values,
    .put_schema = put_schema,
    .read = read_topology,
    .write = write_topology,
    .clear = clear_topology,
    .check = check_topology,
};
