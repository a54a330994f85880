/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * peers_group.c - picking peers of one's own group, or of all others; and the nearest of some in
 * latency; see node.h.
 *
 * A part is a source of its own, which stands in the place of the whole one while picks are
 * narrowed to it.  Groups are ranges of the scenario's node numbers, so that nothing is kept a
 * node.  Where all nodes may be peers, or all that are up, its places are those of the groups
 * wanted, otherwise those of the whole source, of which the wanted ones are its peers.
 */
#include "sim/world/network.h"
#include "sim/world/peers.h"

#include <assert.h>

enum {
    TRIES_MAX = 32,  /* draws of one who may be no peer; then these are counted */
    TRIES_EACH = 16, /* to find one more peer among many who are all as likely */
    COMPARED_MAX = 64,
};

/* The group of the node whose turn it is. */
static void find_group(const struct run *run, struct group_part *part)
{
    const struct sim_config *config = run->config;
    size_t low = 0, high = config->group_count;

    part->own = numbering_outside(&run->numbering, run->node.id);
    part->first = 0;
    part->count = run->nodes;
    while (low < high) { /* the first group that ends behind the node */
        const size_t middle = low + (high - low) / 2;

        if (config->group_ends[middle] <= part->own)
            low = middle + 1;
        else
            high = middle;
    }
    if (config->group_count > 0) {
        part->first = low > 0 ? config->group_ends[low - 1] : 0;
        part->count = config->group_ends[low] - part->first;
    }
}

bool peers_are_in_part(const struct run *run, node_id other)
{
    const uint32_t outside = numbering_outside(&run->numbering, other);

    return (outside - run->part.first < run->part.count) == run->part.is_own;
}

/* ---- where all, or all live ones, are peers ---- */

static uint32_t count_spots(struct node *n)
{
    const struct group_part *part = &run_of(n)->part;

    return part->is_own ? part->count - 1 : run_of(n)->nodes - part->count;
}

static node_id at_spot(struct node *n, uint32_t spot)
{
    const struct run *run = run_of(n);
    const struct group_part *part = &run->part;
    uint32_t outside;

    if (part->is_own)
        outside = part->first + spot + (part->first + spot >= part->own);
    else
        outside = spot + (spot >= part->first ? part->count : 0);
    return numbering_inside(&run->numbering, outside);
}

static bool is_up(struct node *n, node_id other)
{
    return !run_is_down(run_of(n), other);
}

/* ---- where some are ---- */

static uint32_t count_places(struct node *n)
{
    return run_of(n)->part.whole->places.count(n);
}

static node_id at_place(struct node *n, uint32_t index)
{
    return run_of(n)->part.whole->places.at(n, index);
}

static bool is_wanted(struct node *n, node_id other)
{
    const struct run *run = run_of(n);

    return peers_are_in_part(run, other) &&
           (!run->part.whole->has || run->part.whole->has(n, other));
}

/* ---- picks ---- */

static bool look_at(struct node *n, uint32_t index, node_id *peer)
{
    const struct peer_source *source = run_of(n)->peers;

    *peer = source->places.at(n, index);
    return !source->has || source->has(n, *peer);
}

static bool pick_one(struct node *n, node_id *peer)
{
    const uint32_t places = run_of(n)->peers->places.count(n);
    const uint32_t tries_max = places < TRIES_MAX ? places : TRIES_MAX;
    uint32_t count = 0, index;

    for (uint32_t tries = 0; tries < tries_max; tries++)
        if (look_at(n, (uint32_t)draw_below(peers_draw(n), places), peer))
            return true;
    for (uint32_t i = 0; i < places; i++)
        count += look_at(n, i, peer);
    if (count == 0)
        return false;
    index = (uint32_t)draw_below(peers_draw(n), count);
    for (uint32_t i = 0;; i++)
        if (look_at(n, i, peer) && index-- == 0)
            return true;
}

static int pick_several(struct node *n, node_id *peers, int count)
{
    int found;

    if (2 * (uint64_t)count > run_of(n)->peers->places.count(n))
        return peers_sample(n, peers, count);
    found = peers_pick_apart(n, peers, count, TRIES_EACH * (uint64_t)count);
    return found < count ? peers_sample(n, peers, count) : found;
}

static const struct peer_source part_of_all = {
    .name = "part",
    .places = { count_spots, at_spot },
    .pick = pick_one,
    .pick_several = pick_several,
    .pick_by_distance = peers_pick_in_part,
};

static const struct peer_source part_of_live = {
    .name = "part",
    .places = { count_spots, at_spot },
    .has = is_up,
    .pick = pick_one,
    .pick_several = pick_several,
    .pick_by_distance = peers_pick_in_part,
};

static const struct peer_source part_of_some = {
    .name = "part",
    .places = { count_places, at_place },
    .has = is_wanted,
    .pick = pick_one,
    .pick_several = pick_several,
};

static const struct peer_source part_of_graph = {
    .name = "part",
    .places = { count_places, at_place },
    .has = is_wanted,
    .pick = pick_one,
    .pick_several = pick_several,
    .pick_by_distance = peers_pick_by_hops,
};

/* ---- narrowing ---- */

static const struct peer_source *part_of(const struct peer_source *whole)
{
    if (whole == &peers_all)
        return &part_of_all;
    if (whole == &peers_alive)
        return &part_of_live;
    return whole->pick_by_distance ? &part_of_graph : &part_of_some;
}

bool node_draw_own(struct node *n, double own)
{
    return draw_chance(peers_draw(n), own);
}

void node_narrow(struct node *n, bool to_own)
{
    struct run *run = run_of(n);
    struct group_part *part = &run->part;

    assert(!part->whole);
    find_group(run, part);
    part->is_own = to_own;
    part->whole = run->peers;
    part->was_all = run->all_are_peers;
    run->peers = part_of(run->peers);
    run->all_are_peers = false;
}

void node_widen(struct node *n)
{
    struct run *run = run_of(n);

    run->peers = run->part.whole;
    run->all_are_peers = run->part.was_all;
    run->part.whole = NULL;
}

/* ---- by latency ---- */

bool node_pick_by_latency(struct node *n, uint32_t choices, node_id *peer)
{
    const struct run *run = run_of(n);
    node_id compared[COMPARED_MAX];
    const int count =
        node_pick_peers(n, compared, (int)(choices < COMPARED_MAX ? choices : COMPARED_MAX));
    sim_time least = SIM_TIME_MAX;

    for (int i = 0; i < count; i++) {
        const sim_time there = network_pair_latency(run, n->id, compared[i]);
        const sim_time back = network_pair_latency(run, compared[i], n->id);

        if (i > 0 && there / 2 + back / 2 >= least)
            continue;
        least = there / 2 + back / 2;
        *peer = compared[i];
    }
    return count > 0;
}
