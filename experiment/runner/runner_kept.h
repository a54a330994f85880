/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * runner_kept.h - points whose runs are given to a pool, again and again; their setups are kept
 * between, the first ones, as far as memory is to be had.  For runner.c.
 */
#ifndef EXPERIMENT_RUNNER_RUNNER_KEPT_H
#define EXPERIMENT_RUNNER_RUNNER_KEPT_H

#include "experiment/plan/plan.h"
#include "experiment/runner/pool.h"

struct runner_kept;

/* Setups may hold `bytes` together, beside those of runs that are being made. */
struct runner_kept *runner_kept_new(const struct plan *plan, struct pool *pool, uint64_t bytes);

/* Releases all points.  NULL: nothing to do. */
void runner_kept_free(struct runner_kept *kept);

/* The point, for tasks to be given until the next one is opened; `has_more`: it will be opened
 * again then. */
struct pool_point *runner_kept_open(struct runner_kept *kept, size_t point, bool has_more);

/* A task of it was made: what its setup holds is known now. */
void runner_kept_weigh(struct runner_kept *kept, const struct pool_task *task);

#endif
