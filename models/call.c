/* SPDX-License-Identifier: GPL-3.0-or-later */
/* call.c - see call.h. */
#include "models/call.h"

const char *const call_clocks[] = {
    [CALL_PERIODIC] = "periodic", [CALL_POISSON] = "poisson", NULL
};

const char *const call_phases[] = {
    [PHASE_RANDOM] = "random", [PHASE_TOGETHER] = "together", NULL
};

bool calls_need_state(const struct calls *calls)
{
    return partner_takes_turns(&calls->partners) || calls->connection_limit > 0;
}

bool calls_are_plain(const struct calls *calls)
{
    return calls->fanout == 1 && calls->connection_limit == 0 &&
           partner_is_anybody(&calls->partners);
}

void call_every(struct node *n, const struct calls *calls)
{
    node_every(n, calls->interval,
               calls->clock == CALL_POISSON ? PHASE_POISSON : (enum phase)calls->phase, 0);
}

static uint32_t *turn_of(struct node *n, const struct calls *calls)
{
    return calls_need_state(calls) ? &((struct call_state *)node_state(n))->turn : NULL;
}

int call_pick(struct node *n, const struct calls *calls, node_id partners[CALL_FANOUT_MAX])
{
    return partner_pick_some(n, &calls->partners, turn_of(n, calls), partners, (int)calls->fanout);
}

/* ---- with a connection limit ---- */

static void connect_to(struct node *n, const struct call_kinds *kinds, node_id partner,
                       uint32_t hunts_left)
{
    hunt_note(n, partner);
    node_send_pack(n, partner, kinds->connect, set_new(), &(struct pack){ .value = hunts_left });
}

void call_ask(struct node *n, const struct calls *calls, const struct call_kinds *kinds)
{
    node_id partners[CALL_FANOUT_MAX];
    const int count = call_pick(n, calls, partners);

    hunt_begin(n);
    for (int i = 0; i < count; i++)
        connect_to(n, kinds, partners[i], (uint32_t)calls->hunt);
}

void call_answer(struct node *n, const struct calls *calls, const struct call_kinds *kinds,
                 const struct message *m)
{
    struct call_state *s = node_state(n);

    if (door_admits(&s->door, node_now(n), calls->interval, calls->connection_limit)) {
        node_send(n, m->from, kinds->accept, set_new());
        return;
    }
    node_count(n, kinds->rejected, 1);
    node_send_pack(n, m->from, kinds->reject, set_new(), &(struct pack){ .value = m->value });
}

/* Asks another than `to`, who did not accept with so many hunts left. */
static void hunt_on(struct node *n, const struct calls *calls, const struct call_kinds *kinds,
                    node_id to, uint32_t hunts_left)
{
    node_id partner;

    hunt_note(n, to); /* it may have been called in the cycle before */
    if (hunts_left > 0 && hunt_pick(n, &calls->partners, turn_of(n, calls), &partner))
        connect_to(n, kinds, partner, hunts_left - 1);
}

void call_again(struct node *n, const struct calls *calls, const struct call_kinds *kinds,
                const struct message *m)
{
    hunt_on(n, calls, kinds, m->from, m->value);
}

void call_fail(struct node *n, const struct calls *calls, const struct call_kinds *kinds,
               node_id to, const struct message *m)
{
    if (m->kind == kinds->connect)
        hunt_on(n, calls, kinds, to, m->value);
}
