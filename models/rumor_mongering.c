/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * rumor_mongering.c - tell hot rumors to random peers until they are old news; defined in
 * docs/models.md.
 *
 * What a node learns is hot there until the node loses interest.  Every `interval`, its cycle, a
 * node calls `fanout` partners; H is what is hot at the caller, h at the partner.
 *
 *   push        caller --RUMOR H--> partner
 *   pull        caller --ASK------> partner        caller <--RUMOR h--- partner
 *   push-pull   caller --CALL H---> partner        caller <--RUMOR h--- partner
 *   feedback: whoever is told rumors answers KNEW with those that it knew before, and NEEDED with
 *   the others where the teller has a use for it.
 *
 * A contact is a message with hot rumors.  For each rumor in it the contact counts if the
 * recipient knew it (feedback) or in any case (blind), and
 *   stop: counter   interest is lost after k contacts that count; with `reset` a contact that
 *                   was needed sets the counter back to 0
 *   stop: coin      interest is lost with probability 1/k at each contact that counts
 *   stop: rounds    interest is lost after k cycles.  Infect-and-die is k = 1
 *   stop: transmissions   interest is lost when k messages with the rumor were sent, whatever
 *                   became of them; a cycle may tell fewer than `fanout` partners then
 *   stop: never     what a node knows stays hot
 *
 * relay: false   what others bring is not hot: only who wrote an update tells it.
 *
 * When pulling is part of it, contacts are judged per cycle, at the teller's next timer: if any
 * recipient needed the rumor the counter is reset, and if some were told and all of them knew it
 * one is added (the footnote of Table 3).  Without `reset` the counter then stays.
 *
 * minimisation: both sides of a push-pull contact send their counters along, for nothing; where
 * both are hot only the smaller counter is incremented, or both if they are equal, and no KNEW is
 * sent.  This is how we read "Minimization" in section 1.4; incrementing the higher one instead
 * leaves a larger residue (at 1000 nodes and k = 2 about 1.5e-4 against 0.6e-4).
 *
 * connection_limit: a caller asks first (CONNECT); a partner accepts so many calls in an interval,
 * which begins with the first, and rejects others; a rejected caller tries `hunt` more partners
 * that it has not called in this cycle.  A rejected call is no contact.
 *
 * transport: connection   a contact that fails is none: nobody says that he knew.  Blind ones count
 * as they are made, whatever becomes of them.  With a connection_limit who cannot be asked counts
 * as having rejected.
 *
 * What another model of the stack brings is news like any other by default; with `revive: mail` the
 * other models treat it as written here, so direct-mail mails it to all, unless it came by mail;
 * with `none` it is left to them.
 *
 * A node that leaves gracefully makes a last contact, without feedback, unless it had to ask first.
 *
 * How a node loses interest is in rumor_mongering_interest.c, who is called in call.h, what can be
 * asked for in rumor_mongering_params.c.
 *
 * Cost: O(1) messages per active node and cycle; sets as in sim/set.h, counters bit-sliced.
 * Source: A. Demers et al., Epidemic algorithms for replicated database maintenance, PODC 1987,
 * section 1.4.
 * Known values: Tables 1 to 3 there; Table 1 (push, feedback, counter, 1000 nodes, rounds): k = 1
 * leaves 0.18 and sends 1.7 copies a node, k = 2 leaves 0.037 and sends 3.3
 * (tests/theory/rumor_mongering_test.c).  Push with a connection limit of 1 where all are active:
 * s = e^(-lambda m), lambda = 1/(1-1/e) (tests/models/connection_limit_test.c).
 */
#include "models/rumor_mongering.h"
#include "models/transport.h"

static const struct message_kind messages[] = {
    [RUMOR] = { .name = "rumor", .carries = CARRIES_PAYLOAD },
    [CALL] = { .name = "call", .carries = CARRIES_PAYLOAD },
    [ASK] = { .name = "ask", .carries = CARRIES_CONTROL },
    [KNEW] = { .name = "knew", .carries = CARRIES_IDENTITIES },
    [NEEDED] = { .name = "needed", .carries = CARRIES_IDENTITIES },
    [FAREWELL] = { .name = "farewell", .carries = CARRIES_PAYLOAD },
    [CONNECT] = { .name = "connect", .carries = CARRIES_CONTROL },
    [ACCEPT] = { .name = "accept", .carries = CARRIES_CONTROL },
    [REJECT] = { .name = "reject", .carries = CARRIES_CONTROL },
    { .name = NULL },
};

static const struct model_figure figures[] = {
    [CONTACTS] = { "contacts", "messages with hot rumors sent", FIGURE_COUNT, UNIT_COUNT },
    [UNNECESSARY] = { "unnecessary", "messages with hot rumors to nodes that knew all of it",
                      FIGURE_COUNT, UNIT_COUNT },
    [RETIRED] = { "retired", "times that a node lost interest in a rumor", FIGURE_COUNT,
                  UNIT_COUNT },
    [REJECTED] = { "rejected", "calls that a partner rejected", FIGURE_COUNT, UNIT_COUNT },
    { .name = NULL },
};

static bool needs_state(const void *config)
{
    return calls_need_state(&((const struct config *)config)->calls);
}

/* A push to anybody of all that is known. */
static bool is_plain(const void *config)
{
    const struct config *c = config;

    return c->mode == PUSH && c->stop == NEVER && c->relay && calls_are_plain(&c->calls);
}

static const struct set *hot(struct node *n)
{
    const struct config *c = node_config(n);

    return c->stop == NEVER && c->relay ? node_known(n) : node_sets(n)[HOT];
}

/* ---- telling ---- */

static struct set *told_to(struct node *n, node_id to)
{
    const struct config *c = node_config(n);

    return c->limit != 0 ? interest_first(n, to) : node_meant_for(n, to, hot(n));
}

/* Tells what is hot and meant for `to`; a CALL is sent even if that is nothing. */
static void tell(struct node *n, node_id to, int kind)
{
    const struct config *c = node_config(n);
    struct set *told = told_to(n, to), *counted = NULL;

    if (set_is_empty(told) && kind != CALL) {
        set_free(told);
        return;
    }
    node_count(n, CONTACTS, !set_is_empty(told));
    if (c->stop == TRANSMISSIONS)
        counted = set_copy(told);
    if (c->minimisation)
        interest_send_counters(n, to, kind, told);
    else
        node_send(n, to, kind, told);
    if (counted) {
        interest_tally(n, counted);
        set_free(counted);
    }
}

static void call(struct node *n, node_id partner)
{
    const struct config *c = node_config(n);

    if (c->mode == PULL)
        node_send(n, partner, ASK, set_new());
    else
        tell(n, partner, c->mode == PUSH ? RUMOR : CALL);
}

static const struct call_kinds call_kinds = { CONNECT, ACCEPT, REJECT, REJECTED };

static void call_partners(struct node *n)
{
    const struct config *c = node_config(n);
    node_id partners[CALL_FANOUT_MAX];
    int count;

    if (c->calls.connection_limit > 0) {
        call_ask(n, &c->calls, &call_kinds);
        return;
    }
    count = call_pick(n, &c->calls, partners);
    for (int i = 0; i < count; i++)
        call(n, partners[i]);
    if (c->mode != PULL)
        interest_count_blind(n, hot(n), partners, count);
}

/* ---- cycles ---- */

static void start(struct node *n)
{
    const struct config *c = node_config(n);

    call_every(n, &c->calls);
}

static __attribute__((noinline)) void run_cycle(struct node *n)
{
    const struct config *c = node_config(n);

    if (interest_is_judged(c) && c->stop != NEVER && !set_is_empty(hot(n)))
        interest_end_cycle(n);
    if (c->mode == PUSH && set_is_empty(hot(n)))
        return;
    call_partners(n);
    if (c->stop == ROUNDS && !interest_is_judged(c))
        interest_tally(n, hot(n));
}

/* Speed only: the cycle of a plain configuration. */
static inline void tell_anybody(struct node *n, int tag)
{
    const struct set *known = node_known(n);
    node_id partner;
    struct set *told;

    if (set_is_empty(known)) {
        node_sleep(n, tag);
        return;
    }
    if (!node_pick_peer(n, &partner))
        return;
    told = node_meant_for(n, partner, known);
    if (set_is_empty(told))
        return;
    node_count(n, CONTACTS, 1);
    node_send(n, partner, RUMOR, told);
}

static MODEL_HOT void start_cycle(struct node *n, int tag, uint32_t value)
{
    const struct config *c = node_config(n);

    (void)value;
    if (node_is_plain(n))
        tell_anybody(n, tag);
    else if (c->mode == PUSH && set_is_empty(hot(n)))
        node_sleep(n, tag);
    else
        run_cycle(n);
}

static void heat(struct node *n, const struct set *news, enum learned how)
{
    const struct config *c = node_config(n);

    if (!c->relay && how != LEARNED_LOCAL)
        return;
    if (how == LEARNED_OTHER && c->revive != HOT_AGAIN) {
        if (c->revive == MAIL_AGAIN)
            node_relay(n, news);
        return;
    }
    if (c->stop != NEVER || !c->relay)
        set_add(&node_sets(n)[HOT], news);
    if (c->mode == PUSH)
        node_wake(n, 0);
}

/* ---- hearing ---- */

/* Tells the teller of `m` which of its rumors were known here and, if it counts, needed. */
static __attribute__((noinline)) void give_feedback(struct node *n, const struct message *m)
{
    const struct config *c = node_config(n);
    const struct set *known = node_known(n);
    struct set *knew = set_common(m->set, known);

    if (wants_needed(c))
        node_send_some(n, m->from, NEEDED, set_minus(m->set, known));
    if (c->minimisation) {
        struct set *both = interest_compare_counters(n, m);

        set_remove(&knew, both);
        set_free(both);
    }
    node_send_some(n, m->from, KNEW, knew);
}

static void hear(struct node *n, const struct message *m)
{
    if (set_is_empty(m->set))
        return;
    if (wants_knew(node_config(n)))
        give_feedback(n, m);
    node_count(n, UNNECESSARY, !node_learn(n, m));
}

/* Answers a call with what is hot. */
static void answer(struct node *n, node_id caller)
{
    tell(n, caller, RUMOR);
    interest_count_blind(n, hot(n), &caller, 1);
}

static void be_accepted(struct node *n, node_id partner)
{
    const struct config *c = node_config(n);

    call(n, partner);
    if (c->mode != PULL)
        interest_count_blind(n, hot(n), &partner, 1);
}

static __attribute__((noinline)) void converse(struct node *n, const struct message *m)
{
    const struct config *c = node_config(n);

    switch (m->kind) {
    case CALL:
        answer(n, m->from);
        hear(n, m);
        break;
    case ASK:
        answer(n, m->from);
        break;
    case KNEW:
        interest_fade(n, m->set);
        break;
    case NEEDED:
        interest_renew(n, m->set);
        break;
    case FAREWELL:
        node_learn(n, m);
        break;
    case CONNECT:
        call_answer(n, &c->calls, &call_kinds, m);
        break;
    case ACCEPT:
        if (call_accepted(n, m))
            be_accepted(n, m->from);
        break;
    case REJECT:
        call_again(n, &c->calls, &call_kinds, m);
        break;
    }
}

static MODEL_HOT void receive(struct node *n, const struct message *m)
{
    if (m->kind == RUMOR)
        hear(n, m);
    else
        converse(n, m);
}

static void leave(struct node *n, bool graceful, bool loses)
{
    const struct config *c = node_config(n);
    node_id partners[CALL_FANOUT_MAX];
    int count;

    (void)loses;
    if (!graceful || set_is_empty(hot(n)) || c->calls.connection_limit > 0)
        return;
    count = call_pick(n, &c->calls, partners);
    for (int i = 0; i < count; i++) {
        struct set *told = told_to(n, partners[i]);

        node_count(n, CONTACTS, !set_is_empty(told));
        node_send_some(n, partners[i], FAREWELL, told);
    }
}

/* A contact that fails gives no feedback, and so does not count; blind ones have counted when they
 * were made. */
static void fail(struct node *n, node_id to, const struct message *m)
{
    const struct config *c = node_config(n);

    call_fail(n, &c->calls, &call_kinds, to, m);
}

/* Whether all goes over connections. */
static bool connects(const void *config)
{
    return ((const struct config *)config)->transport == TRANSPORT_CONNECTION;
}

static int64_t fanout(const void *config)
{
    return ((const struct config *)config)->calls.fanout;
}

const struct model model_rumor_mongering = {
    .name = "rumor-mongering",
    .summary = "tell hot rumors to random peers until they are old news",
    .source = "Demers et al., PODC 1987, section 1.4",
    .params = rumor_params,
    .messages = messages,
    .figures = figures,
    .config_size = sizeof(struct config),
    .state_size = sizeof(struct call_state),
    .sets = interest_sets,
    .record_size = sizeof(struct called),
    .needs_state = needs_state,
    .is_plain = is_plain,
    .connects = connects,
    .fanout = fanout,
    .theory = rumor_theory,
    .check = rumor_check,
    .check_stack = rumor_check_stack,
    .on_start = start,
    .on_timer = start_cycle,
    .on_message = receive,
    .on_failed = fail,
    .on_learn = heat,
    .on_down = leave,
};
