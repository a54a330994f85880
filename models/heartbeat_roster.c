/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * heartbeat_roster.c - who there is, as a node knows; see heartbeat.h.
 *
 * A record for each node, 8 B, and in them a list of those known: first those that are alive, which
 * are the view, then the others.  Nobody is ever forgotten, so that what two nodes know of grows
 * towards the same.
 */
#include "models/heartbeat.h"

#include <assert.h>

static struct peer *table_of(struct node *n)
{
    return node_records(n);
}

struct peer *peer_of(struct node *n, node_id id)
{
    return id < node_record_count(n) ? &table_of(n)[id] : NULL;
}

enum peer_state peer_state(struct node *n, node_id id)
{
    const struct peer *peer = peer_of(n, id);

    return peer ? (enum peer_state)peer->state : UNKNOWN;
}

enum belief peer_belief(const struct peer *peer)
{
    static const enum belief beliefs[] = {
        [UNKNOWN] = BELIEF_NONE,
        [ALIVE] = BELIEF_ALIVE,
        [DEAD] = BELIEF_DEAD,
    };

    return peer->watched > 0 ? beliefs[peer->state] : BELIEF_NONE;
}

void peer_believe(struct node *n, node_id id, enum belief before)
{
    const enum belief now = peer_belief(peer_of(n, id));

    if (now != before)
        node_believe(n, id, before, now);
}

uint32_t heartbeat_roster_view_count(struct node *n)
{
    return ((const struct state *)node_state(n))->active;
}

node_id heartbeat_roster_at(struct node *n, uint32_t index)
{
    return (node_id)table_of(n)[index].listed;
}

static void swap(struct peer *table, uint32_t a, uint32_t b)
{
    const uint32_t first = (uint32_t)table[a].listed, second = (uint32_t)table[b].listed;

    table[a].listed = second & PEER_MAX;
    table[b].listed = first & PEER_MAX;
    table[first].place = b & PEER_MAX;
    table[second].place = a & PEER_MAX;
}

void peer_set(struct node *n, node_id id, enum peer_state state)
{
    struct state *s = node_state(n);
    struct peer *table = table_of(n), *peer = peer_of(n, id);
    const enum belief before = peer_belief(peer);
    const bool was_alive = peer->state == ALIVE;

    if (peer->state == state)
        return;
    peer->state = (unsigned)state & 3;
    s->is_changed = true;
    peer_believe(n, id, before);
    if (state == ALIVE) {
        swap(table, (uint32_t)peer->place, s->active++);
        node_peer_up(n, id);
    } else if (was_alive) {
        swap(table, (uint32_t)peer->place, --s->active);
        node_peer_down(n, id);
    }
}

/* The last steps of MurmurHash3 (A. Appleby, public domain): sums of it tell sets apart. */
uint32_t heartbeat_roster_hash(node_id id)
{
    uint32_t h = id + 1;

    h = (h ^ h >> 16) * 0x85ebca6bU;
    h = (h ^ h >> 13) * 0xc2b2ae35U;
    return h ^ h >> 16;
}

bool peer_add(struct node *n, node_id id, enum peer_state state)
{
    struct state *s = node_state(n);
    struct peer *table;

    assert(id <= PEER_MAX && id != node_self(n));
    for (uint32_t i = node_record_count(n); i <= id || i <= s->known; i++)
        node_record_add(n);
    table = table_of(n);
    if (node_record_count(n) <= id || node_record_count(n) <= s->known)
        return false;
    table[s->known].listed = id & PEER_MAX;
    table[id].place = s->known & PEER_MAX;
    s->known++;
    s->hash += heartbeat_roster_hash(id);
    peer_set(n, id, state);
    return true;
}

void heartbeat_roster_begin(struct node *n)
{
    for (node_id id = 0; node_next_member(n, &id); id++)
        if (!peer_add(n, id, ALIVE))
            return;
}

void heartbeat_roster_resume(struct node *n)
{
    const node_id *watched = node_list(n, WATCHED);

    heartbeat_watch_resume(n);
    for (uint32_t i = 0; i < node_list_count(n, WATCHED); i++)
        peer_believe(n, watched[i], BELIEF_NONE);
}

void heartbeat_roster_withdraw(struct node *n)
{
    const node_id *watched = node_list(n, WATCHED);

    for (uint32_t i = 0; i < node_list_count(n, WATCHED); i++)
        node_believe(n, watched[i], peer_belief(peer_of(n, watched[i])), BELIEF_NONE);
}
