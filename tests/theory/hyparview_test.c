/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * HyParView: nodes that join one by one through one contact come to have five links each, both
 * ways, in a graph as good as a random one, and so do nodes that have been there from the start; a
 * flood over them costs what the links say, and reaches all after half of the nodes have failed,
 * once their links have been found broken, by whatever was sent on them; who leaves says so.
 */
#include "tests/models/harness.h"
#include "tests/theory/overlay.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

struct trial {
    struct setup setup;
    struct overlay overlay;
    struct sim_result result;
};

/* Messages take next to no time, and so does finding out that one cannot be delivered. */
static void open_trial(struct trial *t, int64_t nodes, const char *parameters, const char *flood)
{
    struct sim_config *c = &t->setup.config;

    setup_init(&t->setup, nodes);
    assert_true(setup_add(&t->setup, "hyparview", parameters));
    assert_true(setup_add(&t->setup, "flood", flood));
    distribution_free(t->setup.latency);
    t->setup.latency = distribution_new(
        &(struct distribution_spec){ .kind = DISTRIBUTION_CONSTANT, .a = SIM_MICROSECOND });
    c->network.latency = t->setup.latency;
    c->network.retransmit = SIM_MICROSECOND;
    c->peers = PEERS_VIEW;
    c->seeds = 1;
    c->stop.when = STOP_NEVER;
    overlay_init(&t->overlay, c);
}

static void run_trial(struct trial *t)
{
    sim_run(&t->setup.config, &t->result);
    assert_int_equal(t->result.status, SIM_DONE);
}

static void close_trial(struct trial *t)
{
    sim_result_clear(&t->result);
    overlay_clear(&t->overlay);
    setup_clear(&t->setup);
}

/* ---- the overlay ---- */

/* A random regular graph of degree r has clustering (r - 1) / n, and paths of at most about
 * log n / log (r - 1) + 1 links. */
static void check_overlay(const struct trial *t, double full)
{
    const struct overlay *o = &t->overlay;
    const double nodes = o->nodes;

    assert_int_equal(overlay_one_way(o), 0);
    assert_true(overlay_share_of(o, 5) > full);
    assert_int_equal(overlay_reached(o), o->nodes);
    assert_true(overlay_clustering(o) < 3 * 4 / nodes);
    assert_true(overlay_path(o, 20) < log(nodes) / log(4) + 1);
    assert_true(overlay_path(o, 20) > log(nodes) / log(4) - 1);
}

static void joining_one_by_one_makes_a_random_graph(void **state)
{
    struct trial t;

    (void)state;
    open_trial(&t, 1000, "", "");
    t.setup.config.members = MEMBERS_JOIN;
    t.setup.config.join_rate = 1e5;
    t.setup.config.stop.at = 50 * SIM_SECOND;
    run_trial(&t);
    check_overlay(&t, 0.98);
    close_trial(&t);
}

static void joined_nodes_have_such_a_graph_from_the_start(void **state)
{
    (void)state;
    for (uint32_t i = 0; i < 3; i++) {
        struct trial t;

        open_trial(&t, 1000, "interval=1h promotion_interval=1h", "");
        t.setup.config.replication = i;
        t.setup.config.stop.at = SIM_MILLISECOND;
        run_trial(&t);
        check_overlay(&t, 0.97);
        assert_int_equal(metric(&t.result, "messages"),
                         (double)overlay_links(&t.overlay) - (1000 - 1));
        close_trial(&t);
    }
}

/* Few nodes, and views as large as the cluster. */
static void small_clusters_are_cliques(void **state)
{
    (void)state;
    for (int64_t nodes = 1; nodes <= 6; nodes++)
        for (int joins = 0; joins < 2; joins++) {
            struct trial t;

            open_trial(&t, nodes, "", "");
            t.setup.config.members = joins ? MEMBERS_JOIN : MEMBERS_JOINED;
            t.setup.config.stop.at = 10 * SIM_SECOND;
            run_trial(&t);
            assert_int_equal(overlay_one_way(&t.overlay), 0);
            assert_true(overlay_links(&t.overlay) == (uint64_t)(nodes * (nodes - 1)) || !joins);
            assert_int_equal(overlay_reached(&t.overlay), nodes);
            close_trial(&t);
        }
}

/* ---- failures ---- */

/* The share of the live nodes that updates reach which are written after `share` of the nodes have
 * failed at 0.1 s: the first, at 0.2 s, or those from 2 s on; and how many links
 * live nodes have with dead ones at the end. */
static double reliability(const char *parameters, const char *flood, double share, bool is_first,
                          uint32_t *dead)
{
    struct sim_fault crash = { .kind = FAULT_CRASH,
                               .of = { .kind = SELECT_SHARE, .share = share },
                               .at = SIM_SECOND / 10 };
    struct trial t;
    double residue;

    open_trial(&t, 2000, parameters, flood);
    t.setup.config.faults = &crash;
    t.setup.config.fault_count = 1;
    t.setup.config.workload.at = is_first ? SIM_SECOND / 5 : SIM_SECOND;
    t.setup.config.workload.updates = t.setup.config.workload.keys = is_first ? 1 : 20;
    t.setup.config.workload.arrival = ARRIVAL_EVERY;
    t.setup.config.workload.every = SIM_SECOND / 10;
    t.setup.config.warmup = is_first ? 0 : 2 * SIM_SECOND;
    t.setup.config.stop.at = 4 * SIM_SECOND;
    run_trial(&t);
    residue = metric(&t.result, "residue");
    *dead = overlay_dead(&t.overlay);
    close_trial(&t);
    return 1 - residue;
}

#define QUIET "interval=1h promotion_interval=1h "

static void broken_links_are_replaced_once_they_are_noticed(void **state)
{
    uint32_t dead;

    (void)state;
    /* By keep-alives, whatever carries the flood, */
    assert_true(reliability(QUIET "keep_alive=500ms", "", 0.5, true, &dead) < 0.97);
    assert_true(reliability(QUIET "keep_alive=500ms", "", 0.5, false, &dead) > 0.995);
    assert_int_equal(dead, 0);
    /* or by the flood itself, if it goes over the connections, but by those who lost all of theirs,
     * whom no flood finds; */
    reliability(QUIET, "transport=connection", 0.3, false, &dead);
    assert_true(dead < 5 * 3 * 2000 * pow(0.3, 5));
    /* not by datagrams. */
    reliability(QUIET, "", 0.3, false, &dead);
    assert_true(dead > 0.9 * 5 * 0.7 * 2000 * 0.3);
}

static void who_leaves_says_goodbye(void **state)
{
    static const struct sim_fault leave = { .kind = FAULT_LEAVE,
                                            .of = { .kind = SELECT_COUNT, .count = 100 },
                                            .at = 10 * SIM_SECOND };
    struct trial t;

    (void)state;
    open_trial(&t, 1000, "interval=1h promotion_interval=1h", "");
    t.setup.config.faults = &leave;
    t.setup.config.fault_count = 1;
    t.setup.config.stop.at = 10 * SIM_SECOND + SIM_MILLISECOND;
    run_trial(&t);
    assert_int_equal(overlay_dead(&t.overlay), 0);
    assert_int_equal(overlay_reached(&t.overlay), 900);
    close_trial(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(joining_one_by_one_makes_a_random_graph),
        cmocka_unit_test(joined_nodes_have_such_a_graph_from_the_start),
        cmocka_unit_test(small_clusters_are_cliques),
        cmocka_unit_test(broken_links_are_replaced_once_they_are_noticed),
        cmocka_unit_test(who_leaves_says_goodbye),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
