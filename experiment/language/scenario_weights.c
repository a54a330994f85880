/* SPDX-License-Identifier: GPL-3.0-or-later */
/* scenario_weights.c - see scenario_weights.h. */
#include "experiment/language/scenario_weights.h"

#include "base/nearest.h"
#include "experiment/language/scenario_files.h"
#include "experiment/language/scenario_schema.h"
#include "experiment/language/weight_table.h"

#include <string.h>

#define WEIGHTS_WANTED "weights were expected, as in {file: stake.csv} or {eu: 3, us: 1}"

/* What a weight is, and what is said beside a file. */
struct weight {
    double weight;
};
static const struct param weight_row =
    PARAM_REAL(struct weight, weight, NULL, "0..1e15", "of each node of the group");
static const struct param other_rows[] = {
    PARAM_REAL(struct scenario_weights, other, NULL, "0..1e15",
               "what each node weighs that the file has no weight of"),
    PARAM_END,
};

bool scenario_is_for_weights(const char *word)
{
    return strcmp(word, WEIGHTED) == 0;
}

bool scenario_takes_weights(const struct param *row)
{
    for (int i = 0; row->type == PARAM_TYPE_CHOICE && row->words[i] != NULL; i++)
        if (scenario_is_for_weights(row->words[i]))
            return true;
    return false;
}

const struct item *scenario_find_weights(const struct item *item, const struct param *rows)
{
    for (size_t i = 0; item->kind == ITEM_MAP && i < item->count; i++) {
        const struct item *choice = item->children[i];
        const struct param *row = param_find(rows, choice->key);

        if (row != NULL && scenario_takes_weights(row) && choice->kind == ITEM_MAP &&
            choice->count == 1 && strcmp(choice->children[0]->key, "weights") == 0)
            return choice->children[0];
    }
    return NULL;
}

/* ---- reading ---- */

const struct weight_table *scenario_find_table(const struct item *item,
                                               const struct file_source *source, const char *what,
                                               struct scenario_reader *reader)
{
    GString *name = g_string_new(NULL);
    struct weight_table *table;
    struct csv *csv;
    char *path;

    scenario_write_source(name, source, file_weight_rows);
    table = g_hash_table_lookup(reader->weights, name->str);
    if (table == NULL) {
        csv = scenario_open_source(item, source, &path, reader);
        csv_skip(csv, source->skip);
        table = weight_table_read(csv, source->column, what);
        csv_close(csv);
        g_free(path);
        if (table != NULL)
            g_hash_table_insert(reader->weights, g_strdup(name->str), table);
    }
    g_string_free(name, TRUE);
    return table;
}

static void read_file(const struct item *item, struct scenario_weights *weights,
                      struct scenario_reader *reader)
{
    const struct item *other = item_get(item, "other");
    bool is_good =
        scenario_read_source(item, file_weight_rows, true, other_rows, &weights->source, reader);

    if (other != NULL)
        is_good = scenario_read_param(other, other_rows, weights, reader) && is_good;
    if (is_good)
        weights->read =
            scenario_find_table(item_get(item, "file"), &weights->source, "weight", reader);
}

static void read_groups(const struct item *item, struct scenario_weights *weights,
                        struct scenario_reader *reader)
{
    weights->groups = g_new0(struct scenario_group_weight, item->count);
    for (size_t i = 0; i < item->count; i++) {
        struct weight weight = { 0 };

        scenario_read_param(item->children[i], &weight_row, &weight, reader);
        weights->groups[weights->group_count++] =
            (struct scenario_group_weight){ .group = g_strdup(item->children[i]->key),
                                            .weight = weight.weight };
    }
}

struct scenario_weights *scenario_read_weights(const struct item *item,
                                               struct scenario_reader *reader)
{
    const size_t before = reader->errors->count;
    struct scenario_weights *weights = g_new0(struct scenario_weights, 1);

    weights->other = -1;
    if (item->kind != ITEM_MAP || item->count == 0)
        item_error(item, reader->errors, WEIGHTS_WANTED);
    else if (item_get(item, "file") != NULL)
        read_file(item, weights, reader);
    else
        read_groups(item, weights, reader);
    if (reader->errors->count == before)
        return weights;
    scenario_free_weights(weights);
    return NULL;
}

void scenario_free_weights(struct scenario_weights *weights)
{
    if (weights == NULL)
        return;
    scenario_clear_source(&weights->source);
    for (int i = 0; i < weights->group_count; i++)
        g_free(weights->groups[i].group);
    g_free(weights->groups);
    g_free(weights);
}

/* ---- writing ---- */

void scenario_write_weights(GString *out, const struct scenario_weights *weights, bool for_hash)
{
    char text[QUANTITY_TEXT_MAX];

    g_string_append(out, "{weights: {");
    if (weights->read != NULL && for_hash)
        g_string_append_printf(out, "file: %s", weights->read->sha256);
    else if (weights->read != NULL)
        scenario_write_source(out, &weights->source, file_weight_rows);
    if (weights->other >= 0) {
        param_get(other_rows, weights, text);
        g_string_append_printf(out, ", other: %s", text);
    }
    for (int i = 0; i < weights->group_count; i++) {
        quantity_write_real(weights->groups[i].weight, text);
        g_string_append(out, i > 0 ? ", " : "");
        document_write_scalar(out, weights->groups[i].group);
        g_string_append_printf(out, ": %s", text);
    }
    g_string_append(out, "}}");
}

/* ---- what nodes weigh ---- */

/* What a group weighs, or < 0; `other` counts for all that are not named, unless a group is called
 * so. */
static double weight_of_group(const struct scenario_weights *weights, const char *group)
{
    double other = -1;

    for (int i = 0; i < weights->group_count; i++) {
        if (strcmp(weights->groups[i].group, group) == 0)
            return weights->groups[i].weight;
        if (strcmp(weights->groups[i].group, "other") == 0)
            other = weights->groups[i].weight;
    }
    return other;
}

double *scenario_weigh(const struct scenario_weights *weights, const struct scenario *scenario)
{
    const uint32_t nodes = (uint32_t)scenario->config.nodes;
    double *each = g_new(double, nodes);

    for (uint32_t i = 0; i < nodes && weights->read != NULL; i++) {
        each[i] = i < weights->read->count ? weights->read->each[i] : -1;
        each[i] = each[i] < 0 ? weights->other : each[i];
    }
    for (int i = 0; i < scenario->groups.count && weights->read == NULL; i++) {
        const struct scenario_group *group = &scenario->groups.list[i];
        const double weight = weight_of_group(weights, group->name);

        for (int64_t k = 0; k < group->nodes; k++)
            each[group->first + k] = weight;
    }
    return each;
}

/* ---- rules ---- */

static void refuse_group(const struct item *item, const struct scenario_groups *groups,
                         struct errors *errors)
{
    struct nearest nearest = { .word = item->key };

    for (int i = 0; i < groups->count; i++)
        nearest_offer(&nearest, groups->list[i].name);
    if (nearest.best != NULL)
        item_error_key(item, errors, "there is no group `%.80s`; did you mean `%s`?", item->key,
                       nearest.best);
    else
        item_error_key(item, errors, "there is no group `%.80s` among the `groups`", item->key);
}

/* Whether each weight is that of a group, and each group has one. */
static bool check_groups(const struct item *item, const struct scenario_weights *weights,
                         const struct scenario_groups *groups, struct errors *errors)
{
    const size_t before = errors->count;

    if (groups->count == 0) {
        item_error(item, errors,
                   "there are no `groups` to weigh; weights of single nodes come "
                   "from a file, as in {file: stake.csv}");
        return false;
    }
    for (size_t i = 0; i < item->count; i++) {
        bool is_known = strcmp(item->children[i]->key, "other") == 0;

        for (int k = 0; k < groups->count && !is_known; k++)
            is_known = strcmp(groups->list[k].name, item->children[i]->key) == 0;
        if (!is_known)
            refuse_group(item->children[i], groups, errors);
    }
    for (int k = 0; k < groups->count; k++)
        if (weight_of_group(weights, groups->list[k].name) < 0)
            item_error(item, errors,
                       "the group `%s` has no weight; `other` says what those weigh that are not "
                       "named",
                       groups->list[k].name);
    return errors->count == before;
}

/* Whether the file has a weight of each node. */
static bool check_file(const struct item *item, const struct scenario_weights *weights,
                       const struct scenario *scenario, struct errors *errors)
{
    const int64_t nodes = scenario->config.nodes;

    for (int64_t i = 0; i < nodes && weights->other < 0; i++) {
        if (i < weights->read->count && weights->read->each[i] >= 0)
            continue;
        item_error(item_get(item, "file"), errors,
                   "the file has no weight of node %lld, of %lld nodes that count from 0; `other` "
                   "says what those weigh that it has not",
                   (long long)i, (long long)nodes);
        return false;
    }
    return true;
}

void scenario_check_weights(const struct item *item, const struct scenario_weights *weights,
                            const struct scenario *scenario, struct errors *errors)
{
    double *each, most = 0;

    if (scenario->config.nodes > WEIGHT_NODES_MAX) {
        item_error(item, errors, "at most %d nodes may have weights", WEIGHT_NODES_MAX);
        return;
    }
    if (!(weights->read != NULL ? check_file(item, weights, scenario, errors)
                                : check_groups(item, weights, &scenario->groups, errors)))
        return;
    each = scenario_weigh(weights, scenario);
    for (int64_t i = 0; i < scenario->config.nodes; i++)
        most = MAX(most, each[i]);
    g_free(each);
    if (most <= 0)
        item_error(item, errors, "no node weighs anything, so that nobody would be called");
}

/* ---- schema ---- */

void scenario_put_weights(GString *out)
{
    schema_put(out, ",{'type':'object','required':['weights']," NO_OTHERS
                    ",'properties':{'weights':{'anyOf':["
                    "{'type':'object','required':['file']," NO_OTHERS ",'properties':{"
                    "'file':{'type':'string','description':'a weight a line, or lines of a node "
                    "and its weight, path relative to the scenario'},"
                    "'column':{'anyOf':[{'type':'string'},{'type':'integer','minimum':1}],"
                    "'description':'of a CSV file, by name or number'}");
    schema_params(out, file_weight_rows);
    schema_params(out, other_rows);
    schema_put(out, "}},{'type':'object','minProperties':1,"
                    "'description':'of each group of nodes',"
                    "'additionalProperties':{'anyOf':[{'type':'number','minimum':0,"
                    "'maximum':1e15},{" TEXT(NUMBER) "}]}}]}}}");
}
