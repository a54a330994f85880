/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * database.h - opening a results database and saying what is wrong with it.
 *
 * Whoever reads results opens them here: a file that is not a database, one of another program or
 * another format, a damaged or a locked one each end in one sentence (ERROR_IO), and the file is
 * left alone.  Writing is for results.h only.
 */
#ifndef EXPERIMENT_STORE_DATABASE_H
#define EXPERIMENT_STORE_DATABASE_H

#include "base/errors.h"

#include <sqlite3.h>
#include <stdbool.h>
#include <stdint.h>

enum { METRICS_IN_ROW = 64 }; /* values in a row of metric_value: v0, v1, ... */

/* So long everybody waits for a lock: others exclude all but themselves for moments only. */
enum { DATABASE_TIMEOUT_MS = 2000 };

enum database_use {
    /* An existing database of this format, also while it is being written: all that is read of it
     * is of one moment, until it is closed.  So long no other may begin or end to write. */
    DATABASE_READ,
    DATABASE_WRITE, /* the same, or a missing or empty file: then one without tables */
};

/* Opens `path`; NULL and an error if it cannot be used so.  sqlite3_close() ends it. */
sqlite3 *database_open(const char *path, enum database_use use, struct errors *errors);

/* Adds a sentence about the latest failure of `database`, which is the file `path`. */
void database_error(sqlite3 *database, const char *path, struct errors *errors);

/* A compiled statement; NULL and an error if SQLite refuses it.  sqlite3_finalize() ends it. */
sqlite3_stmt *database_prepare(sqlite3 *database, const char *path, const char *sql,
                               struct errors *errors);

/*
 * Calls `take` with each row of the query, in which `id` stands for ?1.  False and an error if it
 * cannot be read to its end.
 */
bool database_rows(sqlite3 *database, const char *path, const char *sql, int64_t id,
                   void (*take)(void *context, sqlite3_stmt *row), void *context,
                   struct errors *errors);

#endif
