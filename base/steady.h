/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * steady.h - the level at which a series settles: what to leave out at its start, and an interval
 * of the mean of the rest, whose values hang together.
 */
#ifndef BASE_STEADY_H
#define BASE_STEADY_H

#include "base/statistics.h"

enum {
    STEADY_BATCH = 5,             /* values of MSER-5's batches */
    STEADY_BATCHES_MIN = 10,      /* whose means are looked at, of all series together */
    STEADY_INDEPENDENT_MIN = 100, /* values that the series must be worth, */
    STEADY_INDEPENDENT_EACH = 30, /* and each of them */
};

/*
 * How many values at the start of a series are its warm-up, by MSER-5: those whose removal makes
 * the standard error of the mean of the others least, in whole batches of 5 (K. White, M. Cobb and
 * S. Spratt, A comparison of five steady-state truncation heuristics for simulation, Winter
 * Simulation Conference 2000).  SIZE_MAX if that is the whole first half, or if there are fewer
 * than two batches: then nothing says that the series has settled.  O(n).
 */
size_t steady_warmup(const double *x, size_t n);

/*
 * The mean of `runs` series of `n` finite values each, one after the other in `x`, after their
 * first `warmup` values, by batch means (R. Conway, Some tactical problems in digital simulation,
 * Management Science 10, 1963): each series falls into the same number of equal batches, so many
 * that there are at least STEADY_BATCHES_MIN in all (10 to 30 are enough: B. Schmeiser, Batch size
 * effects in the analysis of simulation output, Operations Research 30, 1982), and their means are
 * the values of statistics_mean().  Where the means of neighbouring batches hang together, with a
 * correlation of r > 0, the interval is wider by sqrt((1 + r) / (1 - r)) (A. Tafazzoli, J. Wilson,
 * E. Lada and N. Steiger, Performance of Skart, INFORMS J. on Computing 23, 2011), but no limit is
 * negative where no batch is, and none of shares above 1.
 *
 * Limits are NAN where the values are worth fewer independent ones than the constants above say:
 * with a correlation of c between neighbours, n values are worth n (1 - c) / (1 + c), exactly so
 * where only the last value counts for the next.  O(runs * n).
 */
struct steady {
    struct estimate mean;
    size_t batches;     /* of all series */
    size_t batch;       /* values of one */
    double independent; /* that all values after the warm-up are worth */
};
struct steady steady_mean(const double *x, size_t runs, size_t n, size_t warmup, bool is_share,
                          double confidence);

#endif
