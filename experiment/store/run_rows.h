/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * run_rows.h - the rows that a stored run has in all tables: compared with those of the same run in
 * another database, and copied there.
 *
 * Two runs are the same if all their rows are, byte for byte, but for wall_ns and for numbers that
 * a file gives as it likes: run_id, point_id and strategy_id.
 */
#ifndef EXPERIMENT_STORE_RUN_ROWS_H
#define EXPERIMENT_STORE_RUN_ROWS_H

#include "base/errors.h"
#include "experiment/store/results_rows.h"

#include <stdbool.h>

/* Reads the runs of one database, which is the file `path`. */
struct run_reader {
    sqlite3 *database; /* borrowed, like the path and the word */
    const char *path;
    const char *word; /* what differences call it, as `here` */
    sqlite3_stmt *of[TABLE_COUNT];
};

bool run_reader_init(struct run_reader *reader, sqlite3 *database, const char *path,
                     const char *word, struct errors *errors);
void run_reader_clear(struct run_reader *reader); /* a zeroed one, too */

/* Adds the rows of runs to one database. */
struct run_adder {
    sqlite3 *database;
    const char *path;
    sqlite3_stmt *to[TABLE_COUNT];
};

bool run_adder_init(struct run_adder *adder, sqlite3 *database, const char *path,
                    struct errors *errors);
void run_adder_clear(struct run_adder *adder);

/* A statement that inserts a row of any table, with a value for each column; NULL and an error. */
sqlite3_stmt *run_rows_insert(sqlite3 *database, const char *path, const char *table,
                              struct errors *errors);

/* Who a run is in one file. */
struct run_identity {
    int64_t run_id, point_id, strategy_id;
};

/* Copies a run, which is `to` there.  False after an error. */
bool run_rows_copy(struct run_reader *from, int64_t run_id, struct run_adder *adder,
                   const struct run_identity *to, struct errors *errors);

/*
 * Compares a run of two databases: *difference is NULL if they are the same, else the first
 * difference, as in `sample.informed at t_ns 5: 3 here, 4 there`, to be freed.  False after an
 * error.
 */
bool run_rows_compare(struct run_reader *here, int64_t run_here, struct run_reader *there,
                      int64_t run_there, char **difference, struct errors *errors);

/* The first difference of the rows that two statements stand at, likewise; NULL: none. */
char *row_compare(const char *table, const struct run_reader *here, sqlite3_stmt *row_here,
                  const struct run_reader *there, sqlite3_stmt *row_there, const char *const *but);

/*
 * The same for all rows of any two statements, but for columns that `but` names (closed by NULL);
 * the first other one says which row it is.  `table`: what the rows are of.
 */
bool rows_compare(const char *table, struct run_reader *here, sqlite3_stmt *rows_here,
                  struct run_reader *there, sqlite3_stmt *rows_there, const char *const *but,
                  char **difference, struct errors *errors);

#endif
