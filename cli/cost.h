/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * cost.h - what a study will cost, estimated from pilot runs of each strategy (sim_estimate()) at a
 * few points of the sweep, fewer where there are many strategies, so that it takes a second at
 * most.
 */
#ifndef CLI_COST_H
#define CLI_COST_H

#include "cli/topology_text.h"
#include "experiment/plan/plan.h"

enum { COST_POINTS_MAX = 5 }; /* at which the study is tried */

/* What one run of a strategy will cost; over several points: means, and the most memory. */
struct cost {
    double events, seconds;
    double memory; /* bytes */
};

struct cost_estimate {
    struct cost *strategies; /* by strategy of the plan */
    int64_t nodes_min, nodes_max;
    double runs, events, seconds, memory; /* of the whole study */
    double made;                          /* runs that are made: equal ones once */
    struct sim_given_back given_back;     /* the most at any point */
    int threads;
    struct topology_at topologies[COST_POINTS_MAX]; /* at the points tried */
    size_t topology_count;
};

/* Fills *estimate at some points of the study; false and errors if memory is short.  To be cleared
 * in both cases. */
bool cost_estimate(const struct plan *plan, struct cost_estimate *estimate, struct errors *errors);
void cost_clear(struct cost_estimate *estimate);

/* `2.1 s`, `3 h`: for people; g_free() it. */
char *cost_seconds_text(double seconds);

#endif
