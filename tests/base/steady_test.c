/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * steady_test.c - MSER-5 leaves out the start of a series that begins elsewhere and nothing of one
 * that does not; the interval of the mean of what is left follows from its batches, and is not
 * given for series that are too short.  How often it covers the truth is measured in
 * tests/analysis/coverage_test.c.
 */
#include "base/steady.h"

#include <gsl/gsl_randist.h>
#include <gsl/gsl_rng.h>
#include <gsl/gsl_statistics_double.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

enum { VALUES = 1000 };

static void assert_near(double value, double expected, double tolerance)
{
    if (!(fabs(value - expected) <= tolerance))
        fail_msg("%.10g is not %.10g within %g", value, expected, tolerance);
}

/* Values that keep `memory` of the one before, around 100 after a start at `start`. */
static void draw(double *x, size_t n, double memory, double start)
{
    gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
    double away = start - 100;

    gsl_rng_set(rng, 7);
    for (size_t i = 0; i < n; i++) {
        away = memory * away + gsl_ran_gaussian(rng, 1);
        x[i] = 100 + away;
    }
    gsl_rng_free(rng);
}

/* By its definition: of all d up to half, the least sum of squares over the square of how many. */
static size_t warmup_by_definition(const double *x, size_t n)
{
    const size_t batches = n / 5;
    double least = INFINITY;
    size_t best = 0;

    for (size_t d = 0; d <= batches / 2; d++) {
        double mean = gsl_stats_mean(x + 5 * d, 1, 5 * (batches - d)), squares = 0;
        for (size_t i = d; i < batches; i++)
            squares += pow(gsl_stats_mean(x + 5 * i, 1, 5) - mean, 2);
        squares /= pow((double)(batches - d), 2);
        if (squares < least * (1 - 1e-9)) {
            least = squares;
            best = d;
        }
    }
    return 5 * best;
}

static void warmup_is_where_the_error_is_least(void **state)
{
    double x[VALUES];
    static const double memories[] = { 0, 0.5, 0.9 };

    (void)state;
    for (size_t i = 0; i < 3; i++) {
        draw(x, VALUES, memories[i], 200);
        assert_int_equal(steady_warmup(x, VALUES), warmup_by_definition(x, VALUES));
    }
    /* From 100 away, at 0.9 a step, it takes 44 steps to come within 1. */
    assert_in_range(steady_warmup(x, VALUES), 30, 80);
    draw(x, VALUES, 0.5, 100);
    assert_in_range(steady_warmup(x, VALUES), 0, 50);
}

static void what_never_settles_has_no_warmup(void **state)
{
    double x[VALUES];

    (void)state;
    for (size_t i = 0; i < VALUES; i++)
        x[i] = (double)i;
    assert_true(steady_warmup(x, VALUES) == SIZE_MAX);
    assert_true(steady_warmup(x, 9) == SIZE_MAX);
    for (size_t i = 0; i < VALUES; i++)
        x[i] = 3;
    assert_int_equal(steady_warmup(x, VALUES), 0);
}

/* One series without memory: ten batches of 99, an interval of their ten means. */
static void one_series_falls_into_ten_batches(void **state)
{
    double x[VALUES], means[10];
    struct estimate alone;
    struct steady s;
    double correlation = 0, squares = 0, widen;

    (void)state;
    draw(x, VALUES, 0, 100);
    s = steady_mean(x, 1, VALUES, 5, false, 0.95);
    for (int i = 0; i < 10; i++)
        means[i] = gsl_stats_mean(x + 10 + 99 * i, 1, 99);
    alone = statistics_mean(means, 10, false, 0.95);
    for (int i = 0; i < 10; i++) {
        squares += pow(means[i] - alone.value, 2);
        correlation += i < 9 ? (means[i] - alone.value) * (means[i + 1] - alone.value) : 0;
    }
    correlation *= 10.0 / 9 / squares;
    widen = correlation > 0 ? sqrt((1 + correlation) / (1 - correlation)) : 1;
    assert_int_equal(s.batches, 10);
    assert_int_equal(s.batch, 99);
    assert_near(s.mean.value, alone.value, 1e-9);
    assert_near(s.mean.upper - s.mean.value, widen * (alone.upper - alone.value), 1e-9);
    assert_near(s.mean.value - s.mean.lower, widen * (alone.value - alone.lower), 1e-9);
}

/* A run is a batch where there are ten or more. */
static void many_series_are_a_batch_each(void **state)
{
    double x[20 * 50], means[20];
    struct estimate alone;
    struct steady s;

    (void)state;
    draw(x, 20 * 50, 0, 100);
    s = steady_mean(x, 20, 50, 10, false, 0.95);
    for (int i = 0; i < 20; i++)
        means[i] = gsl_stats_mean(x + 50 * i + 10, 1, 40);
    alone = statistics_mean(means, 20, false, 0.95);
    assert_int_equal(s.batches, 20);
    assert_int_equal(s.batch, 40);
    assert_near(s.mean.lower, alone.lower, 1e-9);
    assert_near(s.mean.upper, alone.upper, 1e-9);
}

/* 1000 values that keep 0.9 of the one before are worth 53. */
static void values_that_hang_together_are_worth_less(void **state)
{
    static double x[20 * VALUES];
    struct steady one, twenty;

    (void)state;
    draw(x, 20 * VALUES, 0.9, 100);
    one = steady_mean(x, 1, VALUES, 0, false, 0.95);
    twenty = steady_mean(x, 20, VALUES, 0, false, 0.95);
    assert_near(one.independent, 1000 / 19.0, 15);
    assert_near(twenty.independent, 20000 / 19.0, 60);
    assert_true(isfinite(one.mean.value) && isnan(one.mean.lower) && isnan(one.mean.upper));
    assert_true(twenty.mean.lower < 100 && twenty.mean.upper > 100);
    /* Enough in all, but not in each. */
    assert_true(isnan(steady_mean(x, 100, 200, 0, false, 0.95).mean.lower));
}

/* Nothing for a while, then every other value: the wider interval ends where values do. */
static void limits_are_values_that_there_can_be(void **state)
{
    double x[VALUES], turned[VALUES];
    struct steady s;

    (void)state;
    for (size_t i = 0; i < VALUES; i++) {
        x[i] = i >= VALUES / 2 && i % 2 == 0;
        turned[i] = 1 - x[i];
    }
    s = steady_mean(x, 1, VALUES, 0, false, 0.95);
    assert_true(s.mean.value == 0.25 && s.mean.lower == 0 && s.mean.upper > 0.5);
    s = steady_mean(turned, 1, VALUES, 0, true, 0.95);
    assert_true(s.mean.value == 0.75 && s.mean.lower < 0.5 && s.mean.upper == 1);
}

static void nothing_left_is_no_mean(void **state)
{
    static const double x[] = { 1, 2, 3, 4 };

    (void)state;
    assert_true(isnan(steady_mean(x, 0, 4, 0, false, 0.95).mean.value));
    assert_true(isnan(steady_mean(x, 1, 4, 4, false, 0.95).mean.value));
    assert_true(isnan(steady_mean(x, 1, 4, 0, false, 0.95).mean.value));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(warmup_is_where_the_error_is_least),
        cmocka_unit_test(what_never_settles_has_no_warmup),
        cmocka_unit_test(one_series_falls_into_ten_batches),
        cmocka_unit_test(many_series_are_a_batch_each),
        cmocka_unit_test(values_that_hang_together_are_worth_less),
        cmocka_unit_test(limits_are_values_that_there_can_be),
        cmocka_unit_test(nothing_left_is_no_mean),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
