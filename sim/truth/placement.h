/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * placement.h - which nodes should hold which data (docs/world.md).
 *
 * Keys fall on shards in turn, and a shard is held by `replicas` nodes that follow one another on
 * the ring of the scenario's node numbers; the shards' first holders are spread evenly.  Ring order
 * rather than hashed positions: it gives every node the same share to a shard, so that what is
 * measured is the protocol and not the luck of the placement; the numbering itself is a random
 * permutation of the engine's nodes.  (Even token ranges with successors as replicas are what
 * Cassandra's SimpleStrategy amounts to.)
 */
#ifndef SIM_TRUTH_PLACEMENT_H
#define SIM_TRUTH_PLACEMENT_H

#include "sim/truth/numbering.h"
#include "sim/truth/set_row.h"

struct placement {
    const struct numbering *numbering;
    struct set_pool *pool;
    uint32_t nodes, shards, replicas;
    uint32_t *shard_of; /* of each update, those still to come too; NULL: one shard that every node
                           holds */
    update_id *last;    /* of each shard, and of each update the one before it in its shard */
    update_id *before;
    struct set **parts; /* the updates of each shard, NULL until asked for; itself NULL: of too many
                           shards to keep them */
    struct set **held;  /* those of each stretch of shards that a node holds, likewise */
};

/* `replicas` 0: all nodes. */
void placement_init(struct placement *placement, struct memory *memory, struct set_pool *pool,
                    const struct numbering *numbering, uint32_t shards, uint32_t replicas);

/* Says that `update` belongs to the shard of `key`; called once for each update, in their order. */
void placement_add(struct placement *placement, update_id update, uint32_t key);

/* The same of one of which nothing was known when sets were first asked for. */
void placement_add_late(struct placement *placement, update_id update, uint32_t key);

static inline bool placement_is_everywhere(const struct placement *placement)
{
    return !placement->shard_of;
}

static inline uint32_t placement_shard(const struct placement *placement, uint32_t key)
{
    return key % placement->shards;
}

/* The holder at `place`, 0 .. replicas-1, in ring order; and the place of a node, or -1. */
node_id placement_holder(const struct placement *placement, uint32_t shard, uint32_t place);
int64_t placement_place(const struct placement *placement, uint32_t shard, node_id node);

/* The shards that a node should hold: the `index`-th, in ring order, 0 .. count-1, and which index
 * one of them has. */
uint32_t placement_count(const struct placement *placement, node_id node);
uint32_t placement_of(const struct placement *placement, node_id node, uint32_t index);
uint32_t placement_index(const struct placement *placement, node_id node, uint32_t shard);

/* How many shards start at a position of the ring, which may be counted on for some turns. */
uint32_t placement_starting(const struct placement *placement, uint64_t position);

/* How many shards a node has in common with the node that is `steps` after it on the ring, or
 * before it, -replicas < steps < replicas; without those that the two share the other way round. */
uint32_t placement_common(const struct placement *placement, node_id node, int64_t steps);

/* Whether two nodes, or a node with itself, should hold a shard in common. */
bool placement_meet(const struct placement *placement, node_id a, node_id b);

/* All updates of a shard, including those still to come; a new set.  O(its updates).  Not where
 * placement_is_everywhere(). */
struct set *placement_part(const struct placement *placement, uint32_t shard);

/* Those of `a` that the node should hold; a new set. */
struct set *placement_restrict(const struct placement *placement, node_id node,
                               const struct set *a);

#endif
