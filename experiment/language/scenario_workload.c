/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * scenario_workload.c - what is written: `workload.keys`, `workload.trace`, and what keys need of
 * the workload.
 */
#include "experiment/language/scenario_files.h"
#include "experiment/language/scenario_schema.h"
#include "sim/node.h"

#include <string.h>

/* ---- workload.keys ---- */

static const struct param count_row =
    PARAM_COUNT(struct scenario_written_keys, count, NULL, "1..1048576", "how many");
static const struct param drawn_rows[] = {
    PARAM_COUNT(struct scenario_written_keys, count, NULL, "1..1048576", "how many there are"),
    PARAM_REAL(struct scenario_written_keys, zipf, NULL, "0..10",
               "each update writes the k-th of them with a probability that goes as 1 / k^zipf"),
    PARAM_END,
};

static void read_keys(const struct item *item, void *field, struct scenario_reader *reader)
{
    struct scenario_written_keys *keys = field;
    uint64_t given;

    *keys = (struct scenario_written_keys){ .is_drawn = item->kind == ITEM_MAP };
    if (!keys->is_drawn) {
        scenario_read_param(item, &count_row, keys, reader);
        return;
    }
    if (!scenario_read_params(item, drawn_rows, keys, &given, reader))
        return;
    for (int i = 0; drawn_rows[i].type != PARAM_TYPE_END; i++)
        if (!(given >> i & 1))
            item_error_key(item, reader->errors, "`%s` is missing, as in {count: 1000, zipf: 1.1}",
                           drawn_rows[i].name);
}

static void write_keys(GString *out, const void *field, bool for_hash)
{
    const struct scenario_written_keys *keys = field;
    char text[QUANTITY_TEXT_MAX];

    (void)for_hash;
    param_get(&count_row, keys, text);
    g_string_append_printf(out, "%s%s", keys->is_drawn ? "{count: " : "", text);
    if (!keys->is_drawn)
        return;
    quantity_write_real(keys->zipf, text);
    g_string_append_printf(out, ", zipf: %s}", text);
}

const struct key_kind kind_keys = {
    .values = "a count, 1..1048576, or `{count: 1000, zipf: 1.1}`, the exponent 0..10",
    .schema = "'anyOf':[{'type':'integer','minimum':1,'maximum':1048576},{" TEXT(
        NUMBER) "},{'type':'object','required':['count','zipf']," NO_OTHERS ",'properties':{"
                "'count':{'anyOf':[{'type':'integer','minimum':1,'maximum':1048576},{" TEXT(
                    NUMBER) "}]},'zipf':{'anyOf':[{'type':'number','minimum':0,'maximum':10},"
                            "{" TEXT(NUMBER) "}]}}}]",
    .read = read_keys,
    .write = write_keys,
};

/* ---- workload.trace ---- */

static void clear_trace(void *field)
{
    struct scenario_trace *trace = field;

    scenario_clear_source(&trace->source);
    *trace = (struct scenario_trace){ 0 };
}

/* The writes of the file, read once for each way in which its times are meant. */
static const struct write_trace *read_writes(const struct item *item,
                                             const struct file_source *source,
                                             struct scenario_reader *reader)
{
    GString *name = g_string_new(NULL);
    struct write_trace *found;
    struct csv *csv;
    char *path;

    scenario_write_source(name, source, file_trace_rows);
    found = g_hash_table_lookup(reader->traces, name->str);
    if (found == NULL) {
        csv = scenario_open_source(item, source, &path, reader);
        found = write_trace_read(csv, source->skip, scenario_source_unit(source, file_trace_rows),
                                 source->scale);
        if (found != NULL)
            g_hash_table_insert(reader->traces, g_strdup(name->str), found);
        csv_close(csv);
        g_free(path);
    }
    g_string_free(name, TRUE);
    return found;
}

static void read_trace(const struct item *item, void *field, struct scenario_reader *reader)
{
    struct scenario_trace *trace = field;

    clear_trace(field);
    if (item->kind != ITEM_MAP || item_get(item, "file") == NULL) {
        item_error(item, reader->errors, "`{file: writes.csv}` was expected, a table of writes");
        return;
    }
    if (scenario_read_source(item, file_trace_rows, false, NULL, &trace->source, reader))
        trace->read = read_writes(item_get(item, "file"), &trace->source, reader);
}

static void write_trace(GString *out, const void *field, bool for_hash)
{
    const struct scenario_trace *trace = field;

    g_string_append_c(out, '{');
    if (for_hash)
        g_string_append_printf(out, "file: %s", trace->read->sha256);
    else
        scenario_write_source(out, &trace->source, file_trace_rows);
    g_string_append_c(out, '}');
}

static bool is_no_trace(const void *field)
{
    return ((const struct scenario_trace *)field)->read == NULL;
}

static void check_trace(const struct item *root, const struct scenario *s, struct errors *errors)
{
    const struct write_trace *trace = s->trace.read;
    const struct item *item = item_nearest(root, "workload.trace.file");
    char text[QUANTITY_TEXT_MAX];

    for (size_t i = 0; trace != NULL && i < trace->count; i++)
        if (trace->writes[i].node >= s->config.nodes) {
            item_error(item, errors,
                       "line %d of it: node %u does not exist; the %lld nodes count from 0",
                       trace->lines[i], trace->writes[i].node, (long long)s->config.nodes);
            return;
        }
    if (trace == NULL || trace->writes[trace->count - 1].at < s->config.stop.at)
        return;
    quantity_write_time(s->config.stop.at, text);
    item_error(item, errors,
               "line %d of it: the last write would come only after the end of the run, "
               "`stop.at: %s`",
               trace->lines[trace->count - 1], text);
}

const struct key_kind kind_trace = {
    .values = "`{file: writes.csv}`, see [below](#traces-of-writes)",
    .put_schema = scenario_put_trace,
    .read = read_trace,
    .write = write_trace,
    .clear = clear_trace,
    .is_none = is_no_trace,
    .check = check_trace,
};

void scenario_put_trace(GString *out)
{
    schema_put(out, "'type':'object','required':['file']," NO_OTHERS
                    ",'properties':{'file':{'type':'string','description':'with columns time, "
                    "node, key, bytes and perhaps delete; path relative to the scenario'}");
    schema_params(out, file_trace_rows);
    schema_put(out, "}");
}

/* ---- how many ---- */

int64_t scenario_updates(const struct scenario *scenario)
{
    if (scenario->renewal.is_given)
        return scenario_own_updates(scenario);
    if (scenario->trace.read != NULL)
        return (int64_t)scenario->trace.read->count;
    if (scenario_has_rate_of_all(scenario))
        return scenario_rated_updates(scenario);
    return scenario->config.workload.updates;
}

/* ---- what keys of the workload depend on ---- */

static bool has_no_renewals(const struct scenario *s)
{
    return !s->renewal.is_given;
}
const struct key_need scenario_needs_no_renewals = {
    .because = "workload.each_node",
    .is_met = has_no_renewals,
    .otherwise = "has no effect where every node writes a key of its own, by `workload.each_node`",
    .is_absence = true,
};

static bool has_no_trace(const struct scenario *s)
{
    return s->trace.read == NULL;
}
const struct key_need scenario_needs_no_trace = {
    .because = "workload.trace",
    .is_met = has_no_trace,
    .otherwise = "has no effect where a file says what is written, by `workload.trace`",
    .is_absence = true,
};

static bool has_own_sizes(const struct scenario *s)
{
    return s->trace.read == NULL || s->config.store.preload > 0;
}
const struct key_need scenario_needs_own_sizes = {
    .because = "workload.trace",
    .is_met = has_own_sizes,
    .otherwise = "has no effect without `store.preload` where a file says how much is written, by "
                 "`workload.trace`",
    .is_absence = true,
};

static bool has_updates(const struct scenario *s)
{
    return s->renewal.is_given || scenario_has_rate_of_all(s) || scenario_updates(s) > 0;
}
const struct key_need scenario_needs_updates = {
    .because = "workload.updates",
    .is_met = has_updates,
    .otherwise = "has no effect with `workload.updates: 0`",
};

static bool has_later_updates(const struct scenario *s)
{
    return scenario_updates(s) > 1;
}
const struct key_need scenario_needs_later_updates = {
    .because = "workload.updates",
    .is_met = has_later_updates,
    .otherwise = "has no effect on one update: it is about those after the first",
    .but_default = true,
};
