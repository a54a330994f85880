/* SPDX-License-Identifier: GPL-3.0-or-later */
/* results_rows.c - see results_rows.h; the calls are those of https://sqlite.org/vtab.html. */
#include "experiment/store/results_rows.h"

#include "sim/sim.h"

#include <glib.h>

const struct results_table_name results_tables[TABLE_COUNT] = {
    [TABLE_RUN] = { "run", "run_id" },
    [TABLE_METRIC_VALUE] = { "metric_value", "set_id" },
    [TABLE_SAMPLE] = { "sample", "t_ns" },
    [TABLE_FIGURE_SAMPLE] = { "figure_sample", "t_ns, name" },
    [TABLE_OUTCOME] = { "update_outcome", "update_id" },
    [TABLE_DETECTION] = { "detection", "subject, crashed_ns" },
    [TABLE_DETECTION_CURVE] = { "detection_curve", "t_ns" },
    [TABLE_HISTOGRAM] = { "histogram", "name, lo" },
    [TABLE_OVERLAY] = { "overlay", "t_ns" },
    [TABLE_FAULT] = { "fault", "number" },
};

/* ---- what the tables show ---- */

enum column_type {
    COLUMN_COUNT,  /* uint32_t */
    COLUMN_TIME,   /* int64_t; SIM_NEVER is NULL */
    COLUMN_NUMBER, /* uint64_t */
    COLUMN_REAL,   /* double; NAN is NULL, as SQLite has it */
    COLUMN_REALS,  /* an array of double: a column each */
    COLUMN_TEXT,   /* a pointer; NULL is NULL */
    COLUMN_CHARS,  /* the text itself */
};

struct column {
    enum column_type type;
    size_t offset;
};

/* The type of a field, by its own in C. */
#define TYPE_OF(row, field) \
    _Generic(((row *)0)->field,                                                                    \
    uint32_t: COLUMN_COUNT,                                                                        \
    int64_t: COLUMN_TIME,                                                                          \
    uint64_t: COLUMN_NUMBER,                                                                       \
    double: COLUMN_REAL,                                                                           \
    double *: COLUMN_REALS,                                                                        \
    const char *: COLUMN_TEXT,                                                                     \
    char *: COLUMN_CHARS)
#define FIELD(row, field)                         \
    {                                             \
        TYPE_OF(row, field), offsetof(row, field) \
    }

/* The columns of each table behind run_id, which is the first one everywhere. */

static const struct column run_columns[] = {
    FIELD(struct run_row, point_id),    FIELD(struct run_row, strategy_id),
    FIELD(struct run_row, replication), FIELD(struct run_row, seed),
    FIELD(struct run_row, status),      FIELD(struct run_row, stop_reason),
    FIELD(struct run_row, end),         FIELD(struct run_row, events),
    FIELD(struct run_row, wall_ns),     FIELD(struct run_row, peak_bytes),
    FIELD(struct run_row, fingerprint), FIELD(struct run_row, error),
};

static const struct column metric_value_columns[] = {
    FIELD(struct metric_row, set_id),
    FIELD(struct metric_row, values),
};

static const struct column sample_columns[] = {
    FIELD(struct sim_sample, at),
    FIELD(struct sim_sample, alive),
    FIELD(struct sim_sample, informed),
    FIELD(struct sim_sample, staleness),
    FIELD(struct sim_sample, entropy),
    FIELD(struct sim_sample, variance),
    FIELD(struct sim_sample, estimate_error),
    FIELD(struct sim_sample, lag_max),
    FIELD(struct sim_sample, lag_mean),
    FIELD(struct sim_sample, stale_keys),
    FIELD(struct sim_sample, messages),
    FIELD(struct sim_sample, bytes_payload),
    FIELD(struct sim_sample, bytes_digest),
    FIELD(struct sim_sample, bytes_control),
    FIELD(struct sim_sample, duplicates),
    FIELD(struct sim_sample, dropped),
    FIELD(struct sim_sample, in_flight),
};

static const struct column figure_sample_columns[] = {
    FIELD(struct sim_figure_sample, at),
    FIELD(struct sim_figure_sample, name),
    FIELD(struct sim_figure_sample, value),
};

static const struct column update_outcome_columns[] = {
    FIELD(struct sim_outcome, update),    FIELD(struct sim_outcome, origin),
    FIELD(struct sim_outcome, injected),  FIELD(struct sim_outcome, t50),
    FIELD(struct sim_outcome, t90),       FIELD(struct sim_outcome, t95),
    FIELD(struct sim_outcome, t99),       FIELD(struct sim_outcome, t999),
    FIELD(struct sim_outcome, t_all),     FIELD(struct sim_outcome, t_last),
    FIELD(struct sim_outcome, t_settled), FIELD(struct sim_outcome, t_avg),
    FIELD(struct sim_outcome, informed),  FIELD(struct sim_outcome, hops_max),
    FIELD(struct sim_outcome, copies),    FIELD(struct sim_outcome, bytes),
};

static const struct column detection_columns[] = {
    FIELD(struct sim_detection, subject),   FIELD(struct sim_detection, crashed),
    FIELD(struct sim_detection, suspected), FIELD(struct sim_detection, first),
    FIELD(struct sim_detection, t50),       FIELD(struct sim_detection, t99),
    FIELD(struct sim_detection, all),
};

static const struct column detection_curve_columns[] = {
    FIELD(struct sim_spread, at),
    FIELD(struct sim_spread, crashes),
    FIELD(struct sim_spread, share),
    FIELD(struct sim_spread, false_dead),
};

static const struct column histogram_columns[] = {
    FIELD(struct sim_bin, name),
    FIELD(struct sim_bin, lo),
    FIELD(struct sim_bin, hi),
    FIELD(struct sim_bin, count),
};

static const struct column overlay_columns[] = {
    FIELD(struct sim_overlay, at),
    FIELD(struct sim_overlay, out_degree_mean),
    FIELD(struct sim_overlay, in_degree_mean),
    FIELD(struct sim_overlay, in_degree_sd),
    FIELD(struct sim_overlay, in_degree_min),
    FIELD(struct sim_overlay, in_degree_max),
    FIELD(struct sim_overlay, dead_share),
    FIELD(struct sim_overlay, clustering),
    FIELD(struct sim_overlay, path_length),
    FIELD(struct sim_overlay, components),
    FIELD(struct sim_overlay, largest),
};

static const struct column fault_columns[] = {
    FIELD(struct fault_row, number),
    FIELD(struct fault_row, at),
    FIELD(struct fault_row, kind),
    FIELD(struct fault_row, detail),
};

#define SHOWS(table, row) sizeof(row), sizeof(table) / sizeof(struct column), table

static const struct {
    const char *name;
    size_t row_bytes;
    int fields;
    const struct column *columns;
    int more; /* places of the last field, an array, behind its first */
} tables[TABLE_COUNT] = {
    [TABLE_RUN] = { "new_run", SHOWS(run_columns, struct run_row), 0 },
    [TABLE_METRIC_VALUE] = { "new_metric_value", SHOWS(metric_value_columns, struct metric_row),
                             METRICS_IN_ROW - 1 },
    [TABLE_SAMPLE] = { "new_sample", SHOWS(sample_columns, struct sim_sample), 0 },
    [TABLE_FIGURE_SAMPLE] = { "new_figure_sample",
                              SHOWS(figure_sample_columns, struct sim_figure_sample), 0 },
    [TABLE_OUTCOME] = { "new_update_outcome", SHOWS(update_outcome_columns, struct sim_outcome),
                        0 },
    [TABLE_DETECTION] = { "new_detection", SHOWS(detection_columns, struct sim_detection), 0 },
    [TABLE_DETECTION_CURVE] = { "new_detection_curve",
                                SHOWS(detection_curve_columns, struct sim_spread), 0 },
    [TABLE_HISTOGRAM] = { "new_histogram", SHOWS(histogram_columns, struct sim_bin), 0 },
    [TABLE_OVERLAY] = { "new_overlay", SHOWS(overlay_columns, struct sim_overlay), 0 },
    [TABLE_FAULT] = { "new_fault", SHOWS(fault_columns, struct fault_row), 0 },
};

/* Of a row that begins at `row`, what stands at the column's offset. */
static void show(sqlite3_context *context, struct column column, const char *row)
{
    const void *field = row + column.offset;

    switch (column.type) {
    case COLUMN_COUNT:
        sqlite3_result_int64(context, *(const uint32_t *)field);
        break;
    case COLUMN_TIME:
        if (*(const int64_t *)field != SIM_NEVER)
            sqlite3_result_int64(context, *(const int64_t *)field);
        break;
    case COLUMN_NUMBER:
        sqlite3_result_int64(context, (int64_t) * (const uint64_t *)field);
        break;
    case COLUMN_REAL:
    case COLUMN_REALS:
        sqlite3_result_double(context, *(const double *)field);
        break;
    case COLUMN_TEXT:
        sqlite3_result_text(context, *(const char *const *)field, -1, SQLITE_STATIC);
        break;
    case COLUMN_CHARS:
        sqlite3_result_text(context, field, -1, SQLITE_STATIC);
        break;
    }
}

/* ---- what SQLite asks for ---- */

struct table {
    sqlite3_vtab base;
    const struct results_source *source;
};

/* Where a statement reads. */
struct cursor {
    sqlite3_vtab_cursor base;
    const struct results_source *source;
    const struct results_rows *run, *end; /* of its batch */
    size_t row;                           /* of the run */
    int64_t number;                       /* over all runs */
};

static int make_table(sqlite3 *database, void *source, int argc, const char *const *argv,
                      sqlite3_vtab **made, char **error)
{
    struct table *table = g_new0(struct table, 1);
    GString *sql = g_string_new("CREATE TABLE new (run_id");
    int code;

    (void)argc, (void)argv, (void)error;
    table->source = source;
    for (int i = 0; i < tables[table->source->table].fields + tables[table->source->table].more;
         i++)
        g_string_append_printf(sql, ", column%d", i);
    g_string_append_c(sql, ')');
    code = sqlite3_declare_vtab(database, sql->str);
    g_string_free(sql, TRUE);
    if (code == SQLITE_OK)
        *made = &table->base;
    else
        g_free(table);
    return code;
}

static int free_table(sqlite3_vtab *table)
{
    g_free(table);
    return SQLITE_OK;
}

static int plan(sqlite3_vtab *table, sqlite3_index_info *info)
{
    (void)table, (void)info; /* there is one way: all rows in their order */
    return SQLITE_OK;
}

static int open_cursor(sqlite3_vtab *table, sqlite3_vtab_cursor **made)
{
    struct cursor *cursor = g_new0(struct cursor, 1);

    cursor->source = ((const struct table *)table)->source;
    *made = &cursor->base;
    return SQLITE_OK;
}

static int close_cursor(sqlite3_vtab_cursor *cursor)
{
    g_free(cursor);
    return SQLITE_OK;
}

/* Goes on to a run that has rows. */
static void skip_empty(struct cursor *cursor)
{
    while (cursor->run < cursor->end &&
           cursor->row >= cursor->run->of[cursor->source->table].count) {
        cursor->run++;
        cursor->row = 0;
    }
}

static int start(sqlite3_vtab_cursor *base, int number, const char *text, int argc,
                 sqlite3_value **argv)
{
    struct cursor *cursor = (struct cursor *)base;
    const struct results_batch *batch = cursor->source->batch;

    (void)number, (void)text, (void)argc, (void)argv;
    cursor->run = batch->runs;
    cursor->end = batch->runs + batch->count;
    cursor->row = 0;
    cursor->number = 0;
    skip_empty(cursor);
    return SQLITE_OK;
}

static int step(sqlite3_vtab_cursor *base)
{
    struct cursor *cursor = (struct cursor *)base;

    cursor->row++;
    cursor->number++;
    skip_empty(cursor);
    return SQLITE_OK;
}

static int is_at_end(sqlite3_vtab_cursor *base)
{
    const struct cursor *cursor = (const struct cursor *)base;

    return cursor->run == cursor->end;
}

static int show_column(sqlite3_vtab_cursor *base, sqlite3_context *context, int place)
{
    const struct cursor *cursor = (const struct cursor *)base;
    const enum results_table table = cursor->source->table;
    const int last = tables[table].fields - 1, field = place - 1 < last ? place - 1 : last;
    const char *row = cursor->run->of[table].first;

    row += cursor->row * tables[table].row_bytes;
    if (place == 0)
        sqlite3_result_int64(context, cursor->run->run_id);
    else
        show(context, tables[table].columns[field],
             row + (place - 1 - field) * (int)sizeof(double));
    return SQLITE_OK;
}

static int tell_rowid(sqlite3_vtab_cursor *base, sqlite3_int64 *rowid)
{
    *rowid = ((const struct cursor *)base)->number;
    return SQLITE_OK;
}

static const sqlite3_module module = { .xCreate = make_table,
                                       .xConnect = make_table,
                                       .xDisconnect = free_table,
                                       .xDestroy = free_table,
                                       .xBestIndex = plan,
                                       .xOpen = open_cursor,
                                       .xClose = close_cursor,
                                       .xFilter = start,
                                       .xNext = step,
                                       .xEof = is_at_end,
                                       .xColumn = show_column,
                                       .xRowid = tell_rowid };

int results_rows_show(sqlite3 *database, struct results_source *sources,
                      const struct results_batch *batch)
{
    int code = SQLITE_OK;

    for (int i = 0; i < TABLE_COUNT && code == SQLITE_OK; i++) {
        char *sql = g_strdup_printf("CREATE VIRTUAL TABLE temp.%s USING %s", tables[i].name,
                                    tables[i].name);
        sources[i] = (struct results_source){ .table = (enum results_table)i, .batch = batch };
        code = sqlite3_create_module(database, tables[i].name, &module, &sources[i]);
        if (code == SQLITE_OK)
            code = sqlite3_exec(database, sql, NULL, NULL, NULL);
        g_free(sql);
    }
    return code;
}
