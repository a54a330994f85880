/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * hyparview_views.c - the active view, whose peers a node has links with, and the passive one, of
 * nodes that it only knows of; see hyparview.h.
 *
 * As the run begins all nodes that are up have links with their neighbours on rings, each of which
 * is a random order of all nodes that they compute alike, and, if `active` is odd, with the one at
 * their mirrored place of a further order.  Such a graph is as good as a random regular one.
 */
#include "models/hyparview.h"

/* ---- active ---- */

uint32_t active_count(struct node *n)
{
    return node_record_count(n);
}

node_id active_at(struct node *n, uint32_t index)
{
    return ((const node_id *)node_records(n))[index];
}

static uint32_t active_find(struct node *n, node_id peer)
{
    const node_id *peers = node_records(n);
    const uint32_t count = node_record_count(n);
    uint32_t i = 0;

    while (i < count && peers[i] != peer)
        i++;
    return i;
}

bool active_has(struct node *n, node_id peer)
{
    return active_find(n, peer) < node_record_count(n);
}

bool active_pick(struct node *n, node_id but, node_id nor, node_id *peer)
{
    const uint32_t count = node_record_count(n);
    uint32_t candidates = 0, chosen;

    for (uint32_t i = 0; i < count; i++)
        candidates += active_at(n, i) != but && active_at(n, i) != nor;
    if (candidates == 0)
        return false;
    chosen = (uint32_t)node_random(n, candidates);
    for (uint32_t i = 0; i < count; i++) {
        *peer = active_at(n, i);
        if (*peer != but && *peer != nor && chosen-- == 0)
            break;
    }
    return true;
}

void active_drop(struct node *n, node_id peer)
{
    node_id *peers = node_records(n);
    const uint32_t index = active_find(n, peer), last = node_record_count(n) - 1;

    if (index > last || node_record_count(n) == 0)
        return;
    peers[index] = peers[last];
    node_records_keep(n, last);
    node_peer_down(n, peer);
}

/* A random one has to go, and may be asked again. */
static void evict(struct node *n)
{
    const node_id peer = active_at(n, (uint32_t)node_random(n, node_record_count(n)));

    node_count(n, EVICTIONS, 1);
    node_send_pack(n, peer, DISCONNECT, set_new(), &(struct pack){ .value = 1 });
    active_drop(n, peer);
    passive_add(n, peer, LISTS);
}

static void add(struct node *n, node_id peer)
{
    if (peer == node_self(n) || active_has(n, peer))
        return;
    *(node_id *)node_record_add(n) = peer;
    node_peer_up(n, peer);
}

void active_add(struct node *n, node_id peer)
{
    const struct config *c = node_config(n);

    if (peer == node_self(n) || active_has(n, peer))
        return;
    if (node_record_count(n) >= (uint32_t)c->active)
        evict(n);
    passive_drop(n, peer);
    node_count(n, LINKS, 1);
    add(n, peer);
}

/* Each as likely as another, in one pass. */
static void offer(struct node *n, node_id *sample, uint32_t count, uint32_t *met, node_id peer)
{
    const uint32_t place = *met < count ? *met : (uint32_t)node_random(n, *met + 1);

    ++*met;
    if (place < count)
        sample[place] = peer;
}

uint32_t active_sample(struct node *n, node_id but, uint32_t count, node_id *sample)
{
    uint32_t met = 0;

    for (uint32_t i = 0; i < node_record_count(n); i++)
        if (active_at(n, i) != but)
            offer(n, sample, count, &met, active_at(n, i));
    return met < count ? met : count;
}

/* ---- passive ---- */

static uint32_t passive_find(struct node *n, node_id peer)
{
    const struct entry *entries = node_list(n, PASSIVE);
    const uint32_t count = node_list_count(n, PASSIVE);
    uint32_t i = 0;

    while (i < count && entries[i].peer != peer)
        i++;
    return i;
}

static void passive_remove(struct node *n, uint32_t index)
{
    struct entry *entries = node_list(n, PASSIVE);
    const uint32_t last = node_list_count(n, PASSIVE) - 1;

    entries[index] = entries[last];
    node_list_keep(n, PASSIVE, last);
}

void passive_drop(struct node *n, node_id peer)
{
    const uint32_t index = passive_find(n, peer);

    if (index < node_list_count(n, PASSIVE))
        passive_remove(n, index);
}

void passive_refused(struct node *n, node_id peer)
{
    const uint32_t index = passive_find(n, peer);

    if (index < node_list_count(n, PASSIVE))
        ((struct entry *)node_list(n, PASSIVE))[index].is_refused = 1;
}

void passive_new_round(struct node *n)
{
    struct entry *entries = node_list(n, PASSIVE);

    for (uint32_t i = 0; i < node_list_count(n, PASSIVE); i++)
        entries[i].is_refused = 0;
}

/* The last of those sent that is there goes. */
static bool remove_sent(struct node *n, int sent)
{
    const node_id *nodes = node_list(n, sent);

    for (uint32_t left = node_list_count(n, sent); left-- > 0;) {
        const uint32_t index = passive_find(n, nodes[left]);

        node_list_keep(n, sent, left);
        if (index < node_list_count(n, PASSIVE)) {
            passive_remove(n, index);
            return true;
        }
    }
    return false;
}

void passive_add(struct node *n, node_id peer, int sent)
{
    const struct config *c = node_config(n);
    const uint32_t count = node_list_count(n, PASSIVE);

    if (peer == node_self(n) || active_has(n, peer) || passive_find(n, peer) < count)
        return;
    if (count >= (uint32_t)c->passive && (sent == LISTS || !remove_sent(n, sent)))
        passive_remove(n, (uint32_t)node_random(n, count));
    ((struct entry *)node_list_add(n, PASSIVE))->peer = peer & INT32_MAX;
}

bool passive_pick(struct node *n, node_id *peer)
{
    const struct entry *entries = node_list(n, PASSIVE);
    uint32_t met = 0;

    for (uint32_t i = 0; i < node_list_count(n, PASSIVE); i++)
        if (!entries[i].is_refused)
            offer(n, peer, 1, &met, entries[i].peer);
    return met > 0;
}

uint32_t passive_sample(struct node *n, uint32_t count, node_id *sample)
{
    const struct entry *entries = node_list(n, PASSIVE);
    uint32_t met = 0;

    for (uint32_t i = 0; i < node_list_count(n, PASSIVE); i++)
        offer(n, sample, count, &met, entries[i].peer);
    return met < count ? met : count;
}

/* ---- as the run begins ---- */

static bool is_member(const struct node *n, node_id peer)
{
    node_id next = peer;

    return node_next_member(n, &next) && next == peer;
}

/* The next on the ring that is there, `step` being 1 or, backwards, one less than all. */
static void link_on_ring(struct node *n, uint32_t ring, uint32_t step)
{
    const uint32_t nodes = node_shared_count(n);
    const uint32_t place = node_shared_place(n, ring, node_self(n));

    for (uint32_t next = (place + step) % nodes; next != place; next = (next + step) % nodes) {
        const node_id peer = node_shared_at(n, ring, next);

        if (is_member(n, peer)) {
            add(n, peer);
            return;
        }
    }
}

static void link_mirrored(struct node *n, uint32_t order)
{
    const uint32_t place = node_shared_place(n, order, node_self(n));
    const node_id peer = node_shared_at(n, order, node_shared_count(n) - 1 - place);

    if (is_member(n, peer))
        add(n, peer);
}

void views_begin(struct node *n)
{
    const struct config *c = node_config(n);
    const uint32_t nodes = node_shared_count(n), rings = (uint32_t)c->active / 2;
    node_id any = 0;

    if (!node_next_member(n, &any))
        return;
    for (uint32_t ring = 0; ring < rings; ring++) {
        link_on_ring(n, ring, 1);
        link_on_ring(n, ring, nodes - 1);
    }
    if (c->active % 2)
        link_mirrored(n, rings);
    for (int64_t tries = 0; tries < 2 * c->passive; tries++) {
        const node_id peer = (node_id)node_random(n, nodes);

        if (node_list_count(n, PASSIVE) < (uint32_t)c->passive && is_member(n, peer))
            passive_add(n, peer, LISTS);
    }
}

void views_resume(struct node *n)
{
    while (node_record_count(n) > 0) {
        const node_id peer = active_at(n, node_record_count(n) - 1);

        active_drop(n, peer);
        passive_add(n, peer, LISTS);
    }
    passive_new_round(n);
}
