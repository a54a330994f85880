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

static uint32_t *turns_of(struct node *n, const struct calls *calls)
{
    return calls_need_state(calls) ? ((struct call_state *)node_state(n))->turns : NULL;
}

int call_pick(struct node *n, const struct calls *calls, node_id partners[CALL_FANOUT_MAX])
{
    return partner_pick_some(n, &calls->partners, turns_of(n, calls), partners, (int)calls->fanout);
}

/* ---- with a connection limit ---- */

static struct call_state *state_of(struct node *n)
{
    return node_state(n);
}

/* What asks and answers bears the cycle, and how many hunts are left. */
static void send(struct node *n, node_id to, int kind, uint32_t hunts_left, uint32_t cycle)
{
    node_send_pack(n, to, kind, set_new(), &(struct pack){ .value = hunts_left, .stamp = cycle });
}

static void connect_to(struct node *n, const struct call_kinds *kinds, node_id partner,
                       uint32_t hunts_left)
{
    hunt_note(n, partner);
    send(n, partner, kinds->connect, hunts_left, state_of(n)->cycle);
}

void call_ask(struct node *n, const struct calls *calls, const struct call_kinds *kinds)
{
    node_id partners[CALL_FANOUT_MAX];
    const int count = call_pick(n, calls, partners);

    hunt_begin(n);
    state_of(n)->cycle++;
    for (int i = 0; i < count; i++)
        connect_to(n, kinds, partners[i], (uint32_t)calls->hunt);
}

/* Whether one more call may be accepted; counts it then. */
static bool admits(struct call_state *state, sim_time now, const struct calls *calls)
{
    if (state->accepted == 0 || now - state->opened >= calls->interval) {
        state->opened = now;
        state->accepted = 0;
    }
    if (state->accepted >= calls->connection_limit)
        return false;
    state->accepted++;
    return true;
}

void call_answer(struct node *n, const struct calls *calls, const struct call_kinds *kinds,
                 const struct message *m)
{
    if (admits(state_of(n), node_now(n), calls)) {
        send(n, m->from, kinds->accept, m->value, m->stamp);
        return;
    }
    node_count(n, kinds->rejected, 1);
    send(n, m->from, kinds->reject, m->value, m->stamp);
}

bool call_accepted(struct node *n, const struct message *m)
{
    return m->stamp != state_of(n)->cycle || hunt_hear(n, m->from);
}

/* Asks another, with so many hunts left. */
static void hunt_on(struct node *n, const struct calls *calls, const struct call_kinds *kinds,
                    uint32_t hunts_left)
{
    node_id partner;

    if (hunts_left > 0 && hunt_pick(n, &calls->partners, turns_of(n, calls), &partner))
        connect_to(n, kinds, partner, hunts_left - 1);
}

void call_again(struct node *n, const struct calls *calls, const struct call_kinds *kinds,
                const struct message *m)
{
    if (m->stamp == state_of(n)->cycle && hunt_hear(n, m->from))
        hunt_on(n, calls, kinds, m->value);
}

void call_fail(struct node *n, const struct calls *calls, const struct call_kinds *kinds,
               node_id to, const struct message *m)
{
    if (m->kind != kinds->connect)
        return;
    hunt_note(n, to); /* it may have been called in the cycle before */
    hunt_on(n, calls, kinds, m->value);
}
