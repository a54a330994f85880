/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * heartbeat_watch.c - who is watched, what was heard of them, and verdicts; see heartbeat.h.
 *
 * All members are watched, or so many that come next in an order of all nodes that all agree on.
 * Those held dead do not count among these, but are watched on, so that they are heard if they come
 * back.  Who comes to be watched is taken to be heard at that moment.
 *
 * Source: of the order, akka-cluster's ClusterHeartbeat.scala, HeartbeatNodeRing.
 */
#include "models/heartbeat.h"

enum { RING }; /* what the shared order is about */

static struct phi *phi_of(struct node *n, const struct peer *peer)
{
    return (struct phi *)node_list(n, PHIS) + (peer->watched - 1);
}

/* NULL: there are none. */
static struct phi_squares *squares_of(struct node *n, const struct peer *peer)
{
    const struct state *s = node_state(n);

    return phi_has_squares(&s->judge)
               ? (struct phi_squares *)node_list(n, SQUARES) + (peer->watched - 1)
               : NULL;
}

void heartbeat_watch_begin(struct node *n)
{
    const struct config *c = node_config(n);
    struct state *s = node_state(n);

    phi_prepare(&s->judge, &c->phi);
    phi_watch_begin(&s->watch, node_now(n));
}

void heartbeat_watch_send(struct node *n, int kind)
{
    struct pack pack = { .count = 0 };

    heartbeat_join_fill(n, &pack);
    node_send_pack_to(n, node_list(n, WATCHED), (int)node_list_count(n, WATCHED), kind, set_new(),
                      &pack);
}

/* ---- who ---- */

static void hear(struct node *n, node_id id)
{
    const struct state *s = node_state(n);
    const struct peer *peer = peer_of(n, id);

    phi_hear(&s->judge, phi_of(n, peer), squares_of(n, peer), node_now(n), peer->state == DEAD);
}

static void begin_watching(struct node *n, node_id id)
{
    const struct state *s = node_state(n);
    struct peer *peer = peer_of(n, id);
    const uint32_t place = node_list_count(n, WATCHED) + 1;
    const bool has_squares = phi_has_squares(&s->judge);

    *(node_id *)node_list_add(n, WATCHED) = id;
    node_list_add(n, PHIS);
    if (has_squares)
        node_list_add(n, SQUARES);
    if (node_list_count(n, PHIS) < place || (has_squares && node_list_count(n, SQUARES) < place)) {
        node_list_keep(n, WATCHED, place - 1); /* memory is short, and the run over */
        return;
    }
    peer->watched = place & PEER_MAX;
    if (peer->state != DEAD)
        hear(n, id);
    peer_believe(n, id, BELIEF_NONE);
}

/* The last comes into its place. */
static void stop_watching(struct node *n, node_id id)
{
    const struct state *s = node_state(n);
    struct peer *peer = peer_of(n, id);
    const uint32_t place = (uint32_t)peer->watched - 1, end = node_list_count(n, WATCHED) - 1;
    node_id *watched = node_list(n, WATCHED);
    struct peer *last = peer_of(n, watched[end]);
    const enum belief belief = peer_belief(peer);

    watched[place] = watched[end];
    *phi_of(n, peer) = *phi_of(n, last);
    if (phi_has_squares(&s->judge))
        *squares_of(n, peer) = *squares_of(n, last);
    last->watched = (place + 1) & PEER_MAX;
    peer->watched = 0;
    peer_believe(n, id, belief);
    node_list_keep(n, WATCHED, end);
    node_list_keep(n, PHIS, end);
    if (phi_has_squares(&s->judge))
        node_list_keep(n, SQUARES, end);
}

static void want(struct node *n, node_id id)
{
    struct peer *peer = peer_of(n, id);

    peer->is_wanted = 1;
    if (peer->watched == 0)
        begin_watching(n, id);
}

/* Those that come next in the order, until so many of them are not dead. */
static void want_next(struct node *n, int64_t count)
{
    const uint32_t nodes = node_shared_count(n);
    const uint32_t own = node_shared_place(n, RING, node_self(n));

    for (uint32_t i = 1; i < nodes && count > 0; i++) {
        const node_id id = node_shared_at(n, RING, (uint32_t)(((uint64_t)own + i) % nodes));
        const enum peer_state state = peer_state(n, id);

        if (state == UNKNOWN)
            continue;
        want(n, id);
        count -= state != DEAD;
    }
}

void heartbeat_watch_choose(struct node *n)
{
    const struct config *c = node_config(n);
    struct state *s = node_state(n);

    if (!s->is_changed)
        return;
    s->is_changed = false;
    if (c->monitors == 0) {
        for (uint32_t i = 0; i < s->known; i++)
            want(n, heartbeat_roster_at(n, i));
        return;
    }
    for (uint32_t i = 0; i < s->known; i++)
        peer_of(n, heartbeat_roster_at(n, i))->is_wanted = 0;
    want_next(n, c->monitors);
    for (uint32_t i = node_list_count(n, WATCHED); i-- > 0;) {
        const node_id id = ((const node_id *)node_list(n, WATCHED))[i];

        if (!peer_of(n, id)->is_wanted)
            stop_watching(n, id);
    }
}

/* ---- what is heard ---- */

/* How close to a verdict a silence came that is over; only where a heartbeat is missing. */
static void note_silence(struct node *n, const struct peer *peer)
{
    const struct config *c = node_config(n);
    const struct state *s = node_state(n);
    const struct phi *phi = phi_of(n, peer);

    if (node_now(n) - phi->heard > c->interval + c->interval / 2)
        node_observe(n, SILENCE, phi_level(&s->judge, phi, squares_of(n, peer), node_now(n)));
}

void heartbeat_watch_hear(struct node *n, node_id id)
{
    const struct state *s = node_state(n);
    const struct peer *peer = peer_of(n, id);

    if (peer->watched == 0) { /* all that can be known of it is that it left */
        peer_set(n, id, ALIVE);
        return;
    }
    if (peer->state == ALIVE)
        note_silence(n, peer);
    hear(n, id);
    if (peer->state == ALIVE || !phi_is_enough(&s->judge, phi_of(n, peer)))
        return;
    node_count(n, RETURNS, 1);
    peer_set(n, id, ALIVE);
}

void heartbeat_watch_resume(struct node *n)
{
    const node_id *watched = node_list(n, WATCHED);

    for (uint32_t i = 0; i < node_list_count(n, WATCHED); i++) {
        const struct peer *peer = peer_of(n, watched[i]);

        *phi_of(n, peer) = (struct phi){ .is_met = 0 };
        if (peer->state != DEAD)
            hear(n, watched[i]);
    }
}

void heartbeat_watch_judge(struct node *n)
{
    struct state *s = node_state(n);
    const sim_time now = node_now(n);
    const node_id *watched = node_list(n, WATCHED);

    if (!phi_watch_look(&s->judge, &s->watch, now))
        return;
    for (uint32_t i = 0; i < node_list_count(n, WATCHED); i++) {
        const struct peer *peer = peer_of(n, watched[i]);

        if (peer->state == DEAD || now < phi_due(&s->judge, phi_of(n, peer), squares_of(n, peer)))
            continue;
        node_count(n, VERDICTS, 1);
        peer_set(n, watched[i], DEAD);
    }
}
