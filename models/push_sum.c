/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * push_sum.c - every node gives away half of a sum and of a weight; defined in docs/models.md.
 *
 *   node --SHARE s/2, w/2--> partner     partner: s += s/2, w += w/2
 *
 * A node starts with s, its value by the scenario's `values`, and the weight w = 1; its estimate of
 * their mean is s / w.  Once an interval it keeps an equal part of both and sends as much to each
 * of `fanout` partners.  What it is sent it adds.  Nothing is answered.
 *
 * Without loss the sums of all s and of all w stay what they were.  A lost message takes parts of
 * both: estimates still agree in the end, but not on the mean (scenarios/push-sum-loss.yaml).  A
 * node whose weight would vanish for a computer, after some thousand intervals in which nothing
 * reached it, sends nothing until something does.
 *
 * transport: connection   what cannot be delivered is added again.
 *
 * Cost: `fanout` messages a node and interval.
 * Source: D. Kempe, A. Dobra, J. Gehrke, Gossip-based computation of aggregate information, FOCS
 * 2003, algorithm 1 (protocol Push-Sum).
 * Known values: the sums; in rounds, where all are peers, the sum over all nodes and values of the
 * squared differences of contributions falls by 1/2 - 1/(2n) a round in the mean (lemma 2.3 there),
 * and the variance of s / w with it (tests/theory/push_sum_test.c).
 */
#include "models/call.h"
#include "models/give_up.h"
#include "models/transport.h"

#include <stdio.h>

struct config {
    sim_time interval;
    int64_t fanout;
    int transport;
    struct partners partners;
    struct give_up give_up;
};

enum { ROW_INTERVAL, ROW_FANOUT, PARTNER_PLACES, ROW_TRANSPORT, GIVE_UP_PLACES };
static const struct param params[] = {
    [ROW_INTERVAL] = PARAM_INTERVAL(struct config, interval, "1s", "1us..365d",
                                    "after which a node sends again"),
    [ROW_FANOUT] = PARAM_COUNT(struct config, fanout, "1", "1..1000",
                               "different partners that get an equal part each interval"),
    PARTNER_ROWS(struct config, partners, false),
    [ROW_TRANSPORT] =
        PARAM_CHOICE(struct config, transport, "datagram", transport_names, TRANSPORT_HELP),
    GIVE_UP_ROWS(struct config, give_up),
    PARAM_END,
};

/* Lemma 2.3 of the source: so much of the squared differences of contributions is left. */
static bool theory(const void *config, const struct theory_world *world, struct theory *theory)
{
    const struct config *c = config;
    const char *why = NULL;

    if (!world->is_rounds)
        why = "the law is of rounds";
    else if (!partner_is_anybody(&c->partners))
        why = "partners are not picked at random from all";
    else if (c->give_up.is_on)
        why = "nodes that have given up send nothing";
    else if (world->has_faults || world->leaves > 0 || world->arrives < 1)
        why = "what is lost takes parts of sum and weight along";
    else if (c->fanout != 1)
        why = "the lemma is of one partner";
    if (why) {
        snprintf(theory->why, sizeof theory->why, "%s", why);
        return false;
    }
    theory->source = "Kempe et al., FOCS 2003, lemma 2.3";
    snprintf(theory->law, sizeof theory->law, "1/2 - 1/(2n) a round");
    theory->factor = 0.5 - 0.5 / world->nodes;
    return true;
}

struct share {
    double sum, weight;
};

enum { SHARE };
static const struct message_kind messages[] = {
    [SHARE] = { .name = "share", .carries = CARRIES_CONTROL, sizeof(struct share), 16 },
    { .name = NULL },
};

struct state {
    struct share held;
    struct stillness still;
    uint32_t turns[2]; /* partner: shuffled, round-robin */
    bool has_value;
};

/* A part of less than that is not sent: it would be rounded. */
#define WEIGHT_MIN 1e-280

static void hold(struct node *n, double sum, double weight)
{
    struct state *s = node_state(n);

    s->held = (struct share){ sum, weight };
    node_estimate(n, sum, weight);
}

static void start(struct node *n)
{
    const struct config *c = node_config(n);
    struct state *s = node_state(n);

    if (!s->has_value)
        s->held = (struct share){ node_value(n), 1 };
    s->has_value = true;
    s->still = (struct stillness){ .rounds = 0 };
    hold(n, s->held.sum, s->held.weight);
    node_every(n, c->interval, PHASE_RANDOM, 0);
}

static void send(struct node *n)
{
    const struct config *c = node_config(n);
    struct state *s = node_state(n);
    node_id partners[CALL_FANOUT_MAX];
    const int count = partner_pick_some(n, &c->partners, s->turns, partners, (int)c->fanout);
    const struct share part = { s->held.sum / (count + 1), s->held.weight / (count + 1) };

    if (count == 0 || part.weight < WEIGHT_MIN)
        return;
    hold(n, part.sum, part.weight);
    node_send_pack_to(n, partners, count, SHARE, set_new(),
                      &(struct pack){ .items = &part, .item_count = 1 });
}

static void fire(struct node *n, int tag, uint32_t value)
{
    const struct config *c = node_config(n);
    struct state *s = node_state(n);

    (void)value;
    if (give_up(&c->give_up, &s->still, s->held.sum / s->held.weight))
        node_sleep(n, tag);
    else
        send(n);
}

static void add(struct node *n, const struct message *m)
{
    const struct state *s = node_state(n);
    const struct share *share = m->items;

    hold(n, s->held.sum + share->sum, s->held.weight + share->weight);
}

static void fail(struct node *n, node_id to, const struct message *m)
{
    (void)to;
    add(n, m);
}

static sim_time cycle(const void *config)
{
    return ((const struct config *)config)->interval;
}

static int64_t fanout(const void *config)
{
    return ((const struct config *)config)->fanout;
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

const struct model model_push_sum = {
    .name = "push-sum",
    .summary = "estimate the mean of the nodes' values: give half of what one holds away",
    .source = "Kempe, Dobra and Gehrke, FOCS 2003",
    .params = params,
    .messages = messages,
    .config_size = sizeof(struct config),
    .state_size = sizeof(struct state),
    .cycle = cycle,
    .fanout = fanout,
    .connects = connects,
    .check = check,
    .theory = theory,
    .on_start = start,
    .on_timer = fire,
    .on_message = add,
    .on_failed = fail,
};
