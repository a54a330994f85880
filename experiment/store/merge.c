/* SPDX-License-Identifier: GPL-3.0-or-later */
/* merge.c - see merge.h. */
#include "experiment/store/merge_private.h"

#include "experiment/store/database.h"

#include <string.h>
#include <sys/stat.h>

struct merge *merge_begin(const char *path, char *(*command)(const char *argv, const char *path),
                          struct errors *errors)
{
    struct merge *merge = g_new0(struct merge, 1);

    merge->command = command;
    merge->paths = g_ptr_array_new_with_free_func(g_free);
    merge->results = results_open(path, errors);
    if (merge->results && results_begin(merge->results, errors) &&
        run_reader_init(&merge->reader, merge->results->database, path, "there", errors) &&
        run_adder_init(&merge->adder, merge->results->database, path, errors))
        return merge;
    merge_end(merge, false, errors);
    return NULL;
}

bool merge_end(struct merge *merge, bool is_good, struct errors *errors)
{
    struct results *results = merge->results;

    run_reader_clear(&merge->reader);
    run_adder_clear(&merge->adder);
    if (results && is_good)
        is_good = results_commit(results, errors);
    else if (results)
        results_roll_back(results);
    if (results && is_good)
        results->study_id = 1; /* the file is to stay */
    if (results)
        is_good = results_close(results, errors) && is_good;
    g_ptr_array_free(merge->paths, TRUE);
    g_free(merge);
    return is_good;
}

/* ---- clashes ---- */

static void take_text(void *text, sqlite3_stmt *row)
{
    *(char **)text = g_strdup((const char *)sqlite3_column_text(row, 0));
}

/* A run in words, as the source has it. */
static char *describe_run(const struct merge_source *source, int64_t run_id)
{
    struct errors nobody_asked = { .count = 0 };
    char *text = NULL;

    database_rows(source->database, source->path,
                  "SELECT format('study %s, point %s, strategy %s, replication %d', s.name, "
                  "params_json, strategy, replication) FROM run r JOIN study_point p USING "
                  "(point_id) JOIN study s USING (study_id) JOIN study_strategy g USING (study_id, "
                  "variant, strategy_id) WHERE run_id = ?1 LIMIT 1",
                  run_id, take_text, &text, &nobody_asked);
    errors_clear(&nobody_asked);
    return text ? text : g_strdup_printf("run %" G_GINT64_FORMAT, run_id);
}

/* True if the file has the run that is `run_id` in the source. */
static bool has_run(const char *path, const struct merge_source *source, int64_t run_id)
{
    struct errors nobody_asked = { .count = 0 };
    sqlite3 *database = database_open(path, DATABASE_READ, &nobody_asked);
    sqlite3_stmt *statement = NULL;
    char *key = NULL;
    bool has = false;

    database_rows(source->database, source->path,
                  "SELECT p.hash || ' ' || s.hash || ' ' || replication FROM run "
                  "JOIN point p USING (point_id) JOIN strategy s USING (strategy_id) "
                  "WHERE run_id = ?1",
                  run_id, take_text, &key, &nobody_asked);
    if (database && key)
        statement = database_prepare(database, path,
                                     "SELECT 1 FROM run JOIN point p USING (point_id) "
                                     "JOIN strategy s USING (strategy_id) "
                                     "WHERE p.hash || ' ' || s.hash || ' ' || replication = ?",
                                     &nobody_asked);
    if (statement) {
        sqlite3_bind_text(statement, 1, key, -1, SQLITE_STATIC);
        has = sqlite3_step(statement) == SQLITE_ROW;
    }
    sqlite3_finalize(statement);
    sqlite3_close(database);
    errors_clear(&nobody_asked);
    g_free(key);
    return has;
}

/* The file that a run came from which is there. */
static const char *origin_of(const struct merge_source *source, int64_t run_id)
{
    const struct merge *merge = source->merge;

    for (guint i = 0; i < merge->paths->len; i++)
        if (has_run(g_ptr_array_index(merge->paths, i), source, run_id))
            return g_ptr_array_index(merge->paths, i);
    return merge->results->path;
}

/* An error about a run that the source has otherwise. */
static void complain_run(const struct merge_source *source, int64_t run_id, const char *difference,
                         struct errors *errors)
{
    char *name = describe_run(source, run_id);

    errors_add(errors, ERROR_IO, "'%s' and '%s' have the same run with other results: %s: %s",
               source->path, origin_of(source, run_id), name, difference);
    g_free(name);
}

/* ---- runs ---- */

/* Adds a run, or makes sure that what is there is the same. */
static bool join_run(struct merge_source *source, sqlite3_stmt *find, int64_t run_id,
                     const struct run_identity *to, struct errors *errors)
{
    struct merge *merge = source->merge;
    char *difference = NULL;
    int64_t is_there;
    bool is_good;

    results_bind(find, "i", to->run_id);
    if (!results_look_up(merge->results, find, 0, &is_there, errors))
        return false;
    if (!is_there) {
        source->counts->added++;
        return run_rows_copy(&source->reader, run_id, &merge->adder, to, errors);
    }
    source->counts->shared++;
    is_good =
        run_rows_compare(&source->reader, run_id, &merge->reader, to->run_id, &difference, errors);
    if (difference)
        complain_run(source, run_id, difference, errors);
    is_good = is_good && !difference;
    g_free(difference);
    return is_good;
}

/* Who a run of the source, in a row of it, is there; false if it belongs to nothing. */
static bool identify(const struct merge_source *source, sqlite3_stmt *row, struct run_identity *to,
                     struct errors *errors)
{
    int64_t replication = sqlite3_column_int64(row, 3);

    to->point_id = merge_number(source->points, sqlite3_column_int64(row, 1));
    to->strategy_id = merge_number(source->strategies, sqlite3_column_int64(row, 2));
    to->run_id = RESULTS_FIRST_RUN(to->point_id, to->strategy_id) + replication;
    if (to->point_id != 0 && to->strategy_id != 0 && replication >= 0 &&
        replication < RESULTS_REPLICATIONS_MAX)
        return true;
    errors_add(errors, ERROR_IO,
               "'%s' is damaged: run %" G_GINT64_FORMAT " belongs to no point and strategy",
               source->path, (gint64)sqlite3_column_int64(row, 0));
    return false;
}

/* Whether each run of the source is one of a study there: what belongs to none could neither be
 * told from others nor be shown. */
static bool check_runs(const struct merge_source *source, struct errors *errors)
{
    static const char sql[] =
        "SELECT run_id FROM run WHERE run_id NOT IN (SELECT run_id FROM study s "
        "JOIN study_point p USING (study_id) JOIN study_strategy g USING (study_id, variant) "
        "JOIN run r ON r.point_id = p.point_id AND r.strategy_id = g.strategy_id "
        "AND r.replication < s.replications_max) LIMIT 1";
    char *run = NULL;
    bool is_good =
        database_rows(source->database, source->path, sql, 0, take_text, &run, errors) && !run;

    if (run)
        errors_add(errors, ERROR_IO, "'%s' is damaged: run %s belongs to no study", source->path,
                   run);
    g_free(run);
    return is_good;
}

static bool join_runs(struct merge_source *source, struct errors *errors)
{
    struct results *results = source->merge->results;
    sqlite3_stmt *rows = database_prepare(
        source->database, source->path,
        "SELECT run_id, point_id, strategy_id, replication FROM run ORDER BY run_id", errors);
    sqlite3_stmt *find = database_prepare(results->database, results->path,
                                          "SELECT 1 FROM run WHERE run_id = ?", errors);
    bool is_good = rows && find;
    int code = SQLITE_DONE;

    while (is_good && (code = sqlite3_step(rows)) == SQLITE_ROW) {
        struct run_identity to;

        is_good = identify(source, rows, &to, errors) &&
                  join_run(source, find, sqlite3_column_int64(rows, 0), &to, errors);
    }
    if (is_good && code != SQLITE_DONE) {
        database_error(source->database, source->path, errors);
        is_good = false;
    }
    sqlite3_finalize(rows);
    sqlite3_finalize(find);
    return is_good;
}

/* True if it is the file that others go into. */
static bool is_same_file(const char *a, const char *b)
{
    struct stat left, right;

    return stat(a, &left) == 0 && stat(b, &right) == 0 && left.st_dev == right.st_dev &&
           left.st_ino == right.st_ino;
}

static GHashTable *numbers_new(void)
{
    return g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, g_free);
}

bool merge_add(struct merge *merge, const char *path, struct merge_counts *counts,
               struct errors *errors)
{
    struct merge_source source = { .merge = merge, .path = path, .counts = counts };
    bool is_good;

    *counts = (struct merge_counts){ .is_same_file = is_same_file(path, merge->results->path) };
    if (counts->is_same_file && !merge->results->is_created)
        return true;
    if (counts->is_same_file) {
        errors_add(errors, ERROR_IO, "cannot open '%s': there was no such file", path);
        return false;
    }
    counts->is_being_written = results_are_being_written(path);
    source.database = database_open(path, DATABASE_READ, errors);
    if (!source.database)
        return false;
    source.points = numbers_new();
    source.strategies = numbers_new();
    is_good = run_reader_init(&source.reader, source.database, path, "here", errors) &&
              check_runs(&source, errors) && merge_studies(&source, errors) &&
              join_runs(&source, errors);
    run_reader_clear(&source.reader);
    sqlite3_close(source.database);
    g_hash_table_destroy(source.points);
    g_hash_table_destroy(source.strategies);
    g_ptr_array_add(merge->paths, g_strdup(path));
    return is_good;
}
