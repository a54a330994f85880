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
    TRIES_MAX = 64, /* draws of one who is up; then the live ones are weighed */
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
 * all live ones or the places of its shards. */
static uint32_t spot_count(struct node *n)
{
    const struct run *run = run_of_const(n);

    if (!run->peers->has_ring)
        return run->peers->places.count(n);
    return placement_is_everywhere(&run->placement) ? live_others(&run->live, n->id)
                                                    : ring_count(n) * (run->placement.replicas - 1);
}

/* How far it is to a place of a view, up the ring of all nodes; 0: it is no peer. */
static uint32_t steps_to_place(struct node *n, uint32_t index, node_id *peer)
{
    const struct run *run = run_of(n);
    const struct peer_source *source = run->peers;
    const uint32_t own = numbering_outside(&run->numbering, n->id);

    *peer = source->places.at(n, index);
    if (source->has && !source->has(n, *peer))
        return 0;
    return (numbering_outside(&run->numbering, *peer) + run->nodes - own) % run->nodes;
}

/* The weight of the `index`-th of them, 0 if it is down. */
static double weight_of(struct node *n, double exponent, uint32_t index, node_id *peer)
{
    struct run *run = run_of(n);
    const uint32_t others = run->placement.replicas - 1;
    const bool is_everywhere = placement_is_everywhere(&run->placement);

    if (!run->peers->has_ring) {
        const uint32_t steps = steps_to_place(n, index, peer);

        return steps ? distances_weight(&run->distances, &run->memory, exponent, run->nodes, steps)
                     : 0;
    }
    const struct ring ring = ring_of(n, is_everywhere ? 0 : index / others);
    uint32_t steps = 1 + index % others;

    *peer = is_everywhere ? live_other(&run->live, n->id, index) : on_ring(run, &ring, steps);
    if (run_is_down(run, *peer))
        return 0;
    if (is_everywhere)
        steps = (numbering_outside(&run->numbering, *peer) + ring.size - ring.own) % ring.size;
    return distances_weight(&run->distances, &run->memory, exponent, ring.size, steps);
}

/* The peer of a view that is nearest, of two the one on the way drawn. */
static bool nearest(struct node *n, const struct way *way, node_id *peer)
{
    const uint32_t nodes = run_of(n)->nodes;
    uint32_t least = UINT32_MAX;
    node_id other;

    for (uint32_t i = run_of(n)->peers->places.count(n); i-- > 0;) {
        const uint32_t steps = steps_to_place(n, i, &other);
        const uint32_t distance = steps < nodes - steps ? steps : nodes - steps;
        const bool is_on_way = (steps == distance) == way->is_up;

        if (steps == 0 || distance > least || (distance == least && !is_on_way))
            continue;
        least = distance;
        *peer = other;
    }
    return least < UINT32_MAX;
}

/* The next that is up, round the ring drawn or the rings after it. */
static bool next_live(struct node *n, const struct way *way, node_id *peer)
{
    const struct run *run = run_of_const(n);
    const uint32_t rings = run->peers->has_ring ? ring_count(n) : 0;

    if (!run->peers->has_ring)
        return nearest(n, way, peer);
    for (uint32_t i = 0; i < rings; i++) {
        const struct ring ring = ring_of(n, (way->index + i) % rings);

        for (uint32_t steps = 1; steps < ring.size; steps++) {
            *peer = on_ring(run, &ring, way->is_up ? steps : ring.size - steps);
            if (!run_is_down(run, *peer))
                return true;
        }
    }
    return false;
}

/* One of those who are weighed, by the law, in two passes over them; where all weights are too
 * small to count, the next one on the way drawn. */
static bool weigh_all(struct node *n, double exponent, const struct way *way, node_id *peer)
{
    const uint32_t count = spot_count(n);
    double sum = 0, at;

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
    for (int tries = 0; tries < TRIES_MAX; tries++) {
        way = draw_by_distance(n, exponent, peer);
        if (peers_may_be(run, *peer))
            return true;
        if (exponent > NEXT_ONLY)
            return next_live(n, &way, peer);
    }
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

bool node_pick_in_turn(struct node *n, uint32_t *turn, node_id *peer)
{
    const struct run *run = run_of(n);
    uint32_t others, rings;

    if (!run->peers->has_ring)
        return next_of_view(n, turn, peer);
    if (!peers_has_others(run, n->id))
        return false;
    rings = ring_count(n);
    others = run->placement.replicas - 1;
    for (uint64_t tries = 0; tries < (uint64_t)rings * others; tries++) {
        const uint32_t count = (*turn)++;
        const struct ring ring = ring_of(n, count / others % rings);

        *peer = on_ring(run, &ring, 1 + count % others);
        if (peers_may_be(run, *peer))
            return true;
    }
    return false;
}
