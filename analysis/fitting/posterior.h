/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * posterior.h - which settings explain what was measured: approximate Bayesian computation.
 *
 * Many settings, spread evenly over their ranges, were each simulated once, and each run was
 * described by a few numbers.  Every place of the ranges is as likely as another before anything is
 * measured.  A setting whose run is like the measurement is a draw from what is likely after it:
 *
 *   1  of the runs, the half that is nearest to the measurement, each number scaled by its spread,
 *      goes on;
 *   2  a linear regression among these foretells each parameter from the numbers: few new numbers
 *      that say what the many say of the parameters (ridge regression, as the many say much
 *      the same; what it foretells of a run comes from the other runs, as of the measurement);
 *   3  the fifth of all runs that is nearest by what is foretold is kept, weighted by V.
 *      Epanechnikov's kernel;
 *   4  a weighted linear regression moves each kept parameter to where it would be, had its run
 *      been the measurement.
 *
 * Parameters are taken as normal scores of their place in the range, so that no draw leaves it.
 *
 * Sources: M. Beaumont, W. Zhang and D. Balding, Approximate Bayesian computation in population
 * genetics, Genetics 162, 2002 (3 and 4); P. Fearnhead and D. Prangle, Constructing summary
 * statistics for approximate Bayesian computation: semi-automatic ABC, J. Royal Stat. Soc. B 74,
 * 2012 (1 and 2).
 */
#ifndef ANALYSIS_FITTING_POSTERIOR_H
#define ANALYSIS_FITTING_POSTERIOR_H

#include <stdbool.h>
#include <stddef.h>

enum { POSTERIOR_RUNS_MIN = 100 };

/* What was simulated. */
struct posterior_table {
    size_t runs, axes, numbers;
    const double *u;       /* by run and axis: place in the range, 0..1 */
    const double *seen;    /* by run and number: finite */
    const size_t *choices; /* of each axis: how many values without an order; 0: a range */
};

struct posterior {
    size_t count, axes; /* draws */
    double *u;          /* by draw and axis */
    double *weights;    /* of draws; they add up to 1 */
};

/* From at least POSTERIOR_RUNS_MIN runs.  Ended by posterior_clear().  O(runs * numbers^2). */
void posterior_find(const struct posterior_table *table, const double *measured,
                    struct posterior *posterior);
void posterior_clear(struct posterior *posterior);

/* The place below which an axis lies with probability `p`. */
double posterior_quantile(const struct posterior *posterior, size_t axis, double p);

/* How likely the `choice`-th of `count` values of an axis is. */
double posterior_chance(const struct posterior *posterior, size_t axis, size_t choice,
                        size_t count);

/* Leaves those draws only that have the `choice`-th of `count` values of an axis, which must be some.
 */
void posterior_keep(struct posterior *posterior, size_t axis, size_t choice, size_t count);

/* Correlation of the normal scores of two axes. */
double posterior_correlation(const struct posterior *posterior, size_t a, size_t b);

/*
 * How often runs of the best setting are as far from their like as the measurement is: the share of
 * the `runs` + 1 rows, the first being the measurement, that are at least as far from their common
 * mean, by P. Mahalanobis' distance with a ridge.  Were the measurement one of these runs, it would
 * be below p in p of all cases.
 */
double posterior_check(const double *rows, size_t runs, size_t numbers);

#endif
