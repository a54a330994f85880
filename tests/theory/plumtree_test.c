/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Plumtree: the first update floods, and from then on each costs n - 1 payloads and S - 2(n - 1)
 * announcements, S being the sum of all degrees, over a view and over a topology, also in rounds,
 * with a tree for each origin after the first of each; what crashes cut off from the tree is
 * grafted back, so that all still learn all; an announced way that is shorter is taken.
 */
#include "tests/models/harness.h"
#include "tests/theory/graphs.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { NODES = 500, DEGREE = 6 };

struct trial {
    struct setup setup;
    struct sim_graph *graph; /* NULL: over HyParView */
    struct sim_result result;
};

static void open_trial(struct trial *t, bool has_graph, const char *hyparview, const char *plumtree)
{
    struct sim_config *c = &t->setup.config;

    *t = (struct trial){ .graph = NULL };
    setup_init(&t->setup, NODES);
    if (has_graph)
        t->graph = graph_make("random-regular", "degree", "6", NODES, 7);
    else
        assert_true(setup_add(&t->setup, "hyparview", hyparview));
    assert_true(setup_add(&t->setup, "plumtree", plumtree));
    c->graph = t->graph;
    c->peers = has_graph ? PEERS_ALL : PEERS_VIEW;
    c->seeds = 1;
    c->workload.arrival = ARRIVAL_EVERY;
    c->workload.every = SIM_SECOND;
    c->stop.when = STOP_NEVER;
}

static void run_trial(struct trial *t, int64_t updates)
{
    struct sim_config *c = &t->setup.config;

    c->workload.updates = c->workload.keys = updates;
    c->stop.at = updates * SIM_SECOND + 10 * SIM_SECOND;
    sim_run(c, &t->result);
    assert_int_equal(t->result.status, SIM_DONE);
}

static void close_trial(struct trial *t)
{
    sim_result_clear(&t->result);
    sim_graph_free(t->graph);
    setup_clear(&t->setup);
}

#define QUIET "interval=1h promotion_interval=1h active=6 active_min=6"

/* Messages of a kind that were sent from `since` on. */
struct sent {
    const char *kind;
    sim_time since;
    uint64_t messages;
};

static void see(void *context, const struct sight *sight)
{
    struct sent *sent = context;

    sent->messages += sight->at >= sent->since &&
                      strcmp(sight->model->messages[sight->kind].name, sent->kind) == 0;
}

static void check_tree(bool has_graph, bool in_rounds, const char *parameters)
{
    struct sent ihaves = { "ihave", 2 * SIM_SECOND - 1, 0 };
    const struct sim_observer observer = { SEEN_SENT, see, &ihaves };
    struct trial t;
    double links;

    open_trial(&t, has_graph, QUIET, parameters);
    t.setup.config.observer = &observer;
    if (in_rounds) {
        setup_rounds(&t.setup);
        t.setup.config.round = 20 * SIM_MILLISECOND;
        t.setup.config.stop.when = STOP_NEVER;
    }
    run_trial(&t, 5);
    assert_true(metric(&t.result, "converged") == 1);
    /* In rounds who has sent in vain is found out before the update is passed on. */
    links = in_rounds ? (double)ihaves.messages / 3 + 2 * (NODES - 1)
                      : (double)t.result.outcomes[0].copies + NODES - 1;
    assert_true(links > 0.97 * DEGREE * NODES && links <= DEGREE * NODES);
    assert_true(!has_graph || links == DEGREE * NODES);
    for (int i = 2; i < 5; i++) {
        assert_int_equal(t.result.outcomes[i].copies, NODES - 1);
        assert_true(t.result.outcomes[i].hops_max >= t.result.outcomes[0].hops_max);
    }
    assert_int_equal(ihaves.messages, 3 * (links - 2 * (NODES - 1)));
    close_trial(&t);
}

static void a_tree_costs_what_its_nodes_do(void **state)
{
    (void)state;
    for (int way = 0; way < 4; way++) {
        check_tree(way & 1, way & 2, "threshold=0 graft_timeout=10s");
        check_tree(way & 1, way & 2, "threshold=0 graft_timeout=10s transport=datagram");
    }
}

/* Announcements of several updates share a message, and come later. */
static void announcements_are_gathered(void **state)
{
    struct trial t;
    double one, many;

    (void)state;
    for (int gathers = 0; gathers < 2; gathers++) {
        open_trial(&t, true, NULL,
                   gathers ? "graft_timeout=10s lazy_interval=1s" : "graft_timeout=10s");
        t.setup.config.workload.every = SIM_SECOND / 10;
        t.setup.config.workload.at = 0;
        run_trial(&t, 30);
        *(gathers ? &many : &one) = metric(&t.result, "messages");
        assert_true(metric(&t.result, "converged") == 1);
        close_trial(&t);
    }
    assert_true(one - many > 0.8 * 25 * (DEGREE - 2) * NODES);
}

static void each_origin_has_a_tree(void **state)
{
    struct trial t;

    (void)state;
    open_trial(&t, true, NULL, "per_origin=true threshold=0 graft_timeout=10s");
    t.setup.config.workload.origin = ORIGIN_RANGE;
    t.setup.config.workload.origin_nodes = 2;
    run_trial(&t, 12);
    for (size_t i = 0; i < t.result.outcome_count; i++) {
        uint32_t before = 0;

        for (size_t k = 0; k < i; k++)
            before += t.result.outcomes[k].origin == t.result.outcomes[i].origin;
        if (before == 0)
            assert_int_equal(t.result.outcomes[i].copies, DEGREE * NODES - (NODES - 1));
        else if (before > 1)
            assert_int_equal(t.result.outcomes[i].copies, NODES - 1);
    }
    close_trial(&t);
}

/* Nodes crash for good all the time; who lives learns all.  A crash is noticed at once. */
static void what_is_cut_off_is_grafted_back(void **state)
{
    static const struct sim_fault crash = { .kind = FAULT_CRASH,
                                            .of = { .kind = SELECT_COUNT, .count = 5 },
                                            .at = SIM_SECOND / 2,
                                            .every = SIM_SECOND };
    struct trial t;

    (void)state;
    open_trial(&t, false, "", "");
    t.setup.config.network.retransmit = SIM_MICROSECOND;
    t.setup.config.faults = &crash;
    t.setup.config.fault_count = 1;
    run_trial(&t, 30);
    assert_true(metric(&t.result, "residue") == 0);
    assert_true(metric(&t.result, "plumtree.grafts") > 30);
    close_trial(&t);
}

/* Messages are lost, too: announcements make up for it. */
static void losses_are_made_up_for(void **state)
{
    double residues[2];

    (void)state;
    for (int grafts = 0; grafts < 2; grafts++) {
        struct trial t;

        open_trial(&t, true, NULL,
                   grafts ? "transport=datagram"
                          : "transport=datagram "
                            "graft_timeout=1h");
        t.setup.config.network.loss = 0.02;
        run_trial(&t, 20);
        residues[grafts] = metric(&t.result, "residue");
        close_trial(&t);
    }
    assert_true(residues[0] > 0.05);
    assert_true(residues[1] < 0.002);
}

/* Where the first tree has long ways: links of random latency in the first round of all. */
static void shorter_ways_are_taken(void **state)
{
    double hops[2];

    (void)state;
    for (int takes = 0; takes < 2; takes++) {
        struct trial t;

        open_trial(&t, true, NULL,
                   takes ? "threshold=2 graft_timeout=10s" : "threshold=0 graft_timeout=10s");
        distribution_free(t.setup.latency);
        t.setup.latency = distribution_new(&(struct distribution_spec){
            .kind = DISTRIBUTION_EXPONENTIAL, .a = 10 * SIM_MILLISECOND });
        t.setup.config.network.latency = t.setup.latency;
        t.setup.config.network.latency_per = LATENCY_PER_MESSAGE;
        run_trial(&t, 40);
        hops[takes] = metric(&t.result, "hops_mean");
        assert_true((metric(&t.result, "plumtree.optimised") > 0) == (takes == 1));
        close_trial(&t);
    }
    assert_true(hops[1] < 0.95 * hops[0]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_tree_costs_what_its_nodes_do),
        cmocka_unit_test(announcements_are_gathered),
        cmocka_unit_test(each_origin_has_a_tree),
        cmocka_unit_test(what_is_cut_off_is_grafted_back),
        cmocka_unit_test(losses_are_made_up_for),
        cmocka_unit_test(shorter_ways_are_taken),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
