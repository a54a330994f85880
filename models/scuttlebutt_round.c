/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * scuttlebutt_round.c - whom a node gossips with, and what it does at each interval; see
 * scuttlebutt.h.
 *
 * Source: Cassandra's Gossiper.java, GossipTask; chitchat's server.rs, select_nodes_for_gossip().
 */
#include "models/scuttlebutt.h"

void round_start(struct node *n)
{
    const struct config *c = node_config(n);
    struct state *s = node_state(n);

    s->seeds = node_seed_count(n);
    node_every(n, c->interval, PHASE_RANDOM, ROUND);
}

/* Different ones of the living (R. Floyd, see J. Bentley, Programming pearls, CACM 30(9), 1987). */
static int pick_live(struct node *n, node_id *to)
{
    const struct config *c = node_config(n);
    const uint32_t live = roster_view_count(n);
    const uint32_t wanted = c->fanout < live ? (uint32_t)c->fanout : live;
    uint32_t places[FANOUT_MAX], count = 0;

    for (uint32_t last = live - wanted; last < live; last++) {
        uint32_t place = (uint32_t)node_random(n, last + 1);

        for (uint32_t i = 0; i < count; i++)
            if (places[i] == place) {
                place = last;
                break;
            }
        places[count] = place;
        to[count++] = roster_view_at(n, place);
    }
    return (int)count;
}

static bool pick_dead(struct node *n, node_id *to)
{
    const struct config *c = node_config(n);
    const struct state *s = node_state(n);
    const uint32_t dead = s->known - s->live;

    return c->try_dead && dead > 0 && node_random(n, s->live + 1) < dead &&
           member_pick(n, false, to);
}

static bool pick_seed(struct node *n, const node_id *live, int count, node_id *to)
{
    const struct config *c = node_config(n);
    const struct state *s = node_state(n);
    const uint32_t seeds = c->try_seeds || s->live == 0 ? s->seeds : 0;
    bool has_seed = false;

    if (seeds == 0)
        return false;
    for (int i = 0; i < count; i++)
        has_seed |= node_is_seed(n, live[i]);
    if (s->live > 0 && ((has_seed && s->live >= seeds) || node_random(n, s->known) >= seeds))
        return false;
    return node_seed(n, (uint32_t)node_random(n, seeds), to);
}

void round_act(struct node *n)
{
    const struct config *c = node_config(n);
    const struct state *s = node_state(n);
    node_id to[FANOUT_MAX + 2];
    int live, count;

    if (s->is_in_shadow)
        return;
    versions_settle(n);
    removal_look(n);
    rate_look(n);
    if (c->heartbeats)
        table_of(n)[node_self(n)].life++;
    live = count = pick_live(n, to);
    count += pick_dead(n, &to[count]);
    count += pick_seed(n, to, live, &to[count]);
    exchange_begin(n, to, count, false);
    roster_judge(n);
}
