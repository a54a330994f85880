/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Cyclon: entries are conserved and in-degrees spread less than a random graph's; clustering is
 * near 2 view / n; a ring is as good as random after 40 cycles; the dead leave the views.  What is
 * published of larger clusters and of gossip over them are rows of `validate`.
 */
#include "experiment/topology/overlay_measure.h"
#include "tests/models/harness.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const int64_t second = SIM_SECOND;

static void setup_cyclon(struct setup *setup, int64_t nodes, const char *parameters)
{
    setup_init(setup, nodes);
    assert_true(setup_add(setup, "cyclon", parameters));
    distribution_free(setup->latency);
    setup->latency =
        distribution_new(&(struct distribution_spec){ .kind = DISTRIBUTION_CONSTANT, .a = 1 });
    setup->config.network.latency = setup->latency;
    setup->config.peers = PEERS_VIEW;
    setup->config.workload.updates = 0;
    setup->config.stop.when = STOP_NEVER;
    setup->config.stop.at = 50 * second;
    setup->config.overlay = overlay_measure;
    setup->config.overlay_every = 10 * second;
}

static void finish(struct setup *setup, struct sim_result *r)
{
    sim_result_clear(r);
    setup_clear(setup);
}

static const struct sim_overlay *last(const struct sim_result *r)
{
    assert_int_equal(r->status, SIM_DONE);
    return &r->overlay[r->overlay_count - 1];
}

static void entries_are_conserved(void **state)
{
    struct setup setup;
    struct sim_result r;

    (void)state;
    for (int rounds = 0; rounds < 2; rounds++) {
        setup_cyclon(&setup, 2000, "view=20 shuffle=8");
        if (rounds)
            setup_rounds(&setup);
        setup.config.stop.at = 50 * second;
        sim_run(&setup.config, &r);
        assert_int_equal(r.overlay_count, 6);
        for (size_t i = 0; i < r.overlay_count; i++) {
            assert_true(r.overlay[i].in_degree_mean == 20);
            assert_true(r.overlay[i].out_degree_mean == 20);
            assert_true(r.overlay[i].largest == 1);
        }
        assert_true(r.overlay[0].in_degree_sd > 0.9 * sqrt(20)); /* random at first */
        assert_true(last(&r)->in_degree_sd < (rounds ? 0.9 : 0.5) * sqrt(20));
        assert_true(fabs(last(&r)->clustering - 2 * 20 / 2000.) < 0.15 * 2 * 20 / 2000.);
        assert_true(metric(&r, "in_degree_sd") == last(&r)->in_degree_sd);
        finish(&setup, &r);
    }
}

static void a_ring_becomes_random(void **state)
{
    struct sim_overlay end[2];

    (void)state;
    for (int ring = 0; ring < 2; ring++) {
        struct setup setup;
        struct sim_result r;

        setup_cyclon(&setup, 2000, ring ? "start=ring" : "");
        setup.config.stop.at = 40 * second;
        sim_run(&setup.config, &r);
        if (ring) {
            assert_true(r.overlay[0].clustering > 0.7);
            assert_true(r.overlay[0].path_length > 20);
            assert_true(r.overlay[0].in_degree_sd == 0);
        }
        end[ring] = *last(&r);
        finish(&setup, &r);
    }
    assert_true(fabs(end[1].clustering / end[0].clustering - 1) < 0.05);
    assert_true(fabs(end[1].path_length / end[0].path_length - 1) < 0.01);
    assert_true(end[1].in_degree_mean == 20);
}

static void the_dead_leave_the_views(void **state)
{
    const struct sim_fault crash = { .kind = FAULT_CRASH,
                                     .of = { .kind = SELECT_SHARE, .share = 0.5 },
                                     .at = 20 * SIM_SECOND + 1 };
    struct setup setup;
    struct sim_result r;

    (void)state;
    setup_cyclon(&setup, 2000, "");
    setup.config.faults = &crash;
    setup.config.fault_count = 1;
    setup.config.stop.at = 80 * second;
    sim_run(&setup.config, &r);
    assert_true(r.overlay[2].dead_share == 0);
    assert_true(r.overlay[3].dead_share > 0.05); /* some cycles later */
    assert_true(r.overlay[7].dead_share < 0.005);
    assert_true(last(&r)->dead_share == 0);
    assert_true(last(&r)->largest == 1);
    assert_true(last(&r)->out_degree_mean > 19.5); /* others fill views up again */
    assert_true(metric(&r, "cyclon.unanswered") > 1000 * 20 * 0.4);
    finish(&setup, &r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(entries_are_conserved),
        cmocka_unit_test(a_ring_becomes_random),
        cmocka_unit_test(the_dead_leave_the_views),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
