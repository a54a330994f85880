/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * averaging.c - every node and its partner replace their values by the mean of both; defined in
 * docs/models.md.
 *
 *   caller --OFFER x--> partner     partner: answers, y := (x + y) / 2
 *   caller <--ANSWER y-- partner    caller:  x := (x + y) / 2
 *
 * A node starts with the scenario's `values`, and its value is its estimate of their mean.  Once an
 * interval it calls a partner: `phase: fixed` at its own time of the interval, `redrawn` at one
 * that is drawn anew each time.  Under `timing: rounds` the exchanges of a round come one after
 * another, in the same order in all rounds (fixed) or in one that is drawn for each, so that no two
 * overlap.
 *
 * Exchanges that overlap, where messages take time: who gets an answer averages it with what he
 * holds then, as PeerSim's event-driven example does (example.edaggregation.AverageED), so that the
 * sum of all values does not quite stay.  A lost answer changes it too, for the partner has
 * averaged already; a lost offer changes nothing, nor does a partner that is down or has given up.
 *
 * transport: connection   a call that fails is one less: nobody else is called before the next
 * interval.
 *
 * Cost: two messages a node and interval.
 * Source: M. Jelasity, A. Montresor, O. Babaoglu, Gossip-based aggregation in large dynamic
 * networks, ACM Transactions on Computer Systems 23(3), 2005: push-pull averaging, section 3.
 * Known values: the variance of the values falls by 1/(2 sqrt(e)) = .3033 a cycle where the order
 * is redrawn and all are peers (theorem there), .2941 with fixed phases, .3165 on a random graph of
 * 20 links out of each node; if a share p of the calls is in vain by p' e^-(1-p)/2,
 * p' = p + (1-p)/2 (tests/theory/averaging_test.c).
 */
#include "models/give_up.h"
#include "models/partner.h"
#include "models/transport.h"
#include "sim/model.h"

#include <math.h>
#include <stdio.h>

enum { FIXED, REDRAWN };
static const char *const phases[] = { [FIXED] = "fixed", [REDRAWN] = "redrawn", NULL };

struct config {
    sim_time interval;
    int phase, transport;
    struct partners partners;
    struct give_up give_up;
};

enum { ROW_INTERVAL, ROW_PHASE, PARTNER_PLACES, ROW_TRANSPORT, GIVE_UP_PLACES };
static const struct param params[] = {
    [ROW_INTERVAL] =
        PARAM_INTERVAL(struct config, interval, "1s", "1us..365d", "between two calls of a node"),
    [ROW_PHASE] = PARAM_CHOICE(struct config, phase, "fixed", phases,
                               "when in the interval a node calls: each at its own time, or at one "
                               "drawn anew each interval; in rounds the order of all calls"),
    PARTNER_ROWS(struct config, partners, false),
    [ROW_TRANSPORT] =
        PARAM_CHOICE(struct config, transport, "datagram", transport_names, TRANSPORT_HELP),
    GIVE_UP_ROWS(struct config, give_up),
    PARAM_END,
};

/* The theorem in section 3.2 of the source: each node takes part in its own exchange and a Poisson
 * number of those of others. */
static bool theory(const void *config, const struct theory_world *world, struct theory *theory)
{
    const struct config *c = config;
    const char *why = NULL;

    if (!world->is_rounds)
        why = "exchanges overlap in events; the law is of rounds";
    else if (!partner_is_anybody(&c->partners))
        why = "partners are not picked at random from all";
    else if (c->phase != REDRAWN)
        why = "with the same order in all rounds no factor in closed form is known";
    else if (c->give_up.is_on)
        why = "nodes that have given up are no partners";
    else if (world->has_faults || world->leaves > 0)
        why = "nodes come and go, and so does the mean";
    else if (world->arrives < 1)
        why = "a lost answer changes the mean itself";
    if (why) {
        snprintf(theory->why, sizeof theory->why, "%s", why);
        return false;
    }
    theory->source = "Jelasity et al., ACM TOCS 23(3), 2005, section 3.2";
    snprintf(theory->law, sizeof theory->law, "1/(2 sqrt e) a cycle");
    theory->factor = 1 / (2 * sqrt(exp(1)));
    return true;
}

enum { OFFER, ANSWER };
static const struct message_kind messages[] = {
    [OFFER] = { .name = "offer", .carries = CARRIES_CONTROL, sizeof(double), 8 },
    [ANSWER] = { .name = "answer", .carries = CARRIES_CONTROL, sizeof(double), 8 },
    { .name = NULL },
};

struct state {
    double value;
    sim_time cycle; /* phase: redrawn, without rounds: when the interval began in which it calls */
    struct stillness still;
    uint32_t turns[2]; /* partner: shuffled, round-robin */
    bool has_value;
};

enum { TICK, CALL };

static void set_value(struct node *n, double value)
{
    struct state *s = node_state(n);

    s->value = value;
    node_estimate(n, value, 1);
}

/* At a random moment of its interval, which begins `from` on. */
static void call_within(struct node *n, sim_time from)
{
    const struct config *c = node_config(n);
    struct state *s = node_state(n);

    s->cycle = from;
    node_after(n, from - node_now(n) + (sim_time)node_random(n, (uint64_t)c->interval), CALL, 0);
}

static void start(struct node *n)
{
    const struct config *c = node_config(n);
    struct state *s = node_state(n);

    if (!s->has_value)
        s->value = node_value(n);
    s->has_value = true;
    s->still = (struct stillness){ .rounds = 0 };
    set_value(n, s->value);
    if (c->phase == FIXED)
        node_every(n, c->interval, PHASE_RANDOM, TICK);
    else if (node_has_rounds(n))
        node_every(n, c->interval, PHASE_TOGETHER, TICK);
    else
        call_within(n, node_now(n));
}

/* False if the node gives up. */
static bool call(struct node *n)
{
    const struct config *c = node_config(n);
    struct state *s = node_state(n);
    node_id partner;

    if (give_up(&c->give_up, &s->still, s->value))
        return false;
    if (partner_pick(n, &c->partners, s->turns, &partner))
        node_send_items(n, partner, OFFER, &s->value, 1);
    return true;
}

static void fire(struct node *n, int tag, uint32_t value)
{
    const struct config *c = node_config(n);
    const bool has_rounds = node_has_rounds(n);

    (void)value;
    if (tag == TICK && has_rounds) {
        node_take_turn(n, c->phase == REDRAWN, CALL);
        return;
    }
    if (!call(n)) {
        if (tag == TICK || has_rounds)
            node_sleep(n, TICK);
    } else if (tag == CALL && !has_rounds)
        call_within(n, ((struct state *)node_state(n))->cycle + c->interval);
}

static void receive(struct node *n, const struct message *m)
{
    const struct state *s = node_state(n);
    const double theirs = *(const double *)m->items;

    if (m->kind == OFFER) {
        if (s->still.has_given_up)
            return;
        node_send_items(n, m->from, ANSWER, &s->value, 1);
    }
    set_value(n, (s->value + theirs) / 2);
}

static sim_time cycle(const void *config)
{
    return ((const struct config *)config)->interval;
}

static bool connects(const void *config)
{
    return ((const struct config *)config)->transport == TRANSPORT_CONNECTION;
}

static bool check(const void *config, uint64_t given, char why[PARAM_WHY_MAX])
{
    const struct config *c = config;
    const struct rule rules[] = { PARTNER_RULES(c->partners), GIVE_UP_RULES(c->give_up) };

    return rules_are_kept(rules, sizeof rules / sizeof *rules, params, given, why);
}

const struct model model_averaging = {
    .name = "averaging",
    .summary = "estimate the mean of the nodes' values: two nodes take the mean of theirs",
    .source = "Jelasity, Montresor and Babaoglu, ACM TOCS 23(3), 2005",
    .params = params,
    .messages = messages,
    .config_size = sizeof(struct config),
    .state_size = sizeof(struct state),
    .cycle = cycle,
    .connects = connects,
    .check = check,
    .theory = theory,
    .on_start = start,
    .on_timer = fire,
    .on_message = receive,
};
