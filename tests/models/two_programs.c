/* SPDX-License-Identifier: GPL-3.0-or-later */
/* two_programs.c - see two_programs.h. */
#include "tests/models/two_programs.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <gsl/gsl_cdf.h>

enum { RUNS_MAX = 2000, RUNS_MIN = 20, FIGURES_MAX = 64 };
#define FAMILY 1e-3

static int runs, wrong;
static double limit_each, limit_all;

struct sample {
    double values[2][RUNS_MAX]; /* of the model, of the slow program */
};

static struct sample samples[FIGURES_MAX];
static struct pool {
    double sum;
    int count;
} pools[FIGURES_MAX][2];

static double mean_of(const double *values)
{
    double sum = 0;

    for (int i = 0; i < runs; i++)
        sum += values[i];
    return sum / runs;
}

static double variance_of(const double *values)
{
    const double mean = mean_of(values);
    double sum = 0;

    for (int i = 0; i < runs; i++)
        sum += (values[i] - mean) * (values[i] - mean);
    return sum / (runs - 1);
}

/* Student's t of the difference of two means; equal means are equal also where nothing varies. */
static double compare_means(const struct sample *s)
{
    const double difference = mean_of(s->values[0]) - mean_of(s->values[1]);
    const double error = sqrt((variance_of(s->values[0]) + variance_of(s->values[1])) / runs);
    const double scale = fmax(1, fabs(mean_of(s->values[0])));

    return fabs(difference) <= 1e-9 * scale ? 0 : difference / error;
}

static double compare_spreads(const struct sample *s)
{
    static struct sample squares;
    const double mean = (mean_of(s->values[0]) + mean_of(s->values[1])) / 2;

    for (int side = 0; side < 2; side++)
        for (int i = 0; i < runs; i++)
            squares.values[side][i] = (s->values[side][i] - mean) * (s->values[side][i] - mean);
    return compare_means(&squares);
}

static void judge(int number, const char *name, const struct sample *s, const char *what, double t,
                  struct pool *pool)
{
    if (variance_of(s->values[0]) + variance_of(s->values[1]) > 0) {
        pool->sum += t;
        pool->count++;
    }
    if (fabs(t) <= limit_each)
        return;
    wrong++;
    print_error("case %d: %s%s: %g +- %g, by the slow program %g +- %g: %.1f errors\n", number,
                name, what, mean_of(s->values[0]), sqrt(variance_of(s->values[0]) / runs),
                mean_of(s->values[1]), sqrt(variance_of(s->values[1]) / runs), t);
}

static void compare(const struct two_programs *two, int number)
{
    const int wrong_before = wrong;

    two->open(number);
    for (int i = 0; i < runs; i++) {
        double figures[2][FIGURES_MAX];

        two->run(i, (unsigned long)(number * RUNS_MAX + i + 1), figures[0], figures[1]);
        for (int k = 0; k < two->figures; k++)
            for (int side = 0; side < 2; side++)
                samples[k].values[side][i] = figures[side][k];
    }
    for (int k = 0; k < two->figures && runs >= RUNS_MIN; k++) {
        const struct sample *s = &samples[k];

        judge(number, two->names[k], s, "", compare_means(s), &pools[k][0]);
        if (two->spreads)
            judge(number, two->names[k], s, ", spread", compare_spreads(s), &pools[k][1]);
    }
    two->close(number, wrong > wrong_before);
}

static void judge_pools(const struct two_programs *two)
{
    for (int k = 0; k < two->figures; k++)
        for (int i = 0; i < 2; i++) {
            const double z = pools[k][i].sum / sqrt(fmax(1, pools[k][i].count));

            if (fabs(z) <= limit_all)
                continue;
            wrong++;
            print_error("all cases: %s%s: off by %.1f errors\n", two->names[k], i ? ", spread" : "",
                        z);
        }
}

void two_programs_agree(const struct two_programs *two)
{
    const double comparisons = (two->cases + 1.0) * two->figures * (two->spreads ? 2 : 1);
    const char *only = getenv("CASE");

    assert_in_range(two->figures, 1, FIGURES_MAX);
    runs = getenv("SCENARIOS") ? two->more * two->runs : two->runs;
    if (getenv("RUNS"))
        runs = atoi(getenv("RUNS"));
    assert_in_range(runs, 2, RUNS_MAX);
    memset(pools, 0, sizeof pools);
    wrong = 0;
    limit_each = gsl_cdf_tdist_Qinv(FAMILY / 2 / comparisons, 2 * runs - 2);
    limit_all = gsl_cdf_ugaussian_Qinv(FAMILY / 2 / comparisons);
    for (int number = 0; number < two->cases; number++)
        if (!only || atoi(only) == number)
            compare(two, number);
    judge_pools(two);
    assert_int_equal(wrong, 0);
}
