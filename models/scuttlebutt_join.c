/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * scuttlebutt_join.c - the shadow round of who boots, and the goodbye of who leaves; see
 * scuttlebutt.h.
 *
 *   who boots --SYN of nothing--> all seeds, every 5 s      a seed --ACK of all--> who booted
 *
 * Until one answers it takes no part.  A seed goes on where all others are in a shadow round too,
 * as when a cluster forms, or after 30 s.  Cassandra throws away what it hears so and hears it
 * again within a round or two; here it counts.  A node of any other preset begins at once, and
 * finds a seed as nobody is alive.
 *
 * Source: Cassandra's Gossiper.java, doShadowRound() and stop().
 */
#include "models/scuttlebutt.h"

#define ASK_AGAIN (5 * SIM_SECOND)
#define GIVE_UP   (30 * SIM_SECOND)

static void ask(struct node *n)
{
    struct state *s = node_state(n);
    node_id seed;

    s->refusals = 0;
    for (uint32_t i = 0; node_seed(n, i, &seed); i++)
        exchange_begin(n, &seed, 1, true);
    node_after(n, ASK_AGAIN, SHADOW_AGAIN, 0);
}

void join_start(struct node *n)
{
    const struct config *c = node_config(n);
    struct state *s = node_state(n);
    const bool was_there = table_of(n)[node_self(n)].life == life_of(FIRST_GENERATION, 0);

    s->is_in_shadow = c->shadow_round && !was_there && s->seeds > 0;
    if (!s->is_in_shadow)
        return;
    node_count(n, SHADOW_ROUNDS, 1);
    ask(n);
    if (node_is_seed(n, node_self(n)))
        node_after(n, GIVE_UP, SHADOW_OVER, 0);
}

void join_again(struct node *n)
{
    const struct state *s = node_state(n);

    if (s->is_in_shadow)
        ask(n);
}

void join_over(struct node *n)
{
    ((struct state *)node_state(n))->is_in_shadow = false;
}

void join_refused(struct node *n)
{
    struct state *s = node_state(n);

    if (node_is_seed(n, node_self(n)) && ++s->refusals == s->seeds)
        join_over(n);
}

void join_leave(struct node *n)
{
    enum { AT_ONCE = 64 };
    struct digest *own = &table_of(n)[node_self(n)];
    node_id to[AT_ONCE];
    int count = 0;

    own->life = life_of((uint32_t)(own->life >> 32), HEARTBEAT_LEFT);
    for (uint32_t i = 0; i < roster_view_count(n); i++) {
        to[count++] = roster_view_at(n, i);
        if (count == AT_ONCE || i + 1 == roster_view_count(n)) {
            exchange_tell(n, to, count);
            count = 0;
        }
    }
}
