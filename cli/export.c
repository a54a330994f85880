/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * export.c - `gossipsim export`: a table of a study as CSV or JSON, for other programs.
 *
 * Rows come in the order of the plan: point, strategy as written, replication, time; so two
 * databases with the same results give the same bytes but for wall_ns, the last column of runs.
 * Rows are written as SQLite finds them: memory does not grow with the table.
 */
#include "analysis/table.h"
#include "analysis/text.h"
#include "base/printable.h"
#include "cli/options.h"
#include "experiment/database.h"

#include <errno.h>
#include <math.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct export
{
    const char *path;
    sqlite3 *database;
    struct errors *errors;
    int64_t study_id;
    GPtrArray *columns; /* names, as they head the table */
    GString *values;    /* SQL of their values, separated by commas */
    GPtrArray *texts;   /* bound in the SQL as ?2, ?3, ... */
    bool is_json, is_terminal;
    FILE *out;
};

/* What is exported: columns of its own, and where its rows come from below those of a run. */
struct table_kind {
    const char *name;
    const char *const *columns; /* closed by NULL */
    const char *alias;          /* of the table that has them */
    const char *join;           /* appended to the FROM clause */
    const char *order;          /* appended to the ORDER BY clause */
    bool has_runs, has_metrics;
};

static const char *const point_columns[] = { "hash", NULL };
static const char *const run_columns[] = { "seed",        "status", "stop_reason",
                                           "sim_end_ns",  "events", "peak_bytes",
                                           "fingerprint", "error",  NULL };
static const char *const sample_columns[] = { "t_ns",
                                              "alive",
                                              "informed",
                                              "staleness",
                                              "entropy",
                                              "messages",
                                              "bytes_payload",
                                              "bytes_digest",
                                              "bytes_control",
                                              "duplicates",
                                              "dropped",
                                              "in_flight",
                                              NULL };
static const char *const update_columns[] = { "update_id", "origin",    "injected_ns", "t50_ns",
                                              "t90_ns",    "t95_ns",    "t99_ns",      "t999_ns",
                                              "t_all_ns",  "t_last_ns", "t_avg_ns",    "informed",
                                              "hops_max",  "copies",    "bytes",       NULL };

static const struct table_kind kinds[] = {
    { "runs", run_columns, "r", "", "", true, true },
    { "samples", sample_columns, "x", " CROSS JOIN sample x USING (run_id)", ", x.t_ns", true,
      false },
    { "updates", update_columns, "x", " CROSS JOIN update_outcome x USING (run_id)",
      ", x.update_id", true, false },
    { "points", point_columns, "p", "", "", false, false },
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

static void add_plain(struct export *export, const char *alias, const char *name)
{
    if (add_column(export, name))
        g_string_append_printf(export->values, "%s.%s", alias, name);
}

/* Adds a column for each name that `sql` finds for the study; `format` makes its value. */
static bool add_found(struct export *export, const char *sql, const char *value)
{
    sqlite3_stmt *statement = database_prepare(export->database, export->path, sql, export->errors);
    int code;

    if (!statement)
        return false;
    sqlite3_bind_int64(statement, 1, export->study_id);
    while ((code = sqlite3_step(statement)) == SQLITE_ROW) {
        const char *name = (const char *)sqlite3_column_text(statement, 0);
        if (!name || !add_column(export, name))
            continue;
        g_ptr_array_add(export->texts, g_strdup(name));
        g_string_append_printf(export->values, "(%s?%u)", value, export->texts->len + 1);
    }
    if (code != SQLITE_DONE)
        database_error(export->database, export->path, export->errors);
    sqlite3_finalize(statement);
    return code == SQLITE_DONE;
}

static const char runs_of_study[] =
    "FROM study s CROSS JOIN study_point p ON p.study_id = s.study_id "
    "CROSS JOIN study_strategy g ON g.study_id = s.study_id "
    "CROSS JOIN run r ON r.point_id = p.point_id AND r.strategy = g.strategy "
    "AND r.replication < s.replications_max";

static bool add_columns(struct export *export, const struct table_kind *kind)
{
    char *metrics;
    bool is_good;

    add_plain(export, "p", "point_id");
    if (!add_found(export, "SELECT path FROM study_axis WHERE study_id = ? ORDER BY position",
                   "SELECT coalesce(number, text) FROM param "
                   "WHERE point_id = p.point_id AND path = "))
        return false;
    if (kind->has_runs) {
        add_plain(export, "r", "strategy");
        add_plain(export, "r", "replication");
    }
    for (int i = 0; kind->columns[i]; i++)
        add_plain(export, kind->alias, kind->columns[i]);
    if (!kind->has_metrics)
        return true;
    metrics = g_strdup_printf("SELECT DISTINCT m.name %s JOIN metric m USING (run_id) "
                              "WHERE s.study_id = ? ORDER BY m.name",
                              runs_of_study);
    is_good =
        add_found(export, metrics, "SELECT value FROM metric WHERE run_id = r.run_id AND name = ");
    g_free(metrics);
    add_plain(export, "r", "wall_ns");
    return is_good;
}

/* The statement that gives the rows; NULL after an error. */
static sqlite3_stmt *prepare(struct export *export, const struct table_kind *kind)
{
    sqlite3_stmt *statement;
    char *sql;

    if (!add_columns(export, kind))
        return NULL;
    if (kind->has_runs)
        sql = g_strdup_printf("SELECT %s %s%s WHERE s.study_id = ?1 "
                              "ORDER BY p.position, g.position, r.replication%s",
                              export->values->str, runs_of_study, kind->join, kind->order);
    else
        sql = g_strdup_printf("SELECT %s FROM (SELECT * FROM study_point JOIN "
                              "(SELECT point_id, hash FROM point) USING (point_id)) p "
                              "WHERE p.study_id = ?1 ORDER BY p.position",
                              export->values->str);
    statement = database_prepare(export->database, export->path, sql, export->errors);
    g_free(sql);
    if (!statement)
        return NULL;
    sqlite3_bind_int64(statement, 1, export->study_id);
    for (guint i = 0; i < export->texts->len; i++)
        sqlite3_bind_text(statement, (int)i + 2, g_ptr_array_index(export->texts, i), -1,
                          SQLITE_STATIC);
    return statement;
}

/* ---------------------------------------------------------------------------- the writing */

/* RFC 4180: quoted where it holds a comma, a quote or the end of a line. */
static void put_csv_text(FILE *out, const char *text)
{
    if (!text[strcspn(text, ",\"\r\n")]) {
        fputs(text, out);
        return;
    }
    putc('"', out);
    for (; *text; text++) {
        if (*text == '"')
            putc('"', out);
        putc(*text, out);
    }
    putc('"', out);
}

/* Programs get a text as it is, a terminal what it can bear. */
static void put_text(const struct export *export, const char *text)
{
    char *safe = export->is_terminal ? text_escape(text) : NULL;

    (export->is_json ? table_json_text : put_csv_text)(export->out, safe ? safe : text);
    g_free(safe);
}

static void put_value(const struct export *export, sqlite3_stmt *statement, int column)
{
    char number[DATABASE_NUMBER_MAX];
    double real;

    switch (sqlite3_column_type(statement, column)) {
    case SQLITE_NULL:
        fputs(export->is_json ? "null" : "", export->out);
        break;
    case SQLITE_INTEGER:
        fprintf(export->out, "%lld", (long long)sqlite3_column_int64(statement, column));
        break;
    case SQLITE_FLOAT:
        real = sqlite3_column_double(statement, column);
        database_number(real, number);
        fputs(export->is_json && !isfinite(real) ? "null" : number, export->out);
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

static bool write_rows(struct export *export, sqlite3_stmt *statement)
{
    bool is_first = true;
    int code;

    for (guint i = 0; i < export->columns->len && !export->is_json; i++) {
        put_text(export, g_ptr_array_index(export->columns, i));
        putc(i + 1 < export->columns->len ? ',' : '\n', export->out);
    }
    while ((code = sqlite3_step(statement)) == SQLITE_ROW && !ferror(export->out)) {
        put_row(export, statement, is_first);
        is_first = false;
    }
    if (export->is_json)
        fputs(is_first ? "[]\n" : "\n]\n", export->out);
    if (code != SQLITE_DONE && code != SQLITE_ROW)
        database_error(export->database, export->path, export->errors);
    return code == SQLITE_DONE || code == SQLITE_ROW;
}

/* Opens the file for the output; not the database itself, which it would destroy. */
static FILE *open_output(const char *name, const char *database, struct errors *errors)
{
    struct stat a, b;
    FILE *out = NULL;

    if (stat(name, &a) == 0 && stat(database, &b) == 0 && a.st_dev == b.st_dev &&
        a.st_ino == b.st_ino)
        errors_add(errors, ERROR_IO, "'%s' is the database itself", name);
    else if (!(out = fopen(name, "w")))
        errors_add(errors, ERROR_IO, "cannot write '%s': %s", name, strerror(errno));
    return out;
}

static bool write_table(struct export *export, sqlite3_stmt *statement, const char *output)
{
    bool is_good, was_bad;

    export->out = output ? open_output(output, export->path, export->errors) : stdout;
    if (!export->out)
        return false;
    export->is_terminal = !export->is_json && isatty(fileno(export->out));
    is_good = write_rows(export, statement);
    if (!output) /* main checks standard output */
        return is_good;
    errno = 0;
    was_bad = ferror(export->out);
    if (fclose(export->out) != 0 || was_bad) {
        errors_add(export->errors, ERROR_IO, "cannot write '%s': %s", output,
                   strerror(errno ? errno : EIO));
        return false;
    }
    return is_good;
}

/* --------------------------------------------------------------------------- the command */

/* Takes the newest study if none is wanted; false if there is no such study. */
static bool choose_study(struct export *export, int64_t wanted)
{
    sqlite3_stmt *statement = database_prepare(
        export->database, export->path,
        "SELECT max(CASE WHEN ?1 IN (0, study_id) THEN study_id END), count(*) FROM study",
        export->errors);
    long long count = 0;

    if (!statement)
        return false;
    sqlite3_bind_int64(statement, 1, wanted);
    if (sqlite3_step(statement) == SQLITE_ROW) {
        export->study_id = sqlite3_column_int64(statement, 0);
        count = sqlite3_column_int64(statement, 1);
        if (export->study_id == 0)
            errors_add(export->errors, ERROR_SCENARIO,
                       count == 0 ? "'%s' holds no study yet"
                                  : "'%s' has no such study; 'gossipsim status' lists them",
                       export->path);
        else if (wanted == 0 && count > 1)
            printable_line(stderr,
                           "gossipsim: '%s' holds %lld studies; this is the newest, --study %lld",
                           export->path, count, (long long)export->study_id);
    } else {
        database_error(export->database, export->path, export->errors);
    }
    sqlite3_finalize(statement);
    return export->study_id != 0;
}

static int export_table(const char *path, const struct table_kind *kind, const char *output,
                        bool is_json, int64_t study)
{
    struct errors errors = { .count = 0 };
    struct export export = { .path = path, .errors = &errors, .is_json = is_json };
    sqlite3_stmt *statement = NULL;
    int exit_code = EXIT_DONE;

    export.columns = g_ptr_array_new_with_free_func(g_free);
    export.texts = g_ptr_array_new_with_free_func(g_free);
    export.values = g_string_new(NULL);
    export.database = database_open(path, DATABASE_READ, &errors);
    if (export.database && choose_study(&export, study))
        statement = prepare(&export, kind);
    if (!statement || !write_table(&export, statement, output))
        exit_code = options_fail(&errors);
    sqlite3_finalize(statement);
    sqlite3_close(export.database);
    g_ptr_array_free(export.columns, TRUE);
    g_ptr_array_free(export.texts, TRUE);
    g_string_free(export.values, TRUE);
    errors_clear(&errors);
    return exit_code;
}

static int run(int argc, char **argv);

const struct verb verb_export = {
    .name = "export",
    .arguments = "DB runs|samples|updates|points [options]",
    .summary = "write results as CSV or JSON, sweep parameters as columns",
    .examples = "  gossipsim export results/first.db runs >runs.csv\n"
                "  gossipsim export results/first.db samples --json -o samples.json\n",
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

static int run(int argc, char **argv)
{
    char *format = NULL, *output = NULL, **arguments = NULL;
    gboolean is_json = FALSE, is_csv = FALSE;
    gint64 study = 0;
    const GOptionEntry entries[] = {
        { "output", 'o', 0, G_OPTION_ARG_FILENAME, &output,
          "write to FILE instead of standard output", "FILE" },
        { "format", 0, 0, G_OPTION_ARG_FILENAME, &format, "csv (the default) or json", "FORMAT" },
        { "csv", 0, 0, G_OPTION_ARG_NONE, &is_csv, "the same as --format csv", NULL },
        { "json", 0, 0, G_OPTION_ARG_NONE, &is_json, "the same as --format json", NULL },
        { "study", 0, 0, G_OPTION_ARG_INT64, &study, "the study to export (default: the newest)",
          "N" },
        { NULL, 0, 0, G_OPTION_ARG_NONE, NULL, NULL, NULL },
    };
    const struct table_kind *kind;
    int exit_code;

    if (!options_parse(&verb_export, entries, 2, 2, argc, argv, &arguments, &exit_code))
        goto out;
    is_json = is_json || (format && strcmp(format, "json") == 0);
    is_csv = is_csv || (format && strcmp(format, "csv") == 0);
    kind = find_kind(arguments[1]);
    if (!kind)
        exit_code = options_usage_error(
            &verb_export, "there is no table '%s'; expected runs, samples, updates or points",
            arguments[1]);
    else if (format && strcmp(format, "json") != 0 && strcmp(format, "csv") != 0)
        exit_code = options_usage_error(&verb_export, "--format %s: expected csv or json", format);
    else if (is_json && is_csv)
        exit_code = options_usage_error(&verb_export, "both CSV and JSON are asked for");
    else if (study < 0)
        exit_code = options_usage_error(&verb_export, "--study: studies count from 1");
    else
        exit_code = export_table(arguments[0], kind, output, is_json, study);
out:
    g_strfreev(arguments);
    g_free(format);
    g_free(output);
    return exit_code;
}
