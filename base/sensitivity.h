/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * sensitivity.h - which parameter matters: first-order Sobol' indices of the points of a design as
 * it was run.
 *
 * The mean over the runs of a point is a function of its parameters.  The index of a parameter is
 * the share of that function's variance over the design that goes when the parameter is fixed, on
 * average over its values: Var E(mean | parameter) / Var(mean).  What the indices leave of 1 is
 * interactions: parameters that matter by their combination.
 *
 * Where the points are all combinations of values, these are the main effects of the analysis of
 * variance.  Otherwise the function is fitted by a sum of functions of one parameter each, by least
 * squares (first-order components of RS-HDMR: G. Li, S.-W. Wang and H. Rabitz, J. Phys. Chem. A 106
 * (2002) 8721-8733): of few values or words one constant each, else cosines of the values' ranks
 * (E. Plischke, How to compute variance-based sensitivity indicators with your spreadsheet
 * software, Environ. Model. Softw. 35 (2012) 188-191); what chance gives to each is taken off.
 *
 * The variance of the runs' own noise is taken off everywhere, as the residual of points and
 * replications: what all points of a replication have in common is none.
 *
 * Intervals are by the jackknife (R. G. Miller, The jackknife - a review, Biometrika 61, 1974) with
 * Student's t: over the replications where the points are all combinations, else over groups of
 * points.
 */
#ifndef BASE_SENSITIVITY_H
#define BASE_SENSITIVITY_H

#include "base/statistics.h"

struct sensitivity_data {
    size_t points, axes, replications;
    const double *x;     /* by point, then axis: the value, or the number of a word */
    const bool *is_word; /* of each axis */
    const double *y;     /* by point, then replication; NAN: no such run.  Each point has one. */
};

enum sensitivity_fate {
    SENSITIVITY_DONE,
    SENSITIVITY_CONSTANT, /* the means differ by no more than noise makes them */
    SENSITIVITY_TOO_FEW,  /* points, for so many axes */
    SENSITIVITY_TIED,     /* axes go together: nobody can tell which of them it is */
};

struct sensitivity {
    bool is_grid;          /* the points are all combinations */
    struct estimate *axes; /* index of each; 0 of one that has a single value; a limit may be NAN */
    struct estimate rest;  /* what they leave of 1: interactions, and what the fit misses */
    double noise; /* share of noise in the variance of a single run; NAN: one run a point */
};

/* Fills *found, to be cleared unless it is not SENSITIVITY_DONE. */
enum sensitivity_fate sensitivity_find(const struct sensitivity_data *data, double confidence,
                                       struct sensitivity *found);
void sensitivity_clear(struct sensitivity *found);

#endif
