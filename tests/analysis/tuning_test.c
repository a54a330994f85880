/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * tuning_test.c - goals demand what their expressions say; a test of a goal errs no more often than
 * it may, however often one looks; a search finds the cheapest setting of laws that are known, to a
 * few per cent, says none where there is none, keeps to its budget, and returns a setting that
 * misses its goal no more often than its confidence says, where every setting just misses it.
 */
#include "sim/value/draw.h"
#include "tests/analysis/tuning_bed.h"

#include <gsl/gsl_cdf.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* ---- goals ---- */

static void goals_demand_what_they_say(void **state)
{
    static const struct {
        const char *text;
        bool is_share;
        double failures;
        double good, bad; /* values of a run, of a share */
    } goals[] = {
        { "p99(t99, push) < 3s", true, 0.01, 2.9, 3 },
        { "median(t99) <= 3s", true, 0.5, 3, 3.1 },
        { "p5(accuracy) > 90%", true, 0.05, 0.95, 0.9 },
        { "P(converged) >= 99%", true, 0.01, 1, 0 },
        { "P(t_all < 15s) > 99.9%", true, 0.001, 14, INFINITY },
        { "P(t_all > 15s) < 5%", true, 0.05, 15, 16 },
        { "p99(t99) < 3s", true, 0.01, 2, NAN },
        { "mean(bytes_rate) < 20kB/s", false, 0.5, 0, 0 },
    };

    (void)state;
    for (size_t i = 0; i < sizeof goals / sizeof *goals; i++) {
        char why[EXPRESSION_WHY_MAX];
        struct tuning_goal goal;
        double values[64];

        assert_true(tuning_goal_read(goals[i].text, &goal, why));
        assert_int_equal(goal.is_share, goals[i].is_share);
        assert_true(fabs(goal.failures - goals[i].failures) < 1e-12);
        for (size_t k = 0; k < 64; k++)
            values[k] = goals[i].good;
        if (goal.is_share) {
            assert_true(tuning_goal_doubt(&goal, values, 64) >= 1);
            values[5] = goals[i].bad;
            assert_true(
                fabs(tuning_goal_doubt(&goal, values, 64) - 1 + pow(1 - goal.failures, 64)) < 1e-9);
        }
        tuning_goal_clear(&goal);
    }
}

static void what_no_run_can_show_is_no_goal(void **state)
{
    static const char *const texts[] = {
        "max(t99) < 3s",        "min(t99) < 3s",     "ratio(t99) < 2", "diff(t99, push) < 1s",
        "P(converged) >= 100%", "P(converged) < 0%", "p99(t99)",       "p99(t98) < 3s"
    };

    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        char why[EXPRESSION_WHY_MAX] = "";
        struct tuning_goal goal;

        assert_false(tuning_goal_read(texts[i], &goal, why));
        assert_true(strlen(why) > 10);
    }
}

/* ---- tests ---- */

/* How often a test finds `wanted` of values that are draws of `value`, looking at each batch. */
static double share_found(struct tuning_goal *goal, double (*value)(uint64_t bits),
                          enum tuning_finding wanted, double alpha, int trials)
{
    double *values;
    int found = 0;

    tuning_goal_set_alpha(goal, alpha);
    values = calloc(tuning_goal_longest(goal), sizeof *values);
    for (int trial = 0; trial < trials; trial++) {
        const uint64_t key = draw_key(7, (uint32_t)trial, PURPOSE_PATH);
        enum tuning_finding finding = TUNING_OPEN;
        size_t count = 0, next;

        for (unsigned look = 0; finding == TUNING_OPEN; look++) {
            next = tuning_goal_next(goal, values, count);
            if (next == 0)
                break;
            for (; count < next; count++)
                values[count] = value(draw(key, (uint32_t)count, 0));
            finding = tuning_goal_test(goal, values, count, look);
        }
        found += finding == wanted;
    }
    free(values);
    return (double)found / trials;
}

static double unit(uint64_t bits)
{
    return ((double)(bits >> 12) + 0.5) * 0x1p-52;
}

static double fails_tenth(uint64_t bits)
{
    return unit(bits) < 0.1 ? 5 : 1;
}

static double fails_twentieth(uint64_t bits)
{
    return unit(bits) < 0.02 ? 5 : 1;
}

static double normal_three(uint64_t bits)
{
    return 3 + 0.5 * gsl_cdf_ugaussian_Pinv(unit(bits));
}

/* Where a goal is just met, both errors stay below alpha, by four standard errors; a setting with
 * room to spare is found. */
static void tests_err_no_more_often_than_they_may(void **state)
{
    enum { TRIALS = 1000 };
    const double alpha = 0.05, most = alpha + 4 * sqrt(alpha * (1 - alpha) / TRIALS);
    char why[EXPRESSION_WHY_MAX];
    struct tuning_goal share, mean;

    (void)state;
    assert_true(tuning_goal_read("p90(t99) < 3s", &share, why));
    assert_true(tuning_goal_read("mean(t99) < 3s", &mean, why));
    assert_true(share_found(&share, fails_tenth, TUNING_MEETS, alpha, TRIALS) <= most);
    assert_true(share_found(&share, fails_tenth, TUNING_MISSES, alpha, TRIALS) <= most);
    assert_true(share_found(&share, fails_twentieth, TUNING_MEETS, alpha, TRIALS) >= 0.99);
    assert_true(share_found(&mean, normal_three, TUNING_MEETS, alpha, TRIALS) <= most);
    assert_true(share_found(&mean, normal_three, TUNING_MISSES, alpha, TRIALS) <= most);
    tuning_goal_clear(&share);
    tuning_goal_clear(&mean);
}

/* ---- searches ---- */

static struct tuning run(struct tuning_bed *bed)
{
    struct errors errors = { .count = 0 };
    struct tuning tuning;

    assert_true(tuning_run(&bed->problem, &tuning, &errors));
    assert_int_equal(errors.count, 0);
    return tuning;
}

/* On average over the seeds within 5 % of the lowest cost that meets the goal. */
static void expect_near(size_t axes, const char *goal)
{
    enum { SEEDS = 8 };
    struct tuning_bed bed;
    double sum = 0;
    int wrong = 0;

    tuning_bed_init(&bed, axes, goal, NULL);
    bed.sigma = 0.05;
    for (bed.seed = 1; bed.seed <= SEEDS; bed.seed++) {
        struct tuning tuning = run(&bed);

        assert_true(tuning.chosen != SIZE_MAX);
        sum += tuning_get(&tuning, tuning.chosen)->cost / tuning_bed_lowest(&bed);
        wrong +=
            tuning_bed_failures(&bed, tuning_get(&tuning, tuning.chosen)) > bed.goals[0].failures;
        tuning_clear(&tuning);
    }
    if (sum / SEEDS > 1.05 || wrong > 2)
        fail_msg("%s of %zu: costs %.4f of the lowest, wrong %d times", goal, axes, sum / SEEDS,
                 wrong);
    tuning_bed_clear(&bed);
}

static void the_cheapest_is_found(void **state)
{
    (void)state;
    expect_near(1, "p90(t99) < 3s");
    expect_near(2, "median(t99) < 3s");
    expect_near(2, "p90(t99) < 3s");
    expect_near(2, "p99(t99) < 3s");
    expect_near(2, "mean(t99) < 3s");
    expect_near(3, "p90(t99) < 3s");
}

static void where_there_is_none_none_is_said(void **state)
{
    struct tuning_bed bed;
    struct tuning tuning;

    (void)state;
    tuning_bed_init(&bed, 2, "p99(t99) < 300ms", NULL);
    tuning = run(&bed);
    assert_true(tuning.chosen == SIZE_MAX);
    assert_false(tuning.is_out_of_budget);
    for (guint i = 0; i < tuning.settings->len; i++)
        assert_int_not_equal(tuning_get(&tuning, i)->state, TUNING_ACCEPTED);
    tuning_clear(&tuning);
    tuning_bed_clear(&bed);
}

/* Runs that never end are failures, and no cost or time is the mean of infinity. */
static void runs_that_hang_fail(void **state)
{
    struct tuning_bed bed;
    struct tuning tuning;

    (void)state;
    tuning_bed_init(&bed, 2, "p90(t99) < 3s", NULL);
    bed.hangs = 0.2;
    tuning = run(&bed);
    assert_true(tuning.chosen == SIZE_MAX);
    tuning_clear(&tuning);
    bed.hangs = 0.02;
    tuning = run(&bed);
    assert_true(tuning.chosen != SIZE_MAX);
    assert_true(tuning_bed_failures(&bed, tuning_get(&tuning, tuning.chosen)) <= 0.1);
    tuning_clear(&tuning);
    tuning_bed_clear(&bed);
}

/* Two goals of the same times: the harder decides. */
static void all_goals_are_met(void **state)
{
    struct tuning_bed bed;
    struct tuning tuning;
    double slow;

    (void)state;
    tuning_bed_init(&bed, 2, "p90(t99) < 3s", "median(t99) < 5s");
    bed.sigma = 0.05;
    tuning = run(&bed);
    assert_true(tuning.chosen != SIZE_MAX);
    slow = tuning_get(&tuning, tuning.chosen)->cost;
    assert_true(tuning_bed_failures(&bed, tuning_get(&tuning, tuning.chosen)) <= 0.1);
    tuning_clear(&tuning);
    tuning_bed_clear(&bed);

    tuning_bed_init(&bed, 2, "p90(t99) < 3s", "median(t99) < 2s");
    bed.sigma = 0.05;
    tuning = run(&bed);
    assert_true(tuning.chosen != SIZE_MAX);
    assert_true(tuning_get(&tuning, tuning.chosen)->cost > 1.2 * slow);
    tuning_clear(&tuning);
    tuning_bed_clear(&bed);
}

/* A budget is kept to; a search that has it to the run ends as without one. */
static void a_budget_is_kept_to(void **state)
{
    struct tuning_bed bed;
    struct tuning whole, part;

    (void)state;
    tuning_bed_init(&bed, 2, "p90(t99) < 3s", NULL);
    whole = run(&bed);
    bed.problem.budget = whole.runs;
    part = run(&bed);
    assert_true(part.chosen == whole.chosen && part.runs == whole.runs);
    assert_false(part.is_out_of_budget);
    tuning_clear(&part);
    bed.problem.budget = 300;
    part = run(&bed);
    assert_true(part.is_out_of_budget && part.runs <= 300 && part.chosen == SIZE_MAX);
    tuning_clear(&part);
    tuning_clear(&whole);
    tuning_bed_clear(&bed);
}

/* The worst there is: whatever is returned is wrong, as all settings just miss the goal. */
static void a_search_errs_no_more_often_than_it_says(void **state)
{
    static const char *const goals[] = { "p90(t99) < 3s", "median(t99) < 3s", "mean(t99) < 3s" };
    enum { SEEDS = 150 };
    const double most = 0.05 + 4 * sqrt(0.05 * 0.95 / SEEDS);

    (void)state;
    for (size_t i = 0; i < sizeof goals / sizeof *goals; i++) {
        struct tuning_bed bed;
        int wrong = 0;

        tuning_bed_init(&bed, 2, goals[i], NULL);
        bed.is_flat = true;
        bed.takes =
            i == 2 ? 3 / exp(bed.sigma * bed.sigma / 2)
                   : 3 * exp(bed.sigma * gsl_cdf_ugaussian_Pinv(bed.goals[0].failures)) * 1.0001;
        for (bed.seed = 1; bed.seed <= SEEDS; bed.seed++) {
            struct tuning tuning = run(&bed);
            wrong += tuning.chosen != SIZE_MAX;
            tuning_clear(&tuning);
        }
        if ((double)wrong / SEEDS > most)
            fail_msg("%s: wrong in %d of %d searches", goals[i], wrong, SEEDS);
        tuning_bed_clear(&bed);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(goals_demand_what_they_say),
        cmocka_unit_test(what_no_run_can_show_is_no_goal),
        cmocka_unit_test(tests_err_no_more_often_than_they_may),
        cmocka_unit_test(the_cheapest_is_found),
        cmocka_unit_test(where_there_is_none_none_is_said),
        cmocka_unit_test(runs_that_hang_fail),
        cmocka_unit_test(all_goals_are_met),
        cmocka_unit_test(a_budget_is_kept_to),
        cmocka_unit_test(a_search_errs_no_more_often_than_it_says),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
