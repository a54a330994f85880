/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * peers_group.c - picking a peer of one's own group, or of another; and the nearest of some in
 * latency; see node.h.
 *
 * Groups are ranges of the scenario's node numbers, so that nothing is kept a node.  Where all
 * nodes may be peers a pick is a draw among those of the groups wanted, otherwise among the places
 * of the source.
 */
#include "sim/world/network.h"
#include "sim/world/peers.h"

enum {
    TRIES_MAX = 32, /* draws of one who may be no peer; then these are counted */
    COMPARED_MAX = 64,
};

/* The group of the node whose turn it is, in the scenario's numbers, and whether it or all others
 * are wanted. */
struct wanted {
    uint32_t first, count, own;
    bool is_own;
};

static struct wanted wanted_by(const struct node *n, bool is_own)
{
    const struct run *run = run_of_const(n);
    const struct sim_config *config = run->config;
    struct wanted wanted = { .count = run->nodes,
                             .own = numbering_outside(&run->numbering, n->id),
                             .is_own = is_own };
    size_t low = 0, high = config->group_count;

    while (low < high) { /* the first group that ends behind the node */
        const size_t middle = low + (high - low) / 2;

        if (config->group_ends[middle] <= wanted.own)
            low = middle + 1;
        else
            high = middle;
    }
    if (config->group_count > 0) {
        wanted.first = low > 0 ? config->group_ends[low - 1] : 0;
        wanted.count = config->group_ends[low] - wanted.first;
    }
    return wanted;
}

/* Whether it picks among all others, or all that are up: these lie by their numbers. */
static bool has_all(const struct run *run)
{
    return run->peers->has_ring && placement_is_everywhere(&run->placement);
}

static uint32_t count_spots(struct node *n, const struct wanted *wanted)
{
    const struct run *run = run_of(n);

    if (!has_all(run))
        return run->peers->places.count(n);
    return wanted->is_own ? wanted->count - 1 : run->nodes - wanted->count;
}

/* The node at a spot; false if it is no peer that is wanted. */
static bool look_at(struct node *n, const struct wanted *wanted, uint32_t spot, node_id *peer)
{
    const struct run *run = run_of(n);
    uint32_t outside;

    if (has_all(run)) {
        if (wanted->is_own)
            outside = wanted->first + spot + (wanted->first + spot >= wanted->own);
        else
            outside = spot + (spot >= wanted->first ? wanted->count : 0);
        *peer = numbering_inside(&run->numbering, outside);
        return peers_may_be(run, *peer);
    }
    *peer = run->peers->places.at(n, spot);
    outside = numbering_outside(&run->numbering, *peer);
    return (outside - wanted->first < wanted->count) == wanted->is_own &&
           (!run->peers->has || run->peers->has(n, *peer));
}

static bool pick_wanted(struct node *n, const struct wanted *wanted, node_id *peer)
{
    const uint32_t spots = count_spots(n, wanted);
    const uint32_t tries_max = spots < TRIES_MAX ? spots : TRIES_MAX;
    uint32_t count = 0, index;

    for (uint32_t tries = 0; tries < tries_max; tries++)
        if (look_at(n, wanted, (uint32_t)draw_below(peers_draw(n), spots), peer))
            return true;
    for (uint32_t i = 0; i < spots; i++)
        count += look_at(n, wanted, i, peer);
    if (count == 0)
        return false;
    index = (uint32_t)draw_below(peers_draw(n), count);
    for (uint32_t i = 0;; i++)
        if (look_at(n, wanted, i, peer) && index-- == 0)
            return true;
}

bool node_pick_by_group(struct node *n, double own, node_id *peer)
{
    const bool is_own = draw_chance(peers_draw(n), own);
    struct wanted wanted = wanted_by(n, is_own);

    if (pick_wanted(n, &wanted, peer))
        return true;
    wanted.is_own = !is_own;
    return pick_wanted(n, &wanted, peer);
}

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
