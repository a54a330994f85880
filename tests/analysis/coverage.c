/* SPDX-License-Identifier: GPL-3.0-or-later */
/* coverage.c - see coverage.h. */
#include "tests/analysis/coverage.h"

#include "analysis/verdict/compare.h"
#include "base/statistics.h"
#include "base/steady.h"
#include "base/survival.h"
#include "experiment/runner/runner.h"

#include <glib.h>
#include <gsl/gsl_cdf.h>
#include <gsl/gsl_randist.h>
#include <math.h>
#include <stdint.h>

/* ---- laws ---- */

static double normal(gsl_rng *rng)
{
    return 10 + gsl_ran_gaussian(rng, 1);
}

static double exponential(gsl_rng *rng)
{
    return gsl_ran_exponential(rng, 1);
}

static double lognormal(gsl_rng *rng)
{
    return gsl_ran_lognormal(rng, 0, 0.5);
}

static double wide_lognormal(gsl_rng *rng)
{
    return gsl_ran_lognormal(rng, 0, 1);
}

static double poisson(gsl_rng *rng)
{
    return gsl_ran_poisson(rng, 0.5);
}

static double mostly_none(gsl_rng *rng)
{
    return gsl_rng_uniform(rng) < 0.3 ? gsl_ran_exponential(rng, 1) : 0;
}

static double with_outliers(gsl_rng *rng)
{
    return gsl_rng_uniform(rng) < 0.05 ? 10 : 1 + gsl_ran_gaussian(rng, 0.1);
}

static double dies_rarely(gsl_rng *rng)
{
    return gsl_rng_uniform(rng) < 0.05 ? 0.95 : 0.05 + 0.01 * gsl_rng_uniform(rng);
}

static double mostly_zero(gsl_rng *rng)
{
    return gsl_rng_uniform(rng) < 0.15 ? 0.005 * (1 + (double)gsl_rng_uniform_int(rng, 3)) : 0;
}

static double small(gsl_rng *rng)
{
    return gsl_ran_gaussian(rng, 0.01) + 0.05;
}

static double uniform(gsl_rng *rng)
{
    return gsl_rng_uniform(rng);
}

const struct source coverage_amounts[] = {
    { "normal", normal, .mean = 10, .median = 10, .p99 = 12.326347874 },
    { "exponential", exponential, .mean = 1, .median = G_LN2, .p99 = 4.605170186 },
    { "lognormal, sigma 0.5", lognormal, .mean = 1.133148453, .median = 1, .p99 = 3.200111786 },
    { "lognormal, sigma 1", wide_lognormal, .mean = 1.648721271, .median = 1, .p99 = 10.24047366 },
    { "Poisson, mean 0.5", poisson, .mean = 0.5, .median = 0, .p99 = 3 },
    { "none in 70 %, else exponential", mostly_none, .mean = 0.3, .median = 0, .p99 = 3.401197382 },
    { .name = NULL },
};

const struct source coverage_shares[] = {
    { "0, but 0.5 to 1.5 % in 15 % of runs", mostly_zero, .mean = 0.0015, .is_share = true },
    { "normal, mean 5 %, sd 1 %", small, .mean = 0.05, .is_share = true },
    { "uniform, 0 to 100 %", uniform, .mean = 0.5, .is_share = true },
    { .name = NULL },
};

const struct source coverage_outliers[] = {
    { "about 1, but 10 in one run of 20", with_outliers, .mean = 1.45 },
    { "5 to 6 %, but 95 % in one run of 20", dies_rarely, .mean = 0.09975, .is_share = true },
    { .name = NULL },
};

/* ---- studies ---- */

static gsl_rng *start(void)
{
    gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);

    gsl_rng_set(rng, 1);
    return rng;
}

/* Draws runs `from` to before `to`; `y` may be NULL. */
static void draw(const struct source *source, gsl_rng *rng, size_t from, size_t to, double *x,
                 double *y)
{
    for (size_t i = from; i < to; i++) {
        size_t k = source->pool ? gsl_rng_uniform_int(rng, source->pool_count) : 0;
        x[i] = source->pool ? source->pool[k] : source->law(rng);
        if (y)
            y[i] = source->partner[k];
    }
}

/* A billionth of the truth is left to rounding. */
static void count(struct tally *tally, struct estimate e, double truth)
{
    double slack = 1e-9 * fabs(truth);

    tally->studies++;
    if (isnan(e.lower) || isnan(e.upper))
        tally->without++;
    else
        tally->covered += e.lower <= truth + slack && truth <= e.upper + slack;
}

double coverage_share(const struct tally *tally)
{
    return (double)tally->covered / (double)(tally->studies - tally->without);
}

static bool student_covers(const double *x, size_t n, double truth)
{
    struct estimate e = statistics_student(x, n, 0.95);

    return e.lower <= truth && truth <= e.upper;
}

struct tally coverage_of_mean(const struct source *source, size_t runs, size_t studies)
{
    struct tally tally = { 0 };
    double x[COVERAGE_RUNS_MAX];
    gsl_rng *rng = start();

    for (size_t i = 0; i < studies; i++) {
        draw(source, rng, 0, runs, x, NULL);
        count(&tally, statistics_mean(x, runs, source->is_share, 0.95), source->mean);
        tally.student += student_covers(x, runs, source->mean);
    }
    gsl_rng_free(rng);
    return tally;
}

struct tally coverage_of_quantile(const struct source *source, double p, size_t runs,
                                  size_t studies)
{
    double x[COVERAGE_RUNS_MAX], truth = p == 0.5 ? source->median : source->p99;
    struct tally tally = { 0 };
    gsl_rng *rng = start();

    for (size_t i = 0; i < studies; i++) {
        draw(source, rng, 0, runs, x, NULL);
        count(&tally, statistics_quantile(x, runs, p, 0.95), truth);
    }
    gsl_rng_free(rng);
    return tally;
}

struct tally coverage_of_proportion(double p, size_t runs, size_t studies)
{
    struct tally tally = { 0 };
    gsl_rng *rng = start();

    for (size_t i = 0; i < studies; i++)
        count(&tally, statistics_proportion(gsl_ran_binomial(rng, p, (unsigned)runs), runs, 0.95),
              p);
    gsl_rng_free(rng);
    return tally;
}

/* Compares values of the same replications. */
static struct comparison compare(double *x, double *y, size_t runs)
{
    static int64_t replications[COVERAGE_RUNS_MAX];
    struct series subject = { .count = runs, .replications = replications, .values = x };
    struct series baseline = { .count = runs, .replications = replications, .values = y };
    struct comparison c = { .metric = metric_describe("t99") };

    for (size_t i = 0; i < runs; i++)
        replications[i] = (int64_t)i;
    comparison_fill(&c, &subject, &baseline);
    return c;
}

struct tally coverage_of_pairs(const struct source *source, bool ratio, size_t runs, size_t studies)
{
    static double pool_x[100000], pool_y[100000];
    double x[COVERAGE_RUNS_MAX], y[COVERAGE_RUNS_MAX];
    struct tally tally = { 0 };
    gsl_rng *rng = start();
    size_t n = MIN(source->pool_count, G_N_ELEMENTS(pool_x));
    double truth;

    for (size_t i = 0; i < n; i++) {
        pool_x[i] = source->pool[i] - source->partner[i];
        pool_y[i] = source->pool[i] / source->partner[i];
    }
    truth = statistics_quantile(ratio ? pool_y : pool_x, n, 0.5, 0.95).value;
    for (size_t i = 0; i < studies; i++) {
        struct comparison c;
        draw(source, rng, 0, runs, x, y);
        c = compare(x, y, runs);
        count(&tally, ratio ? c.ratio : c.difference, truth);
    }
    gsl_rng_free(rng);
    return tally;
}

struct tally coverage_of_rule(const struct source *source, double half_width, size_t studies)
{
    struct tally tally = { 0 };
    double x[COVERAGE_RUNS_MAX];
    gsl_rng *rng = start();

    for (size_t i = 0; i < studies; i++) {
        size_t runs = 30; /* as the runner goes on from the default */
        struct estimate e;

        draw(source, rng, 0, runs, x, NULL);
        while (!runner_is_precise(x, (uint32_t)runs, source->is_share, half_width, 0.95) &&
               runs < COVERAGE_RUNS_MAX) {
            size_t more = MIN(COVERAGE_RUNS_MAX, runs + (runs + 1) / 2);
            draw(source, rng, runs, more, x, NULL);
            runs = more;
        }
        e = statistics_mean(x, runs, source->is_share, 0.95);
        count(&tally, e, source->mean);
        tally.near += fabs(e.value - source->mean) <= half_width * source->mean;
        tally.student += student_covers(x, runs, source->mean);
        tally.runs += (double)runs / (double)studies;
    }
    gsl_rng_free(rng);
    return tally;
}

struct tally coverage_of_verdicts(double never, size_t rows, size_t runs, size_t studies)
{
    double x[COVERAGE_RUNS_MAX], y[COVERAGE_RUNS_MAX];
    struct comparison *list = g_new0(struct comparison, rows);
    struct tally tally = { 0 };
    gsl_rng *rng = start();

    for (size_t i = 0; i < studies; i++) {
        bool is_right = true;

        for (size_t k = 0; k < runs; k++)
            y[k] = gsl_rng_uniform(rng) < never ? INFINITY : gsl_ran_exponential(rng, 1);
        for (size_t row = 0; row < rows; row++) {
            for (size_t k = 0; k < runs; k++)
                x[k] = gsl_rng_uniform(rng) < never ? INFINITY : gsl_ran_exponential(rng, 1);
            list[row] = compare(x, y, runs);
        }
        comparison_correct(list, rows);
        for (size_t row = 0; row < rows; row++)
            is_right = is_right && comparison_verdict(&list[row]) == VERDICT_NONE;
        tally.studies++;
        tally.covered += is_right;
    }
    gsl_rng_free(rng);
    g_free(list);
    return tally;
}

/* ---- times that were cut off ---- */

static const double sigma = 0.4, sigma_of_runs = 0.3; /* together 0.5 */

struct tally coverage_of_cut_off(double p, double slack, size_t each, size_t runs, size_t studies)
{
    static struct survival_time x[COVERAGE_RUNS_MAX];
    double truth = exp(0.5 * gsl_cdf_ugaussian_Pinv(p));
    struct tally tally = { 0 };
    gsl_rng *rng = start();

    for (size_t i = 0; i < studies; i++) {
        for (size_t run = 0; run < runs; run++) {
            double weather = gsl_ran_gaussian(rng, sigma_of_runs);
            for (size_t k = 0; k < each; k++) {
                double time = exp(weather + gsl_ran_gaussian(rng, sigma));
                double wait = slack + gsl_ran_exponential(rng, 1);
                x[run * each + k] = (struct survival_time){ fmin(time, wait), time <= wait, run };
                tally.runs += (time > wait) / (double)(studies * runs * each);
            }
        }
        count(&tally, survival_quantile(x, runs * each, runs, p, 0.95), truth);
    }
    gsl_rng_free(rng);
    return tally;
}

struct tally coverage_of_log_rank(double never, size_t runs, size_t studies)
{
    static struct survival_time x[2 * COVERAGE_RUNS_MAX];
    struct tally tally = { .studies = studies };
    gsl_rng *rng = start();

    for (size_t i = 0; i < studies; i++) {
        for (size_t k = 0; k < 2 * runs; k++) {
            bool comes = gsl_rng_uniform(rng) >= never;
            x[k] =
                (struct survival_time){ comes ? gsl_ran_exponential(rng, 1) : INFINITY, comes, 0 };
        }
        tally.covered += survival_test(x, runs, x + runs, runs).p > 0.05;
    }
    gsl_rng_free(rng);
    return tally;
}

/* ---- levels of series ---- */

/* Fills a series; returns its true mean. */
static double draw_series(enum coverage_series kind, gsl_rng *rng, double *x, size_t n)
{
    const bool is_half = kind == COVERAGE_KEEPS_HALF || kind == COVERAGE_QUEUE_HALF;
    const double memory = is_half ? 0.5 : 0.9, use = is_half ? 0.5 : 0.8;
    double value = 5 / sqrt(1 - memory * memory);

    if (kind == COVERAGE_KEEPS_HALF || kind == COVERAGE_KEEPS_0_9) {
        for (size_t i = 0; i < n; i++)
            x[i] = value = memory * value + gsl_ran_gaussian(rng, 1);
        return 0;
    }
    value = 0; /* D. Lindley's recursion */
    for (size_t i = 0; i < n; i++) {
        x[i] = value;
        value = fmax(0, value + gsl_ran_exponential(rng, use) - gsl_ran_exponential(rng, 1));
    }
    return use * use / (1 - use);
}

struct tally coverage_of_levels(enum coverage_series kind, size_t runs, size_t values,
                                size_t studies)
{
    double *x = g_new(double, runs *values), *mean = g_new(double, values), truth = 0;
    struct tally tally = { 0 };
    gsl_rng *rng = start();

    for (size_t i = 0; i < studies; i++) {
        struct estimate e = { NAN, NAN, NAN };
        size_t warmup;

        for (size_t k = 0; k < values; k++)
            mean[k] = 0;
        for (size_t run = 0; run < runs; run++) {
            truth = draw_series(kind, rng, x + run * values, values);
            for (size_t k = 0; k < values; k++)
                mean[k] += x[run * values + k] / (double)runs;
        }
        warmup = steady_warmup(mean, values);
        if (warmup < SIZE_MAX)
            e = steady_mean(x, runs, values, warmup, false, 0.95).mean;
        count(&tally, e, truth);
    }
    gsl_rng_free(rng);
    g_free(mean);
    g_free(x);
    return tally;
}
