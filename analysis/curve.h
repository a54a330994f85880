/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * curve.h - convergence curves: the mean informed share against time, with its confidence band.
 *
 * At each time a run counts with its last sample at or before it, so one that stopped early
 * stays at its last value.  The view `curve` of the database does the same in SQL at times of
 * its own; tests/analysis/curve_test.c holds the two against each other.
 */
#ifndef ANALYSIS_CURVE_H
#define ANALYSIS_CURVE_H

#include "analysis/statistics.h"
#include "analysis/study.h"

/* The samples of all runs of a strategy at a point. */
struct trajectories {
    size_t run_count;
    size_t *starts; /* run i has the samples starts[i] .. starts[i + 1] - 1 */
    double *times;  /* seconds, ascending within a run */
    double *informed;
};

bool trajectories_read(const struct study *study, size_t point, const char *strategy,
                       struct trajectories *trajectories, struct errors *errors);
void trajectories_clear(struct trajectories *trajectories);

/* Fills curve[i] with the mean at times[i] (ascending seconds) and its 95 % interval, cut to
 * 0..1; NAN before the first sample.  O(samples + times * runs). */
void trajectories_curve(const struct trajectories *trajectories, const double *times, size_t count,
                        struct estimate *curve);

/* The time at which the mean first comes within half a per cent of its highest value, which is
 * where a drawing may end; 0 without samples. */
double trajectories_horizon(const struct trajectories *trajectories);

#endif
