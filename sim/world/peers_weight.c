/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * peers_weight.c - picking a peer by its weight; see node.h.
 *
 * Where all nodes may be peers, or all that are up, the table of sums is drawn from, without the
 * node itself, or within its group or without that: exact, and a search by halves.  A draw of one
 * who is down, or picked already, is made again; after so many that it would have taken as long to
 * weigh all who are left, they are weighed.  Shards, topologies and views have few peers a node:
 * there these are weighed at once.
 */
#include "sim/world/peers.h"

enum {
    TRIES_MIN = 2,
    WEIGHED_A_TRY = 16, /* nodes that are weighed in the time of a draw */
};

uint64_t sim_weights_bytes(const struct sim_config *config)
{
    uint64_t bytes = 0;

    for (int i = 0; i < config->stack_count; i++) {
        const struct weights *weights = config->stack[i].weights;
        bool is_counted = !weights;

        for (int k = 0; k < i; k++)
            is_counted = is_counted || config->stack[k].weights == weights;
        bytes += is_counted ? 0 : weights_bytes(weights);
    }
    return bytes;
}

static bool is_among(const node_id *peers, int count, node_id peer)
{
    for (int i = 0; i < count; i++)
        if (peers[i] == peer)
            return true;
    return false;
}

/* ---- by the table ---- */

/* The scenario's nodes from `begin` up to `end` but for those in the gap. */
struct stretch {
    uint32_t begin, end, gap_begin, gap_end;
};

static struct stretch stretch_of(const struct run *run)
{
    const struct group_part *part = &run->part;
    const uint32_t own = numbering_outside(&run->numbering, run->node.id);
    const uint32_t end = part->first + part->count;

    if (!part->whole)
        return (struct stretch){ 0, run->nodes, own, own + 1 };
    return part->is_own ? (struct stretch){ part->first, end, own, own + 1 }
                        : (struct stretch){ 0, run->nodes, part->first, end };
}

static uint64_t weight_of(const struct weights *weights, const struct stretch *s)
{
    return weights_of(weights, s->begin, s->end) - weights_of(weights, s->gap_begin, s->gap_end);
}

static node_id draw_from(struct node *n, const struct stretch *s)
{
    const struct weights *weights = n->layer->weights;
    uint64_t at = weights->below[s->begin] + draw_below(peers_draw(n), weight_of(weights, s));

    if (at >= weights->below[s->gap_begin])
        at += weights_of(weights, s->gap_begin, s->gap_end);
    return numbering_inside(&run_of(n)->numbering, weights_find(weights, at));
}

/* ---- one by one ---- */

/* What the one at a place weighs, 0 if it may not be picked. */
static uint64_t weight_at(struct node *n, uint32_t place, const node_id *besides, int count,
                          node_id *peer)
{
    const struct run *run = run_of(n);
    const struct weights *weights = n->layer->weights;
    uint32_t number;

    *peer = run->peers->places.at(n, place);
    if ((run->peers->has && !run->peers->has(n, *peer)) || is_among(besides, count, *peer))
        return 0;
    number = numbering_outside(&run->numbering, *peer);
    return weights ? weights_of(weights, number, number + 1) : 1;
}

static bool weigh_all(struct node *n, const node_id *besides, int count, node_id *peer)
{
    const uint32_t places = run_of(n)->peers->places.count(n);
    uint64_t sum = 0, at;

    for (uint32_t i = 0; i < places; i++)
        sum += weight_at(n, i, besides, count, peer);
    if (sum == 0)
        return false;
    at = draw_below(peers_draw(n), sum);
    for (uint32_t i = 0;; i++) {
        const uint64_t weight = weight_at(n, i, besides, count, peer);

        if (at < weight)
            return true;
        at -= weight;
    }
}

bool node_pick_by_weight(struct node *n, const node_id *besides, int count, node_id *peer)
{
    const struct run *run = run_of(n);
    const struct peer_source *whole = run->part.whole ? run->part.whole : run->peers;
    const struct stretch s = stretch_of(run);
    const uint32_t tries_max = TRIES_MIN + (s.end - s.begin) / WEIGHED_A_TRY;

    if (!n->layer->weights || (whole != &peers_all && whole != &peers_alive))
        return weigh_all(n, besides, count, peer);
    if (weight_of(n->layer->weights, &s) == 0)
        return false;
    for (uint32_t tries = 0; tries < tries_max; tries++) {
        *peer = draw_from(n, &s);
        if (peers_may_be(run, *peer) && !is_among(besides, count, *peer))
            return true;
    }
    return weigh_all(n, besides, count, peer);
}
