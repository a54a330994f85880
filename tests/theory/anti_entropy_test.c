/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Anti-entropy in synchronous rounds follows the recurrences of Demers et al. (PODC 1987): from a
 * share s of nodes without an update one cycle leaves s*exp(-(1-s)) by push, s^2 by pull and
 * s^2*exp(-(1-s)) by push-pull, whatever finds the differences.  Every mode and comparison ends
 * with all replicas complete, loss or not, and sends the messages that it should and no others.
 *
 * Tolerances are four standard deviations of the binomial law, of which each step is (pull) or
 * which bounds it (push).
 */
#include "tests/models/harness.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static const char *const modes[] = { "push", "pull", "push-pull" };
static const char *const comparisons[] = { "full", "checksum", "digest" };
enum { MODES = 3, COMPARISONS = 3 };

static void add(struct setup *setup, int mode, int comparison, const char *more)
{
    char text[160];

    snprintf(text, sizeof text, "mode=%s compare=%s %s", modes[mode], comparisons[comparison],
             more);
    assert_true(setup_add(setup, "anti-entropy", text));
}

/* Share of the susceptible that one cycle leaves susceptible. */
static double survival(int mode, double s)
{
    const double missed_by_push = exp(-(1 - s));

    return mode == 0 ? missed_by_push : mode == 1 ? s : s * missed_by_push;
}

static void check_recurrence(int mode, int comparison)
{
    const int64_t n = 100000;
    struct setup setup;
    struct sim_result result;
    int steps = 0;
    double s;

    setup_init(&setup, n);
    setup_rounds(&setup);
    setup.config.workload.updates = 0;
    setup.config.workload.keys = 1;
    setup.config.store = (struct sim_store){ .preload = 1, .missing = 0.5 };
    setup.config.stop.when = STOP_CONVERGED;
    setup.config.sample_every = SIM_SECOND;
    add(&setup, mode, comparison, "interval=1s");
    sim_run(&setup.config, &result);
    assert_int_equal(result.status, SIM_DONE);
    assert_true(metric(&result, "converged") == 1);

    s = 1 - result.samples[0].informed / (double)n;
    assert_true(fabs(s - 0.5) <= 4 * sqrt(0.25 / (double)n));
    for (size_t i = 1; i < result.sample_count; i++) {
        const double next = 1 - result.samples[i].informed / (double)n;
        const double p = survival(mode, s);
        const double tolerance = 4 * sqrt(s * p * (1 - p) / (double)n);

        if (s * p * (double)n < 20)
            break;
        if (next == s && steps == 0)
            continue; /* the first round is yet to begin */
        if (fabs(next - s * p) > tolerance)
            fail_msg("%s, %s: %g leaves %g, not %g +- %g", modes[mode], comparisons[comparison], s,
                     next, s * p, tolerance);
        s = next;
        steps++;
    }
    assert_true(steps >= (mode == 0 ? 7 : 2));
    sim_result_clear(&result);
    setup_clear(&setup);
}

static void one_cycle_follows_its_recurrence(void **state)
{
    (void)state;
    for (int mode = 0; mode < MODES; mode++)
        for (int comparison = 0; comparison < COMPARISONS; comparison++)
            check_recurrence(mode, comparison);
}

static void every_variant_ends_in_the_same_state_under_loss(void **state)
{
    (void)state;
    for (int mode = 0; mode < MODES; mode++) {
        double full = 0;

        for (int comparison = 0; comparison < COMPARISONS; comparison++) {
            struct setup setup;
            struct sim_result result;

            setup_init(&setup, 150);
            setup.config.network.loss = 0.1;
            setup.config.workload.updates = setup.config.workload.keys = 40;
            setup.config.workload.arrival = ARRIVAL_POISSON;
            setup.config.workload.rate = 4;
            add(&setup, mode, comparison, "interval=1s");
            sim_run(&setup.config, &result);
            assert_int_equal(result.status, SIM_DONE);
            assert_string_equal(result.stop_reason, "converged");
            assert_true(metric(&result, "converged") == 1);
            assert_true(metric(&result, "residue") == 0);
            if (comparison == 0)
                full = metric(&result, "bytes_payload");
            else
                assert_true(metric(&result, "bytes_payload") < full);
            assert_true(metric(&result, "anti-entropy.useful") > 0);
            assert_true(metric(&result, "anti-entropy.useful") <
                        metric(&result, "anti-entropy.exchanges"));
            sim_result_clear(&result);
            setup_clear(&setup);
        }
    }
}

/* Runs 50 nodes that all know `preload` updates for 20 rounds. */
static void run_preloaded(int mode, int comparison, int64_t preload, struct sim_result *result)
{
    struct setup setup;

    setup_init(&setup, 50);
    setup_rounds(&setup);
    setup.config.stop.when = STOP_NEVER;
    setup.config.stop.at = 20 * SIM_SECOND + SIM_MILLISECOND;
    setup.config.workload.updates = 0;
    setup.config.store.preload = preload;
    add(&setup, mode, comparison, "interval=1s");
    sim_run(&setup.config, result);
    assert_int_equal(result->status, SIM_DONE);
    setup_clear(&setup);
}

static void equal_replicas_cost_the_comparison_only(void **state)
{
    (void)state;
    for (int mode = 0; mode < MODES; mode++)
        for (int comparison = 0; comparison < COMPARISONS; comparison++) {
            struct sim_result r;
            double calls, payload, digest;

            run_preloaded(mode, comparison, 3, &r);
            calls = metric(&r, "anti-entropy.exchanges");
            assert_true(calls >= 50 * 19);
            assert_true(metric(&r, "anti-entropy.useful") == 0);
            /* All data each way that the mode has, or 8 B, or 16 B an identity. */
            payload = comparison == 0 ? calls * 300 * (mode == 2 ? 2 : 1) : 0;
            digest = comparison == 0 ? 0 : calls * (comparison == 1 ? 8 : 3 * 16);
            assert_true(metric(&r, "bytes_payload") == payload);
            assert_true(metric(&r, "bytes_digest") == digest);
            assert_true(metric(&r, "bytes_control") ==
                        (comparison == 0 && mode == 1 ? calls * 8 : 0));
            assert_true(metric(&r, "messages") == calls * (comparison == 0 && mode > 0 ? 2 : 1));
            sim_result_clear(&r);
        }
}

/*
 * Two nodes know P, one of them also U, and the first push-pull exchange ends the run.  Each side
 * sends what it knew before: P,U and P, or a checksum before these, or by identities U alone after
 * P (the ignorant calls) or after P,U and the wish for U.
 */
static void an_exchange_sends_what_it_must_and_no_more(void **state)
{
    static const double payload[] = { 300, 300, 100 }, digest[] = { 0, 8, 16 };
    int with_wish = 0;

    (void)state;
    for (int comparison = 0; comparison < COMPARISONS; comparison++)
        for (uint32_t replication = 0; replication < 20; replication++) {
            struct setup setup;
            struct sim_result r;
            double identities;

            setup_init(&setup, 2);
            setup.config.replication = replication;
            setup.config.store.preload = 1;
            add(&setup, 2, comparison, "");
            sim_run(&setup.config, &r);
            assert_string_equal(r.stop_reason, "converged");
            assert_true(metric(&r, "anti-entropy.exchanges") == 1);
            assert_true(metric(&r, "anti-entropy.useful") == 1);
            assert_true(metric(&r, "bytes_payload") == payload[comparison]);
            identities = metric(&r, "bytes_digest");
            if (comparison == 2 && identities == 16 * 3)
                with_wish++;
            else
                assert_true(identities == digest[comparison]);
            sim_result_clear(&r);
            setup_clear(&setup);
        }
    assert_true(with_wish > 0 && with_wish < 20);
}

static void nothing_is_sent_where_nothing_is_known_or_it_is_off(void **state)
{
    struct setup setup;
    struct sim_result r;

    (void)state;
    for (int comparison = 0; comparison < COMPARISONS; comparison++) {
        run_preloaded(0, comparison, 0, &r);
        assert_true(metric(&r, "messages") == 0);
        sim_result_clear(&r);
    }
    setup_init(&setup, 50);
    setup.config.stop.at = 60 * SIM_SECOND;
    assert_true(setup_add(&setup, "anti-entropy", "enabled=false"));
    sim_run(&setup.config, &r);
    assert_true(metric(&r, "messages") == 0);
    assert_true(metric(&r, "residue") == 49.0 / 50);
    sim_result_clear(&r);
    setup_clear(&setup);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_cycle_follows_its_recurrence),
        cmocka_unit_test(every_variant_ends_in_the_same_state_under_loss),
        cmocka_unit_test(equal_replicas_cost_the_comparison_only),
        cmocka_unit_test(an_exchange_sends_what_it_must_and_no_more),
        cmocka_unit_test(nothing_is_sent_where_nothing_is_known_or_it_is_off),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
