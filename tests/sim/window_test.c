/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What is measured does not depend on when a run happened to end: averages are over one horizon,
 * whose rest is told where nothing can change and otherwise not at all; costs count from the end
 * of the warm-up on, and rates divide by the time since; what is written in the cool-down counts
 * for nothing.
 */
#include "teller.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

enum { NODES = 50 };

/* ---- averages ---- */

static bool has_mean(struct trial *t, enum sim_stop_when when)
{
    t->setup.config.stop.when = when;
    trial_run(t);
    return has_metric(&t->result, "staleness_mean");
}

static double staleness_mean(struct trial *t, enum sim_stop_when when)
{
    assert_true(has_mean(t, when));
    return metric(&t->result, "staleness_mean");
}

static void a_run_that_ended_early_has_the_mean_of_one_that_went_on(void **state)
{
    static const sim_time windows[][2] = { { 0, 0 }, { 2, 0 }, { 0, 80 }, { 2, 80 }, { 0, 90 } };

    (void)state;
    for (size_t i = 0; i < sizeof windows / sizeof *windows; i++) {
        struct trial t;
        double ended, went_on;

        trial_open(&t, NODES, "");
        t.setup.config.workload.at = 3 * SIM_SECOND;
        t.setup.config.stop.at = 100 * SIM_SECOND;
        t.setup.config.warmup = windows[i][0] * SIM_SECOND;
        t.setup.config.cooldown = windows[i][1] * SIM_SECOND;
        went_on = staleness_mean(&t, STOP_NEVER);
        assert_int_equal(t.result.end, 100 * SIM_SECOND);
        ended = staleness_mean(&t, STOP_CONVERGED);
        assert_string_equal(t.result.stop_reason, "converged");
        assert_true(went_on > 0.01);
        assert_true(fabs(ended - went_on) < 1e-12);
        trial_close(&t);
    }
}

/* Ten times the interval leaves the replicas stale for ten times as long, and it shows. */
static void slow_and_fast_are_compared_over_the_same_time(void **state)
{
    double means[2];

    (void)state;
    for (int i = 0; i < 2; i++) {
        struct setup setup;
        struct sim_result result;

        setup_init(&setup, 300);
        setup_add(&setup, "anti-entropy", i ? "interval=10s" : "interval=1s");
        setup.config.stop.at = 300 * SIM_SECOND;
        sim_run(&setup.config, &result);
        assert_string_equal(result.stop_reason, "converged");
        means[i] = metric(&result, "staleness_mean");
        sim_result_clear(&result);
        setup_clear(&setup);
    }
    /* equal draws: all but the latency of 10 ms scales */
    assert_true(fabs(means[1] / means[0] - 10) < 0.5);
}

/* Nobody knows what would have followed where somebody comes, or a node fails, after the end. */
static void what_cannot_be_told_is_not_given(void **state)
{
    const struct sim_side sides[] = { { .share = 0.5 }, { .share = 0.5 } };
    const struct sim_obstacle cut = { .sides = sides, .side_count = 2 };
    const struct sim_fault cuts = { .kind = FAULT_PARTITION,
                                    .at = 1,
                                    .lasts = 50 * SIM_SECOND,
                                    .obstacle = &cut,
                                    .every = 60 * SIM_SECOND };
    const struct sim_fault crashes = { .kind = FAULT_CRASH,
                                       .of = { .kind = SELECT_COUNT, .count = 1 },
                                       .at = 1,
                                       .lasts = SIM_SECOND,
                                       .every = 60 * SIM_SECOND };
    struct distribution *stay =
        distribution_new(&(struct distribution_spec){ .a = (double)(70 * SIM_SECOND) });
    struct trial t;

    (void)state;
    trial_open(&t, NODES, "interval=100ms");
    t.setup.config.stop.at = 100 * SIM_SECOND;
    t.setup.config.fault_count = 1;
    t.setup.config.faults = &crashes;
    assert_false(has_mean(&t, STOP_CONVERGED));
    assert_string_equal(t.result.stop_reason, "converged");
    assert_true(has_mean(&t, STOP_NEVER));
    t.setup.config.cooldown = 45 * SIM_SECOND; /* the next crash is beyond the horizon */
    assert_true(has_mean(&t, STOP_CONVERGED));
    t.setup.config.cooldown = 0;
    t.setup.config.faults = &cuts; /* who agree go on doing so behind a cut */
    assert_true(has_mean(&t, STOP_CONVERGED));
    assert_string_equal(t.result.stop_reason, "converged");
    t.setup.config.fault_count = 0;
    t.setup.config.churn =
        (struct sim_churn){ .session = stay, .downtime = stay, .share = 0.5, .start = CHURN_UP };
    assert_false(has_mean(&t, STOP_CONVERGED));
    assert_string_equal(t.result.stop_reason, "converged");
    t.setup.config.stop.at = 60 * SIM_SECOND; /* nobody leaves before */
    assert_true(has_mean(&t, STOP_CONVERGED));
    trial_close(&t);
    distribution_free(stay);
}

/* ---- costs ---- */

/* Each node sends a message a second: what a warm-up leaves of that is known exactly. */
static void costs_count_from_the_warmup_on(void **state)
{
    struct trial t;

    (void)state;
    for (sim_time warmup = 0; warmup <= 60; warmup += 20) {
        const double seconds = (double)(100 - warmup), sent = NODES * seconds;

        trial_open(&t, NODES, "");
        t.setup.config.stop = (struct sim_stop){ 100 * SIM_SECOND, STOP_NEVER, 1000000 };
        t.setup.config.warmup = warmup * SIM_SECOND;
        t.setup.config.network.loss = 0.25;
        trial_run(&t);
        assert_true(metric(&t.result, "measured_time") == seconds);
        assert_true(metric(&t.result, "messages") == sent);
        assert_true(metric(&t.result, "bytes_header") == 28 * sent);
        assert_true(metric(&t.result, "messages_rate") == 1);
        assert_true(fabs(metric(&t.result, "bytes_rate") * sent - metric(&t.result, "bytes")) <
                    1e-6 * metric(&t.result, "bytes"));
        /* six standard errors */
        assert_true(fabs(metric(&t.result, "dropped_loss") - sent / 4) < 6 * sqrt(sent * 0.1875));
        assert_true(fabs(metric(&t.result, "load_mean") * NODES +
                         metric(&t.result, "dropped_loss") - sent) <= NODES); /* some under way */
        assert_true(metric(&t.result, "messages_rate_in") ==
                    metric(&t.result, "load_mean") / seconds);
        assert_int_equal(t.result.samples[t.result.sample_count - 1].messages, 100 * NODES);
        trial_close(&t);
    }
}

static void models_count_from_the_warmup_on(void **state)
{
    struct setup setup;
    struct sim_result result;

    (void)state;
    setup_init(&setup, NODES);
    setup_add(&setup, "anti-entropy", "interval=1s");
    setup.config.stop = (struct sim_stop){ 100 * SIM_SECOND, STOP_NEVER, 1000000 };
    setup.config.warmup = 60 * SIM_SECOND;
    sim_run(&setup.config, &result);
    assert_true(metric(&result, "anti-entropy.exchanges") == 40 * NODES);
    assert_true(metric(&result, "anti-entropy.useful") == 0); /* all was known by then */
    assert_false(has_metric(&result, "redundancy"));
    sim_result_clear(&result);
    setup_clear(&setup);
}

/* A run that is over before the warm-up has cost nothing, in no time. */
static void an_end_before_the_warmup_costs_nothing(void **state)
{
    struct trial t;

    (void)state;
    trial_open(&t, NODES, "");
    t.setup.config.warmup = 1800 * SIM_SECOND;
    trial_run(&t);
    assert_string_equal(t.result.stop_reason, "converged");
    assert_true(metric(&t.result, "measured_time") == 0);
    assert_true(metric(&t.result, "messages") == 0);
    assert_true(metric(&t.result, "bytes") == 0);
    assert_true(metric(&t.result, "load_max") == 0);
    assert_false(has_metric(&t.result, "bytes_rate"));
    assert_true(metric(&t.result, "staleness_mean") == 0);
    trial_close(&t);
}

/* ---- updates ---- */

/* An update a second to the end and beyond: those of the last seconds are nobody's fault. */
static void what_is_written_in_the_cooldown_is_not_measured(void **state)
{
    struct trial t;

    (void)state;
    trial_open(&t, NODES, "interval=100ms");
    t.setup.config.workload = (struct sim_workload){
        .updates = 50, .keys = 50, .size_bytes = 100, .arrival = ARRIVAL_EVERY, .every = SIM_SECOND
    };
    t.setup.config.stop = (struct sim_stop){ 30 * SIM_SECOND, STOP_CONVERGED, 1000000 };
    trial_run(&t);
    assert_int_equal(t.result.outcome_count, 31);
    assert_true(isnan(metric(&t.result, "t_all")) != 0);
    assert_true(metric(&t.result, "converged") == 0);
    t.setup.config.warmup = 4 * SIM_SECOND;
    t.setup.config.cooldown = 5 * SIM_SECOND;
    trial_run(&t);
    assert_int_equal(t.result.outcome_count, 25 - 4 + 1);
    assert_int_equal(t.result.outcomes[0].injected, 4 * SIM_SECOND);
    assert_int_equal(t.result.outcomes[21].injected, 25 * SIM_SECOND);
    assert_true(metric(&t.result, "t_all") < 5);
    assert_true(metric(&t.result, "residue") == 0);
    assert_true(metric(&t.result, "converged") == 1);
    trial_close(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_run_that_ended_early_has_the_mean_of_one_that_went_on),
        cmocka_unit_test(slow_and_fast_are_compared_over_the_same_time),
        cmocka_unit_test(what_cannot_be_told_is_not_given),
        cmocka_unit_test(costs_count_from_the_warmup_on),
        cmocka_unit_test(models_count_from_the_warmup_on),
        cmocka_unit_test(an_end_before_the_warmup_costs_nothing),
        cmocka_unit_test(what_is_written_in_the_cooldown_is_not_measured),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
