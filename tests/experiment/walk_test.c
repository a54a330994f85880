/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A walk meets every missing run once: replication after replication, over all points and their
 * strategies; what points share it meets at the first of them.
 */
#include "experiment/runner/walk.h"
#include "tests/experiment/planning.h"

#include <glib.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define TWO_LOSSES SCENARIO "replications: 2\nsweep: {axes: {network.loss: [0, 5%]}}\n"

/* The steps to the end, as point, strategy and replication. */
static void expect_steps(struct walk *walk, const char *expected)
{
    struct errors errors = { 0 };
    struct walk_step step;
    GString *text = g_string_new(NULL);

    while (walk_next(walk, &step, &errors))
        g_string_append_printf(text, "%zu%d%u ", step.point, step.strategy, step.replication);
    assert_int_equal(errors.count, 0);
    assert_string_equal(text->str, expected);
    g_string_free(text, TRUE);
}

static void all_points_come_before_the_next_replication(void **state)
{
    struct plan *plan = good_plan(TWO_LOSSES, NULL);
    struct walk *walk = walk_new(plan, NULL, NULL, NULL);

    (void)state;
    assert_int_equal(walk_total(walk), 8);
    expect_steps(walk, "000 010 100 110 001 011 101 111 ");
    assert_int_equal(walk_stored(walk), 0);
    walk_free(walk);
    plan_free(plan);
}

/* Replication 0 of the first point, and 1 of strategy 1 everywhere. */
static bool some_are_stored(void *context, size_t point, int strategy, uint32_t count,
                            enum results_state *states, struct errors *errors)
{
    (void)context;
    (void)errors;
    for (uint32_t i = 0; i < count; i++)
        states[i] = i == 0 ? (point == 0 ? RESULTS_DONE : RESULTS_MISSING)
                           : (strategy == 1 ? RESULTS_FAILED : RESULTS_MISSING);
    return true;
}

static void what_is_stored_is_passed_over(void **state)
{
    struct plan *plan = good_plan(TWO_LOSSES, NULL);
    struct walk *walk = walk_new(plan, NULL, some_are_stored, NULL);

    (void)state;
    expect_steps(walk, "100 110 001 101 ");
    assert_int_equal(walk_stored(walk), 4);
    walk_free(walk);
    plan_free(plan);
}

/* `push` has no anti-entropy: its runs are those of the first point. */
static void shared_runs_come_once(void **state)
{
    struct plan *plan = good_plan(
        SCENARIO "replications: 2\nsweep: {axes: {anti-entropy.interval: [1s, 2s]}}\n", NULL);
    struct walk *walk = walk_new(plan, NULL, NULL, NULL);

    (void)state;
    assert_int_equal(walk_total(walk), 6);
    expect_steps(walk, "000 010 110 001 011 111 ");
    walk_free(walk);
    plan_free(plan);
}

static bool none_is_stored(void *context, size_t point, int strategy, uint32_t count,
                           enum results_state *states, struct errors *errors)
{
    (void)context;
    (void)point;
    (void)strategy;
    (void)errors;
    for (uint32_t i = 0; i < count; i++)
        states[i] = RESULTS_MISSING;
    return true;
}

static void a_point_may_want_more(void **state)
{
    struct plan *plan = good_plan(TWO_LOSSES, NULL);
    struct walk *walk = walk_new(plan, NULL, none_is_stored, NULL);

    (void)state;
    expect_steps(walk, "000 010 100 110 001 011 101 111 ");
    walk_want(walk, 1, 4);
    assert_int_equal(walk_total(walk), 12);
    walk_restart(walk);
    expect_steps(walk, "102 112 103 113 ");
    walk_free(walk);
    plan_free(plan);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_points_come_before_the_next_replication),
        cmocka_unit_test(what_is_stored_is_passed_over),
        cmocka_unit_test(shared_runs_come_once),
        cmocka_unit_test(a_point_may_want_more),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
