/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * fitting_test.c - fits find the settings of known curves again, as often as they promise; the
 * regression that they are made of; what is seen of a run; what is no curve.
 *
 *   build/release/tests/analysis/fitting_test TRIES [JUDGED [POINTS]]
 *
 * prints the table of docs/fit.md instead (`make fits`).
 */
#include "tests/analysis/fitting_truth.h"

#include "analysis/fitting/ridge.h"
#include "sim/value/draw.h"
#include "tests/main.h"

#include <glib.h>
#include <glib/gstdio.h>
#include <gsl/gsl_cdf.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define HEAD "gossipsim: 1\nnodes: 100\nreplications: 1\n"
#define LATENCY(ms, p99) \
    "network: {latency: {lognormal: {median: " #ms "ms, p99: " #p99 "ms}}}\nstop: {at: 30min}\n"
#define PUSH      \
    HEAD LATENCY( \
        20,       \
        100) "strategies: {push: {rumor-mongering: {mode: push, fanout: 2, interval: 500ms}}}\n"
#define REPAIR                                                                               \
    HEAD LATENCY(20, 100) "strategies: {repair: {anti-entropy: {mode: push-pull, interval: " \
                          "1s}}}\n"
#define MAIL                                                                            \
    HEAD LATENCY(40, 200) "strategies: {repaired: {direct-mail: {acknowledge: false}, " \
                          "anti-entropy: {mode: push-pull, interval: 10s}}}\n"

#define LOSS                      \
    {                             \
        "network.loss", "0%..50%" \
    }
#define RUMORS                                                      \
    {                                                               \
        "strategies.push.rumor-mongering.interval", "100ms..2s:log" \
    }
#define REPAIRS                                                    \
    {                                                              \
        "strategies.repaired.anti-entropy.interval", "1s..60s:log" \
    }
#define EXCHANGES                                                  \
    {                                                              \
        "strategies.repair.anti-entropy.interval", "100ms..2s:log" \
    }
#define MODES                                                          \
    {                                                                  \
        "strategies.repaired.anti-entropy.mode", "push,pull,push-pull" \
    }

static const struct truth_problem problems[] = {
    { "mail and repair", MAIL, { LOSS, REPAIRS }, 2, TRUTH_SHARES },
    { "mail and repair", MAIL, { LOSS, REPAIRS }, 2, TRUTH_TEN_TIMES },
    { "mail and repair", MAIL, { LOSS, REPAIRS }, 2, TRUTH_DELAYS },
    { "mail and repair", MAIL, { LOSS, REPAIRS }, 2, TRUTH_SOME_DELAYS },
    { "mail and repair, mode", MAIL, { LOSS, REPAIRS, MODES }, 3, TRUTH_DELAYS },
    { "rumors", PUSH, { LOSS, RUMORS }, 2, TRUTH_SHARES },
    { "rumors", PUSH, { LOSS, RUMORS }, 2, TRUTH_DELAYS },
    { "anti-entropy", REPAIR, { LOSS, EXCHANGES }, 2, TRUTH_DELAYS },
    { "anti-entropy", REPAIR, { LOSS }, 1, TRUTH_SHARES },
};

static const char *const forms[] = { [TRUTH_SHARES] = "as sampled",
                                     [TRUTH_TEN_TIMES] = "ten times",
                                     [TRUTH_DELAYS] = "all delays",
                                     [TRUTH_SOME_DELAYS] = "30 delays" };

static void print_table(size_t tries, size_t judged, size_t points)
{
    printf(
        "| curves | measured | parameter | in its 95 %% interval | width of that, of the range | "
        "\"no setting explains it\" |\n|---|---|---|--:|--:|--:|\n");
    for (size_t i = 0; i < G_N_ELEMENTS(problems); i++) {
        const struct truth_problem *p = &problems[i];
        struct truth_tally tally = truth_try(p, tries, judged, points, 1);
        for (size_t k = 0; k < p->vary_count; k++) {
            char width[32] = "–"; /* a choice has none */
            if (tally.width[k] > 0)
                g_snprintf(width, sizeof width, "%.0f %%", 100 * tally.width[k]);
            printf("| %s | %s | `%s` | %.1f %% of %zu | %s | %zu of %zu |\n", p->name,
                   forms[p->form], p->vary[k].path, 100 * (double)tally.covered[k] / (double)tries,
                   tries, width, tally.unexplained, tally.judged);
        }
        fflush(stdout);
    }
}

/* ---- the suite ---- */

/* Of `tries` intervals at 95 %, within 4 standard errors. */
static void assert_calibrated(size_t covered, size_t tries)
{
    const double error = sqrt(0.95 * 0.05 * (double)tries);

    assert_true((double)covered >= 0.95 * (double)tries - 4 * error);
}

static void known_settings_lie_in_their_intervals(void **state)
{
    const struct truth_tally tally = truth_try(&problems[2], 60, 2, 200, 3);

    (void)state;
    for (size_t k = 0; k < 2; k++) {
        assert_calibrated(tally.covered[k], tally.tries);
        assert_true(tally.width[k] < 0.75); /* and the curve tells something of them */
    }
    assert_int_equal(tally.unexplained, 0);
}

/* Normal scores z of two ranges, seen as z + noise: the law of what is likely is known. */
static double normal(uint64_t *state)
{
    *state = *state * 6364136223846793005u + 1442695040888963407u;
    return gsl_cdf_ugaussian_Pinv(((double)(*state >> 12) + 0.5) * 0x1p-52);
}

enum { RUNS = 2000, AXES = 2, NUMBERS = 4 };

static void fill_table(double *u, double *seen, double noise)
{
    uint64_t draws = 1;

    for (size_t i = 0; i < RUNS; i++) {
        double z[AXES] = { normal(&draws), normal(&draws) };
        double at[AXES] = { z[0] + noise * normal(&draws), z[1] + noise * normal(&draws) };
        for (size_t k = 0; k < AXES; k++)
            u[i * AXES + k] = gsl_cdf_ugaussian_P(z[k]);
        seen[i * NUMBERS] = at[0];
        seen[i * NUMBERS + 1] = at[0] + at[1]; /* many numbers that say the same */
        seen[i * NUMBERS + 2] = at[0] - at[1];
        seen[i * NUMBERS + 3] = 7; /* and one that says nothing */
    }
}

static void what_is_likely_has_the_known_mean_and_spread(void **state)
{
    static double u[RUNS * AXES], seen[RUNS * NUMBERS];
    const size_t choices[AXES] = { 0, 0 };
    const double noise = 0.5, measured[NUMBERS] = { 0.8, 0.4, 1.2, 7 }; /* 0.8 and -0.4 */
    const struct posterior_table table = { RUNS, AXES, NUMBERS, u, seen, choices };
    const double shrink = 1 / (1 + noise * noise), sd = noise * sqrt(shrink);
    struct posterior posterior;

    (void)state;
    fill_table(u, seen, noise);
    posterior_find(&table, measured, &posterior);
    for (size_t k = 0; k < AXES; k++) {
        const double z = shrink * (k == 0 ? 0.8 : -0.4), error = sd / sqrt(0.8 * 0.2 * RUNS);
        const double low = gsl_cdf_ugaussian_Pinv(posterior_quantile(&posterior, k, 0.025));
        const double high = gsl_cdf_ugaussian_Pinv(posterior_quantile(&posterior, k, 0.975));
        const double median = gsl_cdf_ugaussian_Pinv(posterior_quantile(&posterior, k, 0.5));
        /* 1.25 and 2.7 standard errors of a mean are one of these quantiles. */
        assert_true(fabs(median - z) < 4 * 1.25 * error);
        assert_true(fabs(low - (z - 1.96 * sd)) < 4 * 2.7 * error);
        assert_true(fabs(high - (z + 1.96 * sd)) < 4 * 2.7 * error);
    }
    assert_true(fabs(posterior_correlation(&posterior, 0, 1)) < 4 / sqrt(0.16 * RUNS));
    posterior_clear(&posterior);
}

static void a_row_unlike_the_others_is_found(void **state)
{
    enum { ROWS = 199, COLUMNS = 3 };
    static double rows[(ROWS + 1) * COLUMNS];
    uint64_t draws = 5;

    (void)state;
    for (size_t i = 0; i <= ROWS; i++) {
        double common = normal(&draws);
        for (size_t k = 0; k < COLUMNS; k++)
            rows[i * COLUMNS + k] = common + 0.1 * normal(&draws);
    }
    rows[0] = rows[1] = rows[2] = 0; /* the middle */
    assert_true(posterior_check(rows, ROWS, COLUMNS) > 0.9);
    rows[1] = 1.5; /* each number is usual, not their difference */
    assert_true(posterior_check(rows, ROWS, COLUMNS) < 0.01);
    rows[1] = -0.1;
    rows[2] = 0.1;
    assert_true(posterior_check(rows, ROWS, COLUMNS) > 0.05);
}

/* Left out for true, row by row, it foretells the same. */
static void a_row_is_foretold_by_the_others(void **state)
{
    enum { ROWS = 30 };
    double rows[ROWS * 2], target[ROWS];
    size_t order[ROWS];
    uint64_t draws = 9;
    struct ridge *all;

    (void)state;
    for (size_t i = 0; i < ROWS; i++) {
        rows[2 * i] = normal(&draws);
        rows[2 * i + 1] = rows[2 * i] + normal(&draws);
        target[i] = 1 + 2 * rows[2 * i] - rows[2 * i + 1] + normal(&draws);
        order[i] = i;
    }
    all = ridge_new(rows, 2, order, NULL, ROWS, 1e-9);
    ridge_fit(all, target, 1);
    for (size_t left = 0; left < ROWS; left++) {
        size_t others[ROWS - 1], count = 0;
        for (size_t i = 0; i < ROWS; i++)
            if (i != left)
                others[count++] = i;
        struct ridge *rest = ridge_new(rows, 2, others, NULL, count, 1e-9);
        ridge_fit(rest, target, 1);
        assert_true(fabs(ridge_without(all, left) - ridge_at(rest, &rows[2 * left])) < 1e-6);
        ridge_free(rest);
    }
    ridge_free(all);
}

/* ---- what is seen of a run ---- */

static struct measured read_text(const char *text, struct errors *errors)
{
    char *path = g_build_filename(g_get_tmp_dir(), "fitting_test_XXXXXX", NULL);
    struct measured measured;
    int file = g_mkstemp(path);

    assert_true(file >= 0 && g_file_set_contents(path, text, -1, NULL));
    measured_read(path, &measured, errors);
    g_close(file, NULL);
    g_unlink(path);
    g_free(path);
    return measured;
}

/* 4 nodes hear at 1 s, 2 s, 3 s; who wrote the update at 0. */
static const double run_times[] = { 0, 1, 2, 3 }, run_shares[] = { 0.25, 0.5, 0.75, 1 };
static const struct glimpse_curve run = { run_times, run_shares, 4 };

static void a_run_is_seen_as_the_file_has_it(void **state)
{
    struct errors errors = { .count = 0 };
    static const char *const texts[] = { "3s\n1s\n2s\n", "0s\n1s\n2s\n3s\n",
                                         "t_ms;share %\n0;25\n1000;50\n2000;75\n3000;100\n" };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(texts); i++) {
        struct measured measured = read_text(texts[i], &errors);
        struct glimpse glimpse;
        double file[GLIMPSE_NUMBERS_MAX], seen[GLIMPSE_NUMBERS_MAX];
        assert_int_equal(errors.count, 0);
        assert_true(glimpse_init(&glimpse, &measured, 4, 1, "", &errors));
        assert_true(glimpse.count >= 3);
        glimpse_of_file(&glimpse, file);
        glimpse_of_runs(&glimpse, &run, 1, seen);
        for (size_t k = 0; k < glimpse_numbers(&glimpse); k++)
            assert_true(fabs(file[k] - seen[k]) < 1e-5);
        measured_clear(&measured);
    }
}

static void some_nodes_are_a_choice_of_all(void **state)
{
    struct errors errors = { .count = 0 };
    struct measured measured = read_text("1s\nnever\n", &errors);
    struct glimpse glimpse;
    double seen[GLIMPSE_NUMBERS_MAX];
    size_t counts[4] = { 0 };
    enum { TRIES = 3000 };

    (void)state;
    assert_int_equal(measured.never, 1);
    assert_true(glimpse_init(&glimpse, &measured, 4, 1, "", &errors));
    glimpse.horizon = 10;
    for (size_t i = 0; i < TRIES; i++) { /* the earlier of two of three nodes */
        glimpse_of_runs(&glimpse, &run, draw_key(i, 0, PURPOSE_GLIMPSE), seen);
        counts[(size_t)round(exp(seen[0]))]++;
    }
    assert_true(fabs((double)counts[1] - TRIES * 2.0 / 3) < 4 * sqrt(TRIES * 2.0 / 9));
    assert_int_equal(counts[1] + counts[2], TRIES);
    measured_clear(&measured);
    measured = read_text("1s\n1s\n1s\n1s\n", &errors);
    assert_int_equal(errors.count, 0);
    assert_false(glimpse_init(&glimpse, &measured, 4, 1, "many", &errors));
    assert_true(glimpse_init(&glimpse, &measured, 4, 2, "many", &errors));
    errors_clear(&errors);
    measured_clear(&measured);
}

static void what_is_no_curve_is_told_with_its_line(void **state)
{
    static const struct {
        const char *text;
        int line;
        const char *why;
    } cases[] = {
        { "", 0, "no rows" },
        { "time_s,share\n", 0, "no rows" },
        { "1s\n", 0, "a single row" },
        { "never\nnever\n", 0, "no node has heard" },
        { "0s\n0s\n", 0, "all delays are 0" },
        { "1s,0.5\n2s,0.5\n", 0, "the same at all times" },
        { "time,share\n1,0.5\n", 2, "lacks a unit" },
        { "time_s,share\n1,0.5\n2,1.5\n", 3, "not a share" },
        { "time_s,share %\n1,50\n2,101\n", 3, "0 to 100 per cent" },
        { "time_s,share\n1,0.5\n\n2,0.4\n", 4, "the share sinks" },
        { "2s,0.1\n1s,0.4\n", 2, "times must ascend" },
        { "1s,0.1\n2s\n", 2, "2 columns" },
        { "1s,0.1,3\n", 1, "one column was expected" },
        { "1s,nan\n", 1, "not a share" },
        { "head\nword\n", 2, "not a quantity" },
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        struct errors errors = { .count = 0 };
        struct measured measured = read_text(cases[i].text, &errors);
        assert_int_equal(errors.count, 1);
        assert_int_equal(errors.list[0].line, cases[i].line);
        assert_non_null(strstr(errors.list[0].text, cases[i].why));
        assert_int_equal(errors.list[0].kind, ERROR_SCENARIO);
        measured_clear(&measured);
        errors_clear(&errors);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(known_settings_lie_in_their_intervals),
        cmocka_unit_test(what_is_likely_has_the_known_mean_and_spread),
        cmocka_unit_test(a_row_unlike_the_others_is_found),
        cmocka_unit_test(a_row_is_foretold_by_the_others),
        cmocka_unit_test(a_run_is_seen_as_the_file_has_it),
        cmocka_unit_test(some_nodes_are_a_choice_of_all),
        cmocka_unit_test(what_is_no_curve_is_told_with_its_line),
    };

    if (test_argc > 1) {
        print_table((size_t)atol(test_argv[1]), test_argc > 2 ? (size_t)atol(test_argv[2]) : 0,
                    test_argc > 3 ? (size_t)atol(test_argv[3]) : 1000);
        return 0;
    }
    return cmocka_run_group_tests(tests, NULL, NULL);
}
