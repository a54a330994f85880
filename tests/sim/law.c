/* SPDX-License-Identifier: GPL-3.0-or-later */
/* law.c - see law.h. */
#include "law.h"

#include <math.h>
#include <stdlib.h>

static int compare_doubles(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

double law_ks(double *x, size_t n, law_cdf *cdf, const void *about)
{
    double most = 0;

    qsort(x, n, sizeof *x, compare_doubles);
    for (size_t i = 0; i < n; i++) {
        double p = cdf(x[i], about);

        most = fmax(most, fmax(p - (double)i / (double)n, (double)(i + 1) / (double)n - p));
    }
    return most * sqrt((double)n);
}

double law_chi(double chi, double free)
{
    return (cbrt(chi / free) - (1 - 2 / (9 * free))) / sqrt(2 / (9 * free));
}

double law_even(const uint32_t *counts, size_t n)
{
    return law_counts(counts, NULL, n);
}

double law_counts(const uint32_t *counts, const double *shares, size_t n)
{
    double sum = 0, chi = 0, free = (double)n - 1;

    for (size_t i = 0; i < n; i++)
        sum += counts[i];
    for (size_t i = 0; i < n; i++) {
        const double expected = sum * (shares ? shares[i] : 1 / (double)n);

        chi += pow(counts[i] - expected, 2) / expected;
    }
    return law_chi(chi, free);
}

double law_share(double found, double n, double p)
{
    return (found - n * p) / sqrt(n * p * (1 - p));
}

double law_mean(const double *x, size_t n, double mean)
{
    double sum = 0, squares = 0;

    for (size_t i = 0; i < n; i++)
        sum += x[i];
    for (size_t i = 0; i < n; i++)
        squares += pow(x[i] - sum / (double)n, 2);
    return (sum / (double)n - mean) / sqrt(squares / (double)(n - 1) / (double)n);
}

double law_correlation(const double *x, const double *y, size_t n)
{
    double mean_x = 0, mean_y = 0, xx = 0, yy = 0, xy = 0;

    for (size_t i = 0; i < n; i++) {
        mean_x += x[i] / (double)n;
        mean_y += y[i] / (double)n;
    }
    for (size_t i = 0; i < n; i++) {
        xx += (x[i] - mean_x) * (x[i] - mean_x);
        yy += (y[i] - mean_y) * (y[i] - mean_y);
        xy += (x[i] - mean_x) * (y[i] - mean_y);
    }
    return xy / sqrt(xx * yy) * sqrt((double)n);
}
