/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * storing.h - what the tests of stored results share: a study of two points and two strategies, a
 * database for it, and runs whose numbers tell where they come from.
 */
#ifndef TESTS_EXPERIMENT_STORING_H
#define TESTS_EXPERIMENT_STORING_H

#include "experiment/plan/plan.h"
#include "experiment/store/results.h"

/* Two numbers of nodes, two strategies, three replications.  Borrows what is the same in all. */
struct plan study_plan(const char *sha256);

/* A folder of its own for each test: its name is the state. */
int make_study_folder(void **state);
int remove_study_folder(void **state);
char *study_database(void **state); /* a name in it; the caller frees it with g_free() */

/* Both fail unless all goes well. */
struct results *open_study(const char *path, const struct plan *plan);
void close_study(struct results *results);

/* A run with one metric, two samples, an update, a bin, two faults at the same time: t99 is
 * `value`, the informed are ten times as many, of 100.  `_alone`: in a batch of its own. */
void store_run(struct results *results, size_t point, int strategy, uint32_t replication,
               double value);
void store_run_alone(struct results *results, size_t point, int strategy, uint32_t replication,
                     double value);

/* The rows of a query, cells joined by `|`, rows by a new line.  The caller frees it with
 * g_free(). */
char *query_rows(const char *path, const char *sql);
void assert_query(const char *path, const char *sql, const char *expected);

#endif
