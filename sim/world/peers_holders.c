/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * peers_holders.c - peers are the other holders of a node's shards, with `peers: alive` those that
 * are up; see peers.h.
 *
 * One is picked as a random place of a random shard of the node.
 */
#include "sim/world/peers.h"

enum { TRIES_MIN = 16 };

/* Draws of a holder that is up; then the live ones are counted, which takes as long as so many. */
static uint32_t tries_max(const struct run *run)
{
    return run->placement.replicas > TRIES_MIN ? run->placement.replicas : TRIES_MIN;
}

/* The holders of a node's shards are near on the ring of node numbers: those on both sides. */
static uint32_t count_near(struct node *n)
{
    const struct run *run = run_of(n);
    const uint64_t near = 2 * ((uint64_t)run->placement.replicas - 1);

    if (!peers_has_others(run, n->id))
        return 0;
    return near < run->nodes - 1 ? (uint32_t)near : run->nodes - 1;
}

static node_id near(struct node *n, uint32_t index)
{
    const struct run *run = run_of(n);
    const uint32_t nodes = run->nodes, count = count_near(n);
    uint64_t place;

    if (count == nodes - 1)
        return index + (index >= n->id);
    place = numbering_outside(&run->numbering, n->id);
    place += index < count / 2 ? index + 1 : nodes - (index - count / 2) - 1;
    return numbering_inside(&run->numbering, (node_id)(place % nodes));
}

static bool is_peer(struct node *n, node_id other)
{
    return peers_may_be(run_of(n), other) && placement_meet(&run_of(n)->placement, n->id, other);
}

/* ---- one ---- */

/* Another holder of a random shard of this node, which holds some. */
static node_id draw_holder(struct node *n)
{
    const struct placement *placement = &run_of(n)->placement;
    uint32_t count = placement_count(placement, n->id);
    uint32_t shard = placement_of(placement, n->id, (uint32_t)draw_below(peers_draw(n), count));
    uint32_t own = (uint32_t)placement_place(placement, shard, n->id);
    uint32_t place = (uint32_t)draw_below(peers_draw(n), placement->replicas - 1);

    return placement_holder(placement, shard, place + (place >= own));
}

/* The holders of shards that start at one position of the ring: those that are up, this node not
 * among them. */
struct crowd {
    uint64_t start; /* counted on from a turn before, as a node's shards are */
    uint32_t live;
};

static bool is_live_other(const struct node *n, uint64_t position)
{
    const struct run *run = run_of_const(n);
    const node_id node =
        numbering_inside(&run->numbering, (node_id)(position % run->placement.nodes));

    return node != n->id && !run_is_down(run, node);
}

/* Those of this node's first shard, and the next ones. */
static struct crowd first_crowd(const struct node *n)
{
    const struct placement *placement = &run_of_const(n)->placement;
    const uint64_t own = numbering_outside(placement->numbering, n->id);
    struct crowd crowd = { .start = own + placement->nodes + 1 - placement->replicas };

    for (uint32_t place = 0; place < placement->replicas; place++)
        crowd.live += is_live_other(n, crowd.start + place);
    return crowd;
}

static void next_crowd(const struct node *n, struct crowd *crowd)
{
    const uint32_t replicas = run_of_const(n)->placement.replicas;

    crowd->live -= is_live_other(n, crowd->start);
    crowd->live += is_live_other(n, crowd->start + replicas);
    crowd->start++;
}

uint64_t peers_live_places(const struct node *n)
{
    const struct placement *placement = &run_of_const(n)->placement;
    struct crowd crowd = first_crowd(n);
    uint64_t count = 0;

    for (uint32_t i = 0; i < placement->replicas; i++, next_crowd(n, &crowd))
        count += (uint64_t)crowd.live * placement_starting(placement, crowd.start);
    return count;
}

/* The `index`-th of them, shard by shard. */
static node_id live_place(const struct node *n, uint64_t index)
{
    const struct placement *placement = &run_of_const(n)->placement;
    struct crowd crowd = first_crowd(n);
    uint64_t position;

    for (;; next_crowd(n, &crowd)) {
        const uint64_t here = (uint64_t)crowd.live * placement_starting(placement, crowd.start);

        if (index < here)
            break;
        index -= here;
    }
    index %= crowd.live;
    for (position = crowd.start; !is_live_other(n, position) || index-- > 0;)
        position++;
    return numbering_inside(placement->numbering, (node_id)(position % placement->nodes));
}

/* A live holder, as draw_holder() draws among all; false if there is none. */
static bool draw_live_holder(struct node *n, node_id *peer)
{
    const uint64_t count = peers_live_places(n);

    if (count > 0)
        *peer = live_place(n, draw_below(peers_draw(n), count));
    return count > 0;
}

static bool pick_holder(struct node *n, node_id *peer)
{
    const struct run *run = run_of(n);

    if (!peers_has_others(run, n->id))
        return false;
    for (uint32_t tries = tries_max(run); tries > 0; tries--) {
        *peer = draw_holder(n);
        if (peers_may_be(run, *peer))
            return true;
    }
    return draw_live_holder(n, peer);
}

/* ---- several ---- */

/* Holders that share little with this node are rarely found: then all are sampled alike, as they
 * are where all are wanted. */
static int pick_holders(struct node *n, node_id *peers, int count)
{
    const bool may_be_all = (uint32_t)count + 1 >= run_of(n)->placement.replicas;
    int found;

    if (may_be_all && peers_count(n) <= (uint32_t)count)
        return peers_sample(n, peers, count);
    found = peers_pick_apart(n, peers, count, 16 * (uint64_t)count);
    return found < count ? peers_sample(n, peers, count) : found;
}

const struct peer_source peers_holders = {
    .name = "holders",
    .places = { count_near, near },
    .has = is_peer,
    .pick = pick_holder,
    .pick_several = pick_holders,
    .has_ring = true,
};
