/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * anti_entropy_call.c - who is called, also where partners accept so many (connection_limit), and
 * calls that fail; see anti_entropy.c.
 */
#include "models/anti_entropy.h"

bool call_needs_state(const void *config)
{
    const struct config *c = config;

    return partner_takes_turns(c->partner) || c->connection_limit > 0;
}

struct partner_choice call_choice(struct node *n)
{
    const struct config *c = node_config(n);
    struct state *s = call_needs_state(c) ? node_state(n) : NULL;

    return (struct partner_choice){ (enum partner)c->partner, c->spatial_exponent,
                                    s ? &s->turn : NULL };
}

/* Asks for a connection. */
void call_ask(struct node *n, uint32_t hunts_left)
{
    const struct partner_choice choice = call_choice(n);
    node_id partner;

    if (!hunt_pick(n, &choice, &partner))
        return;
    hunt_note(n, partner);
    node_send_pack(n, partner, CONNECT, set_new(), &(struct pack){ .value = hunts_left });
}

void call_answer(struct node *n, const struct message *m)
{
    const struct config *c = node_config(n);
    struct state *s = node_state(n);

    if (door_admits(&s->door, node_now(n), c->interval, c->connection_limit)) {
        node_send(n, m->from, ACCEPT, set_new());
        return;
    }
    node_count(n, REJECTED, 1);
    node_send_pack(n, m->from, REJECT, set_new(), &(struct pack){ .value = m->value });
}

void call_again(struct node *n, const struct message *m)
{
    hunt_note(n, m->from); /* it may have been called in the cycle before */
    if (m->value > 0)
        call_ask(n, m->value - 1);
}

/* Who cannot be asked for a connection counts as having rejected it.  Nothing else that fails is
 * made good: the next exchange finds the same differences. */
void call_fail(struct node *n, node_id to, const struct message *m)
{
    struct message rejection = *m;

    rejection.from = to;
    if (m->kind == CONNECT)
        call_again(n, &rejection);
}
