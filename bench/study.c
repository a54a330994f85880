/* SPDX-License-Identifier: GPL-3.0-or-later */
/* study.c - see study.h. */
#include "bench/study.h"

#include <sqlite3.h>
#include <stdio.h>
#include <unistd.h>

bool study_run(const struct program *p, const struct study *study, struct cost *cost)
{
    enum { REFUSED = 2 }; /* exit code: what it was asked makes no sense to it */
    char nodes[32], seed[16], replications[32], threads[16], text[LAUNCH_TEXT_MAX];
    char *argv[] = { (char *)p->path,
                     "run",
                     (char *)study->scenario,
                     "-q",
                     "--set",
                     nodes,
                     "-j",
                     threads,
                     "-o",
                     (char *)study->database,
                     "--replications",
                     replications,
                     "--seed",
                     seed,
                     NULL };

    snprintf(nodes, sizeof nodes, "nodes=%ld", study->nodes);
    snprintf(seed, sizeof seed, "%d", study->seed);
    snprintf(replications, sizeof replications, "%ld", study->replications);
    snprintf(threads, sizeof threads, "%d", study->threads);

    const int code = launch(argv, study->pinned, (struct limits){ 0 }, text, cost);

    if (code != 0 && code != REFUSED)
        die("failed", p->path);
    return code == 0;
}

void study_remove(const struct study *study)
{
    unlink(study->database);
}

void study_row(const struct study *study, const char *sql, int64_t parameter, double *values,
               int count)
{
    sqlite3 *db;
    sqlite3_stmt *query;

    if (sqlite3_open_v2(study->database, &db, SQLITE_OPEN_READONLY, NULL) ||
        sqlite3_prepare_v2(db, sql, -1, &query, NULL) || sqlite3_bind_int64(query, 1, parameter))
        die(sqlite3_errmsg(db), study->database);
    if (sqlite3_step(query) != SQLITE_ROW)
        die("no run that is done", study->database);
    for (int i = 0; i < count; i++)
        values[i] = sqlite3_column_double(query, i);
    sqlite3_finalize(query);
    sqlite3_close(db);
}
