/* SPDX-License-Identifier: GPL-3.0-or-later */
/* placement.c - see placement.h. */
#include "sim/truth/placement.h"

void placement_init(struct placement *placement, struct memory *memory, struct set_pool *pool,
                    const struct numbering *numbering, uint32_t shards, uint32_t replicas)
{
    *placement = (struct placement){ .numbering = numbering,
                                     .pool = pool,
                                     .nodes = numbering->nodes,
                                     .shards = shards,
                                     .replicas = replicas ? replicas : numbering->nodes };
    if (shards == 1 && placement->replicas == placement->nodes)
        return;
    placement->masks = memory_get(memory, shards, sizeof *placement->masks);
    for (uint32_t i = 0; i < shards && placement->masks; i++)
        placement->masks[i] = SET_EMPTY;
}

void placement_add(struct placement *placement, update_id update, uint32_t key)
{
    if (placement->masks)
        set_put(placement->pool, &placement->masks[placement_shard(placement, key)], update);
}

/* Position on the ring of a shard's first holder. */
static uint32_t start_of(const struct placement *placement, uint32_t shard)
{
    return (uint32_t)((uint64_t)shard * placement->nodes / placement->shards);
}

/* The first shard that starts at `position` or after it; `shards` if none does. */
static uint32_t first_from(const struct placement *placement, uint32_t position)
{
    return (uint32_t)(((uint64_t)position * placement->shards + placement->nodes - 1) /
                      placement->nodes);
}

node_id placement_holder(const struct placement *placement, uint32_t shard, uint32_t place)
{
    uint64_t position = (uint64_t)start_of(placement, shard) + place;

    return numbering_inside(placement->numbering, (node_id)(position % placement->nodes));
}

int64_t placement_place(const struct placement *placement, uint32_t shard, node_id node)
{
    uint32_t position = numbering_outside(placement->numbering, node);
    uint32_t start = start_of(placement, shard);
    uint32_t place = position >= start ? position - start : position + placement->nodes - start;

    return place < placement->replicas ? (int64_t)place : -1;
}

/* The shards that start at the positions from..to (both counted) of one turn of the ring. */
struct stretch {
    uint32_t first, count;
};

static struct stretch stretch_of(const struct placement *placement, uint32_t from, uint32_t to)
{
    uint32_t first = first_from(placement, from);

    return (struct stretch){ first, first_from(placement, to + 1) - first };
}

/* A node at position p holds what starts at p - replicas + 1 .. p, round the ring. */
static void stretches(const struct placement *placement, node_id node, struct stretch found[2])
{
    uint32_t position = numbering_outside(placement->numbering, node);

    found[0] = (struct stretch){ 0, 0 };
    if (position + 1 >= placement->replicas) {
        found[1] = stretch_of(placement, position + 1 - placement->replicas, position);
        return;
    }
    found[0] = stretch_of(placement, position + placement->nodes + 1 - placement->replicas,
                          placement->nodes - 1);
    found[1] = stretch_of(placement, 0, position);
}

uint32_t placement_count(const struct placement *placement, node_id node)
{
    struct stretch found[2];

    stretches(placement, node, found);
    return found[0].count + found[1].count;
}

uint32_t placement_of(const struct placement *placement, node_id node, uint32_t index)
{
    struct stretch found[2];

    stretches(placement, node, found);
    if (index < found[0].count)
        return found[0].first + index;
    return found[1].first + index - found[0].count;
}

uint32_t placement_index(const struct placement *placement, node_id node, uint32_t shard)
{
    struct stretch found[2];

    stretches(placement, node, found);
    if (shard - found[0].first < found[0].count) /* unsigned: before the stretch counts as beyond */
        return shard - found[0].first;
    return found[0].count + shard - found[1].first;
}

struct set *placement_restrict(const struct placement *placement, node_id node, const struct set *a)
{
    struct set *held;
    uint32_t count;

    if (placement_is_everywhere(placement) || a == SET_EMPTY)
        return set_share(a);
    held = SET_EMPTY;
    count = placement_count(placement, node);
    for (uint32_t i = 0; i < count; i++) {
        struct set *part = set_common(a, placement->masks[placement_of(placement, node, i)]);

        set_add(&held, part);
        set_release(part);
    }
    return held;
}
