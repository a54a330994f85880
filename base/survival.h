/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * survival.h - times of which some were cut off before they came: E. Kaplan and P. Meier's
 * estimate and the log-rank test.
 *
 * A time that was cut off is known to be later than the end of its run, and no more.  Where all
 * runs end at the same time that is all the same to a quantile, which then is among the times that
 * came or after all of them; where they end at different times, to count the cut off as later than
 * all others would shift it.
 */
#ifndef BASE_SURVIVAL_H
#define BASE_SURVIVAL_H

#include "base/statistics.h"

/* Not reached and INFINITY: it never comes, however long one waits. */
struct survival_time {
    double time;
    bool is_reached; /* then; false: not until then, and perhaps later */
    size_t run;      /* of survival_quantile(): times of a run hang together */
};

/*
 * The share that takes longer than `time`, by E. Kaplan and P. Meier (Nonparametric estimation from
 * incomplete observations, JASA 53, 1958), and its standard error by M. Greenwood (The natural
 * duration of cancer, 1926).  NAN of no times.  O(n log n).
 */
struct survival_share {
    double value, error;
};
struct survival_share survival_share(const struct survival_time *x, size_t n, double time);

/*
 * The p-quantile: the first time at which at most 1 - p take longer; INFINITY if so many were never
 * seen to come.  The interval holds the times at which the share that takes longer does not differ
 * from 1 - p, on the scale of log(-log) (R. Brookmeyer and J. Crowley, A confidence interval for
 * the median survival time, Biometrics 38, 1982; that scale: J. Kalbfleisch and R. Prentice, The
 * Statistical Analysis of Failure Time Data, 1980).
 *
 * Where each of the `runs` (0 .. runs - 1) has one time, its standard error is Greenwood's.
 * Otherwise it is that of the sums over runs of what each time adds to the estimate (Z. Ying and L.
 * Wei, The Kaplan-Meier estimate for dependent failure time observations, J. Multivariate Analysis
 * 50, 1994), with a quantile of Student's t for so many runs.
 *
 * A lower limit of the last time that came, or of 0 if none did: later than that; an upper one of
 * INFINITY: perhaps never, or not within what was seen.  A limit is NAN where so
 * few runs give none by the binomial distribution (statistics_quantile()).  O(n log n).
 */
struct estimate survival_quantile(const struct survival_time *x, size_t n, size_t runs, double p,
                                  double confidence);

/*
 * The log-rank test of whether times of two kinds are equally long (N. Mantel, Evaluation of
 * survival data and two new rank order statistics, Cancer Chemotherapy Reports 50, 1966; R. Peto
 * and J. Peto, J. Royal Stat. Soc. A 135, 1972).  It takes the two kinds as independent; where runs
 * are paired by common random numbers it errs on the safe side.  The p-value
 * is Student's for so many times, because the normal one finds a difference where there is none in
 * 7 of 100 tests of 10 times each.  O(n log n).
 */
struct survival_test {
    double observed, expected; /* times of the first kind that came, and as many as would if the
                                  kinds did not differ */
    double variance;           /* of the difference of these */
    double p;                  /* two-sided p-value; 1 where nothing can be compared */
};
struct survival_test survival_test(const struct survival_time *first, size_t first_count,
                                   const struct survival_time *second, size_t second_count);

#endif
