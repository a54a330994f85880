/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Flooding: on a connected graph S - (n - 1) payloads, S being the sum of all degrees, and a last
 * hop as far as the graph is wide from the origin; in rounds, after losses and with more updates
 * each by itself; on a random regular graph of which some nodes are up it reaches what percolation
 * says.
 */
#include "tests/models/harness.h"
#include "tests/theory/graphs.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void setup_flood(struct setup *setup, const struct sim_graph *graph)
{
    setup_init(setup, graph->nodes);
    setup_add(setup, "flood", "");
    setup->config.graph = graph;
    setup->config.stop.when = STOP_QUIET;
}

static void check_flood(const struct sim_graph *graph, bool in_rounds, int64_t updates)
{
    const double links = (double)graph->start[graph->nodes], nodes = graph->nodes;

    for (uint32_t replication = 0; replication < 3; replication++) {
        struct setup setup;
        struct sim_result r;

        setup_flood(&setup, graph);
        if (in_rounds)
            setup_rounds(&setup);
        setup.config.replication = replication;
        setup.config.workload.updates = setup.config.workload.keys = updates;
        sim_run(&setup.config, &r);
        assert_int_equal(r.status, SIM_DONE);
        for (int64_t i = 0; i < updates; i++) {
            assert_int_equal(r.outcomes[i].informed, graph->nodes);
            if (!in_rounds || updates == 1)
                assert_int_equal(r.outcomes[i].copies, links - (nodes - 1));
            assert_int_equal(r.outcomes[i].hops_max,
                             graph_eccentricity(graph, r.outcomes[i].origin));
        }
        sim_result_clear(&r);
        setup_clear(&setup);
    }
}

static void a_flood_costs_what_the_links_say(void **state)
{
    static const char *const cases[][3] = {
        { "line", NULL, NULL },
        { "ring", "neighbours", "4" },
        { "grid", NULL, NULL },
        { "grid", "wrap", "true" },
        { "grid", "far_links", "1" },
        { "tree", NULL, NULL },
        { "star", NULL, NULL },
        { "random-regular", "degree", "5" },
        { "small-world", "rewire", "5%" },
        { "scale-free", NULL, NULL },
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct sim_graph *graph = graph_make(cases[i][0], cases[i][1], cases[i][2], 100, 3);

        check_flood(graph, false, 1);
        check_flood(graph, true, 1);
        check_flood(graph, false, 40); /* sets of more than a word */
        sim_graph_free(graph);
    }
}

static void without_a_topology_all_send_to_all(void **state)
{
    struct setup setup;
    struct sim_result r;

    (void)state;
    setup_init(&setup, 50);
    setup_add(&setup, "flood", "");
    setup.config.stop.when = STOP_QUIET;
    sim_run(&setup.config, &r);
    assert_int_equal(r.outcomes[0].copies, 49 * 49);
    assert_int_equal(r.outcomes[0].hops_max, 1);
    sim_result_clear(&r);
    setup_clear(&setup);
}

/* With `relay: false` news goes no farther than to the peers of who wrote it. */
static void without_relay_only_the_origin_sends(void **state)
{
    struct sim_graph *graph = graph_make("random-regular", "degree", "5", 100, 3);

    (void)state;
    for (int with_graph = 0; with_graph < 2; with_graph++) {
        const uint32_t peers = with_graph ? 5 : 99;
        struct setup setup;
        struct sim_result r;

        setup_init(&setup, 100);
        setup_add(&setup, "flood", "relay=false");
        setup.config.graph = with_graph ? graph : NULL;
        setup.config.workload.updates = setup.config.workload.keys = 10;
        setup.config.stop.when = STOP_QUIET;
        sim_run(&setup.config, &r);
        for (int i = 0; i < 10; i++) {
            assert_int_equal(r.outcomes[i].informed, peers + 1);
            assert_int_equal(r.outcomes[i].copies, peers);
            assert_int_equal(r.outcomes[i].hops_max, 1);
        }
        sim_result_clear(&r);
        setup_clear(&setup);
    }
    sim_graph_free(graph);
}

/* With shards the peers are the other holders, and nobody is sent what it should not hold. */
static void holders_flood_among_themselves(void **state)
{
    struct setup setup;
    struct sim_result r;

    (void)state;
    setup_init(&setup, 60);
    setup_add(&setup, "flood", "");
    setup.config.store.shards = 6;
    setup.config.store.replicas = 5;
    setup.config.workload.updates = setup.config.workload.keys = 12;
    setup.config.stop.when = STOP_QUIET;
    sim_run(&setup.config, &r);
    for (int i = 0; i < 12; i++) {
        assert_int_equal(r.outcomes[i].informed, 5);
        assert_int_equal(r.outcomes[i].copies, 4 * 4);
    }
    sim_result_clear(&r);
    setup_clear(&setup);
}

/* Floods on random 5-regular graphs of which so many nodes are up: the nodes reached, 0 in runs
 * that reach less than `least`; how many runs reach more. */
static void flood_some(double up, int runs, double least, double *sum, double *squares, int *large)
{
    enum { NODES = 8000 };

    *sum = *squares = *large = 0;
    for (int i = 0; i < runs; i++) {
        const struct sim_fault crash = {
            .kind = FAULT_CRASH,
            .of = { .kind = SELECT_COUNT, .count = (int64_t)(NODES * (1 - up) + 0.5) },
            .at = SIM_SECOND,
        };
        struct sim_graph *graph =
            graph_make("random-regular", "degree", "5", NODES, (uint64_t)i + 1);
        struct setup setup;
        struct sim_result r;

        setup_flood(&setup, graph);
        setup.config.faults = &crash;
        setup.config.fault_count = 1;
        setup.config.workload.at = 2 * SIM_SECOND;
        sim_run(&setup.config, &r);
        const double reached = r.outcomes[0].informed / (NODES * up);

        if (reached > least) {
            *sum += reached;
            *squares += reached * reached;
            ++*large;
        }
        sim_result_clear(&r);
        setup_clear(&setup);
        sim_graph_free(graph);
    }
}

/*
 * Of r-regular graphs whose nodes are up with probability q: a link leads to few nodes with
 * probability u = 1 - q + q u^(r-1), which is 1 up to q = 1/(r-1); of the live nodes a share
 * 1 - u^r is in the one large component.  Below, the component of a live node has
 * 1 + r q / (1 - (r-1) q) nodes on average.  R. Cohen, K. Erez, D. ben-Avraham, S. Havlin,
 * Resilience of the Internet to random breakdowns, Phys. Rev. Lett. 85 (2000).
 */
static void percolation_of_random_regular_graphs(void **state)
{
    const double r = 5, above = 0.4, below = 0.15;
    double u = 0, sum, squares, mean, error, share;
    int large, runs = 60;

    (void)state;
    for (int i = 0; i < 1000; i++)
        u = 1 - above + above * pow(u, r - 1);
    share = 1 - pow(u, r);
    flood_some(above, runs, 0.1, &sum, &squares, &large);
    assert_true(fabs(large - share * runs) < 4 * sqrt(share * (1 - share) * runs));
    mean = sum / large;
    error = sqrt((squares / large - mean * mean) / (large - 1));
    if (fabs(mean - share) > 4 * error)
        fail_msg("reaches %g +- %g of the live nodes instead of %g", mean, error, share);

    flood_some(below, runs, 0, &sum, &squares, &large);
    mean = sum / runs * 8000 * below;
    error = sqrt((squares / runs - sum / runs * sum / runs) / (runs - 1)) * 8000 * below;
    share = 1 + r * below / (1 - (r - 1) * below);
    if (fabs(mean - share) > 4 * error)
        fail_msg("reaches %g +- %g live nodes instead of %g", mean, error, share);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_flood_costs_what_the_links_say),
        cmocka_unit_test(without_a_topology_all_send_to_all),
        cmocka_unit_test(without_relay_only_the_origin_sends),
        cmocka_unit_test(holders_flood_among_themselves),
        cmocka_unit_test(percolation_of_random_regular_graphs),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
