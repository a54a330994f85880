/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * heartbeat_join.c - how nodes come to know of each other; see heartbeat.h.
 *
 *   newcomer --JOIN--> contact      contact --MEMBERS, all that it knows--> newcomer
 *                                   contact --NEWS, the newcomer--> all others
 *
 * Whoever hears from somebody unknown knows it from then on.  What is lost, or crosses on its way,
 * is made good by what comes with each heartbeat: how many the sender knows, and a hash of them.
 * Who knows fewer, or as many but others, wants its list, once an interval.
 *
 * Ours: systems with heartbeats gossip their members, which is no matter here.
 */
#include "models/heartbeat.h"

#define TRY_AGAIN (5 * SIM_SECOND) /* the next contact; Cassandra's shadow round */

static uint32_t known_count(struct node *n)
{
    return ((const struct state *)node_state(n))->known + 1;
}

static void join(struct node *n)
{
    struct state *s = node_state(n);
    const uint32_t seeds = node_seed_count(n);
    node_id contact;

    if (seeds == 0) { /* it is the only one: the others come to it */
        s->has_joined = true;
        return;
    }
    node_seed(n, s->tries++ % seeds, &contact); /* they come in a random order */
    node_send(n, contact, JOIN, set_new());
    node_after(n, TRY_AGAIN, JOIN_AGAIN, s->tries);
}

void heartbeat_join_start(struct node *n)
{
    struct state *s = node_state(n);

    s->wants = false;
    s->tries = 0;
    s->has_joined = s->known > 0; /* those whom it knows will hear of it */
    if (!s->has_joined)
        join(n);
}

void heartbeat_join_again(struct node *n, uint32_t tries)
{
    const struct state *s = node_state(n);

    if (!s->has_joined && tries == s->tries)
        join(n);
}

/* ---- lists ---- */

void heartbeat_join_tell(struct node *n, node_id to)
{
    const struct state *s = node_state(n);

    node_list_keep(n, TOLD, 0);
    for (uint32_t i = 0; i < s->known; i++) {
        const node_id id = heartbeat_roster_at(n, i);
        struct told *told = node_list_add(n, TOLD);

        told->id = id & 0x7fffffff;
        told->is_dead = peer_state(n, id) == DEAD;
    }
    node_send_reliably(
        n, to, MEMBERS, set_new(),
        &(struct pack){ .items = node_list(n, TOLD), .item_count = node_list_count(n, TOLD) });
    node_list_keep(n, TOLD, 0);
}

void heartbeat_join_learn(struct node *n, const struct message *m)
{
    const struct told *told = m->items;

    for (uint32_t i = 0; i < m->item_count; i++)
        if (told[i].id != node_self(n) && peer_state(n, told[i].id) == UNKNOWN)
            peer_add(n, told[i].id, told[i].is_dead ? DEAD : ALIVE);
    heartbeat_watch_choose(n);
    if (m->kind == MEMBERS)
        ((struct state *)node_state(n))->has_joined = true;
}

void heartbeat_join_asked(struct node *n, node_id newcomer, bool is_new)
{
    const struct state *s = node_state(n);
    const struct told news = { .id = newcomer & 0x7fffffff };

    for (uint32_t i = 0; i < s->known && is_new; i++)
        if (heartbeat_roster_at(n, i) != newcomer)
            node_send_items(n, heartbeat_roster_at(n, i), NEWS, &news, 1);
    heartbeat_join_tell(n, newcomer);
}

/* ---- what comes with each heartbeat ---- */

void heartbeat_join_fill(struct node *n, struct pack *pack)
{
    const struct state *s = node_state(n);

    pack->value = s->hash + heartbeat_roster_hash(node_self(n));
    pack->stamp = known_count(n);
}

void heartbeat_join_compare(struct node *n, const struct message *m)
{
    struct state *s = node_state(n);
    const uint32_t known = known_count(n);

    if (s->wants || m->stamp < known ||
        (m->stamp == known && m->value == s->hash + heartbeat_roster_hash(node_self(n))))
        return;
    s->wants = true;
    node_send(n, m->from, WANT, set_new());
}
