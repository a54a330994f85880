/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * results_shard.c - the mark of a study of which a file has a shard; see results.h.
 *
 * It is a row of `meta`, with the key `shard STUDY` and the value `I/N`.
 */
#include "experiment/store/results_private.h"

#include "experiment/store/database.h"

#include <glib.h>
#include <string.h>

void results_set_shard(struct results *results, uint32_t number, uint32_t count)
{
    g_snprintf(results->shard, sizeof results->shard, "%u/%u", number, count);
}

static void take_mark(void *mark, sqlite3_stmt *row)
{
    *(char **)mark = g_strdup((const char *)sqlite3_column_text(row, 0));
}

/* Does what the statement says of the study's mark. */
static bool change_mark(struct results *results, const char *sql, struct errors *errors)
{
    sqlite3_stmt *statement = database_prepare(results->database, results->path, sql, errors);
    bool is_good;

    if (!statement)
        return false;
    sqlite3_bind_int64(statement, 1, results->study_id);
    if (sqlite3_bind_parameter_count(statement) > 1)
        sqlite3_bind_text(statement, 2, results->shard, -1, SQLITE_STATIC);
    is_good = results_step(results, statement, errors);
    sqlite3_finalize(statement);
    return is_good;
}

bool results_mark_shard(struct results *results, bool is_new, struct errors *errors)
{
    const bool is_shard = results->shard[0] != 0;
    char *mark = NULL;
    bool is_good = database_rows(results->database, results->path,
                                 "SELECT value FROM meta WHERE key = 'shard ' || ?1",
                                 results->study_id, take_mark, &mark, errors);

    if (is_good && is_new && is_shard) {
        is_good =
            change_mark(results, "INSERT OR REPLACE INTO meta VALUES ('shard ' || ?1, ?2)", errors);
    } else if (is_good && mark && !is_shard) {
        is_good = change_mark(results, "DELETE FROM meta WHERE key = 'shard ' || ?1", errors);
    } else if (is_good && mark && strcmp(mark, results->shard) != 0) {
        errors_add(errors, ERROR_IO,
                   "'%s' holds shard %s of this study; shard %s goes to a file of its own (-o)",
                   results->path, mark, results->shard);
        is_good = false;
    }
    g_free(mark);
    return is_good;
}
