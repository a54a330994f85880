/* SPDX-License-Identifier: GPL-3.0-or-later */
/* node_peers.c - picking peers at random, several of them, and in a shuffled order; see node.h. */
#include "sim/world/peers.h"

enum { TRIES_EACH = 16 }; /* to find one more peer among many who are all as likely */

/* The present peers, or the places, some of which may not be peers. */
static const struct peer_list *list_of(const struct peer_source *source)
{
    return source->peers.count ? &source->peers : &source->places;
}

/* Whether the list of a source has places that are not peers. */
static bool has_gaps(const struct peer_source *source)
{
    return source->has && !source->peers.count;
}

uint32_t peers_count(struct node *n)
{
    const struct peer_source *source = run_of(n)->peers;
    const struct peer_list *list = list_of(source);
    uint32_t count = 0;

    if (!has_gaps(source))
        return list->count(n);
    for (uint32_t i = list->count(n); i-- > 0;)
        count += source->has(n, list->at(n, i));
    return count;
}

uint32_t node_peer_places(struct node *n)
{
    return run_of(n)->peers->places.count(n);
}

bool node_peer_at(struct node *n, uint32_t index, node_id *peer)
{
    const struct peer_source *source = run_of(n)->peers;

    *peer = source->places.at(n, index);
    return !source->has || source->has(n, *peer);
}

/* ---- one ---- */

/* The `index`-th peer. */
static node_id peer_at(struct node *n, uint32_t index)
{
    const struct peer_source *source = run_of(n)->peers;
    const struct peer_list *list = list_of(source);

    for (uint32_t i = 0; has_gaps(source); i++) {
        const node_id peer = list->at(n, i);

        if (source->has(n, peer) && index-- == 0)
            return peer;
    }
    return list->at(n, index);
}

static RARE bool pick_from_source(struct node *n, node_id *peer)
{
    const struct peer_source *source = run_of(n)->peers;
    uint32_t count;

    if (source->pick)
        return source->pick(n, peer);
    count = peers_count(n);
    if (count > 0)
        *peer = peer_at(n, (uint32_t)draw_below(peers_draw(n), count));
    return count > 0;
}

bool node_pick_peer(struct node *n, node_id *peer)
{
    struct run *run = run_of(n);
    uint32_t index;

    if (UNLIKELY(!run->all_are_peers))
        return pick_from_source(n, peer);
    index = (uint32_t)draw_below(peers_draw(n), run->nodes - 1);
    *peer = index + (index >= n->id);
    return true;
}

/* ---- several ---- */

/*
 * Of the first i, each is in the sample with the same probability (A. Waterman's algorithm R:
 * D. Knuth, The Art of Computer Programming 2, section 3.4.2); then it is shuffled.
 */
int peers_sample(struct node *n, node_id *peers, int count)
{
    const struct peer_source *source = run_of(n)->peers;
    const struct peer_list *list = list_of(source);
    const uint32_t wanted = (uint32_t)count, candidates = list->count(n);
    uint32_t met = 0;

    for (uint32_t i = 0; i < candidates; i++) {
        const node_id other = list->at(n, i);
        uint64_t place = met;

        if (has_gaps(source) && !source->has(n, other))
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

static bool is_among(const node_id *peers, int count, node_id peer)
{
    for (int i = 0; i < count; i++)
        if (peers[i] == peer)
            return true;
    return false;
}

int peers_pick_apart(struct node *n, node_id *peers, int count, uint64_t tries_max)
{
    int found = 0;

    for (uint64_t tries = 0; found < count && tries < tries_max; tries++) {
        if (!node_pick_peer(n, &peers[found]))
            return found;
        found += !is_among(peers, found, peers[found]);
    }
    return found;
}

/* Half of the tries, or more, meet a new one; but not where a model's view breaks its word and
 * names peers twice. */
int node_pick_peers(struct node *n, node_id *peers, int count)
{
    const struct peer_source *source = run_of(n)->peers;
    int found;

    if (source->pick_several)
        return source->pick_several(n, peers, count);
    if (2 * (uint64_t)count > peers_count(n)) /* drawing one by one would find few new ones */
        return peers_sample(n, peers, count);
    if (source->pick) /* by a law, in which the next one may be rare */
        return peers_pick_apart(n, peers, count, UINT64_MAX);
    found = peers_pick_apart(n, peers, count, TRIES_EACH * (uint64_t)count);
    return found < count ? peers_sample(n, peers, count) : found;
}

/* ---- in a shuffled order ---- */

bool node_pick_shuffled(struct node *n, uint32_t *turn, node_id *peer)
{
    const struct run *run = run_of(n);
    const struct peer_source *source = run->peers;
    const uint32_t count = source->places.count(n);

    for (uint64_t tries = 0; tries < 2 * (uint64_t)count; tries++) { /* a whole lap among them */
        const uint32_t lap = *turn / count, place = (*turn)++ % count;
        struct numbering order;

        numbering_init(&order, count, run->keys[PURPOSE_ORDER]);
        order.tweak = draw(run->keys[PURPOSE_ORDER], n->id, lap);
        *peer = source->places.at(n, numbering_inside(&order, place));
        if (!source->has || source->has(n, *peer))
            return true;
    }
    return false;
}
