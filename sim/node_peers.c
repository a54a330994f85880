/* SPDX-License-Identifier: GPL-3.0-or-later */
/* node_peers.c - whom a node can talk to, and who holds what; see node.h. */
#include "sim/run.h"

#include <assert.h>

static uint64_t draw_peer_bits(struct node *n)
{
    return draw(run_of(n)->keys[PURPOSE_PEER], n->id, n->me->drawn++);
}

/* The `index`-th of the others, ascending. */
static node_id other_node(const struct node *n, uint32_t index)
{
    return index + (index >= n->id);
}

/* Another holder of a random shard of this node; the caller knows that it holds some. */
static node_id draw_holder(struct node *n)
{
    const struct placement *placement = &run_of(n)->placement;
    uint32_t count = placement_count(placement, n->id);
    uint32_t shard = placement_of(placement, n->id, (uint32_t)draw_below(draw_peer_bits(n), count));
    uint32_t own = (uint32_t)placement_place(placement, shard, n->id);
    uint32_t place = (uint32_t)draw_below(draw_peer_bits(n), placement->replicas - 1);

    return placement_holder(placement, shard, place + (place >= own));
}

static node_id draw_other(struct node *n)
{
    struct run *run = run_of(n);

    if (LIKELY(placement_is_everywhere(&run->placement)))
        return other_node(n, (uint32_t)draw_below(draw_peer_bits(n), run->nodes - 1));
    return draw_holder(n);
}

/* Whether there is anybody whom draw_other() can draw. */
static bool has_others(const struct run *run, node_id self)
{
    if (placement_is_everywhere(&run->placement))
        return run->nodes > 1;
    return run->placement.replicas > 1 && placement_count(&run->placement, self) > 0;
}

/* The next node after `peer` that is up and holds data with this one; false if there is none. */
static bool next_live(const struct node *n, node_id *peer)
{
    const struct run *run = run_of_const(n);

    for (uint32_t i = 0; i < run->nodes; i++) {
        *peer = (*peer + 1) % run->nodes;
        if (*peer == n->id || run_is_down(run, *peer))
            continue;
        struct set *common = node_meant_for(n, *peer, run->census.everything);
        bool is_peer = placement_is_everywhere(&run->placement) || !set_is_empty(common);

        set_free(common);
        if (is_peer)
            return true;
    }
    return false;
}

enum { TRIES_MAX = 256 }; /* then the next live peer is taken: at 1 in 10 alive, one in 10^11 */

/* With shards, or among the live only. */
static RARE bool pick_with_care(struct node *n, node_id *peer)
{
    struct run *run = run_of(n);

    if (!has_others(run, n->id))
        return false;
    *peer = draw_other(n);
    if (run->config->peers == PEERS_ALL)
        return true;
    if (run->census.alive - !run_is_down(run, n->id) == 0)
        return false;
    for (int tries = 1; run_is_down(run, *peer) && tries < TRIES_MAX; tries++)
        *peer = draw_other(n);
    return !run_is_down(run, *peer) || next_live(n, peer);
}

bool node_pick_peer(struct node *n, node_id *peer)
{
    struct run *run = run_of(n);

    if (UNLIKELY(!run->all_are_peers))
        return pick_with_care(n, peer);
    *peer = other_node(n, (uint32_t)draw_below(draw_peer_bits(n), run->nodes - 1));
    return true;
}

/* The ring on which this node picks: its size, and the node at `steps` places from this one. */
struct ring {
    uint32_t size, own;
    bool has_shard;
    uint32_t shard;
};

static struct ring ring_of(struct node *n)
{
    struct run *run = run_of(n);
    struct ring ring = { .size = run->nodes };

    if (placement_is_everywhere(&run->placement)) {
        ring.own = numbering_outside(&run->numbering, n->id);
        return ring;
    }
    ring.has_shard = true;
    ring.size = run->placement.replicas;
    ring.shard = placement_of(
        &run->placement, n->id,
        (uint32_t)draw_below(draw_peer_bits(n), placement_count(&run->placement, n->id)));
    ring.own = (uint32_t)placement_place(&run->placement, ring.shard, n->id);
    return ring;
}

static node_id on_ring(const struct run *run, const struct ring *ring, uint32_t steps)
{
    uint32_t place = (uint32_t)(((uint64_t)ring->own + steps) % ring->size);

    return ring->has_shard ? placement_holder(&run->placement, ring->shard, place)
                           : numbering_inside(&run->numbering, place);
}

bool node_pick_by_distance(struct node *n, double exponent, node_id *peer)
{
    struct run *run = run_of(n);

    if (!has_others(run, n->id))
        return false;
    struct ring ring = ring_of(n);
    uint64_t bits = draw_peer_bits(n);
    uint32_t distance =
        distances_draw(&run->distances, &run->memory, exponent, ring.size / 2, bits);

    *peer = on_ring(run, &ring, bits & 1 ? distance : ring.size - distance);
    return true;
}

bool node_pick_in_turn(struct node *n, uint32_t *turn, node_id *peer)
{
    struct run *run = run_of(n);

    if (!has_others(run, n->id))
        return false;
    struct ring ring = ring_of(n);

    *peer = on_ring(run, &ring, 1 + (*turn)++ % (ring.size - 1));
    return true;
}

static bool is_among(const node_id *peers, int count, node_id peer)
{
    for (int i = 0; i < count; i++)
        if (peers[i] == peer)
            return true;
    return false;
}

/* All the peers there are, if they are no more than `count`; otherwise -1. */
static int take_everybody(struct node *n, node_id *peers, int count)
{
    const struct run *run = run_of(n);
    const bool alive_only = run->config->peers == PEERS_ALIVE;
    const uint32_t others = (alive_only ? run->census.alive : run->nodes) - 1;
    int found = 0;

    if (others > (uint32_t)count)
        return -1;
    for (uint32_t i = 0; i + 1 < run->nodes; i++)
        if (!alive_only || !run_is_down(run, other_node(n, i)))
            peers[found++] = other_node(n, i);
    return found;
}

int node_pick_peers(struct node *n, node_id *peers, int count)
{
    const bool everywhere = placement_is_everywhere(&run_of(n)->placement);
    int found = everywhere ? take_everybody(n, peers, count) : -1;

    if (found >= 0)
        return found;
    found = 0;
    /* With shards the other holders may be fewer than asked for: a bounded number of tries. */
    for (int tries = 0; found < count && (everywhere || tries < 16 * count); tries++) {
        if (!node_pick_peer(n, &peers[found]))
            return found;
        found += !is_among(peers, found, peers[found]);
    }
    return found;
}

bool node_next_replica(const struct node *n, update_id update, node_id *peer)
{
    const struct run *run = run_of_const(n);
    const struct placement *placement = &run->placement;

    *peer += *peer == n->id;
    if (placement_is_everywhere(placement))
        return *peer < run->nodes;
    uint32_t shard = placement_shard(placement, run->census.tracks[update].key);

    for (; *peer < run->nodes; ++*peer)
        if (*peer != n->id && placement_place(placement, shard, *peer) >= 0)
            return true;
    return false;
}

struct set *node_meant_for(const struct node *n, node_id peer, const struct set *a)
{
    const struct run *run = run_of_const(n);
    struct set *common;
    struct set *theirs;

    if (LIKELY(placement_is_everywhere(&run->placement)))
        return set_share(a);
    theirs = placement_restrict(&run->placement, peer, a);
    common = placement_restrict(&run->placement, n->id, theirs);
    set_free(theirs);
    return common;
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

struct set *node_shard_updates(const struct node *n, uint32_t shard)
{
    const struct run *run = run_of_const(n);

    if (placement_is_everywhere(&run->placement))
        return set_first(run->placement.pool, run->census.updates);
    return set_share(run->placement.masks[shard]);
}
