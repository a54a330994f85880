/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Away from the published grid, with other n, other k and with loss of every kind of message,
 * rumor mongering gives the residue, traffic m and t_last of a plain program of our own, which
 * shares no code with it (reference.c).
 *
 * Tolerances are four standard errors of the difference.
 */
#include "tests/models/harness.h"
#include "tests/theory/reference.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

/* Sanitizers are slow, and look for something else. */
#ifdef SANITIZED
enum { RUNS = 30 };
#else
enum { RUNS = 300 };
#endif

static void measure(const char *parameters, const struct reference_setup *point,
                    struct reference_figures *figures)
{
    double *residue = calloc(RUNS * 3, sizeof *residue);
    double *copies = residue + RUNS, *last = copies + RUNS;
    struct setup setup;

    setup_init(&setup, point->nodes);
    setup_rounds(&setup);
    setup.config.network.loss = point->loss;
    /* Those who pull ask for ever; their rumors are long dead by then. */
    setup.config.stop.at = (point->mode == REFERENCE_PUSH ? 2000 : 60) * SIM_SECOND;
    assert_true(setup_add(&setup, "rumor-mongering", parameters));
    for (int i = 0; i < RUNS; i++) {
        struct sim_result result;

        setup.config.replication = (uint32_t)i;
        sim_run(&setup.config, &result);
        assert_int_equal(result.status, SIM_DONE);
        residue[i] = metric(&result, "residue");
        copies[i] = metric(&result, "m");
        last[i] = metric(&result, "t_last");
        sim_result_clear(&result);
    }
    setup_clear(&setup);
    figures->residue = figure_of(residue, RUNS);
    figures->copies = figure_of(copies, RUNS);
    figures->last = figure_of(last, RUNS);
    free(residue);
}

static void check(const char *what, const char *which, struct figure found, struct figure expected)
{
    if (!(fabs(found.mean - expected.mean) <= 4 * hypot(found.error, expected.error)))
        fail_msg("%s: %s %g +- %g found, %g +- %g by the reference", what, which, found.mean,
                 found.error, expected.mean, expected.error);
}

static void check_point(const char *parameters, struct reference_setup point)
{
    struct reference_figures found, expected;

    measure(parameters, &point, &found);
    reference_measure(&point, RUNS, 2, &expected);
    check(parameters, "residue", found.residue, expected.residue);
    check(parameters, "m", found.copies, expected.copies);
    check(parameters, "t_last", found.last, expected.last);
}

static void push_with_feedback_and_a_counter(void **state)
{
    (void)state;
    check_point("stop=counter k=2", (struct reference_setup){ .nodes = 600,
                                                              .k = 2,
                                                              .fanout = 1,
                                                              .mode = REFERENCE_PUSH,
                                                              .stop = REFERENCE_COUNTER,
                                                              .feedback = true,
                                                              .reset = true,
                                                              .loss = 0.1 });
}

static void blind_push_with_a_coin(void **state)
{
    (void)state;
    check_point("stop=coin feedback=false k=6", (struct reference_setup){ .nodes = 2500,
                                                                          .k = 6,
                                                                          .fanout = 1,
                                                                          .mode = REFERENCE_PUSH,
                                                                          .stop = REFERENCE_COIN,
                                                                          .loss = 0.25 });
}

static void pull_with_feedback_and_a_counter(void **state)
{
    (void)state;
    check_point("mode=pull stop=counter k=2", (struct reference_setup){ .nodes = 350,
                                                                        .k = 2,
                                                                        .fanout = 1,
                                                                        .mode = REFERENCE_PULL,
                                                                        .stop = REFERENCE_COUNTER,
                                                                        .feedback = true,
                                                                        .reset = true,
                                                                        .loss = 0.15 });
}

static void infect_and_die(void **state)
{
    (void)state;
    check_point("stop=rounds k=1 fanout=5", (struct reference_setup){ .nodes = 800,
                                                                      .k = 1,
                                                                      .fanout = 5,
                                                                      .mode = REFERENCE_PUSH,
                                                                      .stop = REFERENCE_ROUNDS,
                                                                      .loss = 0.3 });
}

/* Loss changes what is measured by far more than the tolerance: the points above tell it apart. */
static void loss_is_seen(void **state)
{
    struct reference_figures without, with;
    struct reference_setup point = { .nodes = 600,
                                     .k = 2,
                                     .fanout = 1,
                                     .mode = REFERENCE_PUSH,
                                     .stop = REFERENCE_COUNTER,
                                     .feedback = true,
                                     .reset = true };

    (void)state;
    reference_measure(&point, RUNS, 3, &without);
    point.loss = 0.1;
    measure("stop=counter k=2", &point, &with);
    assert_true(with.copies.mean >
                without.copies.mean + 8 * hypot(with.copies.error, without.copies.error));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(push_with_feedback_and_a_counter),
        cmocka_unit_test(blind_push_with_a_coin),
        cmocka_unit_test(pull_with_feedback_and_a_counter),
        cmocka_unit_test(infect_and_die),
        cmocka_unit_test(loss_is_seen),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
