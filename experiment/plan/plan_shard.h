/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * plan_shard.h - which of several machines makes a run.
 *
 * Shard I of N has the runs whose identity says so: their world, their stack and their replication,
 * and nothing else.  So it is the same whatever the order, the other shards and the points that a
 * sweep gets later, and the shards together have every run once.  The replications of a world and
 * stack go to the shards in turn, beginning at one that follows from the hashes: each shard gets
 * its part of every strategy, as near as whole runs allow.
 *
 * A rule for replications looks at all strategies of a point.  Under one a shard has whole points,
 * and points that share runs stay together, as all of a sweep over one strategy's parameters do
 * beside a strategy that stays as it is.
 */
#ifndef EXPERIMENT_PLAN_PLAN_SHARD_H
#define EXPERIMENT_PLAN_PLAN_SHARD_H

#include "experiment/plan/plan.h"

enum { SHARDS_MAX = 1000000 };

struct plan_shard {
    uint32_t number, count; /* number: from 1 */
    const struct plan *plan;
    uint32_t *first; /* shard, from 0, that has the first replication of each cell; under a rule,
                        that has each point */
};

/* Reads `I/N`; false if it is not that, or I not within 1 to N, N not within SHARDS_MAX. */
bool plan_shard_read(const char *text, uint32_t *number, uint32_t *count);

/* The plan is borrowed.  O(points); plan_shard_free() ends it. */
struct plan_shard *plan_shard_new(const struct plan *plan, uint32_t number, uint32_t count);
void plan_shard_free(struct plan_shard *shard);

/* Whether the shard has a run; `shard` is a struct plan_shard.  For struct runner_options. */
bool plan_shard_has(const void *shard, size_t point, int strategy, uint32_t replication);

/* The number that a shard follows from, modulo their count: of a world's hash with a stack's behind
 * it, or with what plan_shard_new() puts there under a rule. */
uint64_t plan_shard_key(const char *hashes);

#endif
