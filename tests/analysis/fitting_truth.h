/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * fitting_truth.h - curves of known settings, and whether fits find these again.
 *
 * The settings are drawn evenly from the ranges that are fitted, which is what the intervals
 * promise to hold for; each run has a seed of its own, which no setting of the fit has.  Times and
 * delays are exact to 2 ms, but for those as sampled.
 */
#ifndef TESTS_ANALYSIS_FITTING_TRUTH_H
#define TESTS_ANALYSIS_FITTING_TRUTH_H

#include "analysis/fitting/fitting.h"

enum truth_form {
    TRUTH_SHARES,     /* as sampled */
    TRUTH_TEN_TIMES,  /* at 100ms, 200ms, 400ms, ... 51.2s, to three digits */
    TRUTH_DELAYS,     /* of all nodes */
    TRUTH_SOME_DELAYS /* of 30 nodes */
};

struct truth_problem {
    const char *name;
    const char *scenario; /* text */
    struct setting vary[FITTING_AXES_MAX];
    size_t vary_count;
    enum truth_form form;
};

struct truth_tally {
    size_t tries;
    size_t covered[FITTING_AXES_MAX]; /* of these, by parameter */
    double width[FITTING_AXES_MAX];   /* mean, of the range */
    size_t judged;
    size_t unexplained; /* of these: said of a curve that a setting has made */
};

/* Fits so many curves by a table of `points` settings, which is made once, and judges the first
 * `judged` fits.  Aborts on errors. */
struct truth_tally truth_try(const struct truth_problem *problem, size_t tries, size_t judged,
                             size_t points, uint64_t seed);

#endif
