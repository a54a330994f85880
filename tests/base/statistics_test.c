/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * statistics_test.c - every interval equals its published or hand-computed value, and is not given
 * where it cannot hold; a time that was never reached counts as infinite.  How often intervals
 * cover the truth is measured in tests/analysis/coverage_test.c.
 */
#include "base/statistics.h"

#include <gsl/gsl_cdf.h>
#include <gsl/gsl_randist.h>
#include <gsl/gsl_statistics_double.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

static void assert_near(double value, double expected, double tolerance)
{
    if (!(fabs(value - expected) <= tolerance))
        fail_msg("%.10g is not %.10g within %g", value, expected, tolerance);
}

/* Student (The probable error of a mean, Biometrika 1908): hours of sleep gained; R's t.test of
 * the differences gives mean 1.58, interval 0.7001142 to 2.4598858. */
static const double slept_more[] = { 1.2, 2.4, 1.3, 1.3, 0.0, 1.0, 1.8, 0.8, 4.6, 1.4 };

/* Hall's transformation by its definition: the limits are the m at which T(m) + g T(m)^2 / 3 +
 * g^2 T(m)^3 / 27 + g / 6 is a quantile of t, T(m) being (mean - m) / error; the wider of the
 * two is given on each side. */
static void mean_of_skewed_amounts(void **state)
{
    struct estimate e = statistics_mean(slept_more, 10, false, 0.95);
    double sd = gsl_stats_sd(slept_more, 1, 10), error = sd / sqrt(10), cubes = 0, g, t;

    (void)state;
    assert_near(e.value, 1.58, 1e-12);
    assert_near(e.lower, 0.7001142, 5e-8); /* Student's: skewed to the right, it is the lower */
    for (int i = 0; i < 10; i++)
        cubes += pow((slept_more[i] - 1.58) / sd, 3);
    g = cubes * 10 / (9 * 8) * 1.5 / sqrt(10);
    t = (1.58 - e.upper) / error;
    assert_true(e.upper > 2.4598858);
    assert_near(t + g * t * t / 3 + g * g * t * t * t / 27 + g / 6, gsl_cdf_tdist_Pinv(0.025, 9),
                1e-9);
}

static void students_interval_of_his_data(void **state)
{
    struct estimate e = statistics_student(slept_more, 10, 0.95);
    struct estimate one = statistics_student(slept_more, 1, 0.95);

    (void)state;
    assert_near(e.value, 1.58, 1e-12);
    assert_near(e.lower, 0.7001142, 5e-8);
    assert_near(e.upper, 2.4598858, 5e-8);
    assert_true(one.value == 1.2 && isnan(one.lower) && isnan(one.upper));
    assert_true(isnan(statistics_student(NULL, 0, 0.95).value));
}

static void mean_of_symmetric_amounts_is_students(void **state)
{
    static const double x[] = { 1, 2, 3, 4, 5, 6, 7, 8, 9, 10 };
    struct estimate e = statistics_mean(x, 10, false, 0.9);
    double reach = gsl_cdf_tdist_Pinv(0.95, 9) * sqrt(82.5 / 9 / 10);

    (void)state;
    assert_near(e.lower, 5.5 - reach, 1e-12);
    assert_near(e.upper, 5.5 + reach, 1e-12);
}

static void standard_error_of_the_first_ten_numbers(void **state)
{
    static const double x[] = { 1, 2, 3, 4, 5, 6, 7, 8, 9, 10 };

    (void)state;
    assert_near(statistics_standard_error(x, 10), sqrt(82.5 / 9 / 10), 1e-15);
    assert_true(statistics_standard_error((double[]){ 3, 3, 3 }, 3) == 0);
    assert_true(isnan(statistics_standard_error(x, 1)));
}

static void no_limit_of_an_amount_is_negative(void **state)
{
    static const double x[] = { 0, 0, 0, 1, 0, 0, 2, 0, 0, 9, 0, 1 };
    static const double below[] = { -1, 0, 0, 1, 0, 0, 2, 0, 0, 9, 0, 1 };

    (void)state;
    assert_true(statistics_mean(x, 12, false, 0.95).lower == 0);
    assert_true(statistics_mean(below, 12, false, 0.95).lower < 0);
}

static void mean_of_too_few_amounts_claims_nothing(void **state)
{
    static const double x[] = { 1, 2, 3, 4, 5, 6, 7, 8 };
    static const double same[] = { 0, 0, 3, 0, 0, 0, 1, 0, 0, 2 };
    static const double enough[] = { 0, 0, 3, 0, 4, 0, 1, 0, 0, 2 };
    struct estimate none = statistics_mean(NULL, 0, false, 0.95);
    struct estimate seven = statistics_mean(x, 7, false, 0.95);

    (void)state;
    assert_true(isnan(none.value) && isnan(none.lower) && isnan(none.upper));
    assert_true(seven.value == 4 && isnan(seven.lower) && isnan(seven.upper));
    assert_true(statistics_mean(x, 8, false, 0.95).lower > 0);
    assert_true(isnan(statistics_mean(same, 10, false, 0.95).upper));
    assert_true(statistics_mean(enough, 10, false, 0.95).upper > 1);
    assert_true(isnan(statistics_mean(enough, 1, false, 0.95).upper));
}

/* Of n values s the weighted mean is 1 - (1 - s) times the largest of n uniform variables, so the
 * upper limit is 1 - (1 - s) 0.025^(1/n). */
static void mean_of_equal_shares_leaves_room_for_the_unseen(void **state)
{
    static const size_t sizes[] = { 8, 10, 30, 100, 1000 };
    double x[1000];

    (void)state;
    for (size_t i = 0; i < 1000; i++)
        x[i] = 0.05;
    for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
        struct estimate e = statistics_mean(x, sizes[i], true, 0.95);
        double exact = 1 - 0.95 * pow(0.025, 1 / (double)sizes[i]);
        assert_true(e.upper >= exact && e.upper <= 1.005 * exact);
        exact = 0.05 * pow(0.025, 1 / (double)sizes[i]); /* mirrored */
        assert_true(e.lower <= exact && e.lower >= 0.9 * exact);
    }
}

/* A time average of 9.7 to 10.2 % in ten runs is known to a tenth of a percent. */
static void mean_of_shares_between_the_ends_is_that_of_amounts(void **state)
{
    double x[10], z[10];

    (void)state;
    for (size_t i = 0; i < 10; i++) {
        x[i] = 0.097 + 0.0005 * (double)i;
        z[i] = i ? 0.97 + 0.003 * (double)i : 0.5; /* skewed towards an end */
    }
    struct estimate share = statistics_mean(x, 10, true, 0.95);
    struct estimate amount = statistics_mean(x, 10, false, 0.95);
    assert_true(share.lower == amount.lower && share.upper == amount.upper);
    assert_true(share.upper - share.lower < 0.003);
    assert_true(statistics_mean(z, 10, true, 0.95).upper <= 1);
    assert_true(isnan(statistics_mean(x, 7, true, 0.95).upper)); /* too few */
    x[0] = 0; /* one run at the end: room for what no run shows */
    assert_true(statistics_mean(x, 10, true, 0.95).upper > 0.3);
}

/* Of k ones and n - k zeros Gaffke's limits are Clopper's and Pearson's, quantiles of beta
 * distributions. */
static void mean_of_ones_and_zeros_meets_the_exact_binomial(void **state)
{
    double x[100];

    (void)state;
    for (size_t ones = 0; ones <= 100; ones++) {
        for (size_t i = 0; i < 100; i++)
            x[i] = i < ones;
        struct estimate e = statistics_mean(x, 100, true, 0.95);
        double k = (double)ones;
        double lower = ones == 0 ? 0 : gsl_cdf_beta_Pinv(0.025, k, 101 - k);
        double upper = ones == 100 ? 1 : gsl_cdf_beta_Pinv(0.975, k + 1, 100 - k);
        assert_near(e.lower, lower, (ones == 1 ? 0.05 : 0.01) * lower);
        assert_near(e.upper, upper, 0.006 * upper);
        assert_true(e.lower <= lower * (1 + 2e-4) && e.upper >= upper * (1 - 2e-4));
    }
}

/* What is small in proportion stays so, and what is nearly 1 is no trouble. */
static void mean_of_shares_at_the_ends(void **state)
{
    static const double some[8] = { 0, 0.5 }, high[8] = { 1, 0.5, 1, 1, 1, 1, 1, 1 };
    static const double foreign[8] = { 0.5, 1.5 }, tiny[8] = { 4e-9, 2e-9, 3e-9 };
    static const double large[8] = { 0.4, 0.2, 0.3 },
                        ends[] = { 1 - 1e-16, 1, 1, 1, 1, 1, 1, 1 - 1e-13 };
    struct estimate low = statistics_mean(some, 8, true, 0.95);
    struct estimate top = statistics_mean(high, 8, true, 0.95);
    struct estimate end = statistics_mean(ends, 8, true, 0.9999);

    (void)state;
    assert_true(low.lower > 0 && low.lower < 0.0625 && low.upper > 0.0625 && low.upper < 1);
    assert_near(top.lower, 1 - low.upper, 1e-9);
    assert_near(top.upper, 1 - low.lower, 1e-9);
    assert_near(statistics_mean(tiny, 8, true, 0.95).lower * 1e8,
                statistics_mean(large, 8, true, 0.95).lower, 1e-6);
    assert_true(end.lower > 0 && end.lower < 1 && end.upper <= 1 && end.upper > 1 - 1e-12);
    assert_true(isnan(statistics_mean(foreign, 8, true, 0.95).upper));
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
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct estimate e = statistics_proportion(cases[i].successes, cases[i].n, 0.95);
        assert_near(e.lower, cases[i].lower, 5e-5);
        assert_near(e.upper, cases[i].upper, 5e-5);
    }
    assert_true(statistics_proportion(30, 30, 0.95).upper == 1);
    /* Modified: half the quantile of chi squared with two degrees of freedom, -log(0.95). */
    assert_near(statistics_proportion(1, 29, 0.95).lower, -log(0.95) / 29, 1e-12);
    assert_near(statistics_proportion(28, 29, 0.95).upper, 1 + log(0.95) / 29, 1e-12);
    assert_near(statistics_proportion(1, 29, 0.95).upper, 0.1718, 5e-5); /* Wilson's */
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

/* Hours of sleep gained by ten patients with each of two drugs (Student, 1908): correlated by
 * 0.7952, as R's cor() has it; the variance of the differences is 1.5129, of both together 7.2105.
 */
static void pairs_are_worth_more_the_closer_they_go_together(void **state)
{
    static const double x[] = { 0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0 };
    static const double y[] = { 1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4 };
    double equal[10] = { 0 }, mirrored[10];
    struct pairing p = statistics_pairing(x, y, 10);

    (void)state;
    assert_near(p.correlation, 0.7951702, 5e-8);
    assert_near(p.gain,
                (gsl_stats_variance(x, 1, 10) + gsl_stats_variance(y, 1, 10)) /
                    gsl_stats_variance(slept_more, 1, 10),
                1e-12);
    assert_near(p.gain, 4.7662, 5e-3);
    for (int i = 0; i < 10; i++)
        mirrored[i] = -x[i];
    assert_near(statistics_pairing(x, mirrored, 10).gain, 0.5, 1e-12);
    assert_near(statistics_pairing(x, equal, 10).gain, 1, 1e-12);
    assert_true(isnan(statistics_pairing(x, equal, 10).correlation));
    assert_true(isinf(statistics_pairing(x, x, 10).gain));
    assert_true(isnan(statistics_pairing(equal, equal, 10).gain));
    assert_true(isnan(statistics_pairing(x, y, MEAN_RUNS_MIN - 1).gain));
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

/* S. Holm's method by hand: 0.01 * 4, 0.02 * 3, 0.03 * 2, then no less than that. */
/* All one way, 2 / 2^n: 6 pairs for 5 %, 11 for a thousandth.  At 9 to 1 it takes more. */
static void pairs_that_a_sign_test_needs(void **state)
{
    (void)state;
    assert_int_equal(statistics_sign_pairs(1, 0, 0.05), 6);
    assert_int_equal(statistics_sign_pairs(0, 7, 0.001), 11);
    for (size_t n = 1; n < statistics_sign_pairs(9, 1, 0.001); n++)
        assert_true(statistics_sign_test((size_t)lround(0.1 * (double)n),
                                         n - (size_t)lround(0.1 * (double)n)) > 0.001);
    assert_true(statistics_sign_pairs(9, 1, 0.001) > 11);
    assert_int_equal(statistics_sign_pairs(5, 5, 0.05), 0);
}

static void holm_by_hand(void **state)
{
    double p[] = { 0.03, 0.01, 0.04, 0.02 }, high[] = { 0.6, 0.7 };

    (void)state;
    statistics_holm(p, 4);
    assert_near(p[1], 0.04, 1e-12);
    assert_near(p[3], 0.06, 1e-12);
    assert_near(p[0], 0.06, 1e-12);
    assert_near(p[2], 0.06, 1e-12);
    statistics_holm(high, 2);
    assert_true(high[0] == 1 && high[1] == 1);
    statistics_holm(NULL, 0);
}

/* Exactly, by the binomial probabilities: nowhere below 91.4 %, on average 95 % or more.  Wilson's
 * own falls to 83 % next to 0 and 1, which is why it is modified there. */
static void proportions_cover_near_the_ends(void **state)
{
    static const unsigned sizes[] = { 10, 30, 100 };

    (void)state;
    for (size_t k = 0; k < sizeof(sizes) / sizeof(sizes[0]); k++) {
        double sum = 0, least = 1;
        for (int i = 0; i < 1000; i++) {
            double p = 0.00025 + 0.001 * i, covered = 0;
            for (unsigned x = 0; x <= sizes[k]; x++) {
                struct estimate e = statistics_proportion(x, sizes[k], 0.95);
                if (e.lower <= p && p <= e.upper)
                    covered += gsl_ran_binomial_pdf(x, p, sizes[k]);
            }
            sum += covered / 1000;
            least = fmin(least, covered);
        }
        assert_true(least > 0.914 && sum > 0.95 && sum < 0.965);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(students_interval_of_his_data),
        cmocka_unit_test(mean_of_skewed_amounts),
        cmocka_unit_test(mean_of_symmetric_amounts_is_students),
        cmocka_unit_test(standard_error_of_the_first_ten_numbers),
        cmocka_unit_test(no_limit_of_an_amount_is_negative),
        cmocka_unit_test(mean_of_too_few_amounts_claims_nothing),
        cmocka_unit_test(mean_of_equal_shares_leaves_room_for_the_unseen),
        cmocka_unit_test(mean_of_shares_between_the_ends_is_that_of_amounts),
        cmocka_unit_test(mean_of_ones_and_zeros_meets_the_exact_binomial),
        cmocka_unit_test(mean_of_shares_at_the_ends),
        cmocka_unit_test(wilson_as_published),
        cmocka_unit_test(proportions_cover_near_the_ends),
        cmocka_unit_test(median_takes_the_tabled_ranks),
        cmocka_unit_test(never_counts_as_infinite),
        cmocka_unit_test(pairs_are_worth_more_the_closer_they_go_together),
        cmocka_unit_test(sign_test_as_tabled),
        cmocka_unit_test(pairs_that_a_sign_test_needs),
        cmocka_unit_test(holm_by_hand),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
