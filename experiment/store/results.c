/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * results.c - storing a study; see results.h.
 *
 * The writer's lock is a flock() on the database file, which the kernel drops with the process: no
 * stale lock to remove by hand.  SQLite locks with fcntl(); on Linux the two kinds do not see each
 * other.  The lock's descriptor is closed last of all, because closing any descriptor of a file
 * drops the fcntl() locks that the process holds on it.
 *
 * While runs are stored the journal is a write-ahead log, so readers and the writer never wait
 * for each other.  To begin with it, and to end it, the writer must have the file for itself.  It
 * is synchronised at checkpoints only: a dying process loses nothing that was committed, a power
 * cut loses the latest commits but damages nothing.
 */
#include "experiment/store/results_private.h"

#include "experiment/store/database.h"
#include "sim/metric.h"

#include <errno.h>
#include <fcntl.h>
#include <glib.h>
#include <math.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

enum { READERS_TIMEOUT_MS = 10000 }; /* most readers take less */

extern const char results_schema[]; /* schema.sql, made a string by the Makefile */

/* OR ROLLBACK, because what fails fails with its transaction: SQLite then keeps no second journal
 * for the statement alone. */
static const char *const statement_texts[STATEMENT_COUNT] = {
    [BEGIN] = "BEGIN IMMEDIATE",
    [COMMIT] = "COMMIT",
    [ROLLBACK] = "ROLLBACK",
    [ADD_METRIC_NAME] = "INSERT INTO metric_name SELECT ?1, ?2, ?3 WHERE NOT EXISTS (SELECT * FROM "
                        "metric_name WHERE set_id = ?1 AND name = ?2 AND place = ?3)",
    [ADD_TO_TABLE + TABLE_RUN] = "INSERT OR ROLLBACK INTO run SELECT * FROM temp.new_run",
    [ADD_TO_TABLE + TABLE_METRIC_VALUE] =
        "INSERT OR ROLLBACK INTO metric_value SELECT * FROM temp.new_metric_value",
    [ADD_TO_TABLE + TABLE_SAMPLE] = "INSERT OR ROLLBACK INTO sample SELECT * FROM temp.new_sample",
    [ADD_TO_TABLE + TABLE_FIGURE_SAMPLE] =
        "INSERT OR ROLLBACK INTO figure_sample SELECT * FROM temp.new_figure_sample",
    [ADD_TO_TABLE + TABLE_OUTCOME] =
        "INSERT OR ROLLBACK INTO update_outcome SELECT * FROM temp.new_update_outcome",
    [ADD_TO_TABLE + TABLE_DETECTION] =
        "INSERT OR ROLLBACK INTO detection SELECT * FROM temp.new_detection",
    [ADD_TO_TABLE + TABLE_DETECTION_CURVE] =
        "INSERT OR ROLLBACK INTO detection_curve SELECT * FROM temp.new_detection_curve",
    [ADD_TO_TABLE + TABLE_HISTOGRAM] =
        "INSERT OR ROLLBACK INTO histogram SELECT * FROM temp.new_histogram",
    [ADD_TO_TABLE + TABLE_OVERLAY] =
        "INSERT OR ROLLBACK INTO overlay SELECT * FROM temp.new_overlay",
    [ADD_TO_TABLE + TABLE_FAULT] = "INSERT OR ROLLBACK INTO fault SELECT * FROM temp.new_fault",
    [READ_STATES] = "SELECT replication, status = 'done' FROM run "
                    "WHERE point_id = ? AND strategy_id = ? AND replication < ?",
    [READ_VALUES] = "SELECT value FROM run JOIN metric USING (run_id) "
                    "WHERE point_id = ? AND strategy_id = ? AND replication < ? "
                    "AND status = 'done' AND name = ? ORDER BY replication",
    [READ_FAILURES] =
        "WITH failure AS (SELECT run_id, error, p.position AS point, g.position AS strategy, "
        "replication FROM study JOIN study_point p USING (study_id) "
        "JOIN study_strategy g USING (study_id, variant) "
        "JOIN run USING (point_id, strategy_id) "
        "WHERE study_id = ?1 AND status = 'failed' AND replication < replications_max) "
        "SELECT count(DISTINCT run_id), "
        "(SELECT error FROM failure ORDER BY point, strategy, replication LIMIT 1) FROM failure",
};

bool results_failed(struct results *results, struct errors *errors)
{
    database_error(results->database, results->path, errors);
    return false;
}

static bool execute(struct results *results, const char *sql, struct errors *errors)
{
    return sqlite3_exec(results->database, sql, NULL, NULL, NULL) == SQLITE_OK ||
           results_failed(results, errors);
}

void results_bind(sqlite3_stmt *statement, const char *letters, ...)
{
    va_list values;

    va_start(values, letters);
    for (int i = 0; letters[i]; i++) {
        int64_t integer;
        if (letters[i] == 'd') {
            sqlite3_bind_double(statement, i + 1, va_arg(values, double));
            continue;
        }
        if (letters[i] == 't') {
            sqlite3_bind_text(statement, i + 1, va_arg(values, const char *), -1, SQLITE_STATIC);
            continue;
        }
        integer = va_arg(values, int64_t);
        if (letters[i] == 's' && integer == SIM_NEVER)
            sqlite3_bind_null(statement, i + 1);
        else
            sqlite3_bind_int64(statement, i + 1, integer);
    }
    va_end(values);
}

bool results_step(struct results *results, sqlite3_stmt *statement, struct errors *errors)
{
    bool is_done = sqlite3_step(statement) == SQLITE_DONE || results_failed(results, errors);

    sqlite3_reset(statement);
    return is_done;
}

bool results_look_up(struct results *results, sqlite3_stmt *statement, int64_t missing,
                     int64_t *value, struct errors *errors)
{
    int code = sqlite3_step(statement);
    bool is_good = code == SQLITE_ROW || code == SQLITE_DONE || results_failed(results, errors);

    *value = code == SQLITE_ROW ? sqlite3_column_int64(statement, 0) : missing;
    sqlite3_reset(statement);
    return is_good;
}

/* ---------------------------------------------------------------------- open and close */

/* A folder, a pipe or a missing folder is left to database_open(), which has the words. */
static bool lock_file(struct results *results, struct errors *errors)
{
    struct stat info;

    if (stat(results->path, &info) == 0 && !S_ISREG(info.st_mode))
        return true;
    results->lock = open(results->path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    results->is_created = results->lock != -1;
    if (!results->is_created)
        results->lock = open(results->path, O_RDWR | O_CREAT | O_CLOEXEC | O_NONBLOCK, 0666);
    if (results->lock == -1) {
        errors_add(errors, ERROR_IO, "cannot write '%s': %s", results->path, strerror(errno));
        return false;
    }
    if (flock(results->lock, LOCK_EX | LOCK_NB) == 0)
        return true;
    results->is_created = false; /* others have taken it over */
    if (errno == EWOULDBLOCK)
        errors_add(errors, ERROR_IO, "'%s' is in use: another run is writing it", results->path);
    else
        errors_add(errors, ERROR_IO, "cannot lock '%s': %s", results->path, strerror(errno));
    return false;
}

bool results_are_being_written(const char *path)
{
    int file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    bool is_locked;

    if (file == -1)
        return false;
    is_locked = flock(file, LOCK_SH | LOCK_NB) != 0;
    close(file);
    return is_locked;
}

bool results_have_log(const char *path)
{
    char *log = g_strconcat(path, "-wal", NULL);
    struct stat info;
    bool has = stat(log, &info) == 0 && info.st_size > 0;

    g_free(log);
    return has;
}

/* The schema with the metrics among the columns of run_summary.  g_free() it. */
static char *write_schema(void)
{
    static const char mark[] = "\n    /* and each metric */";
    const char *place = strstr(results_schema, mark);
    GString *sql;

    g_assert(place);
    sql = g_string_new_len(results_schema, place - results_schema);
    for (int i = 0; i < METRIC_OF_PROGRAM; i++)
        g_string_append_printf(sql,
                               ",\n    (SELECT coalesce(value, 9e999) FROM metric "
                               "WHERE run_id = r.run_id AND name = '%s') AS %s",
                               metric_table[i].name, metric_table[i].name);
    g_string_append(sql, place + strlen(mark));
    return g_string_free(sql, FALSE);
}

/* The page size counts only while there are no tables: 8 KiB makes long samples cheaper. */
static bool create_tables(struct results *results, struct errors *errors)
{
    char *schema = write_schema(), *sql = g_strdup_printf("BEGIN EXCLUSIVE; %s; COMMIT", schema);
    bool is_done =
        execute(results, "PRAGMA page_size = 8192", errors) && execute(results, sql, errors);

    g_free(sql);
    g_free(schema);
    return is_done;
}

static bool prepare(struct results *results, struct errors *errors)
{
    if (results_rows_show(results->database, results->sources, &results->batch) != SQLITE_OK)
        return results_failed(results, errors);
    for (int i = 0; i < STATEMENT_COUNT; i++) {
        results->statements[i] =
            database_prepare(results->database, results->path, statement_texts[i], errors);
        if (!results->statements[i])
            return false;
    }
    return true;
}

/* Begins the write-ahead log, as soon as nobody reads. */
static bool begin_log(struct results *results, struct errors *errors)
{
    int code;

    sqlite3_busy_timeout(results->database, READERS_TIMEOUT_MS);
    code = sqlite3_exec(results->database, "PRAGMA journal_mode = WAL", NULL, NULL, NULL);
    sqlite3_busy_timeout(results->database, DATABASE_TIMEOUT_MS);
    if (code == SQLITE_OK)
        return true;
    if ((code & 0xff) != SQLITE_BUSY)
        return results_failed(results, errors);
    errors_add(errors, ERROR_IO,
               "'%s' is being read by another program, which did not end within %d s",
               results->path, READERS_TIMEOUT_MS / 1000);
    return false;
}

struct results *results_open(const char *path, struct errors *errors)
{
    struct results *results = g_new0(struct results, 1);

    results->path = g_strdup(path);
    results->lock = -1;
    results->metric_sets = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    if (path[0] == '\0' || lock_file(results, errors))
        results->database = database_open(path, DATABASE_WRITE, errors);
    if (!results->database)
        goto fail;
    if (sqlite3_table_column_metadata(results->database, NULL, "run", NULL, NULL, NULL, NULL, NULL,
                                      NULL) != SQLITE_OK &&
        !create_tables(results, errors))
        goto fail;
    if (begin_log(results, errors) && execute(results, "PRAGMA synchronous = NORMAL", errors) &&
        execute(results, "PRAGMA wal_autocheckpoint = 4000", errors) && prepare(results, errors))
        return results;
fail:
    results_close(results, errors);
    return NULL;
}

bool results_close(struct results *results, struct errors *errors)
{
    bool is_done = true;

    if (!results)
        return true;
    for (int i = 0; i < STATEMENT_COUNT; i++)
        sqlite3_finalize(results->statements[i]);
    /* With a reader still there the log has to stay; the next writer takes it away. */
    if (results->database) {
        sqlite3_exec(results->database, "PRAGMA journal_mode = DELETE", NULL, NULL, NULL);
        if ((sqlite3_errcode(results->database) & 0xff) != SQLITE_BUSY &&
            (sqlite3_errcode(results->database) & 0xff) != SQLITE_LOCKED)
            is_done = sqlite3_errcode(results->database) == SQLITE_OK ||
                      (errors->count == 0 && results_failed(results, errors));
    }
    sqlite3_close(results->database);
    if (results->is_created && results->lock != -1 && results->study_id == 0)
        unlink(results->path);
    if (results->lock != -1)
        close(results->lock);
    g_hash_table_destroy(results->metric_sets);
    g_free(results->point_ids);
    g_free(results->strategy_ids);
    g_free(results->path);
    g_free(results);
    return is_done;
}

/* ----------------------------------------------------------------------------- the runs */

bool results_states(struct results *results, size_t point, int strategy, uint32_t count,
                    enum results_state *states, struct errors *errors)
{
    sqlite3_stmt *statement = results->statements[READ_STATES];
    int code;

    for (uint32_t i = 0; i < count; i++)
        states[i] = RESULTS_MISSING;
    results_bind(statement, "iii", results->point_ids[point],
                 results->strategy_ids[plan_stack(results->plan, point, strategy)], (int64_t)count);
    while ((code = sqlite3_step(statement)) == SQLITE_ROW)
        if (sqlite3_column_int64(statement, 0) >= 0)
            states[sqlite3_column_int64(statement, 0)] =
                sqlite3_column_int(statement, 1) ? RESULTS_DONE : RESULTS_FAILED;
    if (code != SQLITE_DONE)
        results_failed(results, errors);
    sqlite3_reset(statement);
    return code == SQLITE_DONE;
}

bool results_values(struct results *results, size_t point, int strategy, const char *metric,
                    uint32_t count, double *values, uint32_t *found, struct errors *errors)
{
    sqlite3_stmt *statement = results->statements[READ_VALUES];
    int code;

    *found = 0;
    results_bind(statement, "iiit", results->point_ids[point],
                 results->strategy_ids[plan_stack(results->plan, point, strategy)], (int64_t)count,
                 metric);
    while ((code = sqlite3_step(statement)) == SQLITE_ROW && *found < count)
        values[(*found)++] = sqlite3_column_type(statement, 0) == SQLITE_NULL
                                 ? NAN
                                 : sqlite3_column_double(statement, 0);
    if (code != SQLITE_DONE && code != SQLITE_ROW)
        results_failed(results, errors);
    sqlite3_reset(statement);
    return code == SQLITE_DONE || code == SQLITE_ROW;
}

bool results_begin(struct results *results, struct errors *errors)
{
    return results_step(results, results->statements[BEGIN], errors);
}

bool results_commit(struct results *results, struct errors *errors)
{
    if (results_step(results, results->statements[COMMIT], errors))
        return true;
    results_roll_back(results);
    return false;
}

void results_roll_back(struct results *results)
{
    if (!sqlite3_get_autocommit(results->database)) /* some failures have done it already */
        sqlite3_step(results->statements[ROLLBACK]);
    sqlite3_reset(results->statements[ROLLBACK]);
    g_hash_table_remove_all(results->metric_sets); /* it may have stored some of them */
}

bool results_failures(struct results *results, uint64_t *count, char **first, struct errors *errors)
{
    sqlite3_stmt *statement = results->statements[READ_FAILURES];
    int code;

    results_bind(statement, "i", results->study_id);
    code = sqlite3_step(statement);
    if (code == SQLITE_ROW) {
        *count = (uint64_t)sqlite3_column_int64(statement, 0);
        *first = g_strdup((const char *)sqlite3_column_text(statement, 1));
    } else {
        results_failed(results, errors);
    }
    sqlite3_reset(statement);
    return code == SQLITE_ROW;
}
