/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * In a topology a node picks its neighbours: at random each as often, several of them each once,
 * shuffled each once a lap, in turn; with `peers: alive` those that are up; by distance any node of
 * its component by the law of hops.  Messages on a link take its latency.
 */
#include "sim/truth/numbering.h"
#include "sim/value/draw.h"
#include "tests/models/harness.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* A wheel: node 0 and a ring of 1 .. 8; a triangle 9, 10, 11 apart; 12 alone. */
enum { NODES = 13, RIM = 8 };
static uint64_t starts[NODES + 1] = { 0, 8, 11, 14, 17, 20, 23, 26, 29, 32, 34, 36, 38, 38 };
static uint32_t ends[] = { 1, 2, 3, 4, 5, 6, 7, 8, 0, 2, 8, 0, 1, 3,  0,  2, 4,  0, 3,
                           5, 0, 4, 6, 0, 5, 7, 0, 6, 8, 0, 1, 7, 10, 11, 9, 11, 9, 10 };
static sim_time latencies[38];
static const struct sim_graph wheel = { NODES, starts, ends, NULL, NULL };

struct config {
    void (*ask)(struct node *n, struct config *c);
    struct numbering numbering;
    bool is_down[NODES];
    uint32_t picks, wanted;
    double exponent;
    uint32_t asked;
    uint32_t by[NODES][NODES]; /* picks of each by each, in the scenario's numbers */
    sim_time took[NODES][NODES];
};

static struct config *config_of(const struct node *n)
{
    return (struct config *)(uintptr_t)node_config(n);
}

static uint32_t outside(const struct config *c, node_id node)
{
    return numbering_outside(&c->numbering, node);
}

static void start(struct node *n)
{
    node_after(n, SIM_SECOND, 0, 0);
}

static void be_asked(struct node *n, int tag, uint32_t value)
{
    struct config *c = config_of(n);

    (void)tag;
    (void)value;
    c->asked++;
    c->ask(n, c);
}

static void go(struct node *n, bool graceful, bool loses)
{
    (void)graceful;
    (void)loses;
    config_of(n)->is_down[outside(config_of(n), node_self(n))] = true;
}

static void arrive(struct node *n, const struct message *m)
{
    struct config *c = config_of(n);

    c->took[outside(c, m->from)][outside(c, node_self(n))] = node_now(n) - SIM_SECOND;
}

static const struct param params[] = { PARAM_END };
static const struct message_kind messages[] = { { .name = "hello" }, { .name = NULL } };
static const struct model asked = {
    .name = "asked",
    .params = params,
    .messages = messages,
    .config_size = sizeof(struct config),
    .on_start = start,
    .on_timer = be_asked,
    .on_message = arrive,
    .on_down = go,
};

/* Asks all nodes; those of `down` from 1 on have crashed then. */
static void ask(const struct config *how, const struct sim_graph *graph, int64_t down,
                struct config *answer)
{
    const struct sim_fault fault = {
        .kind = FAULT_CRASH,
        .of = { .kind = SELECT_RANGE, .first = 1, .nodes = down },
        .at = SIM_MILLISECOND,
    };
    struct setup setup;
    struct sim_result result;
    struct config *config;

    setup_init(&setup, NODES);
    setup_add_model(&setup, &asked, "");
    config = setup.configs[0];
    *config = *how;
    numbering_init(&config->numbering, NODES, draw_key(1, 0, PURPOSE_NUMBERING));
    setup.config.graph = graph;
    setup.config.peers = down > 0 ? PEERS_ALIVE : PEERS_ALL;
    setup.config.workload.updates = 0;
    setup.config.faults = &fault;
    setup.config.fault_count = down > 0;
    setup.config.stop.when = STOP_QUIET;
    sim_run(&setup.config, &result);
    assert_int_equal(result.status, SIM_DONE);
    *answer = *config;
    assert_int_equal(answer->asked, NODES - down);
    sim_result_clear(&result);
    setup_clear(&setup);
}

static bool are_linked(uint32_t a, uint32_t b)
{
    for (uint64_t k = starts[a]; k < starts[a + 1]; k++)
        if (ends[k] == b)
            return true;
    return false;
}

/* Who may be picked by whom as a neighbour. */
static uint32_t count_peers(const struct config *c, uint32_t node)
{
    uint32_t count = 0;

    for (uint32_t i = 0; i < NODES; i++)
        count += are_linked(node, i) && !c->is_down[i];
    return count;
}

static void note(struct config *c, const struct node *n, node_id peer)
{
    c->by[outside(c, node_self(n))][outside(c, peer)]++;
}

/* Each neighbour that is there about as often, and nobody else. */
static void check_even(const struct config *c, double each, double sigmas)
{
    for (uint32_t a = 0; a < NODES; a++)
        for (uint32_t b = 0; b < NODES; b++) {
            const double peers = count_peers(c, a), share = 1 / peers;

            if (c->is_down[a])
                continue;
            if (!are_linked(a, b) || c->is_down[b])
                assert_int_equal(c->by[a][b], 0);
            else if (fabs(c->by[a][b] - each * share) >
                     sigmas * sqrt(each * share * (1 - share)) + 0.001)
                fail_msg("%u picked %u %u times of %g, one of %g", a, b, c->by[a][b], each, peers);
        }
}

static void pick_one(struct node *n, struct config *c)
{
    for (uint32_t i = 0; i < c->picks; i++) {
        node_id peer;

        if (node_pick_peer(n, &peer))
            note(c, n, peer);
        else
            assert_int_equal(count_peers(c, outside(c, node_self(n))), 0);
    }
}

static void random_ones(void **state)
{
    const struct config how = { .ask = pick_one, .picks = 4000 };
    struct config c;

    (void)state;
    ask(&how, &wheel, 0, &c);
    check_even(&c, 4000, 5);
    ask(&how, &wheel, 7, &c); /* of the rim only node 8 is left */
    check_even(&c, 4000, 5);
}

static void pick_several(struct node *n, struct config *c)
{
    const uint32_t there = count_peers(c, outside(c, node_self(n)));

    for (uint32_t i = 0; i < c->picks; i++) {
        node_id peers[NODES];
        const int count = node_pick_peers(n, peers, (int)c->wanted);

        assert_int_equal(count, there < c->wanted ? there : c->wanted);
        for (int k = 0; k < count; k++) {
            for (int m = 0; m < k; m++)
                assert_true(peers[k] != peers[m]);
            note(c, n, peers[k]);
        }
    }
}

static void several(void **state)
{
    const struct config how = { .ask = pick_several, .picks = 2000, .wanted = 2 };
    struct config c;

    (void)state;
    ask(&how, &wheel, 0, &c);
    for (uint32_t b = 1; b <= RIM; b++)
        assert_true(fabs(c.by[0][b] - 500.0) < 5 * sqrt(500 * 0.75));
    ask(&how, &wheel, 4, &c);
    for (uint32_t b = 5; b <= RIM; b++)
        assert_true(fabs(c.by[0][b] - 1000.0) < 5 * sqrt(1000 * 0.5));
    assert_int_equal(c.by[1][0], 0); /* is down */
}

static void pick_in_laps(struct node *n, struct config *c)
{
    const uint32_t self = outside(c, node_self(n));
    uint32_t turn = 0, in_turn = 0;

    for (uint32_t i = 0; i < c->picks * count_peers(c, self); i++) {
        node_id peer;

        assert_true(node_pick_shuffled(n, &turn, &peer));
        note(c, n, peer);
        assert_true(node_pick_in_turn(n, &in_turn, &peer));
        note(c, n, peer);
    }
}

static void laps_meet_each_once(void **state)
{
    const struct config how = { .ask = pick_in_laps, .picks = 3 };

    (void)state;
    for (int64_t down = 0; down <= 5; down += 5) {
        struct config c;

        ask(&how, &wheel, down, &c);
        for (uint32_t a = 0; a < NODES; a++)
            for (uint32_t b = 0; b < NODES && !c.is_down[a]; b++)
                assert_int_equal(c.by[a][b], are_linked(a, b) && !c.is_down[b] ? 6 : 0);
    }
}

static void pick_by_hops(struct node *n, struct config *c)
{
    for (uint32_t i = 0; i < c->picks; i++) {
        node_id peer;

        if (node_pick_by_distance(n, c->exponent, &peer))
            note(c, n, peer);
    }
}

/* On the rim two neighbours and the hub are one hop away, the other five of the wheel two. */
static void distance_is_in_hops(void **state)
{
    const double picks = 4000;
    const struct config how = { .ask = pick_by_hops, .picks = (uint32_t)picks, .exponent = 2 };
    struct config c;

    (void)state;
    ask(&how, &wheel, 0, &c);
    for (uint32_t b = 0; b < NODES; b++) {
        const double weight = b == 1 || b > RIM ? 0 : are_linked(1, b) ? 1 : 0.25;
        const double share = weight / (3 + 5 * 0.25);

        assert_true(fabs(c.by[1][b] - picks * share) <= 5 * sqrt(picks * share * (1 - share)));
    }
    assert_true(c.by[9][10] + c.by[9][11] == picks && c.by[12][12] == 0);
    ask(&how, &wheel, 5, &c); /* 6, 7, 8 and the hub are left */
    for (uint32_t b = 6; b <= 7; b++) {
        const double share = (b == 7 ? 1 : 0.25) / 2.25;

        assert_true(fabs(c.by[8][b] - picks * share) <= 5 * sqrt(picks * share * (1 - share)));
    }
    assert_int_equal(c.by[8][1] + c.by[8][2], 0);
}

/* The nearest: neighbours, and where they are down those behind them, whom they hide no longer. */
static void the_nearest_that_is_up(void **state)
{
    static uint64_t line[] = { 0, 1, 3, 5, 7, 9, 11, 13, 15, 17, 19, 21, 23, 24 };
    static uint32_t to[] = { 1, 0, 2, 1, 3, 2, 4,  3, 5,  4,  6,  5,
                             7, 6, 8, 7, 9, 8, 10, 9, 11, 10, 12, 11 };
    const struct sim_graph graph = { NODES, line, to, NULL, NULL };
    const struct config how = { .ask = pick_by_hops, .picks = 1000, .exponent = 1000 };
    struct config c;

    (void)state;
    ask(&how, &graph, 0, &c);
    assert_int_equal(c.by[0][1], 1000);
    assert_true(c.by[5][4] + c.by[5][6] == 1000 && abs((int)c.by[5][4] - 500) < 80);
    ask(&how, &graph, 4, &c);
    assert_int_equal(c.by[0][5], 1000);
    assert_int_equal(c.by[5][6], 1000);
}

static void greet_all(struct node *n, struct config *c)
{
    (void)c;
    for (node_id i = 0; i < NODES; i++)
        if (i != node_self(n))
            node_send(n, i, 0, set_new());
}

static void links_have_their_latency(void **state)
{
    struct sim_graph graph = wheel;
    const struct config how = { .ask = greet_all };
    struct config c;

    (void)state;
    for (uint32_t k = 0; k < 38; k++)
        latencies[k] = (k + 1) * SIM_MILLISECOND;
    graph.latency = latencies;
    ask(&how, &graph, 0, &c);
    for (uint32_t a = 0; a < NODES; a++)
        for (uint32_t b = 0; b < NODES; b++) {
            sim_time expected = a == b ? 0 : 10 * SIM_MILLISECOND; /* the network's */

            for (uint64_t k = starts[a]; k < starts[a + 1]; k++)
                expected = ends[k] == b ? latencies[k] : expected;
            assert_int_equal(c.took[a][b], expected);
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(random_ones),
        cmocka_unit_test(several),
        cmocka_unit_test(laps_meet_each_once),
        cmocka_unit_test(distance_is_in_hops),
        cmocka_unit_test(the_nearest_that_is_up),
        cmocka_unit_test(links_have_their_latency),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
