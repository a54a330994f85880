/* SPDX-License-Identifier: GPL-3.0-or-later */
/* placement.c - see placement.h. */
#include "sim/truth/placement.h"

enum {
    SHARDS_KEPT = 64, /* up to so many the updates of each are kept: 8 bytes an update for all */
    MEMBERS_FEW =
        16, /* of a set: then looking at each is quicker than at what a node should hold */
};

#define UPDATE_FIRST UINT32_MAX /* none of its shard comes before it */

void placement_init(struct placement *placement, struct memory *memory, struct set_pool *pool,
                    const struct numbering *numbering, uint32_t shards, uint32_t replicas)
{
    const size_t updates = (size_t)pool->words * 64;

    *placement = (struct placement){ .numbering = numbering,
                                     .pool = pool,
                                     .nodes = numbering->nodes,
                                     .shards = shards,
                                     .replicas = replicas ? replicas : numbering->nodes };
    if (shards == 1 && placement->replicas == placement->nodes)
        return;
    placement->shard_of = memory_get(memory, updates, sizeof *placement->shard_of);
    placement->before = memory_get(memory, updates, sizeof *placement->before);
    placement->last = memory_get(memory, shards, sizeof *placement->last);
    placement->held = memory_get(memory, 4 * (size_t)shards + 1, sizeof *placement->held);
    if (shards <= SHARDS_KEPT)
        placement->parts = memory_get(memory, shards, sizeof *placement->parts);
    for (uint32_t i = 0; i < shards && placement->last; i++)
        placement->last[i] = UPDATE_FIRST;
}

void placement_add(struct placement *placement, update_id update, uint32_t key)
{
    const uint32_t shard = placement_shard(placement, key);

    if (placement_is_everywhere(placement))
        return;
    placement->shard_of[update] = shard;
    placement->before[update] = placement->last[shard];
    placement->last[shard] = update;
}

/* Position on the ring of a shard's first holder. */
static uint32_t start_of(const struct placement *placement, uint32_t shard)
{
    return (uint32_t)((uint64_t)shard * placement->nodes / placement->shards);
}

/* The first shard that starts at `position` or after it, counted on from turn to turn. */
static uint32_t first_from(const struct placement *placement, uint64_t position)
{
    return (uint32_t)((position * placement->shards + placement->nodes - 1) / placement->nodes);
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

/*
 * The shards that a node should hold: `count` from `first` on, round the ring, counted from a turn
 * before, so that both ends grow with the node's position.
 */
struct stretch {
    uint32_t first, count;
};

/* A node at position p holds what starts at p - replicas + 1 .. p. */
static struct stretch stretch_of(const struct placement *placement, node_id node)
{
    const uint64_t position = numbering_outside(placement->numbering, node);
    const uint64_t end = position + placement->nodes + 1;
    const uint32_t first = first_from(placement, end - placement->replicas);

    return (struct stretch){ first, first_from(placement, end) - first };
}

/* How many shards after `first`, round the ring, `shard` is. */
static uint32_t steps_from(const struct placement *placement, uint32_t first, uint32_t shard)
{
    const uint32_t shards = placement->shards;

    return (shard % shards + shards - first % shards) % shards;
}

static bool stretch_has(const struct placement *placement, struct stretch held, uint32_t shard)
{
    return steps_from(placement, held.first, shard) < held.count;
}

uint32_t placement_count(const struct placement *placement, node_id node)
{
    return stretch_of(placement, node).count;
}

uint32_t placement_of(const struct placement *placement, node_id node, uint32_t index)
{
    return (stretch_of(placement, node).first + index) % placement->shards;
}

uint32_t placement_index(const struct placement *placement, node_id node, uint32_t shard)
{
    return steps_from(placement, stretch_of(placement, node).first, shard);
}

uint32_t placement_starting(const struct placement *placement, uint64_t position)
{
    position %= placement->nodes;
    return first_from(placement, position + 1) - first_from(placement, position);
}

uint32_t placement_common(const struct placement *placement, node_id node, int64_t steps)
{
    const int64_t own = numbering_outside(placement->numbering, node) + (int64_t)placement->nodes;
    const int64_t last = own + (steps < 0 ? steps : 0);
    const int64_t first = own + (steps > 0 ? steps : 0) - placement->replicas + 1;

    return first_from(placement, (uint64_t)last + 1) - first_from(placement, (uint64_t)first);
}

bool placement_meet(const struct placement *placement, node_id a, node_id b)
{
    if (placement->replicas == placement->nodes)
        return placement->shards > 0;

    const struct stretch one = stretch_of(placement, a), other = stretch_of(placement, b);

    return one.count > 0 && other.count > 0 &&
           (stretch_has(placement, one, other.first) || stretch_has(placement, other, one.first));
}

/* ---- what belongs to shards ---- */

static void put_part(const struct placement *placement, uint32_t shard, struct set **part)
{
    for (update_id i = placement->last[shard]; i != UPDATE_FIRST; i = placement->before[i])
        set_put(placement->pool, part, i);
}

struct set *placement_part(const struct placement *placement, uint32_t shard)
{
    struct set *part = SET_EMPTY;

    if (placement->parts && placement->parts[shard])
        return set_share(placement->parts[shard]);
    put_part(placement, shard, &part);
    if (placement->parts)
        placement->parts[shard] = set_share(part);
    return part;
}

/* Where what belongs to a stretch is kept.  Nodes that hold the same shards have it in common: the
 * sum of both ends tells one stretch from the next. */
static struct set **held_place(const struct placement *placement, struct stretch stretch)
{
    return &placement->held[2 * stretch.first + stretch.count];
}

/* All updates that a node should hold, made when first asked for. */
static const struct set *held_by(const struct placement *placement, struct stretch stretch)
{
    struct set **held = held_place(placement, stretch);

    if (*held)
        return *held;
    *held = SET_EMPTY;
    for (uint32_t i = 0; i < stretch.count; i++)
        put_part(placement, (stretch.first + i) % placement->shards, held);
    return *held;
}

static struct set *restrict_few(const struct placement *placement, struct stretch stretch,
                                const struct set *a)
{
    struct set *out = SET_EMPTY, *result;

    for (update_id i = 0; set_next(a, &i); i++)
        if (!stretch_has(placement, stretch, placement->shard_of[i]))
            set_put(placement->pool, &out, i);
    result = set_minus(a, out);
    set_free(out);
    return result;
}

struct set *placement_restrict(const struct placement *placement, node_id node, const struct set *a)
{
    struct stretch stretch;

    if (placement_is_everywhere(placement) || a == SET_EMPTY ||
        placement->replicas == placement->nodes)
        return set_share(a);
    stretch = stretch_of(placement, node);
    if (set_count(a) <= MEMBERS_FEW)
        return restrict_few(placement, stretch, a);
    return set_common(a, held_by(placement, stretch));
}

/* ---- what is not known beforehand ---- */

void placement_add_late(struct placement *placement, update_id update, uint32_t key)
{
    const uint32_t shard = placement_shard(placement, key);
    struct set *one;

    placement_add(placement, update, key);
    if (placement_is_everywhere(placement))
        return;
    one = set_single(placement->pool, update); /* what is kept may have been given away, too */
    if (placement->parts && placement->parts[shard])
        set_add(&placement->parts[shard], one);
    /* Where all hold all nothing is kept for stretches. */
    for (uint32_t place = 0; place < placement->replicas && placement->replicas < placement->nodes;
         place++) {
        struct set **const held =
            held_place(placement, stretch_of(placement, placement_holder(placement, shard, place)));
        if (*held)
            set_add(held, one);
    }
    set_free(one);
}
