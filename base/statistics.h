/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * statistics.h - estimates over replications, each with its confidence interval.
 *
 * docs/statistics.md says why these methods, and how often their intervals cover the truth.
 * Distributions come from GSL.  Nothing is drawn at random: the same values give the same limits.
 *
 * A value of INFINITY is a time that was never reached: quantiles take it as larger than every
 * other, means refuse it.  A limit that the data cannot give (five runs have no 95 % interval of
 * a median, ten equal runs tell nothing of the others) is NAN, never a guess.
 */
#ifndef BASE_STATISTICS_H
#define BASE_STATISTICS_H

#include <stdbool.h>
#include <stddef.h>

struct estimate {
    double value;        /* NAN: no data; INFINITY: never */
    double lower, upper; /* confidence limits; NAN: unknown; upper INFINITY: perhaps never */
};

enum {
    MEAN_RUNS_MIN = 8,      /* values that an interval of a mean needs */
    MEAN_DIFFERENT_MIN = 4, /* of these, unlike the most frequent one */
};

/*
 * Mean of finite values.
 *
 * Of amounts: the hull of two intervals, W. S. Gosset's (Student, The probable error of a mean,
 * Biometrika 6, 1908) and P. Hall's, which a transformation of t has freed of skewness (On the
 * removal of skewness by transformation, J. Royal Stat. Soc. B 54, 1992); the skewness is the
 * adjusted one times 1 + 5/n, because in small samples even that is too low.  Limits are NAN
 * with fewer than MEAN_RUNS_MIN values, or fewer than MEAN_DIFFERENT_MIN that differ from the most
 * frequent one.  Where no value is negative no limit is.  An outlier that no run shows is in no
 * limit: only quantiles are safe from that.
 *
 * Of shares, which lie within 0..1 by definition: as of amounts where no value is 0 or 1, cut to
 * 0..1.  Where one is, or too few differ, N. Gaffke's limits (Three test statistics for a
 * nonparametric one-sided hypothesis on the mean of a nonnegative variable, Math. Methods of
 * Statistics 14, 2005), which leave room for what no run shows.  There the lower one is
 * a quantile of the mean of the values and a 0 with random weights, uniform over all that add up to
 * 1; the upper one likewise with a 1.  For values of 0 and 1 alone they are C. Clopper and E.
 * Pearson's; that they hold for every distribution is conjectured, and nobody found one for which
 * they do not.  The quantile is O. Barndorff-Nielsen's approximation (Approximate interval
 * probabilities, J. Royal Stat. Soc. B 52, 1990): too wide by less than 1 % of the upper limit, and
 * less than a tenth of a lower one that stands on one run; too narrow by less than 0.02 %.  Limits
 * are NAN with fewer than MEAN_RUNS_MIN values, or if one is outside 0..1.
 *
 * O(n).
 */
struct estimate statistics_mean(const double *x, size_t n, bool is_share, double confidence);

/*
 * Mean of finite values with Student's t interval, which holds where they are nearly normal; two
 * are enough.  For the bands of curves, which the view `curve` has to give in SQL too.
 */
struct estimate statistics_student(const double *x, size_t n, double confidence);

/* Standard error of the mean of finite values, from their own spread; NAN of fewer than two. */
double statistics_standard_error(const double *x, size_t n);

/*
 * Share of successes with the interval of E. B. Wilson (Probable inference, the law of succession,
 * and statistical inference, JASA 22, 1927), near 0 and n as modified by L. Brown, T. Cai and A.
 * DasGupta (Interval estimation for a binomial proportion, Statistical Science 16, 2001), because
 * Wilson's covers only 83 % next to 0 and 1.
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

/*
 * What it is worth that `x` and `y` were made in pairs, under common random numbers: the variance
 * of the difference of two values that are not of a pair over that of a pair,
 *
 *     gain = (v(x) + v(y)) / v(x - y) = 1 / (1 - 2 c s(x) s(y) / (v(x) + v(y)))
 *
 * c being their correlation.  n pairs tell as much of the mean difference as gain * n runs of each
 * kind that have nothing in common (A. Law, Simulation Modeling and Analysis, section 11.2).  Below
 * 1 the pairs cost more than they give.  Both are NAN with fewer than MEAN_RUNS_MIN pairs or
 * without spread; the gain is INFINITY where all pairs differ by the same.  O(n).
 */
struct pairing {
    double correlation, gain;
};
struct pairing statistics_pairing(const double *x, const double *y, size_t n);

/* Two-sided p-value of the sign test (McNemar's exact test): of a + b pairs that differ, a
 * differ one way.  1 when none differs. */
double statistics_sign_test(size_t a, size_t b);

/*
 * The fewest pairs with which the sign test would give at most `p` if they split as a to b do, to
 * the nearest pair; 0: more than STATISTICS_PAIRS_MAX.
 */
enum { STATISTICS_PAIRS_MAX = 10000 };
size_t statistics_sign_pairs(size_t a, size_t b, double p);

/*
 * Replaces `n` p-values by those that S. Holm's method (A simple sequentially rejective multiple
 * test procedure, Scand. J. Statistics 6, 1979) corrects for their number: if all that are at
 * most 5 % are believed, some wrong one is among them in at most 5 % of studies.  O(n log n).
 */
void statistics_holm(double *p, size_t n);

#endif
