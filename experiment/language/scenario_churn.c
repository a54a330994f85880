/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * scenario_churn.c - `churn.trace: {file: churn.csv, unit: s, assign: random, repeat: true}`.
 */
#include "experiment/language/scenario_files.h"
#include "experiment/language/scenario_schema.h"

enum assign { ASSIGN_IN_ORDER, ASSIGN_RANDOM };

static const char *const assigns[] = { "in-order", "random", NULL };

/* What is said of the record beside its file. */
static const struct param rows[] = {
    PARAM_TIME(struct scenario_churn_trace, from, "0s", "0s..36525d",
               "of the record, where the run begins"),
    PARAM_CHOICE(struct scenario_churn_trace, assign, "in-order", assigns,
                 "whom a node follows: the recorded node of its number, or one that is drawn"),
    PARAM_BOOL(struct scenario_churn_trace, repeat, "false",
               "at its end the record begins again; false: what was last holds"),
    PARAM_BOOL(struct scenario_churn_trace, shift, "false",
               "repeat: each node begins at a moment of the record that is drawn for it"),
    PARAM_END,
};

/* Its record, read once; NULL and an error if it cannot be used. */
static const struct churn_trace *find_record(const struct item *item,
                                             const struct scenario_churn_trace *record,
                                             struct scenario_reader *reader)
{
    const struct file_source *source = &record->source;
    const struct trace_meaning meaning = { .unit = scenario_source_unit(source, file_churn_rows),
                                           .skip = source->skip,
                                           .from = record->from,
                                           .repeats = record->repeat };
    char *path = scenario_source_path(source, reader);
    char *key =
        g_strdup_printf("%" G_GINT64_FORMAT " %" G_GINT64_FORMAT " %" G_GINT64_FORMAT " %d %s",
                        meaning.unit, meaning.skip, meaning.from, meaning.repeats, path);
    struct churn_trace *found = g_hash_table_lookup(reader->records, key);

    if (found == NULL &&
        (g_file_test(path, G_FILE_TEST_IS_DIR) || scenario_source_opens(item, path, reader))) {
        found = churn_trace_read(path, &meaning, reader->errors);
        if (found != NULL)
            g_hash_table_insert(reader->records, g_strdup(key), found);
    }
    g_free(key);
    g_free(path);
    return found;
}

static void read_record(const struct item *item, void *field, struct scenario_reader *reader)
{
    struct scenario_churn_trace *record = field;
    struct item rest = *item;
    bool is_good;

    if (item->kind != ITEM_MAP) {
        item_error(item, reader->errors, "`{file: churn.csv, unit: s}` was expected");
        return;
    }
    is_good = scenario_read_source(item, file_churn_rows, false, rows, &record->source, reader);
    rest.children = g_new(struct item *, item->count);
    rest.count = 0;
    for (size_t i = 0; i < item->count; i++)
        if (param_find(rows, item->children[i]->key) != NULL)
            rest.children[rest.count++] = item->children[i];
    param_defaults(rows, record);
    is_good = scenario_read_params(&rest, rows, record, &record->given, reader) && is_good;
    g_free(rest.children);
    if (record->source.file == NULL)
        item_error(item, reader->errors, "`file` is missing, as in {file: churn.csv, unit: s}");
    else if (record->shift && !record->repeat)
        item_error(item, reader->errors, "`shift` has no effect without `repeat: true`");
    else if (is_good)
        record->read = find_record(item_get(item, "file"), record, reader);
}

static void write_record(GString *out, const void *field, bool for_hash)
{
    const struct scenario_churn_trace *record = field;
    char text[QUANTITY_TEXT_MAX];

    g_string_append_c(out, '{');
    if (for_hash)
        g_string_append_printf(out, "file: %s", record->read->sha256);
    else
        scenario_write_source(out, &record->source, file_churn_rows);
    for (const struct param *row = rows; row->type != PARAM_TYPE_END; row++) {
        param_get(row, record, text);
        g_string_append_printf(out, ", %s: %s", row->name, text);
    }
    g_string_append_c(out, '}');
}

static void clear_record(void *field)
{
    struct scenario_churn_trace *record = field;

    scenario_clear_source(&record->source);
    *record = (struct scenario_churn_trace){ 0 };
}

static bool is_none(const void *field)
{
    const struct scenario_churn_trace *record = field;

    return record->source.file == NULL;
}

static bool has_no_record(const struct scenario *s)
{
    return s->churn_trace.source.file == NULL;
}
const struct key_need scenario_needs_no_record = {
    .because = "churn.trace",
    .is_met = has_no_record,
    .otherwise = "has no effect where nodes follow a record, by `churn.trace`",
    .is_absence = true,
};

/* When the first of the nodes that are followed comes or goes; at once, if one is away at first. */
static sim_time first_change(const struct sim_trace *trace, uint32_t nodes)
{
    sim_time first = SIM_TIME_MAX;

    for (uint32_t i = 0; i < nodes; i++)
        if (!trace->begins_up[i])
            return 0;
        else if (trace->start[i] < trace->start[i + 1])
            first = MIN(first, trace->changes[trace->start[i]]);
    return first;
}

static void check_record(const struct item *root, const struct scenario *scenario,
                         struct errors *errors)
{
    const struct scenario_churn_trace *record = &scenario->churn_trace;
    const struct item *item = item_nearest(root, "churn.trace");

    if (record->source.file == NULL || record->read == NULL)
        return;
    if (record->assign == ASSIGN_IN_ORDER && scenario->config.nodes > record->read->trace.count)
        item_error(item, errors,
                   "the record has %u nodes, the scenario %lld; write `nodes: %u`, or "
                   "`assign: random`",
                   record->read->trace.count, (long long)scenario->config.nodes,
                   record->read->trace.count);
    else if (!record->shift &&
             first_change(&record->read->trace, record->assign == ASSIGN_IN_ORDER
                                                    ? (uint32_t)scenario->config.nodes
                                                    : record->read->trace.count) >
                 scenario->config.stop.at)
        item_error(item, errors, "no node comes or goes before the end of the run, `stop.at`");
}

static void put_schema(GString *out)
{
    schema_put(out, "'type':'object'," NO_OTHERS ",'required':['file'],'properties':{"
                    "'file':{'type':'string','description':'path relative to the scenario'}");
    schema_params(out, file_churn_rows);
    schema_params(out, rows);
    schema_put(out, "}");
}

const struct key_kind kind_churn_trace = {
    .values = "`{file: churn.csv, unit: s}`, a record",
    .put_schema = put_schema,
    .read = read_record,
    .write = write_record,
    .clear = clear_record,
    .is_none = is_none,
    .check = check_record,
};

void scenario_give_churn_trace(const struct scenario_churn_trace *record, struct sim_churn *churn)
{
    if (record->read == NULL)
        return;
    churn->session = churn->downtime = NULL;
    churn->trace = &record->read->trace;
    churn->is_drawn = record->assign == ASSIGN_RANDOM;
    churn->repeats = record->repeat;
    churn->is_shifted = record->shift;
}
