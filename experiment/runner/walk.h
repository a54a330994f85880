/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * walk.h - the runs of a plan that are missing, in the order in which they are made: replication 1
 * of all strategies at all points, then replication 2, and so on.  So a study that was interrupted
 * is a smaller one with all of its points, in which strategies are paired.
 *
 * Runs that points share are met once.  Of what is stored a walk holds a bit for each run.
 */
#ifndef EXPERIMENT_RUNNER_WALK_H
#define EXPERIMENT_RUNNER_WALK_H

#include "experiment/plan/plan.h"
#include "experiment/store/results.h"

struct walk;

struct walk_step {
    size_t point;
    int strategy;
    uint32_t replication;
};

/* Fills states[0..count-1] of a place, as results_states() does; false and an error if it fails. */
typedef bool walk_states(void *context, size_t point, int strategy, uint32_t count,
                         enum results_state *states, struct errors *errors);

/* Which runs a walk is about; `has` NULL: all. */
struct walk_part {
    bool (*has)(const void *part, size_t point, int strategy, uint32_t replication);
    const void *part; /* borrowed */
};

/* A walk over the fewest replications that `plan` (borrowed) asks for, of those runs that `part`
 * (NULL: all) has; `states` NULL: nothing is stored. */
struct walk *walk_new(const struct plan *plan, const struct walk_part *part, walk_states *states,
                      void *context);
void walk_free(struct walk *walk);

/* Replications that are to be walked at a point; and more of them, to be met from walk_restart()
 * on. */
uint32_t walk_wanted(const struct walk *walk, size_t point);
void walk_want(struct walk *walk, size_t point, uint32_t replications);

/* Begins again; what has been met is not met again. */
void walk_restart(struct walk *walk);

/* The next missing run; false if there is none, or with an error. */
bool walk_next(struct walk *walk, struct walk_step *step, struct errors *errors);

/* All runs that are wanted by now, and those of them that were stored already as far as the walk
 * has come. */
uint64_t walk_total(const struct walk *walk);
uint64_t walk_stored(const struct walk *walk);

#endif
