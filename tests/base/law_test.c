/* SPDX-License-Identifier: GPL-3.0-or-later */
/* law_test.c - laws fitted to values: known coefficients, and intervals that hold them. */
#include "base/law.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include <cmocka.h>
#include <gsl/gsl_randist.h>
#include <gsl/gsl_rng.h>

enum { SIZES = 5, TIMES = 4, VALUES = SIZES * TIMES, TRIES = 2000 };

static void assert_near(double value, double expected, double tolerance)
{
    if (!(fabs(value - expected) <= tolerance))
        fail_msg("%.15g, expected %.15g", value, expected);
}

static void coefficients_without_error_are_exact(void **state)
{
    struct law_value values[SIZES];
    struct law law;

    (void)state;
    for (int i = 0; i < SIZES; i++)
        values[i] = (struct law_value){ pow(10, i + 1), 0.5 + 2 * log2(pow(10, i + 1)) };
    assert_true(law_choose(values, SIZES, &law));
    assert_int_equal(law.kind, LAW_LOGARITHM);
    assert_near(law.start.value, 0.5, 1e-9);
    assert_near(law.rate.value, 2, 1e-10);
    assert_true(isnan(law.p));
    assert_near(law_at(&law, 4), 4.5, 1e-9);
    for (int i = 0; i < SIZES; i++)
        values[i].y = 3 * sqrt(values[i].x);
    assert_true(law_choose(values, SIZES, &law));
    assert_int_equal(law.kind, LAW_POWER);
    assert_near(law.start.value, 3, 1e-9);
    assert_near(law.rate.value, 0.5, 1e-10);
    assert_near(law_at(&law, 4), 6, 1e-9);
}

/* Its rate is nothing, not what rounding leaves. */
static void a_constant_does_not_grow(void **state)
{
    struct law_value values[VALUES];
    struct law law;

    (void)state;
    for (enum law_kind kind = LAW_LOGARITHM; kind <= LAW_POWER; kind++) {
        for (int i = 0; i < VALUES; i++)
            values[i] = (struct law_value){ pow(7, i / TIMES + 1), 0.7 };
        assert_true(law_fit(kind, values, VALUES, &law));
        assert_true(law.rate.value == 0 && law.rate.lower == 0 && law.rate.upper == 0);
        assert_near(law.start.value, 0.7, 1e-12);
        values[VALUES - 1].y += 1e-6;
        assert_true(law_fit(kind, values, VALUES, &law));
        assert_true(law.rate.value > 1e-9);
    }
}

/* By hand: X = 0, 0, 1, 1, 2, 2, means 1, 3, 4 with a spread of 1 to either side.  Slope 1.5, start
 * 7/6; the means are off by -1/6, 1/3, -1/6, so lack of fit has 2/6, pure error 6 in 3 degrees:
 * F = 1/6 in (1, 3), of which Student's t with
 * 3 degrees has the tails: 1 - 2/pi (atan u + u / (1 + u^2)), u^2 = F/3.  Residual variance 19/12,
 * of the slope 19/48, of the start 19/12 * 5/12. */
static void a_small_one_by_hand(void **state)
{
    const struct law_value values[] = {
        { 1, 0 }, { 1, 2 }, { 2, 2 }, { 2, 4 }, { 4, 3 }, { 4, 5 }
    };
    const double t = 2.776445; /* of 4 degrees */
    struct law law;

    (void)state;
    assert_true(law_fit(LAW_LOGARITHM, values, 6, &law));
    assert_near(law.rate.value, 1.5, 1e-12);
    assert_near(law.start.value, 7.0 / 6, 1e-12);
    assert_near(law.rate.upper - law.rate.value, t * sqrt(19.0 / 48), 1e-6);
    assert_near(law.start.value - law.start.lower, t * sqrt(19.0 / 12 * 5 / 12), 1e-6);
    assert_near(law.p, 0.710481725, 1e-9);
}

/* Of 2000 studies 0.95 are 1900, 0.05 are 100, with a standard error of 9.7. */
static void try_truth(double bend, int *held, int *strayed)
{
    gsl_rng *draws = gsl_rng_alloc(gsl_rng_mt19937);

    *held = *strayed = 0;
    gsl_rng_set(draws, 1);
    for (int k = 0; k < TRIES; k++) {
        struct law_value values[VALUES];
        struct law law;

        for (int i = 0; i < VALUES; i++) {
            const double x = 100 * pow(4, i / TIMES), at = log2(x);

            values[i] = (struct law_value){ x, 3 + 0.7 * at + bend * pow(at - log2(1600), 2) +
                                                   gsl_ran_gaussian(draws, 0.3) };
        }
        assert_true(law_fit(LAW_LOGARITHM, values, VALUES, &law));
        *held += law.rate.lower <= 0.7 && 0.7 <= law.rate.upper;
        *strayed += law.p < 0.05;
    }
    gsl_rng_free(draws);
}

static void intervals_hold_the_truth(void **state)
{
    int held, strayed;

    (void)state;
    try_truth(0, &held, &strayed);
    assert_in_range(held, 1900 - 39, 1900 + 39);
    assert_in_range(strayed, 100 - 39, 100 + 39);
}

static void what_is_no_law_is_told(void **state)
{
    struct law_value values[] = { { 1, 1 }, { 2, 2 }, { 2, 2 }, { 4, -1 } };
    struct law law;
    int held, strayed;

    (void)state;
    assert_false(law_choose(values, 3, &law)); /* two sizes */
    assert_true(law_choose(values, 4, &law));
    assert_int_equal(law.kind, LAW_LOGARITHM);
    assert_near(law.p, 0, 0); /* no chance at all in what was found twice */
    assert_false(law_fit(LAW_POWER, values, 4, &law));
    values[0].y = INFINITY;
    assert_false(law_fit(LAW_LOGARITHM, values, 4, &law));
    /* A bend of a third of the line's own height: seen, and the mean rate is still in its range. */
    try_truth(0.1, &held, &strayed);
    assert_in_range(strayed, TRIES * 99 / 100, TRIES);
    assert_in_range(held, 1900, TRIES);
}

/* Three times 0.1 is not 0.3: what differs by rounding alone is no noise to test with. */
static void equal_values_on_a_line_follow_it(void **state)
{
    struct law_value values[12];
    struct law law;

    (void)state;
    for (size_t i = 0; i < 12; i++)
        values[i] = (struct law_value){ pow(10, (double)(i / 3)), 0.1 + 0.7 * (double)(i / 3) };
    assert_true(law_fit(LAW_LOGARITHM, values, 12, &law));
    assert_true(law.p == 1);
    values[11].y = values[10].y = values[9].y = 2.21;
    assert_true(law_fit(LAW_LOGARITHM, values, 12, &law));
    assert_true(law.p == 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(coefficients_without_error_are_exact),
        cmocka_unit_test(a_constant_does_not_grow),
        cmocka_unit_test(a_small_one_by_hand),
        cmocka_unit_test(intervals_hold_the_truth),
        cmocka_unit_test(what_is_no_law_is_told),
        cmocka_unit_test(equal_values_on_a_line_follow_it),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
