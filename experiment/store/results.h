/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * results.h - storing a study: the only writer of a results database.
 *
 * What is stored depends on the study alone, never on the order in which runs end, on threads
 * or on interruptions; only wall-clock columns differ.  A run's rows come in one transaction, so
 * a process that dies at any moment leaves whole runs only, and the next one goes on from there.
 *
 * One process writes a file at a time (others are refused); any number may read it meanwhile.
 * Only to begin does it wait for those that read: 10 s.
 * Order of calls: open, add_study, then any of have/values/begin/add_runs/commit, close.
 */
#ifndef EXPERIMENT_STORE_RESULTS_H
#define EXPERIMENT_STORE_RESULTS_H

#include "experiment/plan/plan.h"
#include "experiment/topology/topology_measure.h"

struct results;

/* A run that was not cancelled, by its place in the plan. */
struct results_run {
    size_t point;
    int strategy;
    uint32_t replication;
    uint64_t seed; /* that the run had: a sweep may vary it */
    int64_t wall_ns;
    const struct sim_result *result;
};

/* What the database has of a point and strategy, for one replication. */
enum results_state { RESULTS_MISSING, RESULTS_DONE, RESULTS_FAILED };

/*
 * How run_id is made, in C and in SQL: the runs of a point and strategy, a cell, follow one another
 * by replication.  The limits follow from it.
 */
#define RESULTS_REPLICATIONS_MAX            1000000 /* of a cell */
#define RESULTS_CELLS_PER_POINT             1000000
#define RESULTS_CELL(point_id, strategy_id) ((point_id)*RESULTS_CELLS_PER_POINT + (strategy_id))
#define RESULTS_FIRST_RUN(point_id, strategy_id) \
    (RESULTS_CELL(point_id, strategy_id) * RESULTS_REPLICATIONS_MAX)

enum {
    RESULTS_STRATEGIES_MAX = RESULTS_CELLS_PER_POINT - 1, /* different stacks in one file */
    RESULTS_POINTS_MAX = 9000000,                         /* different worlds in one file */
};

/* Opens or creates the database `path`; NULL and an error if that cannot be done, or if somebody
 * goes on reading it. */
struct results *results_open(const char *path, struct errors *errors);

/*
 * Brings the database back to one file, unless somebody is reading it (results_have_log()), and
 * closes it; takes `results` (NULL: nothing to do).  False if something could not be written.  A
 * file made here that got no study is removed.
 */
bool results_close(struct results *results, struct errors *errors);

/*
 * Makes `plan` (borrowed until closed) the study that the other calls speak of: found by its
 * scenario and strategies if it is in the database, else added with all its points.  Runs whose
 * world, stack and replication an earlier study has are shared with it.  `argv` is the command
 * line.  O(points).
 */
bool results_add_study(struct results *results, const struct plan *plan, const char *argv,
                       const char *version, struct errors *errors);

/*
 * Before add_study: the runs to come are those of shard `number` of `count` (plan_shard.h).  A
 * study that add_study then adds bears a mark, by which readers know that it is a part.  add_study
 * refuses a study with the mark of another shard; without a call of this it takes the mark away.
 */
void results_set_shard(struct results *results, uint32_t number, uint32_t count);

/* What a search is for, whose settings are the points of a study. */
struct results_tuning {
    const char *identity; /* of the search: its study is found by that */
    const char *goals, *metric, *strategy;
    double confidence;
};

/* What was found of a setting that was tested. */
enum results_finding {
    RESULTS_UNTESTED,
    RESULTS_CHOSEN,
    RESULTS_MEETS,
    RESULTS_OPEN,
    RESULTS_MISSES,
};

/*
 * Makes `plan` the study of a search, as results_add_study() does; that grows: it is called again
 * with further points behind the same ones, or more replications.  A study that has more than
 * `plan` stays as it is.
 */
bool results_add_tuning(struct results *results, const struct plan *plan,
                        const struct results_tuning *tuning, const char *argv, const char *version,
                        struct errors *errors);

/* Stores what a search has come to: a finding for each of its points. */
bool results_end_tuning(struct results *results, const enum results_finding *findings,
                        unsigned tests, uint64_t runs, struct errors *errors);

/* Tells whether the database has the plan's study already; may come before add_study. */
bool results_has_study(struct results *results, const struct plan *plan, bool *has,
                       struct errors *errors);

/* Number of the study; and that of a run, whether it is there or not. */
int64_t results_study(const struct results *results);
int64_t results_run_id(const struct results *results, size_t point, int strategy,
                       uint32_t replication);

/* Fills states[0..count-1] with what is there of replications 0..count-1. */
bool results_states(struct results *results, size_t point, int strategy, uint32_t count,
                    enum results_state *states, struct errors *errors);

/*
 * Reads a metric of those of the replications 0..count-1 that are done and have it into
 * values[0..*found-1], in order; NAN where it never happened.
 */
bool results_values(struct results *results, size_t point, int strategy, const char *metric,
                    uint32_t count, double *values, uint32_t *found, struct errors *errors);

/* True if another process is writing the database `path` now. */
bool results_are_being_written(const char *path);

/* True if part of the database is in a second file, `path` with -wal behind it: while it is being
 * written, and after that if somebody read it when it was closed, until the next writer has closed
 * it.  The two belong together. */
bool results_have_log(const char *path);

/* Opens a transaction, adds any number of runs to it (few calls of many cost least), ends it.
 * After a failure nothing of it is stored. */
bool results_begin(struct results *results, struct errors *errors);
bool results_add_runs(struct results *results, const struct results_run *runs, size_t count,
                      struct errors *errors);
bool results_commit(struct results *results, struct errors *errors);

/* Whether the file has what the graph of a point's topology is like; and stores it, within a
 * transaction. */
bool results_has_topology(struct results *results, size_t point, bool *has, struct errors *errors);
bool results_add_topology(struct results *results, size_t point,
                          const struct topology_measures *measures, struct errors *errors);

/* Error of the first failed run of the study in plan order, a copy for g_free(), and how many
 * failed; NULL and 0 if none did. */
bool results_failures(struct results *results, uint64_t *count, char **first,
                      struct errors *errors);

#endif
