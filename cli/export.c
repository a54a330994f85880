/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * export.c - `gossipsim export`: a table of a study as CSV or JSON for other programs, or the
 * scenario that it ran.
 *
 * Rows come in the order of the plan: point, strategy as written, replication, time; so two
 * databases with the same results give the same bytes, except for wall_ns, the last column of runs.
 * Rows are written as SQLite finds them: memory does not grow with the table.
 */
#include "analysis/study/study.h"
#include "analysis/text/table.h"
#include "analysis/text/text.h"
#include "base/printable.h"
#include "cli/export_scenario.h"
#include "cli/options.h"
#include "cli/output.h"
#include "cli/selection.h"
#include "experiment/plan/plan.h"
#include "experiment/store/database.h"

#include <math.h>
#include <string.h>

struct export
{
    struct study *study;
    struct errors *errors;
    GPtrArray *columns; /* names, as they head the table */
    GString *values;    /* SQL of their values, separated by commas */
    GPtrArray *texts;   /* bound in the SQL as ?3, ?4, ...; ?1 is the study, ?2 the position */
    bool is_json;
    FILE *out;
};

/* What is exported: columns of its own, and where its rows come from below those of a point. */
struct table_kind {
    const char *name;
    const char *const *columns; /* closed by NULL */
    const char *alias;          /* of the table that has them */
    const char *const *times;   /* of these columns, those that NULL says never came of; or NULL */
    const char *join;           /* appended to the FROM clause */
    const char *order;          /* appended to the ORDER BY clause */
    bool has_runs, has_metrics;
};

static const char *const point_columns[] = { "point_id", "hash", NULL };
static const char *const run_columns[] = { "seed",        "status", "stop_reason",
                                           "sim_end_ns",  "events", "peak_bytes",
                                           "fingerprint", "error",  NULL };
static const char *const sample_columns[] = {
    "t_ns",           "alive",         "informed",   "staleness",  "entropy",   "variance",
    "estimate_error", "lag_max",       "lag_mean",   "stale_keys", "messages",  "bytes_payload",
    "bytes_digest",   "bytes_control", "duplicates", "dropped",    "in_flight", NULL
};
static const char *const figure_columns[] = { "t_ns", "name", "value", NULL };
static const char *const update_columns[] = { "update_id", "origin",    "injected_ns",  "t50_ns",
                                              "t90_ns",    "t95_ns",    "t99_ns",       "t999_ns",
                                              "t_all_ns",  "t_last_ns", "t_settled_ns", "t_avg_ns",
                                              "informed",  "hops_max",  "copies",       "bytes",
                                              NULL };
static const char *const update_times[] = { "t50_ns",   "t90_ns",   "t95_ns",    "t99_ns",
                                            "t999_ns",  "t_all_ns", "t_last_ns", "t_settled_ns",
                                            "t_avg_ns", NULL };
static const char *const detection_columns[] = { "subject",  "crashed_ns", "suspected_ns",
                                                 "first_ns", "t50_ns",     "t99_ns",
                                                 "all_ns",   NULL };
static const char *const detection_times[] = { "suspected_ns", "first_ns", "t50_ns",
                                               "t99_ns",       "all_ns",   NULL };

static const char *const overlay_columns[] = { "t_ns",         "out_degree_mean", "in_degree_mean",
                                               "in_degree_sd", "in_degree_min",   "in_degree_max",
                                               "dead_share",   "clustering",      "path_length",
                                               "components",   "largest",         NULL };

static const struct table_kind kinds[] = {
    { "runs", run_columns, "r", NULL, "", "", true, true },
    { "samples", sample_columns, "x", NULL, " CROSS JOIN sample x USING (run_id)", ", x.t_ns", true,
      false },
    { "figures", figure_columns, "x", NULL, " CROSS JOIN figure_sample x USING (run_id)",
      ", x.t_ns, x.name", true, false },
    { "updates", update_columns, "x", update_times, " CROSS JOIN update_outcome x USING (run_id)",
      ", x.update_id", true, false },
    { "detections", detection_columns, "x", detection_times,
      " CROSS JOIN detection x USING (run_id)", ", x.crashed_ns, x.subject", true, false },
    { "overlay", overlay_columns, "x", NULL, " CROSS JOIN overlay x USING (run_id)", ", x.t_ns",
      true, false },
    { "points", point_columns, "w", NULL, "", "", false, false },
};

/* ----------------------------------------------------------------------------- the query */

static bool has_column(const struct export *export, const char *name)
{
    for (guint i = 0; i < export->columns->len; i++)
        if (strcmp(g_ptr_array_index(export->columns, i), name) == 0)
            return true;
    return false;
}

/* Adds a column unless there is one of that name already: a swept `seed` is the run's. */
static bool add_column(struct export *export, const char *name)
{
    if (has_column(export, name))
        return false;
    if (export->columns->len > 0)
        g_string_append(export->values, ", ");
    g_ptr_array_add(export->columns, g_strdup(name));
    return true;
}

static void add_value(struct export *export, const char *name, const char *sql)
{
    if (add_column(export, name))
        g_string_append(export->values, sql);
}

/* Adds a column whose value `sql` finds by its name, which is appended to it. */
static void add_found(struct export *export, const char *name, const char *sql)
{
    if (!add_column(export, name))
        return;
    g_ptr_array_add(export->texts, g_strdup(name));
    g_string_append_printf(export->values, "(%s?%u)", sql, export->texts->len + 2);
}

static bool is_in(const char *name, const char *const *names)
{
    for (; names && *names; names++)
        if (strcmp(*names, name) == 0)
            return true;
    return false;
}

/* The columns of the table itself.  9e999 is infinite: what never came is later than all. */
static void add_own(struct export *export, const struct table_kind *kind)
{
    for (int i = 0; kind->columns[i]; i++) {
        const char *format =
            is_in(kind->columns[i], kind->times) ? "coalesce(%s.%s, 9e999)" : "%s.%s";
        char *sql = g_strdup_printf(format, kind->alias, kind->columns[i]);
        add_value(export, kind->columns[i], sql);
        g_free(sql);
    }
}

/* The column that lists what never came, by name. */
static void add_never(struct export *export, const struct table_kind *kind)
{
    GString *sql = g_string_new("trim(''");

    if (kind->has_metrics)
        add_value(export, "never",
                  "(SELECT group_concat(name, ' ') FROM (SELECT name FROM metric "
                  "WHERE run_id = r.run_id AND value IS NULL ORDER BY name))");
    for (int i = 0; kind->times && kind->times[i]; i++)
        g_string_append_printf(sql, " || iif(%s.%s IS NULL, '%s ', '')", kind->alias,
                               kind->times[i], kind->times[i]);
    g_string_append_c(sql, ')');
    if (kind->times)
        add_value(export, "never", sql->str);
    g_string_free(sql, TRUE);
}

static void add_metric(void *export, sqlite3_stmt *row)
{
    char *name = study_copy_text(row, 0);

    add_found(export, name,
              "SELECT coalesce(value, 9e999) FROM metric WHERE run_id = r.run_id AND name = ");
    g_free(name);
}

static bool add_metrics(struct export *export)
{
    return study_rows(
        export->study,
        "SELECT DISTINCT name FROM metric_name WHERE set_id IN (SELECT set_id "
        "FROM study s JOIN study_point p USING (study_id) JOIN study_strategy g USING (study_id, "
        "variant) JOIN run r USING (point_id, strategy_id) JOIN metric_value USING (run_id) "
        "WHERE s.study_id = ?1 AND r.replication < s.replications_max) ORDER BY name",
        add_metric, export, export->errors);
}

static bool add_columns(struct export *export, const struct table_kind *kind)
{
    const struct study *study = export->study;

    add_value(export, "point", "p.position + 1");
    for (size_t axis = 0; axis < study->axis_count; axis++)
        add_found(export, study->axes[axis],
                  "SELECT coalesce(number, text) FROM param "
                  "WHERE study_id = ?1 AND position = ?2 AND path = ");
    if (kind->has_runs) {
        add_value(export, "strategy", "g.strategy");
        add_value(export, "replication", "r.replication");
    }
    add_own(export, kind);
    add_never(export, kind);
    if (!kind->has_metrics)
        return true;
    if (!add_metrics(export))
        return false;
    add_value(export, "wall_ns", "r.wall_ns");
    return true;
}

/* The statement that gives the rows of one point, ?2; NULL after an error. */
static sqlite3_stmt *prepare(struct export *export, const struct table_kind *kind)
{
    sqlite3_stmt *statement;
    char *sql;

    if (!add_columns(export, kind))
        return NULL;
    if (kind->has_runs)
        sql = g_strdup_printf(
            "SELECT %s FROM study s CROSS JOIN study_point p USING (study_id) "
            "CROSS JOIN study_strategy g USING (study_id, variant) "
            "CROSS JOIN run r ON r.point_id = p.point_id AND r.strategy_id = g.strategy_id "
            "AND r.replication < s.replications_max%s "
            "WHERE s.study_id = ?1 AND p.position = ?2 ORDER BY g.position, r.replication%s",
            export->values->str, kind->join, kind->order);
    else
        sql = g_strdup_printf("SELECT %s FROM study_point p JOIN point w USING (point_id) "
                              "WHERE p.study_id = ?1 AND p.position = ?2",
                              export->values->str);
    statement = database_prepare(export->study->database, export->study->path, sql, export->errors);
    g_free(sql);
    if (!statement)
        return NULL;
    sqlite3_bind_int64(statement, 1, export->study->study_id);
    for (guint i = 0; i < export->texts->len; i++)
        sqlite3_bind_text(statement, (int)i + 3, g_ptr_array_index(export->texts, i), -1,
                          SQLITE_STATIC);
    return statement;
}

/* ---------------------------------------------------------------------------- the writing */

/* JSON has no infinite numbers: there it is a text. */
static void put_real(const struct export *export, double value)
{
    char number[32];

    text_number(number, value);
    fprintf(export->out, export->is_json && !isfinite(value) ? "\"%s\"" : "%s", number);
}

static void put_text(const struct export *export, const char *text)
{
    (export->is_json ? table_json_text : table_csv_text)(export->out, text);
}

static void put_value(const struct export *export, sqlite3_stmt *statement, int column)
{
    switch (sqlite3_column_type(statement, column)) {
    case SQLITE_NULL:
        fputs(export->is_json ? "null" : "", export->out);
        break;
    case SQLITE_INTEGER:
        fprintf(export->out, "%lld", (long long)sqlite3_column_int64(statement, column));
        break;
    case SQLITE_FLOAT:
        put_real(export, sqlite3_column_double(statement, column));
        break;
    default:
        put_text(export, (const char *)sqlite3_column_text(statement, column));
    }
}

static void put_row(const struct export *export, sqlite3_stmt *statement, bool is_first)
{
    if (export->is_json)
        fputs(is_first ? "[\n{" : ",\n{", export->out);
    for (guint i = 0; i < export->columns->len; i++) {
        if (i > 0)
            putc(',', export->out);
        if (export->is_json) {
            put_text(export, g_ptr_array_index(export->columns, i));
            putc(':', export->out);
        }
        put_value(export, statement, (int)i);
    }
    fputs(export->is_json ? "}" : "\n", export->out);
}

/* The rows of all points that are left; false after an error of the database. */
static bool write_points(struct export *export, sqlite3_stmt *statement, bool *is_empty)
{
    const struct study *study = export->study;

    for (size_t i = 0; i < study->point_count; i++) {
        int code;

        sqlite3_reset(statement);
        sqlite3_bind_int64(statement, 2, study->points[i].position);
        while ((code = sqlite3_step(statement)) == SQLITE_ROW) {
            if (ferror(export->out))
                return true; /* whoever closes it complains */
            put_row(export, statement, *is_empty);
            *is_empty = false;
        }
        if (code != SQLITE_DONE) {
            database_error(study->database, study->path, export->errors);
            return false;
        }
    }
    return true;
}

static bool write_rows(struct export *export, sqlite3_stmt *statement)
{
    bool is_empty = true, is_good;

    for (guint i = 0; i < export->columns->len && !export->is_json; i++) {
        put_text(export, g_ptr_array_index(export->columns, i));
        putc(i + 1 < export->columns->len ? ',' : '\n', export->out);
    }
    is_good = write_points(export, statement, &is_empty);
    if (export->is_json)
        fputs(is_empty ? "[]\n" : "\n]\n", export->out);
    return is_good;
}

/* --------------------------------------------------------------------------- the command */

/* What the user wrote. */
struct wishes {
    struct selection selection;
    char *format, *output;
    gboolean is_json, is_csv;
};

/* Tells which study it is where the user did not say and could mean another. */
static void name_study(const struct study *study, int64_t wanted)
{
    if (wanted == 0 && study->count > 1)
        printable_line(stderr,
                       "gossipsim: '%s' holds %zu studies; this is the newest, --study %lld",
                       study->path, study->count, (long long)study->study_id);
}

/* Writes the table, or without a kind the scenario. */
static bool write_out(struct export *export, struct study *study, const struct table_kind *kind,
                      const char *output)
{
    sqlite3_stmt *statement = kind ? prepare(export, kind) : NULL;
    struct output out;
    bool is_good = !kind || statement;

    if (!is_good || !output_open(&out, output, study->path, export->errors)) {
        sqlite3_finalize(statement);
        return false;
    }
    export->out = out.stream;
    is_good =
        kind ? write_rows(export, statement) : export_scenario(study, out.stream, export->errors);
    sqlite3_finalize(statement);
    study_end_reading(study);
    return output_close(&out, is_good, export->errors) && is_good;
}

static int export_study(const char *path, const struct table_kind *kind, struct wishes *wishes)
{
    struct errors errors = { .count = 0 };
    struct export export = { .errors = &errors, .is_json = wishes->is_json };
    struct study *study;
    int exit_code;

    study = selection_open(&wishes->selection, path, &exit_code);
    if (!study)
        return exit_code;
    export.study = study;
    name_study(study, wishes->selection.study);
    export.columns = g_ptr_array_new_with_free_func(g_free);
    export.texts = g_ptr_array_new_with_free_func(g_free);
    export.values = g_string_new(NULL);
    exit_code = write_out(&export, study, kind, wishes->output) ? EXIT_DONE : options_fail(&errors);
    study_close(study);
    g_ptr_array_free(export.columns, TRUE);
    g_ptr_array_free(export.texts, TRUE);
    g_string_free(export.values, TRUE);
    errors_clear(&errors);
    return exit_code;
}

static int run(int argc, char **argv);

const struct verb verb_export = {
    .name = "export",
    .arguments = "DB runs|samples|figures|updates|detections|overlay|points|scenario [options]",
    .summary = "write results as CSV or JSON, or the scenario that was run",
    .examples = "  gossipsim export results/first.db runs >runs.csv\n"
                "  gossipsim export results/first.db samples --json -o samples.json\n"
                "  gossipsim export results/first.db scenario -o again.yaml\n",
    .rank = 60,
    .run = run,
};

static const struct table_kind *find_kind(const char *name)
{
    for (size_t i = 0; i < G_N_ELEMENTS(kinds); i++)
        if (strcmp(kinds[i].name, name) == 0)
            return &kinds[i];
    return NULL;
}

/* Checks the wishes and does what they say. */
static int check_and_export(const char *path, const char *what, struct wishes *w)
{
    const struct table_kind *kind = find_kind(what);

    if (!kind && strcmp(what, "scenario") != 0)
        return options_usage_error(&verb_export,
                                   "there is no table '%s'; expected runs, samples, figures, "
                                   "updates, detections, overlay, points or scenario",
                                   what);
    if (!kind && (w->format || w->is_json || w->is_csv || w->selection.where))
        return options_usage_error(&verb_export,
                                   "a scenario is written as it is: --csv, --json, --format and "
                                   "--where are for tables");
    if (w->format && strcmp(w->format, "json") != 0 && strcmp(w->format, "csv") != 0)
        return options_usage_error(&verb_export, "--format %s: expected csv or json", w->format);
    w->is_json = w->is_json || (w->format && strcmp(w->format, "json") == 0);
    w->is_csv = w->is_csv || (w->format && strcmp(w->format, "csv") == 0);
    if (w->is_json && w->is_csv)
        return options_usage_error(&verb_export, "both CSV and JSON are asked for");
    return export_study(path, kind, w);
}

static int run(int argc, char **argv)
{
    struct wishes w = { .format = NULL };
    char **arguments = NULL;
    const GOptionEntry entries[] = {
        { "output", 'o', 0, G_OPTION_ARG_FILENAME, &w.output,
          "write to FILE instead of standard output", "FILE" },
        { "where", 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &w.selection.where,
          "only points with this value (repeatable)", "PATH=VALUE" },
        { "format", 0, 0, G_OPTION_ARG_FILENAME, &w.format, "csv (the default) or json", "FORMAT" },
        { "csv", 0, 0, G_OPTION_ARG_NONE, &w.is_csv, "the same as --format csv", NULL },
        { "json", 0, 0, G_OPTION_ARG_NONE, &w.is_json, "the same as --format json", NULL },
        { "study", 0, 0, G_OPTION_ARG_INT64, &w.selection.study,
          "the study to export (default: the newest)", "N" },
        { NULL, 0, 0, G_OPTION_ARG_NONE, NULL, NULL, NULL },
    };
    int exit_code;

    if (options_parse(&verb_export, entries, 2, 2, argc, argv, &arguments, &exit_code))
        exit_code = check_and_export(arguments[0], arguments[1], &w);
    g_strfreev(arguments);
    selection_clear(&w.selection);
    g_free(w.format);
    g_free(w.output);
    return exit_code;
}
