/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * scenario_values.c - what nodes start with where a model estimates the mean of it, and the end of
 * a run when all estimates are right.
 */
#include "base/nearest.h"
#include "experiment/language/scenario_files.h"
#include "experiment/language/scenario_schema.h"
#include "experiment/language/scenario_weights.h"
#include "experiment/language/weight_table.h"

#include <string.h>

static bool estimates(const struct scenario_strategy *strategy)
{
    for (int i = 0; i < strategy->count; i++)
        if (strategy->layers[i].model->cycle != NULL)
            return true;
    return false;
}

static bool has_estimates(const struct scenario *s)
{
    for (int i = 0; i < s->strategies.count; i++)
        if (estimates(&s->strategies.list[i]))
            return true;
    return false;
}
const struct key_need scenario_needs_estimates = {
    .because = "strategies",
    .is_met = has_estimates,
    .otherwise =
        "has no effect without a model in a strategy that estimates the mean of what nodes "
        "start with, as `averaging` and `push-sum` do",
};

/* ---- values ---- */

static const char *const value_words[] = {
    [VALUES_LINEAR] = "linear", [VALUES_UNIFORM] = "uniform", [VALUES_PEAK] = "peak", NULL
};
static const struct param values_row =
    PARAM_CHOICE(struct scenario_values, how, "linear", value_words, "what nodes start with");
#define VALUES_WANTED "`linear`, `uniform`, `peak` or `{file: values.csv, column: load}`"

static void clear_values(void *field)
{
    struct scenario_values *values = field;

    scenario_clear_source(&values->source);
    *values = (struct scenario_values){ .how = VALUES_LINEAR };
}

static void read_file(const struct item *item, struct scenario_values *values,
                      struct scenario_reader *reader)
{
    values->how = VALUES_GIVEN;
    if (item->kind != ITEM_MAP || item_get(item, "file") == NULL)
        item_error(item, reader->errors, "%s was expected", VALUES_WANTED);
    else if (scenario_read_source(item, file_weight_rows, true, NULL, &values->source, reader))
        values->read =
            scenario_find_table(item_get(item, "file"), &values->source, "value", reader);
}

static void read_values(const struct item *item, void *field, struct scenario_reader *reader)
{
    struct scenario_values *values = field;

    clear_values(values);
    if (item->kind != ITEM_SCALAR || item_is_null(item)) {
        read_file(item, values, reader);
        return;
    }
    scenario_read_param(item, &values_row, values, reader);
}

static void write_values(GString *out, const void *field, bool for_hash)
{
    const struct scenario_values *values = field;

    if (values->read == NULL) {
        g_string_append(out, value_words[values->how]);
        return;
    }
    g_string_append_c(out, '{');
    if (for_hash)
        g_string_append_printf(out, "file: %s", values->read->sha256);
    else
        scenario_write_source(out, &values->source, file_weight_rows);
    g_string_append_c(out, '}');
}

/* A value for each node, and not all 0: errors are shares of the mean. */
static void check_file(const struct item *item, const struct scenario *s, struct errors *errors)
{
    const struct weight_table *table = s->values.read;
    double most = 0;

    for (int64_t i = 0; i < s->config.nodes; i++) {
        if (i >= table->count || table->each[i] < 0) {
            item_error(item_get(item, "file"), errors,
                       "the file has no value of node %lld, of %lld nodes that count from 0",
                       (long long)i, (long long)s->config.nodes);
            return;
        }
        most = MAX(most, table->each[i]);
    }
    if (most <= 0)
        item_error(item_get(item, "file"), errors,
                   "all values are 0: estimates cannot be off by a share of that");
}

/* Where nodes act one after another, a round has room for all of them. */
static void check_room(const struct item *root, const struct scenario *s, struct errors *errors)
{
    const sim_time least = 2 * s->config.nodes * SIM_TURN;
    char round[QUANTITY_TEXT_MAX], wanted[QUANTITY_TEXT_MAX];

    if (s->timing.mode != TIMING_ROUNDS || s->timing.round >= least || !has_estimates(s))
        return;
    quantity_write_time(s->timing.round, round);
    quantity_write_time(least, wanted);
    item_error(item_nearest(root, "timing"), errors,
               "a round of %s has no room for the exchanges of %lld nodes, one after another; at "
               "least %s",
               round, (long long)s->config.nodes, wanted);
}

static void check_values(const struct item *root, const struct scenario *scenario,
                         struct errors *errors)
{
    if (scenario->values.read != NULL)
        check_file(item_find(root, "values"), scenario, errors);
    check_room(root, scenario, errors);
}

static void put_schema(GString *out)
{
    schema_put(out, "'anyOf':[{'enum':['linear','uniform','peak']},{'type':'object',"
                    "'required':['file']," NO_OTHERS ",'properties':{"
                    "'file':{'type':'string','description':'a value a line, or lines of a node "
                    "and its value, path relative to the scenario'},"
                    "'column':{'anyOf':[{'type':'string'},{'type':'integer','minimum':1}],"
                    "'description':'of a CSV file, by name or number'}");
    schema_params(out, file_weight_rows);
    schema_put(out, "}}]");
}

const struct key_kind kind_values = {
    .values = VALUES_WANTED,
    .put_schema = put_schema,
    .read = read_values,
    .write = write_values,
    .clear = clear_values,
    .check = check_values,
};

/* ---- stop.when ---- */

static const char *const whens[] = {
    [STOP_CONVERGED] = "converged", [STOP_QUIET] = "quiet", [STOP_NEVER] = "never", NULL
};
#define WHEN_WANTED "`converged`, `quiet`, `never` or `{estimate_error: 1e-6}`"

static const struct param when_row =
    PARAM_CHOICE(struct scenario_end, when, "converged", whens, "when a run ends");
static const struct param error_row =
    PARAM_REAL(struct scenario_end, estimate_error, NULL, "1e-300..1e300",
               "all estimates of the mean are off by less than this share of it");

static void read_when(const struct item *item, void *field, struct scenario_reader *reader)
{
    struct scenario_end *end = field;
    const struct item *inner;

    end->estimate_error = 0;
    if (item->kind == ITEM_SCALAR) {
        scenario_read_param(item, &when_row, end, reader);
        return;
    }
    inner = scenario_single(item, WHEN_WANTED, reader);
    if (inner == NULL)
        return;
    end->when = STOP_ESTIMATED;
    if (strcmp(inner->key, error_row.name) == 0)
        scenario_read_param(inner, &error_row, end, reader);
    else
        scenario_unknown(inner, "condition",
                         nearest_among((const char *[]){ error_row.name, NULL }, inner->key),
                         error_row.name, reader);
}

static void write_when(GString *out, const void *field, bool for_hash)
{
    const struct scenario_end *end = field;
    char text[QUANTITY_TEXT_MAX];

    (void)for_hash;
    if (end->when != STOP_ESTIMATED) {
        g_string_append(out, whens[end->when]);
        return;
    }
    param_get(&error_row, end, text);
    g_string_append_printf(out, "{%s: %s}", error_row.name, text);
}

static void check_when(const struct item *root, const struct scenario *scenario,
                       struct errors *errors)
{
    if (scenario->config.stop.when == STOP_ESTIMATED && !has_estimates(scenario))
        item_error(item_find(root, "stop.when"), errors,
                   "no model of a strategy estimates the mean of what nodes start with, as "
                   "`averaging` and `push-sum` do");
}

const struct key_kind kind_stop_when = {
    .values = WHEN_WANTED,
    .schema = "'anyOf':[{'enum':['converged','quiet','never']},{'type':'object',"
              "'required':['estimate_error']," NO_OTHERS ",'properties':{'estimate_error':"
              "{'description':'all estimates of the mean are off by less than this share of it',"
              "'anyOf':[{'type':'number','minimum':1e-300,'maximum':1e300},{" TEXT(NUMBER) "}]}}}]",
    .read = read_when,
    .write = write_when,
    .check = check_when,
};
