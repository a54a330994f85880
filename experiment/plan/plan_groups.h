/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * plan_groups.h - the network between groups of a point, in the engine's terms.  For plan_setup.c.
 */
#ifndef EXPERIMENT_PLAN_PLAN_GROUPS_H
#define EXPERIMENT_PLAN_PLAN_GROUPS_H

#include "experiment/language/scenario.h"
#include "experiment/plan/plan_tables.h"

struct plan_groups;

/*
 * NULL if groups have no network of their own; otherwise *groups is what the engine is told, and
 * *latency, where they have latencies of their own, the law of all of them between two random
 * nodes.  False, and nothing to free, if memory is short.  The scenario is borrowed.
 */
bool plan_groups_new(const struct scenario *scenario, struct plan_tables *tables,
                     struct plan_groups **made);
const struct sim_groups *plan_groups_of(const struct plan_groups *groups);
const struct distribution *plan_groups_latency(const struct plan_groups *groups);
void plan_groups_free(struct plan_groups *groups, struct plan_tables *tables);

#endif
