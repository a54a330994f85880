/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * statistics_test.c - every interval equals its published or hand-computed value and, over
 * seeded simulations, covers the truth as often as it promises (within 4 standard errors, or at
 * least that often where the method is conservative); a time that was never reached counts as
 * infinite.
 */
#include "experiment/statistics.h"

#include <gsl/gsl_cdf.h>
#include <gsl/gsl_randist.h>
#include <gsl/gsl_rng.h>
#include <gsl/gsl_statistics_double.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

enum { TRIALS = 4000 };

static void assert_near(double value, double expected, double tolerance)
{
    if (!(fabs(value - expected) <= tolerance))
        fail_msg("%.10g is not %.10g within %g", value, expected, tolerance);
}

/* Student (The probable error of a mean, Biometrika 1908): hours of sleep gained; R's t.test of
 * the differences gives mean 1.58, interval 0.7001142 to 2.4598858. */
static const double drug_2[] = { 1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4 };
static const double drug_1[] = { 0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0 };

static void mean_of_students_sleep_data(void **state)
{
    struct estimate e = statistics_paired_difference(drug_2, drug_1, 10, 0.95);

    (void)state;
    assert_near(e.value, 1.58, 1e-12);
    assert_near(e.lower, 0.7001142, 5e-8);
    assert_near(e.upper, 2.4598858, 5e-8);
}

static void mean_of_few_values_claims_nothing(void **state)
{
    struct estimate none = statistics_mean(NULL, 0, 0.95);
    struct estimate one = statistics_mean((double[]){ 3 }, 1, 0.95);

    (void)state;
    assert_true(isnan(none.value) && isnan(none.lower) && isnan(none.upper));
    assert_true(one.value == 3 && isnan(one.lower) && isnan(one.upper));
}

/* R. G. Newcombe, Two-sided confidence intervals for the single proportion, Statistics in
 * Medicine 17, 1998, table I, method 3. */
static void wilson_as_published(void **state)
{
    static const struct {
        size_t successes, n;
        double lower, upper;
    } cases[] = {
        { 81, 263, 0.2553, 0.3662 },
        { 15, 148, 0.0624, 0.1605 },
        { 0, 20, 0.0000, 0.1611 },
        { 1, 29, 0.0061, 0.1718 },
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct estimate e = statistics_proportion(cases[i].successes, cases[i].n, 0.95);
        assert_near(e.lower, cases[i].lower, 5e-5);
        assert_near(e.upper, cases[i].upper, 5e-5);
    }
    assert_true(statistics_proportion(30, 30, 0.95).upper == 1);
    assert_true(isnan(statistics_proportion(0, 0, 0.95).value));
}

/* The ranks of tables of the 95 % interval of a median: n = 6: 1 and 6, 10: 2 and 9, 20: 6 and
 * 15, 30: 10 and 21 (Conover, Practical Nonparametric Statistics); below 6 there is none. */
static void median_takes_the_tabled_ranks(void **state)
{
    static const struct {
        size_t n, low, high;
    } cases[] = { { 6, 1, 6 }, { 10, 2, 9 }, { 20, 6, 15 }, { 30, 10, 21 } };
    double x[30];

    (void)state;
    for (size_t i = 0; i < 30; i++)
        x[i] = (double)((i * 7) % 30); /* a permutation */
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        double ranks[30];
        for (size_t k = 0; k < cases[i].n; k++)
            ranks[k] = (double)(cases[i].n - k);
        struct estimate e = statistics_quantile(ranks, cases[i].n, 0.5, 0.95);
        assert_true(e.value == ((double)cases[i].n + 1) / 2);
        assert_true(e.lower == (double)cases[i].low);
        assert_true(e.upper == (double)cases[i].high);
    }
    struct estimate few = statistics_quantile(x, 5, 0.5, 0.95);
    assert_true(isnan(few.lower) && isnan(few.upper));
    assert_true(statistics_quantile(x, 30, 0.5, 0.95).value == 14.5);
    assert_near(statistics_quantile(x, 30, 0.9, 0.95).value, 26.1, 1e-12);
}

static void never_counts_as_infinite(void **state)
{
    double x[10] = { 1, 2, 3, 4, 5, 6, 7, INFINITY, INFINITY, INFINITY };
    struct estimate median = statistics_quantile(x, 10, 0.5, 0.95);
    struct estimate high = statistics_quantile(x, 10, 0.9, 0.95);

    (void)state;
    assert_true(median.value == 5.5 && median.lower == 2 && isinf(median.upper));
    assert_true(isinf(high.value));
    assert_true(isinf(statistics_quantile(x + 6, 2, 0.5, 0.95).value)); /* 7 and never */
    assert_true(isinf(statistics_quantile(x + 7, 3, 0.5, 0.95).value));
    assert_true(statistics_quantile(x, 9, 0.75, 0.95).value == 7); /* exactly on x(7) */
}

/* Fieller's limits are those r for which the t test of x - r y just rejects. */
static void ratio_limits_are_where_the_t_test_turns(void **state)
{
    static const double x[] = { 4.1, 5.0, 3.7, 4.4, 4.9, 5.3 };
    static const double y[] = { 2.0, 2.2, 1.9, 2.3, 2.1, 2.5 };
    struct estimate e = statistics_paired_ratio(x, y, 6, 0.95);
    const double limits[] = { e.lower, e.upper };

    (void)state;
    assert_near(e.value, 27.4 / 13.0, 1e-12);
    assert_true(e.lower < e.value && e.value < e.upper);
    for (int side = 0; side < 2; side++) {
        double rest[6];
        for (int i = 0; i < 6; i++)
            rest[i] = x[i] - limits[side] * y[i];
        double t = gsl_stats_mean(rest, 1, 6) / (gsl_stats_sd(rest, 1, 6) / sqrt(6));
        assert_near(fabs(t), gsl_cdf_tdist_Pinv(0.975, 5), 1e-8);
    }
}

static void ratio_without_a_firm_denominator_has_no_limits(void **state)
{
    static const double x[] = { 1, 2, 3 }, wide[] = { -1, 0.5, 2 }, zero[] = { 0, 0, 0 };

    (void)state;
    struct estimate e = statistics_paired_ratio(x, wide, 3, 0.95);
    assert_near(e.value, 4, 1e-12);
    assert_true(isnan(e.lower) && isnan(e.upper));
    assert_true(isnan(statistics_paired_ratio(x, zero, 3, 0.95).value));
}

static void sign_test_as_tabled(void **state)
{
    (void)state;
    assert_near(statistics_sign_test(1, 9), 22.0 / 1024, 1e-12);
    assert_near(statistics_sign_test(9, 1), 22.0 / 1024, 1e-12);
    assert_near(statistics_sign_test(0, 5), 2.0 / 32, 1e-12);
    assert_true(statistics_sign_test(5, 5) == 1);
    assert_true(statistics_sign_test(0, 0) == 1);
}

static void assert_covers(const char *what, int hits, bool may_be_more)
{
    double share = (double)hits / TRIALS, error = sqrt(0.95 * 0.05 / TRIALS);

    if (share < 0.95 - 4 * error || (!may_be_more && share > 0.95 + 4 * error))
        fail_msg("the 95 %% interval of %s covers the truth in %.1f %%", what, 100 * share);
}

static int covers(struct estimate e, double truth)
{
    return e.lower <= truth && truth <= e.upper;
}

static void intervals_cover_as_promised(void **state)
{
    gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
    int mean = 0, median = 0, ratio = 0, difference = 0;

    (void)state;
    gsl_rng_set(rng, 20);
    for (int trial = 0; trial < TRIALS; trial++) {
        double x[15], y[15], wait[15];
        for (int i = 0; i < 15; i++) {
            double common = gsl_ran_gaussian(rng, 1);
            x[i] = 12 + common + gsl_ran_gaussian(rng, 1);
            y[i] = 8 + common + gsl_ran_gaussian(rng, 1);
            wait[i] = gsl_ran_exponential(rng, 1);
        }
        mean += covers(statistics_mean(x, 15, 0.95), 12);
        difference += covers(statistics_paired_difference(x, y, 15, 0.95), 4);
        ratio += covers(statistics_paired_ratio(x, y, 15, 0.95), 1.5);
        median += covers(statistics_quantile(wait, 15, 0.5, 0.95), log(2));
    }
    gsl_rng_free(rng);
    assert_covers("a mean", mean, false);
    assert_covers("a paired difference", difference, false);
    assert_covers("a paired ratio", ratio, false);
    assert_covers("a median", median, true);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(mean_of_students_sleep_data),
        cmocka_unit_test(mean_of_few_values_claims_nothing),
        cmocka_unit_test(wilson_as_published),
        cmocka_unit_test(median_takes_the_tabled_ranks),
        cmocka_unit_test(never_counts_as_infinite),
        cmocka_unit_test(ratio_limits_are_where_the_t_test_turns),
        cmocka_unit_test(ratio_without_a_firm_denominator_has_no_limits),
        cmocka_unit_test(sign_test_as_tabled),
        cmocka_unit_test(intervals_cover_as_promised),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
