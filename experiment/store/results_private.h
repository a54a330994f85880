/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * results_private.h - what the files of the writer share: results.c opens and closes,
 * results_study.c stores what is to be run, results_run.c what came of it.
 */
#ifndef EXPERIMENT_STORE_RESULTS_PRIVATE_H
#define EXPERIMENT_STORE_RESULTS_PRIVATE_H

#include "experiment/store/results.h"
#include "experiment/store/results_rows.h"

#include <glib.h>
#include <sqlite3.h>

enum results_statement {
    BEGIN,
    COMMIT,
    ROLLBACK,
    ADD_METRIC_NAME,
    ADD_TO_TABLE, /* and to those behind it: enum results_table */
    READ_STATES = ADD_TO_TABLE + TABLE_COUNT,
    READ_VALUES,
    READ_FAILURES,
    STATEMENT_COUNT,
};

struct results {
    char *path;
    int lock;        /* descriptor that holds the writer's lock; -1: none */
    bool is_created; /* the file was not there before */
    sqlite3 *database;
    sqlite3_stmt *statements[STATEMENT_COUNT];
    struct results_source sources[TABLE_COUNT];
    struct results_batch batch; /* what they show */
    const struct plan *plan;    /* borrowed */
    char shard[24];             /* `2/4`; empty: none */
    int64_t study_id;
    int64_t *point_ids;      /* of the plan's points */
    int64_t *strategy_ids;   /* of the plan's stacks */
    GHashTable *metric_sets; /* names, a line each, to set_id: what metric_name holds */
};

/* Adds an error about the database's latest failure; returns false. */
bool results_failed(struct results *results, struct errors *errors);

/*
 * Binds values by their letters: `i` int64_t, `d` double (NAN: NULL), `s` sim_time (SIM_NEVER:
 * NULL), `t` a text that outlives the step (NULL: NULL).
 */
void results_bind(sqlite3_stmt *statement, const char *letters, ...);

/* The parts of a study (results_study.c): its row, which sets study_id; its axes, points and
 * strategies; and where these stand in the file, for the other calls.  Within a transaction. */
bool results_study_insert(struct results *results, const char *argv, const char *version,
                          struct errors *errors);
bool results_study_add_parts(struct results *results, struct errors *errors);
bool results_study_read(struct results *results, struct errors *errors);

/* Makes room for the numbers of the plan's points and stacks. */
void results_study_take(struct results *results, const struct plan *plan);

/* The first column of the first row, or `missing`; makes the statement ready for the next time. */
bool results_look_up(struct results *results, sqlite3_stmt *statement, int64_t missing,
                     int64_t *value, struct errors *errors);

/* Runs a statement that gives no row, and makes it ready for the next time. */
bool results_step(struct results *results, sqlite3_stmt *statement, struct errors *errors);

/* Ends the transaction, if there is one, without a trace. */
void results_roll_back(struct results *results);

/* Gives the study the mark of results->shard if it is new, or checks that it may have more runs. */
bool results_mark_shard(struct results *results, bool is_new, struct errors *errors);

#endif
