/* SPDX-License-Identifier: GPL-3.0-or-later */
/* results_peek.c - see results_peek.h. */
#include "experiment/store/results_peek.h"

#include "experiment/store/database.h"

#include <glib.h>

static const char states_query[] =
    "SELECT replication, status = 'done' FROM run "
    "WHERE point_id = (SELECT point_id FROM point WHERE hash = ?) "
    "AND strategy_id = (SELECT strategy_id FROM strategy WHERE hash = ?) AND replication < ?";

struct results_peek {
    const struct plan *plan;
    char *path;
    sqlite3 *database;
    sqlite3_stmt *statement;
};

struct results_peek *results_peek_open(const char *path, const struct plan *plan,
                                       struct errors *errors)
{
    struct results_peek *peek = g_new0(struct results_peek, 1);

    peek->plan = plan;
    peek->path = g_strdup(path);
    peek->database = database_open(path, DATABASE_READ, errors);
    if (peek->database != NULL)
        peek->statement = database_prepare(peek->database, path, states_query, errors);
    if (peek->statement != NULL)
        return peek;
    results_peek_close(peek);
    return NULL;
}

void results_peek_close(struct results_peek *peek)
{
    if (peek == NULL)
        return;
    sqlite3_finalize(peek->statement);
    sqlite3_close(peek->database);
    g_free(peek->path);
    g_free(peek);
}

bool results_peek_states(struct results_peek *peek, size_t point, int strategy, uint32_t count,
                         enum results_state *states, struct errors *errors)
{
    const size_t stack = plan_stack(peek->plan, point, strategy);
    int code;

    for (uint32_t i = 0; i < count; i++)
        states[i] = RESULTS_MISSING;
    sqlite3_bind_text(peek->statement, 1, peek->plan->points[point].hash, -1, SQLITE_STATIC);
    sqlite3_bind_text(peek->statement, 2, peek->plan->stacks[stack].hash, -1, SQLITE_STATIC);
    sqlite3_bind_int64(peek->statement, 3, count);
    while ((code = sqlite3_step(peek->statement)) == SQLITE_ROW)
        if (sqlite3_column_int64(peek->statement, 0) >= 0)
            states[sqlite3_column_int64(peek->statement, 0)] =
                sqlite3_column_int(peek->statement, 1) ? RESULTS_DONE : RESULTS_FAILED;
    if (code != SQLITE_DONE)
        database_error(peek->database, peek->path, errors);
    sqlite3_reset(peek->statement);
    return code == SQLITE_DONE;
}
