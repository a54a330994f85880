/* SPDX-License-Identifier: GPL-3.0-or-later */
/* statistics.c - see statistics.h; known values are in tests/analysis/statistics_test.c. */
#include "analysis/statistics.h"

#include <assert.h>
#include <glib.h>
#include <gsl/gsl_cdf.h>
#include <gsl/gsl_sort.h>
#include <gsl/gsl_statistics_double.h>
#include <math.h>

/* Quantile of Student's t for a two-sided interval over n values. */
static double t_quantile(size_t n, double confidence)
{
    return gsl_cdf_tdist_Pinv(0.5 + confidence / 2, (double)n - 1);
}

struct estimate statistics_mean(const double *x, size_t n, double confidence)
{
    struct estimate e = { NAN, NAN, NAN };
    double half;

    assert(confidence > 0 && confidence < 1);
    if (n == 0)
        return e;
    e.value = gsl_stats_mean(x, 1, n);
    assert(isfinite(e.value));
    if (n < 2)
        return e;
    half = t_quantile(n, confidence) * gsl_stats_sd_m(x, 1, n, e.value) / sqrt((double)n);
    e.lower = e.value - half;
    e.upper = e.value + half;
    return e;
}

struct estimate statistics_proportion(size_t successes, size_t n, double confidence)
{
    struct estimate e = { NAN, NAN, NAN };
    double z = gsl_cdf_ugaussian_Pinv(0.5 + confidence / 2), size = (double)n, share, middle, half;

    assert(successes <= n);
    if (n == 0)
        return e;
    share = (double)successes / size;
    middle = (share + z * z / (2 * size)) / (1 + z * z / size);
    half = z / (1 + z * z / size) * sqrt(share * (1 - share) / size + z * z / (4 * size * size));
    e.value = share;
    e.lower = successes == 0 ? 0 : middle - half; /* exactly 0 and 1, not nearly */
    e.upper = successes == n ? 1 : middle + half;
    return e;
}

/* Type 7 of R. J. Hyndman and Y. Fan, Sample quantiles in statistical packages, 1996. */
static double sorted_quantile(const double *sorted, size_t n, double p)
{
    double position = p * ((double)n - 1);
    size_t below = (size_t)floor(position);
    double share = position - (double)below;

    if (share <= 0 || below + 1 >= n)
        return sorted[below];
    if (isinf(sorted[below + 1]))
        return INFINITY;
    return sorted[below] + share * (sorted[below + 1] - sorted[below]);
}

struct estimate statistics_quantile(const double *x, size_t n, double p, double confidence)
{
    struct estimate e = { NAN, NAN, NAN };
    double tail = (1 - confidence) / 2;
    size_t low = 0, high;
    double *sorted;

    assert(p > 0 && p < 1);
    assert(n < G_MAXUINT);
    if (n == 0)
        return e;
    sorted = g_memdup2(x, n * sizeof(*x));
    gsl_sort(sorted, 1, n);
    e.value = sorted_quantile(sorted, n, p);

    /* B values lie below the quantile, binomial(n, p): the lower limit is the last order
     * statistic x(low) with P(B < low) <= tail, the upper the first with P(B >= high) <= tail. */
    while (low < n && gsl_cdf_binomial_P((unsigned)low, p, (unsigned)n) <= tail)
        low++;
    for (high = n + 1; high > 1 && gsl_cdf_binomial_Q((unsigned)high - 2, p, (unsigned)n) <= tail;)
        high--;
    if (low >= 1)
        e.lower = sorted[low - 1];
    if (high <= n)
        e.upper = sorted[high - 1];
    g_free(sorted);
    return e;
}

struct estimate statistics_paired_difference(const double *x, const double *y, size_t n,
                                             double confidence)
{
    double *differences = g_new(double, n + 1);
    struct estimate e;

    for (size_t i = 0; i < n; i++)
        differences[i] = x[i] - y[i];
    e = statistics_mean(differences, n, confidence);
    g_free(differences);
    return e;
}

struct estimate statistics_paired_ratio(const double *x, const double *y, size_t n,
                                        double confidence)
{
    struct estimate e = { NAN, NAN, NAN };
    double mean_x, mean_y, c, a, b, d, root;

    if (n == 0)
        return e;
    mean_x = gsl_stats_mean(x, 1, n);
    mean_y = gsl_stats_mean(y, 1, n);
    if (mean_y == 0)
        return e;
    e.value = mean_x / mean_y;
    if (n < 2)
        return e;

    /* The limits solve (mean_x - r mean_y)^2 = c var(x - r y), that is a r^2 - 2 b r + d = 0. */
    c = pow(t_quantile(n, confidence), 2) / (double)n;
    a = mean_y * mean_y - c * gsl_stats_variance_m(y, 1, n, mean_y);
    b = mean_x * mean_y - c * gsl_stats_covariance_m(x, 1, y, 1, n, mean_x, mean_y);
    d = mean_x * mean_x - c * gsl_stats_variance_m(x, 1, n, mean_x);
    if (a <= 0)
        return e;
    root = sqrt(fmax(b * b - a * d, 0));
    e.lower = (b - root) / a;
    e.upper = (b + root) / a;
    return e;
}

double statistics_sign_test(size_t a, size_t b)
{
    assert(a + b < G_MAXUINT);
    if (a + b == 0)
        return 1;
    return fmin(1, 2 * gsl_cdf_binomial_P((unsigned)MIN(a, b), 0.5, (unsigned)(a + b)));
}
