/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * curve_view_test.c - the view `curve` of a database agrees with the same figures computed here.
 */
#include "tests/experiment/storing.h"

#include <glib.h>
#include <gsl/gsl_cdf.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

/* Runs of two sampling periods: the curve takes each on the straight line between its samples. */
static void test_curve(void **state)
{
    const double shares[] = { 0.2, 0.4, 0.9 };
    struct plan plan = study_plan("a");
    char *path = study_database(state), *text;
    struct results *results = open_study(path, &plan);
    double mean, lower, upper, sd, reach;

    for (uint32_t i = 0; i < 3; i++)
        store_run_alone(results, 0, 0, i, shares[i] * 10);
    close_study(results);
    assert_query(path, "SELECT t_ns, runs FROM curve WHERE point = 1 AND strategy = 'first'",
                 "0|3\n1000|3\n2000|3\n");
    /* At 1000 ns the run of period 2000 is half-way to its 0.4. */
    text = query_rows(path, "SELECT round(mean, 9) FROM curve");
    assert_string_equal(text, "0.0\n0.433333333\n0.5\n");
    g_free(text);
    text = query_rows(path, "SELECT mean, lower, upper FROM curve WHERE t_ns = 2000");
    assert_int_equal(sscanf(text, "%lf|%lf|%lf", &mean, &lower, &upper), 3);
    g_free(text);
    sd = sqrt((0.3 * 0.3 + 0.1 * 0.1 + 0.4 * 0.4) / 2);
    reach = gsl_cdf_tdist_Pinv(0.975, 2) * sd / sqrt(3);
    assert_true(lower == 0.0); /* 0.5 - 0.9: cut */
    assert_true(upper == 1.0);
    assert_true(reach > 0.5);
    g_free(path);
}

/* With more runs than choose the times: the longest run's end is one of them. */
static void test_curve_of_many(void **state)
{
    enum { MANY = 102 };
    struct plan plan = study_plan("a");
    char *path = study_database(state);
    struct results *results;
    struct errors errors = { .count = 0 };

    plan.replications.max = 2 * MANY; /* the numbers have gaps */
    results = open_study(path, &plan);
    assert_true(results_begin(results, &errors));
    for (uint32_t i = 0; i < MANY; i++)
        store_run(results, 0, 0, i == MANY - 1 ? 2 * i + 1 : 2 * i,
                  1); /* all but the last: 1000 ns */
    assert_true(results_commit(results, &errors));
    close_study(results);
    assert_query(path, "SELECT t_ns, runs FROM curve", "0|102\n1000|102\n2000|102\n");
    g_free(path);
}

/* The half width at n runs of the same spread, over the table's end at 30 degrees. */
static void test_curve_interval(void **state)
{
    for (uint32_t runs = 2; runs <= 40; runs += runs < 29 ? 9 : 1) {
        struct plan plan = study_plan("a");
        char *path = g_strdup_printf("%s/%u.db", (char *)*state, runs), *text;
        struct results *results;
        double lower, upper, mean = 0, squares = 0, expected;

        plan.replications.max = runs;
        results = open_study(path, &plan);
        for (uint32_t i = 0; i < runs; i++) {
            double share = 0.5 + 0.01 * (i % 3);
            store_run_alone(results, 0, 0, i, share * 10);
            mean += share / runs;
        }
        for (uint32_t i = 0; i < runs; i++)
            squares += pow(0.5 + 0.01 * (i % 3) - mean, 2);
        close_study(results);
        text = query_rows(path, "SELECT lower, upper FROM curve WHERE t_ns = 2000");
        assert_int_equal(sscanf(text, "%lf|%lf", &lower, &upper), 2);
        expected = gsl_cdf_tdist_Pinv(0.975, runs - 1) * sqrt(squares / (runs - 1) / runs);
        assert_true(fabs((upper - lower) / 2 / expected - 1) < 1e-4);
        g_free(text);
        g_free(path);
    }
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, make_study_folder, remove_study_folder)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_curve),
        TEST(test_curve_of_many),
        TEST(test_curve_interval),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
