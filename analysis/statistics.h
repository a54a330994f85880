/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * statistics.h - estimates over replications, each with its confidence interval.
 *
 * Distributions come from GSL.  A value of INFINITY is a time that was never reached: quantiles
 * take it as larger than every other, means refuse it.  A bound that the data cannot give (one
 * run has no spread, five runs no 95 % interval of a median) is NAN, never a guess.
 */
#ifndef ANALYSIS_STATISTICS_H
#define ANALYSIS_STATISTICS_H

#include <stddef.h>

struct estimate {
    double value;        /* NAN: no data; INFINITY: never */
    double lower, upper; /* confidence limits; NAN: unknown; upper INFINITY: perhaps never */
};

/* Mean with Student's t interval; `x` finite. */
struct estimate statistics_mean(const double *x, size_t n, double confidence);

/*
 * Share of successes with the interval of E. B. Wilson (Probable inference, the law of
 * succession, and statistical inference, JASA 22, 1927), which stays within 0..1 and is
 * sensible at 0 and n successes.
 */
struct estimate statistics_proportion(size_t successes, size_t n, double confidence);

/*
 * The p-quantile (0 < p < 1), interpolated as R's type 7, INFINITY if it falls on a value that
 * is.  The interval goes from one order statistic to another such that the binomial
 * distribution leaves at most (1 - confidence) / 2 on each side (W. J. Conover, Practical
 * Nonparametric Statistics, section 3.2), so it holds whatever the distribution of `x`.
 * O(n log n).
 */
struct estimate statistics_quantile(const double *x, size_t n, double p, double confidence);

/* Mean of the differences x[i] - y[i] with Student's t interval; finite values. */
struct estimate statistics_paired_difference(const double *x, const double *y, size_t n,
                                             double confidence);

/*
 * Ratio of the means, mean(x) / mean(y), of paired values with the interval of E. C. Fieller
 * (Some problems in interval estimation, J. Royal Stat. Soc. B 16, 1954): all r for which a t
 * test does not reject that x - r y has mean 0.  Unlike a mean of logarithms it takes zeros and
 * is a ratio of totals.  Limits are NAN where that set is not an interval, that is when mean(y)
 * is not different from 0 beyond doubt.
 */
struct estimate statistics_paired_ratio(const double *x, const double *y, size_t n,
                                        double confidence);

/* Two-sided p-value of the sign test (McNemar's exact test): of a + b pairs that differ, a
 * differ one way.  1 when none differs. */
double statistics_sign_test(size_t a, size_t b);

#endif
