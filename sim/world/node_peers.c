/* SPDX-License-Identifier: GPL-3.0-or-later */
/* node_peers.c - whom a node can talk to, and who holds what; see node.h. */
#include "sim/world/peers.h"

#include <assert.h>

/* Another holder of a random shard of this node; the caller knows that it holds some. */
static node_id draw_holder(struct node *n)
{
    const struct placement *placement = &run_of(n)->placement;
    uint32_t count = placement_count(placement, n->id);
    uint32_t shard = placement_of(placement, n->id, (uint32_t)draw_below(peers_draw(n), count));
    uint32_t own = (uint32_t)placement_place(placement, shard, n->id);
    uint32_t place = (uint32_t)draw_below(peers_draw(n), placement->replicas - 1);

    return placement_holder(placement, shard, place + (place >= own));
}

bool peers_exist(const struct run *run, node_id self)
{
    if (placement_is_everywhere(&run->placement))
        return run->nodes > 1;
    return run->placement.replicas > 1 && placement_count(&run->placement, self) > 0;
}

/* The `index`-th live one of the other places of this node's shards, and *count of them, if there
 * are no more. */
static node_id live_place(const struct node *n, uint32_t index, uint32_t *count)
{
    const struct run *run = run_of_const(n);
    const struct placement *placement = &run->placement;
    const uint32_t shards = placement_count(placement, n->id);

    *count = 0;
    for (uint32_t i = 0; i < shards; i++)
        for (uint32_t place = 0; place < placement->replicas; place++) {
            node_id node = placement_holder(placement, placement_of(placement, n->id, i), place);

            if (node != n->id && !run_is_down(run, node) && (*count)++ == index)
                return node;
        }
    return n->id;
}

/* A live holder, as draw_holder() draws among all; false if there is none. */
static bool draw_live_holder(struct node *n, node_id *peer)
{
    uint32_t count;

    live_place(n, UINT32_MAX, &count);
    if (count > 0)
        *peer = live_place(n, (uint32_t)draw_below(peers_draw(n), count), &count);
    return !run_is_down(run_of(n), *peer);
}

enum { HOLDER_TRIES_MAX = 16 }; /* draws of a holder that is up; then the live ones are counted */

static bool pick_live(struct node *n, node_id *peer)
{
    const struct live *live = &run_of(n)->live;
    const uint32_t others = live_others(live, n->id);

    if (others == 0)
        return false;
    *peer = live_other(live, n->id, (uint32_t)draw_below(peers_draw(n), others));
    return true;
}

static bool pick_holder(struct node *n, node_id *peer)
{
    const struct run *run = run_of(n);

    for (int tries = 0; tries < HOLDER_TRIES_MAX; tries++) {
        *peer = draw_holder(n);
        if (peers_may_be(run, *peer))
            return true;
    }
    return draw_live_holder(n, peer);
}

/* With shards, or among the live only. */
static RARE bool pick_with_care(struct node *n, node_id *peer)
{
    struct run *run = run_of(n);

    if (!peers_exist(run, n->id))
        return false;
    return placement_is_everywhere(&run->placement) ? pick_live(n, peer) : pick_holder(n, peer);
}

bool node_pick_peer(struct node *n, node_id *peer)
{
    struct run *run = run_of(n);

    if (UNLIKELY(!run->all_are_peers))
        return pick_with_care(n, peer);
    *peer = peers_other(n, (uint32_t)draw_below(peers_draw(n), run->nodes - 1));
    return true;
}

static bool is_among(const node_id *peers, int count, node_id peer)
{
    for (int i = 0; i < count; i++)
        if (peers[i] == peer)
            return true;
    return false;
}

bool peers_has(const struct node *n, node_id other)
{
    const struct run *run = run_of_const(n);

    if (!peers_may_be(run, other))
        return false;
    return placement_is_everywhere(&run->placement) ||
           placement_meet(&run->placement, n->id, other);
}

uint32_t peers_near_count(const struct run *run)
{
    const uint64_t near = 2 * ((uint64_t)run->placement.replicas - 1);

    return near < run->nodes - 1 ? (uint32_t)near : run->nodes - 1;
}

node_id peers_near(const struct node *n, uint32_t index)
{
    const struct run *run = run_of_const(n);
    const uint32_t nodes = run->nodes, count = peers_near_count(run);

    if (count == nodes - 1)
        return peers_other(n, index);
    uint64_t place = numbering_outside(&run->numbering, n->id);

    place += index < count / 2 ? index + 1 : nodes - (index - count / 2) - 1;
    return numbering_inside(&run->numbering, (node_id)(place % nodes));
}

/* Those among whom a sample is looked for, and the `index`-th of them: the live ones, or whoever is
 * near. */
static uint32_t candidate_count(const struct node *n)
{
    const struct run *run = run_of_const(n);

    if (run->live.nodes && placement_is_everywhere(&run->placement))
        return live_others(&run->live, n->id);
    return peers_near_count(run);
}

static node_id candidate(const struct node *n, uint32_t index)
{
    const struct run *run = run_of_const(n);

    if (run->live.nodes && placement_is_everywhere(&run->placement))
        return live_other(&run->live, n->id, index);
    return peers_near(n, index);
}

static uint32_t count_peers(const struct node *n)
{
    uint32_t count = 0;

    for (uint32_t i = candidate_count(n); i-- > 0;)
        count += peers_has(n, candidate(n, i));
    return count;
}

/*
 * A sample of the peers in one pass over them all, for when nearly all are wanted: of the first i,
 * each is in it with the same probability (A. Waterman's algorithm R: D. Knuth, The Art of Computer
 * Programming 2, section 3.4.2), then shuffled.
 */
static int sample_all(struct node *n, node_id *peers, int count)
{
    const uint32_t wanted = (uint32_t)count, candidates = candidate_count(n);
    uint32_t met = 0;

    for (uint32_t i = 0; i < candidates; i++) {
        const node_id other = candidate(n, i);
        uint64_t place = met;

        if (!peers_has(n, other))
            continue;
        if (met++ >= wanted)
            place = draw_below(peers_draw(n), met);
        if (place < wanted)
            peers[place] = other;
    }
    if (met <= wanted)
        return (int)met;
    for (uint32_t i = wanted; i > 1; i--) {
        const uint64_t other = draw_below(peers_draw(n), i);
        const node_id kept = peers[other];

        peers[other] = peers[i - 1];
        peers[i - 1] = kept;
    }
    return count;
}

/* Whether more than half of the peers are wanted, or with shards all: drawing one by one would find
 * few new ones. */
static bool wants_most(const struct node *n, uint32_t count)
{
    const struct run *run = run_of_const(n);

    if (placement_is_everywhere(&run->placement))
        return 2 * (uint64_t)count > candidate_count(n);
    return count + 1 >= run->placement.replicas && count_peers(n) <= count;
}

int node_pick_peers(struct node *n, node_id *peers, int count)
{
    const bool everywhere = placement_is_everywhere(&run_of(n)->placement);
    int found = 0;

    if (wants_most(n, (uint32_t)count))
        return sample_all(n, peers, count);
    for (int tries = 0; found < count && (everywhere || tries < 16 * count); tries++) {
        if (!node_pick_peer(n, &peers[found]))
            return found;
        found += !is_among(peers, found, peers[found]);
    }
    /* Holders that share little with this node are found seldom: then take all alike. */
    return found < count ? sample_all(n, peers, count) : found;
}

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
