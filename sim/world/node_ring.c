/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * node_ring.c - picking peers by their place on the ring of node numbers: by distance and in turn;
 * see node.h.
 */
#include "sim/world/peers.h"

/* A ring on which a node picks: its size, and where the node itself is. */
struct ring {
    uint32_t size, own;
    bool has_shard;
    uint32_t shard;
};

/* With shards: the ring of the `index`-th of this node. */
static struct ring ring_of(const struct node *n, uint32_t index)
{
    const struct run *run = run_of_const(n);
    struct ring ring = { .size = run->nodes };

    if (placement_is_everywhere(&run->placement)) {
        ring.own = numbering_outside(&run->numbering, n->id);
        return ring;
    }
    ring.has_shard = true;
    ring.size = run->placement.replicas;
    ring.shard = placement_of(&run->placement, n->id, index);
    ring.own = (uint32_t)placement_place(&run->placement, ring.shard, n->id);
    return ring;
}

static uint32_t ring_count(const struct node *n)
{
    const struct placement *placement = &run_of_const(n)->placement;

    return placement_is_everywhere(placement) ? 1 : placement_count(placement, n->id);
}

/* The node at so many steps up the ring from this one. */
static node_id on_ring(const struct run *run, const struct ring *ring, uint32_t steps)
{
    const uint32_t place = (uint32_t)(((uint64_t)ring->own + steps) % ring->size);

    return ring->has_shard ? placement_holder(&run->placement, ring->shard, place)
                           : numbering_inside(&run->numbering, place);
}

/* ---- by distance ---- */

enum {
    TRIES_MIN =
        64, /* draws of one who is up, or as many as there are to be weighed; then they are */
    NEXT_ONLY = 63, /* exponents above it are for next neighbours: 2^-63 is no chance */
};

/* Which ring was drawn, and which way round it. */
struct way {
    uint32_t index;
    bool is_up;
};

static struct way draw_by_distance(struct node *n, double exponent, node_id *peer)
{
    struct run *run = run_of(n);
    struct way way = { 0 };

    if (!placement_is_everywhere(&run->placement))
        way.index = (uint32_t)draw_below(peers_draw(n), ring_count(n));
    struct ring ring = ring_of(n, way.index);
    uint64_t bits = peers_draw(n);
    uint32_t distance = distances_draw(&run->distances, &run->memory, exponent, ring.size, bits);

    way.is_up = bits & 1;
    *peer = on_ring(run, &ring, way.is_up ? distance : ring.size - distance);
    return way;
}

/* Those who are weighed: of a view the places in it; on this node's rings the nodes that may be up,
 * all live ones or those near, on either side, with whom it has shards in common. */
static uint32_t spot_count(struct node *n)
{
    const struct run *run = run_of_const(n);

    if (!run->peers->has_ring)
        return run->peers->places.count(n);
    return placement_is_everywhere(&run->placement) ? live_others(&run->live, n->id)
                                                    : 2 * (run->placement.replicas - 1);
}

/* The node so many steps after this one on the ring of all, or before it. */
static node_id node_near(const struct node *n, int64_t steps)
{
    const struct run *run = run_of_const(n);
    const int64_t own = numbering_outside(&run->numbering, n->id);

    return numbering_inside(&run->numbering, (node_id)((own + steps + run->nodes) % run->nodes));
}

/* How far it is from the node's own number to a place of a view, up the ring of all nodes; 0: it is
 * no peer. */
static uint32_t steps_to_place(struct node *n, uint32_t own, uint32_t index, node_id *peer)
{
    const struct run *run = run_of(n);
    const struct peer_source *source = run->peers;

    *peer = source->places.at(n, index);
    if (source->has && !source->has(n, *peer))
        return 0;
    return (peers_outside(run, *peer) + run->nodes - own) % run->nodes;
}

/* With shards, the weight of the `index`-th of those near: for each shard in common, by the
 * distance on its ring, which is the same on all.  0 if it is down. */
static double weight_near(struct node *n, double exponent, uint32_t index, node_id *peer)
{
    struct run *run = run_of(n);
    const int64_t replicas = run->placement.replicas;
    const int64_t steps = index < replicas - 1 ? index + 1 - replicas : index + 2 - replicas;
    const uint32_t ahead = (uint32_t)(steps < 0 ? steps + replicas : steps);

    *peer = node_near(n, steps);
    if (run_is_down(run, *peer))
        return 0;
    return placement_common(&run->placement, n->id, steps) *
           distances_weight(&run->distances, &run->memory, exponent, (uint32_t)replicas, ahead);
}

/* The weight of the `index`-th of those who are weighed, 0 if it is down. */
static double weight_of(struct node *n, double exponent, uint32_t index, node_id *peer)
{
    struct run *run = run_of(n);
    const uint32_t nodes = run->nodes;
    uint32_t steps;

    if (!run->peers->has_ring)
        steps = steps_to_place(n, peers_outside(run, n->id), index, peer);
    else if (!placement_is_everywhere(&run->placement))
        return weight_near(n, exponent, index, peer);
    else {
        *peer = live_other(&run->live, n->id, index);
        steps = (numbering_outside(&run->numbering, *peer) + nodes -
                 numbering_outside(&run->numbering, n->id)) %
                nodes;
    }
    return steps ? distances_weight(&run->distances, &run->memory, exponent, nodes, steps) : 0;
}

/* The peer of a view that is nearest, of two the one on the way drawn. */
static bool nearest(struct node *n, const struct way *way, node_id *peer)
{
    const uint32_t nodes = run_of(n)->nodes, own = peers_outside(run_of(n), n->id);
    uint32_t least = UINT32_MAX;
    node_id other;

    for (uint32_t i = run_of(n)->peers->places.count(n); i-- > 0;) {
        const uint32_t steps = steps_to_place(n, own, i, &other);
        const uint32_t distance = steps < nodes - steps ? steps : nodes - steps;
        const bool is_on_way = (steps == distance) == way->is_up;

        if (steps == 0 || distance > least || (distance == least && !is_on_way))
            continue;
        least = distance;
        *peer = other;
    }
    return least < UINT32_MAX;
}

/* The next that is up on one ring. */
static bool next_on_ring(const struct node *n, uint32_t index, bool is_up, node_id *peer)
{
    const struct run *run = run_of_const(n);
    const struct ring ring = ring_of(n, index);

    for (uint32_t steps = 1; steps < ring.size; steps++) {
        *peer = on_ring(run, &ring, is_up ? steps : ring.size - steps);
        if (!run_is_down(run, *peer))
            return true;
    }
    return false;
}

/* How many steps after this node the last one of its ring is. */
static int64_t end_of_ring(const struct node *n, uint32_t index)
{
    const struct ring ring = ring_of(n, index);

    return (int64_t)ring.size - 1 - ring.own;
}

/* The next that is up on the rings after one, on which all are down: those that start elsewhere add
 * nodes at their ends. */
static bool next_beyond(const struct node *n, uint32_t index, bool is_up, node_id *peer)
{
    const struct run *run = run_of_const(n);
    const int64_t others = (int64_t)run->placement.replicas - 1;
    int64_t known = end_of_ring(n, index), end;
    uint32_t common;

    for (; known < others; known = end) {
        common = placement_common(&run->placement, n->id, known + 1);
        if (common == 0)
            return false;
        end = end_of_ring(n, ring_count(n) - common);
        for (int64_t i = 0; i < end - known; i++) {
            *peer = node_near(n, is_up ? known + 1 + i : end - i);
            if (!run_is_down(run, *peer))
                return true;
        }
    }
    return false;
}

/* The next that is up, round the ring drawn or the rings after it, round to the first ones. */
static bool next_live(struct node *n, const struct way *way, node_id *peer)
{
    const struct run *run = run_of_const(n);

    if (!run->peers->has_ring)
        return nearest(n, way, peer);
    if (placement_is_everywhere(&run->placement))
        return next_on_ring(n, 0, way->is_up, peer);
    return next_on_ring(n, way->index, way->is_up, peer) ||
           next_beyond(n, way->index, way->is_up, peer) || next_on_ring(n, 0, way->is_up, peer);
}

/* One of those who are weighed, by the law, in two passes over them; where only the next one
 * counts, or all weights are too small to, that one on the way drawn. */
static bool weigh_all(struct node *n, double exponent, const struct way *way, node_id *peer)
{
    const uint32_t count = spot_count(n);
    double sum = 0, at;

    if (exponent > NEXT_ONLY)
        return next_live(n, way, peer);
    for (uint32_t i = 0; i < count; i++)
        sum += weight_of(n, exponent, i, peer);
    if (sum <= 0)
        return next_live(n, way, peer);
    at = (double)(peers_draw(n) >> 11) * 0x1p-53 * sum;
    for (uint32_t i = 0; i < count; i++) {
        const double weight = weight_of(n, exponent, i, peer);

        if (at < weight)
            return true;
        at -= weight;
    }
    return next_live(n, way, peer); /* rounding, one in 2^50 */
}

bool node_pick_by_distance(struct node *n, double exponent, node_id *peer)
{
    const struct run *run = run_of(n);
    struct way way = { 0 };

    if (run->peers->pick_by_distance)
        return run->peers->pick_by_distance(n, exponent, peer);
    if (!run->peers->has_ring) {
        way.is_up = peers_draw(n) & 1;
        return weigh_all(n, exponent, &way, peer);
    }
    if (!peers_has_others(run, n->id))
        return false;
    for (uint32_t tries = 0; tries < TRIES_MIN || tries < spot_count(n); tries++) {
        way = draw_by_distance(n, exponent, peer);
        if (peers_may_be(run, *peer))
            return true;
        if (exponent > NEXT_ONLY)
            return next_live(n, &way, peer);
    }
    return weigh_all(n, exponent, &way, peer);
}

/* ---- by distance, in a part of the ring ---- */

/* How far the group of the node whose turn it is reaches, down the ring of all and up. */
struct arc {
    uint32_t before, after;
};

static struct arc arc_of(const struct group_part *part)
{
    const uint32_t before = part->own - part->first;

    return (struct arc){ before, part->count - 1 - before };
}

/* The nearest in the part that may be picked, of two the one on the way drawn: from the first
 * distance at which there can be any. */
static bool nearest_in_part(struct node *n, const struct way *way, node_id *peer)
{
    const struct run *run = run_of_const(n);
    const struct ring ring = ring_of(n, 0);
    const struct arc arc = arc_of(&run->part);
    const uint32_t nearer = arc.before < arc.after ? arc.before : arc.after;

    for (uint32_t d = run->part.is_own ? 1 : nearer + 1; d <= ring.size / 2; d++)
        for (int turn = 0; turn < 2; turn++) {
            *peer = on_ring(run, &ring, way->is_up == (turn == 0) ? d : ring.size - d);
            if (peers_are_in_part(run, *peer) && peers_may_be(run, *peer))
                return true;
        }
    return false;
}

/* One of the other groups, which are the rest of the ring, by the law among them; where all weigh
 * too little, the nearest. */
static bool pick_beyond(struct node *n, double exponent, const struct way *way, node_id *peer)
{
    struct run *run = run_of(n);
    const struct ring ring = ring_of(n, 0);
    const struct arc arc = arc_of(&run->part);
    const uint32_t from = arc.after + 1, to = ring.size - arc.before - 1;

    if (!distances_draw_between(&run->distances, &run->memory, exponent, ring.size, from, to, 0))
        return nearest_in_part(n, way, peer);
    for (uint32_t tries = 0; tries < TRIES_MIN; tries++) {
        *peer = on_ring(run, &ring,
                        distances_draw_between(&run->distances, &run->memory, exponent, ring.size,
                                               from, to, peers_draw(n)));
        if (peers_may_be(run, *peer))
            return true;
    }
    return weigh_all(n, exponent, way, peer);
}

/* Those in the part lie on the ring: mostly one of them is drawn.  Where that is not so, the own
 * group has few, who are weighed; the others may be nearly all there are, and all far away. */
bool peers_pick_in_part(struct node *n, double exponent, node_id *peer)
{
    const struct run *run = run_of(n);
    const uint32_t places = run->peers->places.count(n);
    struct way way = { 0 };

    for (uint32_t tries = 0; tries < TRIES_MIN && tries < places; tries++) {
        way = draw_by_distance(n, exponent, peer);
        if (peers_are_in_part(run, *peer) && peers_may_be(run, *peer))
            return true;
        if (exponent > NEXT_ONLY)
            return nearest_in_part(n, &way, peer);
    }
    if (places > TRIES_MIN && !run->part.is_own)
        return pick_beyond(n, exponent, &way, peer);
    return weigh_all(n, exponent, &way, peer);
}

/* ---- in turn ---- */

static bool next_of_view(struct node *n, uint32_t *turn, node_id *peer)
{
    const struct peer_source *source = run_of(n)->peers;
    const uint32_t count = source->places.count(n);

    for (uint32_t tries = 0; tries < count; tries++) {
        *peer = source->places.at(n, (*turn)++ % count);
        if (!source->has || source->has(n, *peer))
            return true;
    }
    return false;
}

/* Whether all others on this node's rings are down. */
static bool is_alone(const struct node *n)
{
    const struct run *run = run_of_const(n);

    return placement_is_everywhere(&run->placement) ? live_others(&run->live, n->id) == 0
                                                    : peers_live_places(n) == 0;
}

bool node_pick_in_turn(struct node *n, uint32_t *turn, node_id *peer)
{
    const struct run *run = run_of(n);
    uint32_t others, rings, enough;
    uint64_t lap;

    if (!run->peers->has_ring)
        return next_of_view(n, turn, peer);
    if (!peers_has_others(run, n->id))
        return false;
    rings = ring_count(n);
    others = run->placement.replicas - 1;
    enough =
        placement_is_everywhere(&run->placement) ? TRIES_MIN : others; /* to look if any is up */
    lap = (uint64_t)rings * others;
    for (uint64_t tries = 0; tries < lap; tries++) {
        const uint32_t count = *turn;
        const struct ring ring = ring_of(n, count / others % rings);

        if (tries == enough && is_alone(n)) {
            *turn += (uint32_t)(lap - tries);
            return false;
        }
        ++*turn;
        *peer = on_ring(run, &ring, 1 + count % others);
        if (peers_may_be(run, *peer))
            return true;
    }
    return false;
}
