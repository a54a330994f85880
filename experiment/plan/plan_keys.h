/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * plan_keys.h - what the runs of a plan are keyed by: worlds, stacks, variants, cells.  For plan.c.
 */
#ifndef EXPERIMENT_PLAN_PLAN_KEYS_H
#define EXPERIMENT_PLAN_PLAN_KEYS_H

#include "experiment/language/scenario.h"
#include "experiment/plan/plan.h"

struct plan_keys;

/* What was met so far of the plan's points, to fill it. */
struct plan_keys *plan_keys_new(struct plan *plan);
void plan_keys_free(struct plan_keys *keys);

/*
 * Fills hash and variant of point `number`, in the order of the points.  False if an earlier
 * point, *same, has both of them already.
 */
bool plan_keys_add(struct plan_keys *keys, size_t number, const struct scenario *scenario,
                   size_t *same);

/* Leaves out the strategies that are not wanted; is_wanted[] has one for each. */
void plan_keys_keep(struct plan *plan, const bool *is_wanted);

/* Fills cells and cell_count; after it nothing may change. */
void plan_number_cells(struct plan *plan);

#endif
