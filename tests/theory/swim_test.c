/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * swim keeps the laws of its paper, within four standard errors:
 *
 *   - the first probe of a crashed member begins in the K-th interval after the crash, and K is
 *     geometric: each of the n - 1 others probes it in an interval with chance 1/(n - 1), so that K
 *     is 1 / (1 - (1 - 1/(n-1))^(n-1)) in the mean;
 *   - in a shuffled order a member is probed once a lap: two probes of it by the same node are at
 *     most 2(n - 1) - 1 intervals apart;
 *   - a probe of a live member fails with probability (1 - q^2)(1 - q^4)^k where messages arrive
 *     with probability q and k helpers are asked;
 *   - where all is well a node sends one ping and one acknowledgement an interval, however many
 *     members there are, and compression changes nothing of that;
 *   - news is told as often as its limit, and reaches all well within the 2 lambda ln(n) intervals
 *     that the paper needs.
 *
 * Source: A. Das, I. Gupta, A. Motivala, SWIM, DSN 2002, sections 3 to 5.
 */
#include "sim/observe.h"
#include "tests/models/harness.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define BARE "preset=paper interval=1s helpers=0 broadcasts=false "

static struct distribution *constant(sim_time time)
{
    return distribution_new(
        &(struct distribution_spec){ .kind = DISTRIBUTION_CONSTANT, .a = (double)time });
}

/* Nobody writes anything; messages take no time worth mentioning. */
static void open_swim(struct setup *setup, int64_t nodes, const char *parameters, sim_time stop)
{
    setup_init(setup, nodes);
    distribution_free(setup->latency);
    setup->latency = constant(SIM_MICROSECOND);
    setup->config.network.latency = setup->latency;
    assert_true(setup_add(setup, "swim", parameters));
    setup->config.workload = (struct sim_workload){ 0 };
    setup->config.stop.when = STOP_NEVER;
    setup->config.stop.at = stop;
}

static void expect_near(const char *what, double found, double wanted, double standard_error)
{
    if (!(fabs(found - wanted) <= 4 * standard_error))
        fail_msg("%s: %g where %g +- %g was expected", what, found, wanted, standard_error);
}

/* ---- first detection ---- */

static void expect_first_detection(int nodes, double published, uint32_t runs)
{
    const double others = nodes - 1, missed = pow(1 - 1 / others, others);
    const double mean = 1 / (1 - missed), deviation = sqrt(missed) / (1 - missed);
    const struct sim_fault crash = { .kind = FAULT_CRASH,
                                     .of = { .kind = SELECT_COUNT, .count = 1 },
                                     .at = SIM_SECOND / 3 };
    struct setup setup;
    double sum = 0;

    assert_true(fabs(mean - published) < 6e-4);
    open_swim(&setup, nodes, BARE "suspicion=false order=random", 40 * SIM_SECOND);
    setup.config.faults = &crash;
    setup.config.fault_count = 1;
    for (uint32_t i = 0; i < runs; i++) {
        struct sim_result r;

        setup.config.replication = i;
        sim_run(&setup.config, &r);
        sum += floor(metric(&r, "detect_first") - 1) + 1; /* a probe takes an interval to fail */
        assert_true(metric(&r, "false_dead") == 0);
        sim_result_clear(&r);
    }
    expect_near("intervals to the first probe", sum / runs, mean, deviation / sqrt(runs));
    setup_clear(&setup);
}

static void the_first_detection_follows_the_law(void **state)
{
    (void)state;
    expect_first_detection(8, 1.515, 2000);
    expect_first_detection(32, 1.567, 700);
    expect_first_detection(1000, 1.5815, 6);
}

/* ---- the order ---- */

enum { RING = 9 };

struct pings {
    sim_time last[RING][RING];
    double gaps, laps;
    sim_time longest;
};

static void see_ping(void *context, const struct sight *sight)
{
    struct pings *pings = context;
    sim_time *last = &pings->last[sight->node][sight->peer];
    const sim_time gap = sight->at - *last;

    if (strcmp(sight->model->messages[sight->kind].name, "ping") != 0)
        return;
    if (*last > 0) {
        pings->gaps += 1;
        pings->laps += (double)gap / SIM_SECOND / (RING - 1);
        pings->longest = gap > pings->longest ? gap : pings->longest;
    }
    *last = sight->at;
}

static void each_is_probed_once_a_lap(void **state)
{
    struct pings pings = { .gaps = 0 };
    const struct sim_observer observer = { SEEN_SENT, see_ping, &pings };
    struct setup setup;
    struct sim_result r;

    (void)state;
    open_swim(&setup, RING, BARE, 2000 * SIM_SECOND);
    setup.config.observer = &observer;
    sim_run(&setup.config, &r);
    assert_int_equal(r.status, SIM_DONE);
    expect_near("laps between two probes", pings.laps / pings.gaps, 1,
                1 / sqrt(pings.gaps)); /* ends of a run cut some off */
    /* the first of one lap, the last of the next: seen in so many laps, and never more */
    assert_int_equal(pings.longest, (2 * (RING - 1) - 1) * SIM_SECOND);
    sim_result_clear(&r);
    setup_clear(&setup);
}

/* ---- false positives ---- */

static void expect_failures(double q, int helpers, double published)
{
    const double law = (1 - q * q) * pow(1 - pow(q, 4), helpers);
    char parameters[200];
    struct setup setup;
    struct sim_result r;
    double probes;

    assert_true(fabs(law - published) <= 0.005 * published);
    snprintf(parameters, sizeof parameters,
             BARE "interval=1s timeout=200ms helpers=%d suspicion_mult=100", helpers);
    open_swim(&setup, 64, parameters, 1000 * SIM_SECOND);
    setup.config.network.loss = 1 - q;
    sim_run(&setup.config, &r);
    probes = metric(&r, "swim.probes");
    expect_near("probes that fail", metric(&r, "swim.probes_failed") / probes, law,
                sqrt(law * (1 - law) / probes));
    sim_result_clear(&r);
    setup_clear(&setup);
}

static void false_positives_follow_the_law(void **state)
{
    (void)state;
    expect_failures(.99, 0, 1.99e-2);
    expect_failures(.99, 1, 7.84e-4);
    expect_failures(.95, 0, 9.75e-2);
    expect_failures(.95, 1, 1.81e-2);
    expect_failures(.95, 3, 6.22e-4);
    expect_failures(.90, 0, .19);
    expect_failures(.90, 1, 6.53e-2);
    expect_failures(.90, 3, 7.73e-3);
    expect_failures(.90, 5, 9.1e-4);
}

/* A knock goes out 0.5 s before the interval is over, and is tried again after 0.2 and 0.6 s, as is
 * the answer: it comes in time if at most 0.4 s are lost. */
static void a_knock_gets_through_where_pings_do_not(void **state)
{
    const double q = 0.5, in_time = pow(q + q * (1 - q), 2), law = (1 - q * q) * (1 - in_time);
    struct setup setup;
    struct sim_result r;
    double probes;

    (void)state;
    open_swim(&setup, 64, BARE "connection_probe=true suspicion_mult=100", 300 * SIM_SECOND);
    setup.config.network.loss = 1 - q;
    setup.config.network.retransmit = 200 * SIM_MILLISECOND;
    sim_run(&setup.config, &r);
    probes = metric(&r, "swim.probes");
    expect_near("probes that fail", metric(&r, "swim.probes_failed") / probes, law,
                sqrt(law * (1 - law) / probes));
    expect_near("probes answered over a connection", metric(&r, "swim.probes_connected") / probes,
                (1 - q * q) * in_time, sqrt(law * (1 - law) / probes));
    sim_result_clear(&r);
    setup_clear(&setup);
}

/* ---- load ---- */

static void the_load_does_not_grow_with_the_members(void **state)
{
    (void)state;
    for (int64_t nodes = 10; nodes <= 1000; nodes *= 10) {
        enum { SECONDS = 20 };
        struct setup setup;
        struct sim_result r;

        open_swim(&setup, nodes, "preset=memberlist-lan push_pull_interval=0s",
                  SECONDS * SIM_SECOND);
        sim_run(&setup.config, &r);
        assert_true(metric(&r, "messages") == 2. * SECONDS * (double)nodes);
        assert_true(metric(&r, "bytes") == (double)nodes * SECONDS * (85 + 22 + 2 * 28));
        assert_true(metric(&r, "accuracy") == 1);
        sim_result_clear(&r);
        setup_clear(&setup);
    }
}

/* Of 100 members: 33 + 74 * 100 B plain (tests/theory/swim_compress_test.c has the other). */
static void compression_makes_tables_short_and_leaves_pings_alone(void **state)
{
    static const struct {
        const char *parameters;
        double table_bytes;
    } cases[] = { { "compression=false", 7433 }, { "compression=true", 1292 } };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        enum { NODES = 100, SECONDS = 90 };
        const double pings = 2. * SECONDS * NODES;
        struct setup setup;
        struct sim_result r;
        double tables;

        open_swim(&setup, NODES, cases[i].parameters, SECONDS * SIM_SECOND);
        sim_run(&setup.config, &r);
        tables = metric(&r, "messages") - pings;
        assert_true(tables == 2 * NODES);
        assert_true(metric(&r, "bytes_digest") ==
                    pings / 2 * (85 + 22) + tables * cases[i].table_bytes);
        sim_result_clear(&r);
        setup_clear(&setup);
    }
}

/* ---- dissemination ---- */

static void news_reaches_all_and_is_told_as_often_as_it_may(void **state)
{
    enum { NODES = 300, RUNS = 20 };
    struct setup setup;

    (void)state;
    /* two times ceil(ln(301)) = 6 */
    open_swim(&setup, NODES, "preset=paper interval=1s retransmit_mult=2", 60 * SIM_SECOND);
    setup.config.workload = (struct sim_workload){
        .updates = 1, .keys = 1, .size_bytes = 100, .origin = ORIGIN_RANDOM
    };
    for (uint32_t i = 0; i < RUNS; i++) {
        struct sim_result r;

        setup.config.replication = i;
        sim_run(&setup.config, &r);
        assert_true(metric(&r, "residue") == 0);
        assert_true(metric(&r, "t_all") < 2 * log(NODES));
        assert_int_equal(r.outcomes[0].copies, NODES * 2 * 6);
        sim_result_clear(&r);
    }
    setup_clear(&setup);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_first_detection_follows_the_law),
        cmocka_unit_test(each_is_probed_once_a_lap),
        cmocka_unit_test(false_positives_follow_the_law),
        cmocka_unit_test(a_knock_gets_through_where_pings_do_not),
        cmocka_unit_test(the_load_does_not_grow_with_the_members),
        cmocka_unit_test(compression_makes_tables_short_and_leaves_pings_alone),
        cmocka_unit_test(news_reaches_all_and_is_told_as_often_as_it_may),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
