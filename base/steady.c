/* SPDX-License-Identifier: GPL-3.0-or-later */
/* steady.c - see steady.h; how often its intervals hold is in tests/analysis/coverage_test.c. */
#include "base/steady.h"

#include <glib.h>
#include <gsl/gsl_statistics_double.h>
#include <math.h>
#include <stdint.h>

size_t steady_warmup(const double *x, size_t n)
{
    const size_t batches = n / STEADY_BATCH;
    double sum = 0, squares = 0, least = INFINITY;
    size_t best = SIZE_MAX;

    if (batches < 2)
        return SIZE_MAX;
    /* From the end, so that the sums are those of what is kept.  Around the first value, because
     * the square of a large mean would drown the rest. */
    for (size_t d = batches; d-- > 0;) {
        double batch = gsl_stats_mean(x + d * STEADY_BATCH, 1, STEADY_BATCH) - x[0];
        double kept = (double)(batches - d), statistic;

        sum += batch;
        squares += batch * batch;
        statistic = fmax(squares - sum * sum / kept, 0) / (kept * kept);
        if (2 * d <= batches && statistic <= least) {
            least = statistic;
            best = d;
        }
    }
    return 2 * (best + 1) > batches ? SIZE_MAX : best * STEADY_BATCH;
}

/* Correlation of neighbours within each of the series, around the mean of all; 0 if all values are
 * equal. */
static double neighbours(const double *x, size_t runs, size_t n, size_t from, double mean)
{
    double products = 0, squares = 0;

    for (size_t run = 0; run < runs; run++)
        for (size_t i = from; i < n; i++) {
            double away = x[run * n + i] - mean;
            squares += away * away;
            products += i > from ? away * (x[run * n + i - 1] - mean) : 0;
        }
    /* There is one product less than there are squares in each series. */
    products *= (double)(n - from) / (double)(n - from - 1);
    return squares > 0 ? fmax(-0.99, fmin(products / squares, 0.99999)) : 0;
}

/* How many times more values that hang together so are than they are worth. */
static double inflation(double correlation)
{
    return (1 + correlation) / (1 - correlation);
}

struct steady steady_mean(const double *x, size_t runs, size_t n, size_t warmup, bool is_share,
                          double confidence)
{
    const size_t each = runs > 0 ? (STEADY_BATCHES_MIN + runs - 1) / runs : 0;
    struct steady s = { .mean = { NAN, NAN, NAN }, .batches = runs * each };
    double *means, widen = 1;

    if (runs == 0 || n < warmup + 2 * each)
        return s;
    s.batch = (n - warmup) / each;
    means = g_new(double, s.batches);
    /* What fills no batch is left out at the start, where the warm-up may linger. */
    for (size_t i = 0; i < s.batches; i++)
        means[i] = gsl_stats_mean(x + i / each * n + (n - each * s.batch) + i % each * s.batch, 1,
                                  s.batch);
    s.mean = statistics_mean(means, s.batches, is_share, confidence);
    if (each > 1)
        widen = sqrt(fmax(1, inflation(neighbours(means, runs, each, 0, s.mean.value))));
    s.mean.lower = s.mean.value - widen * (s.mean.value - s.mean.lower);
    s.mean.upper = s.mean.value + widen * (s.mean.upper - s.mean.value);
    if (s.mean.lower < 0 && gsl_stats_min(means, 1, s.batches) >= 0)
        s.mean.lower = 0;
    if (is_share && s.mean.upper > 1)
        s.mean.upper = 1;
    s.independent =
        (double)(runs * (n - warmup)) / inflation(neighbours(x, runs, n, warmup, s.mean.value));
    if (s.independent < STEADY_INDEPENDENT_MIN ||
        s.independent < (double)runs * STEADY_INDEPENDENT_EACH)
        s.mean.lower = s.mean.upper = NAN;
    g_free(means);
    return s;
}
