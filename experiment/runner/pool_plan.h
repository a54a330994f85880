/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * pool_plan.h - the points of a plan, as the pool takes them.
 */
#ifndef EXPERIMENT_RUNNER_POOL_PLAN_H
#define EXPERIMENT_RUNNER_POOL_PLAN_H

#include "experiment/plan/plan.h"
#include "experiment/runner/pool.h"

/* A point of the plan (borrowed) for tasks to come, as by pool_point_new(). */
struct pool_point *pool_point_of_plan(const struct plan *plan, size_t point);

#endif
