/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The points of designs are the published ones and the same in every order, and a number of 0..1
 * stands for the value that the scenario has.
 */
#include "experiment/language/axis.h"

#include <glib.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* The table of Bratley and Fox's generator, without the origin. */
static void sobol_points_are_the_published_ones(void **state)
{
    static const double expected[][3] = {
        { 0.5, 0.5, 0.5 },       { 0.75, 0.25, 0.75 },    { 0.25, 0.75, 0.25 },
        { 0.375, 0.375, 0.625 }, { 0.875, 0.875, 0.125 }, { 0.625, 0.125, 0.375 },
        { 0.125, 0.625, 0.875 },
    };
    struct space_points *points = space_points_new(SPACE_SOBOL, 3, 1);

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(expected); i++) {
        double u[3];

        space_points_next(points, u);
        for (int k = 0; k < 3; k++)
            assert_true(u[k] == expected[i][k]);
    }
    space_points_free(points);
}

/* With the origin, 2^k points have one in each of 2^k strips of every axis. */
static void sobol_points_fill_each_axis_evenly(void **state)
{
    enum { POINTS = 1024 };
    struct space_points *points = space_points_new(SPACE_SOBOL, SPACE_AXES_MAX, 1);
    static bool seen[SPACE_AXES_MAX][POINTS];

    (void)state;
    memset(seen, 0, sizeof seen);
    for (int i = 1; i < POINTS; i++) {
        double u[SPACE_AXES_MAX];

        space_points_next(points, u);
        for (int k = 0; k < SPACE_AXES_MAX; k++) {
            int strip = (int)(u[k] * POINTS);

            assert_in_range(strip, 1, POINTS - 1); /* the origin has strip 0 */
            assert_false(seen[k][strip]);
            seen[k][strip] = true;
        }
    }
    space_points_free(points);
}

/* Mean and variance of uniform draws, each within 4 standard errors; another seed, other points;
 * another axis leaves those of the others alone. */
static void random_points_are_uniform_and_keyed_by_the_seed(void **state)
{
    enum { POINTS = 20000 };
    struct space_points *two = space_points_new(SPACE_RANDOM, 2, 7);
    struct space_points *three = space_points_new(SPACE_RANDOM, 3, 7);
    struct space_points *other = space_points_new(SPACE_RANDOM, 2, 8);
    double sum = 0, squares = 0, products = 0;

    (void)state;
    for (int i = 0; i < POINTS; i++) {
        double u[2], v[3], w[2];

        space_points_next(two, u);
        space_points_next(three, v);
        space_points_next(other, w);
        assert_true(u[0] == v[0] && u[1] == v[1] && u[0] != w[0]);
        assert_true(u[0] >= 0 && u[0] < 1);
        sum += u[0] - 0.5;
        squares += (u[0] - 0.5) * (u[0] - 0.5);
        products += (u[0] - 0.5) * (u[1] - 0.5);
    }
    assert_true(fabs(sum / POINTS) < 4 * sqrt(1.0 / 12 / POINTS));
    assert_true(fabs(squares / POINTS - 1.0 / 12) < 4 * sqrt(1.0 / 180 / POINTS));
    assert_true(fabs(products / POINTS) < 4 / 12.0 / sqrt(POINTS));
    space_points_free(two);
    space_points_free(three);
    space_points_free(other);
}

static void expect_written(const char *range, double u, const char *expected)
{
    struct space_range read;
    char text[QUANTITY_TEXT_MAX], why[QUANTITY_WHY_MAX];

    assert_true(space_range_read(&read, range, why));
    space_range_write(&read, u, text);
    assert_string_equal(text, expected);
}

static void values_are_what_one_would_write(void **state)
{
    const double last = nextafter(1, 0);

    (void)state;
    expect_written("1..8", 0, "1");
    expect_written("1..8", 0.124, "1");
    expect_written("1..8", 0.126, "2");
    expect_written("1..8", last, "8");
    expect_written("8..1", 0, "1");
    expect_written("1..1000:log", 0, "1");
    expect_written("1..1000:log", 0.5, "31"); /* sqrt(1001) = 31.6 */
    expect_written("1..1000:log", last, "1000");
    expect_written("1.0..8", 0.5, "4.5");
    expect_written("1..8:linear", 0.5, "5");
    expect_written("0%..20%", 1.0 / 3, "0.06667");
    expect_written("0%..20%", last, "0.2");
    expect_written("100ms..2s", 1.0 / 3, "733300us");
    expect_written("100ms..10s:log", 1.0 / 3, "464200us"); /* 10^(2/3) = 4.6416 */
    expect_written("100ms..10s:log", 2.0 / 3, "2154ms");
    expect_written("1ns..3ns", 0.4, "2ns");
    expect_written("1kB..1MB:log", 0.25, "5623B");
    expect_written("1kB..1MB", 0.5, "500500B");
    expect_written("10/s..20/s", 0.123, "11.23/s");
    expect_written("1Mbit/s..10Mbit/s", 0.1, "1900kbit/s");
    expect_written("0.0001..0.1:log", 0.5, "0.003162");
    expect_written("1e3..1e5", 0.5, "50500");
}

/* Each whole number gets its share of 0..1. */
static void whole_numbers_are_as_likely_as_stated(void **state)
{
    enum { DRAWS = 100000 };
    int linear[5] = { 0 }, logarithmic[5] = { 0 };
    struct space_range range;
    char text[QUANTITY_TEXT_MAX], why[QUANTITY_WHY_MAX];

    (void)state;
    for (int i = 0; i < DRAWS; i++) {
        space_range_read(&range, "1..4", why);
        space_range_write(&range, (i + 0.5) / DRAWS, text);
        linear[atoi(text)]++;
        space_range_read(&range, "1..4:log", why);
        space_range_write(&range, (i + 0.5) / DRAWS, text);
        logarithmic[atoi(text)]++;
    }
    for (int k = 1; k <= 4; k++) {
        assert_int_equal(linear[k], DRAWS / 4);
        assert_true(fabs(logarithmic[k] - DRAWS * log((k + 1.0) / k) / log(5)) < 1.5);
    }
}

/* What is written reads back to what is written. */
static void values_are_read_as_they_are_written(void **state)
{
    static const char *const ranges[] = { "1us..1h:log", "0.1..7.3",       "1e-9..1e-3:log",
                                          "1B..1GB:log", "1/s..1e6/s:log", "0s..1min" };

    (void)state;
    for (size_t r = 0; r < G_N_ELEMENTS(ranges); r++)
        for (int i = 0; i < 1000; i++) {
            struct space_range range;
            char text[QUANTITY_TEXT_MAX], again[QUANTITY_TEXT_MAX], why[QUANTITY_WHY_MAX];
            enum dimension dimension;
            double value;

            assert_true(space_range_read(&range, ranges[r], why));
            space_range_write(&range, i / 1000.0, text);
            assert_true(dimension_read(text, &value, &dimension));
            dimension_write(value, range.dimension, again);
            assert_string_equal(text, again);
            assert_true(strlen(text) <= 10);
        }
}

static void expect_refusal(const char *text, const char *reason)
{
    struct space_range range;
    char why[QUANTITY_WHY_MAX];

    assert_false(space_range_read(&range, text, why));
    assert_string_equal(why, reason);
}

static void what_is_no_range_is_refused(void **state)
{
    (void)state;
    expect_refusal("17", "");
    expect_refusal("push", "");
    expect_refusal("", "");
    expect_refusal("1..1", "`from` and `to` are the same");
    expect_refusal("1..8s", "1 lacks a unit; `to` is 8s");
    expect_refusal("1s..8", "8 lacks a unit; `from` is 1s");
    expect_refusal("1s..8B", "`from` and `to` are of different kinds");
    expect_refusal("0..8:log", "a logarithmic scale needs `from` and `to` above 0");
    expect_refusal("1..8:lin", "`:lin`: :linear or :log was expected");
    expect_refusal("..8", "a number was expected, as in 100, 5%, 10s, 64KiB or 1Mbit/s");
    expect_refusal("1..", "a number was expected, as in 100, 5%, 10s, 64KiB or 1Mbit/s");
    expect_refusal("a..b", "a number was expected, as in 100, 5%, 10s, 64KiB or 1Mbit/s");
    expect_refusal("1..2..3", "a number was expected, as in 100, 5%, 10s, 64KiB or 1Mbit/s");
    expect_refusal("nan..3", "a number was expected, as in 100, 5%, 10s, 64KiB or 1Mbit/s");
}

/* Options and scenarios read axes alike; a list is a choice. */
static void axes_of_options_are_ranges_or_choices(void **state)
{
    const struct setting modes = { "rumor-mongering.mode", "push,pull" };
    const struct setting fanout = { "rumor-mongering.fanout", "1..8" };
    GPtrArray *sources = g_ptr_array_new();
    struct errors errors = { 0 };
    struct axis axis;
    char *text;

    (void)state;
    assert_true(axis_read_option(&axis, "--vary", &modes, sources, &errors));
    text = axis_pick_text(&axis, 0.5);
    assert_string_equal(text, "pull");
    g_free(text);
    axis_clear(&axis);
    assert_true(axis_read_option(&axis, "--vary", &fanout, sources, &errors));
    text = axis_pick_text(&axis, 0.5);
    assert_string_equal(text, "5");
    g_free(text);
    axis_clear(&axis);
    for (guint i = 0; i < sources->len; i++)
        source_free(sources->pdata[i]);
    g_ptr_array_free(sources, TRUE);
    errors_clear(&errors);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sobol_points_are_the_published_ones),
        cmocka_unit_test(sobol_points_fill_each_axis_evenly),
        cmocka_unit_test(random_points_are_uniform_and_keyed_by_the_seed),
        cmocka_unit_test(values_are_what_one_would_write),
        cmocka_unit_test(whole_numbers_are_as_likely_as_stated),
        cmocka_unit_test(values_are_read_as_they_are_written),
        cmocka_unit_test(what_is_no_range_is_refused),
        cmocka_unit_test(axes_of_options_are_ranges_or_choices),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
