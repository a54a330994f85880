/* SPDX-License-Identifier: GPL-3.0-or-later */
/* node_shards.c - the shards of a node, and who holds what; see node.h. */
#include "sim/world/run.h"

#include <assert.h>

/* The first holder of a shard at *peer or beyond, by looking at each. */
static bool next_of_holders(const struct node *n, uint32_t shard, node_id *peer)
{
    const struct placement *placement = &run_of_const(n)->placement;
    node_id next = UINT32_MAX;

    for (uint32_t i = 0; i < placement->replicas; i++) {
        const node_id holder = placement_holder(placement, shard, i);

        if (holder >= *peer && holder != n->id && holder < next)
            next = holder;
    }
    *peer = next;
    return next != UINT32_MAX;
}

bool node_next_replica(const struct node *n, update_id update, node_id *peer)
{
    const struct run *run = run_of_const(n);
    const struct placement *placement = &run->placement;

    *peer += *peer == n->id;
    if (placement_is_everywhere(placement))
        return *peer < run->nodes;
    uint32_t shard = placement->shard_of[update];

    if ((uint64_t)placement->replicas * placement->replicas < run->nodes) /* speed only */
        return next_of_holders(n, shard, peer);
    for (; *peer < run->nodes; ++*peer)
        if (*peer != n->id && placement_place(placement, shard, *peer) >= 0)
            return true;
    return false;
}

/* Those of `a` in shards that both hold. */
static RARE struct set *shared_shards(const struct node *n, node_id peer, const struct set *a)
{
    const struct placement *placement = &run_of_const(n)->placement;
    struct set *theirs = placement_restrict(placement, peer, a);
    struct set *common = placement_restrict(placement, n->id, theirs);

    set_free(theirs);
    return common;
}

struct set *node_meant_for(const struct node *n, node_id peer, const struct set *a)
{
    if (LIKELY(placement_is_everywhere(&run_of_const(n)->placement)))
        return set_share(a);
    return shared_shards(n, peer, a);
}

uint32_t node_shard_count(const struct node *n)
{
    return placement_count(&run_of_const(n)->placement, n->id);
}

uint32_t node_shard(const struct node *n, uint32_t index)
{
    return placement_of(&run_of_const(n)->placement, n->id, index);
}

uint32_t node_shard_index(const struct node *n, uint32_t shard)
{
    return placement_index(&run_of_const(n)->placement, n->id, shard);
}

uint32_t node_replica_count(const struct node *n)
{
    return run_of_const(n)->placement.replicas;
}

node_id node_holder(const struct node *n, uint32_t shard, uint32_t place)
{
    return placement_holder(&run_of_const(n)->placement, shard, place);
}

uint32_t node_place(const struct node *n, uint32_t shard)
{
    int64_t place = placement_place(&run_of_const(n)->placement, shard, n->id);

    assert(place >= 0);
    return (uint32_t)place;
}

uint32_t node_shard_of(const struct node *n, update_id update)
{
    const struct placement *placement = &run_of_const(n)->placement;

    return placement_is_everywhere(placement) ? 0 : placement->shard_of[update];
}

struct set *node_shard_updates(const struct node *n, uint32_t shard)
{
    const struct run *run = run_of_const(n);

    if (placement_is_everywhere(&run->placement))
        return set_first(run->placement.pool, run->census.updates);
    return placement_part(&run->placement, shard);
}
