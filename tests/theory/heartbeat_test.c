/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * heartbeat's verdicts come when the laws of its detectors say:
 *
 *   - a crash is detected after the last heartbeat by 18.42 intervals with Cassandra's law, and by
 *     1 s, Akka's pause and 5.22 of its least deviations with that of Akka; the first of those that
 *     look is right behind, the last an interval later;
 *   - with loss p a verdict about a live node that k losses in a row lead to comes with
 *     (1 - p) p^k of the heartbeats, and where questions and answers both may be lost, with
 *     1 - (1 - p)^2 in the place of p;
 *   - a node's silence counts as 2 s at most among Cassandra's intervals: with loss p their mean is
 *     (1 + 2p) / (1 + p), and no more, however many are lost.
 */
#include "tests/models/harness.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

static void open_heartbeat(struct setup *setup, int64_t nodes, const char *parameters, int seconds)
{
    setup_init(setup, nodes);
    assert_true(setup_add(setup, "heartbeat", parameters));
    setup->config.workload = (struct sim_workload){ 0 };
    setup->config.stop.when = STOP_NEVER;
    setup->config.stop.at = seconds * SIM_SECOND;
}

static void expect_near(const char *what, double found, double wanted, double standard_error)
{
    if (!(fabs(found - wanted) <= 4 * standard_error))
        fail_msg("%s: %g where %g +- %g was expected", what, found, wanted, standard_error);
}

/* ---- detection ---- */

enum { RUNS = 20, WATCHERS = 30, CRASH = 60 };

/* The last heartbeat came up to an interval before the crash; and of so many who look at random
 * times the first is 1 / (WATCHERS + 1) of an interval late, the last as much early. */
static void expect_detection(const char *parameters, double silence)
{
    const struct sim_fault crash = { .kind = FAULT_CRASH,
                                     .of = { .kind = SELECT_COUNT, .count = 1 },
                                     .at = CRASH * SIM_SECOND + SIM_SECOND / 3 };
    const double early = 1.0 / (WATCHERS + 1), error = sqrt(1.0 / 12 / RUNS);
    struct setup setup;
    double first = 0, all = 0;

    open_heartbeat(&setup, WATCHERS + 1, parameters, CRASH + 30);
    setup.config.faults = &crash;
    setup.config.fault_count = 1;
    for (uint32_t i = 0; i < RUNS; i++) {
        struct sim_result r;

        setup.config.replication = i;
        sim_run(&setup.config, &r);
        first += metric(&r, "detect_first") / RUNS;
        all += metric(&r, "detect_all") / RUNS;
        assert_true(metric(&r, "false_dead") == 0);
        assert_true(metric(&r, "heartbeat.verdicts") == WATCHERS);
        sim_result_clear(&r);
    }
    expect_near("first verdict", first, silence - 0.5 + early, error);
    expect_near("last verdict", all, silence - 0.5 + 1 - early, error);
    setup_clear(&setup);
}

static void a_crash_is_detected_after_the_silence_of_the_law(void **state)
{

    (void)state;
    expect_detection("phi_window=50", 18.42068); /* whole intervals */
    expect_detection("phi_window=50 phi_log=e", 8);
    expect_detection("phi_window=50 preset=akka ask=false monitors=0", 1 + 3 + 5.2223 * 0.1);
    expect_detection("preset=scylla ask=false", 20);
}

/* ---- false verdicts ---- */

enum { LOSSY = 30, SECONDS = 1500 };

/* A silence of `k` heartbeats lasts k + 1 intervals, and a verdict comes if somebody looks between
 * k + `rest` of them and the end. */
static void expect_verdicts(const char *parameters, double loss, double missing, int k, double rest)
{
    const double heartbeats = (double)LOSSY * (LOSSY - 1) * SECONDS;
    const double rate = (1 - missing) * pow(missing, k) * ((1 - missing) * (1 - rest) + missing);
    struct setup setup;
    struct sim_result r;
    char what[200];

    snprintf(what, sizeof what, "verdicts of %s at a loss of %g", parameters, loss);
    open_heartbeat(&setup, LOSSY, parameters, SECONDS);
    setup.config.network.loss = loss;
    sim_run(&setup.config, &r);
    assert_true(metric(&r, "heartbeat.returns") <= metric(&r, "heartbeat.verdicts"));
    assert_true(metric(&r, "heartbeat.verdicts") == metric(&r, "false_dead"));
    expect_near(what, metric(&r, "heartbeat.verdicts") / heartbeats, rate,
                sqrt(rate / heartbeats) + rate * (k + 2) / SECONDS / 4); /* the ends of a run */
    sim_result_clear(&r);
    setup_clear(&setup);
}

/* Who asks looks 20 ms before answers come, and so at silences of whole intervals less 20 ms. */
static void false_verdicts_follow_the_law(void **state)
{
    char parameters[64];

    (void)state;
    expect_verdicts("phi=false timeout=3s", 0.1, 0.1, 3, 0);
    expect_verdicts("phi=false timeout=3250ms", 0.1, 0.1, 3, 0.25);
    expect_verdicts("phi=false timeout=2500ms", 0.05, 0.05, 2, 0.5);
    expect_verdicts("preset=scylla timeout=3s", 0.1, 1 - 0.9 * 0.9, 3, 0);
    for (int percent = 10; percent <= 40; percent += 15) { /* of the mean by Cassandra's window */
        const double p = percent / 100.0, mean = (1 + 2 * p) / (1 + p);

        snprintf(parameters, sizeof parameters, "phi_initial=%.6fs phi_threshold=%.9f", mean,
                 3.5 / mean / log(10));
        expect_verdicts(parameters, p, p, 3, 0.5);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_crash_is_detected_after_the_silence_of_the_law),
        cmocka_unit_test(false_verdicts_follow_the_law),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
