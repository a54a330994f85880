/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * curve.h - convergence curves: the mean informed share against time, with its confidence band.
 *
 * At each time a run counts with the value on the straight line between its samples: to carry the
 * last one forward would show every curve late, by half a sampling period.  A run that stopped
 * early stays at its last value (but see `known`); samples without a live node have no share and
 * are passed over. The view `curve` of the database does the same in SQL at times of its own;
 * tests/analysis/study_test.c holds the two against each other.
 */
#ifndef ANALYSIS_STUDY_CURVE_H
#define ANALYSIS_STUDY_CURVE_H

#include "analysis/study/study.h"
#include "base/statistics.h"

/* The samples of all runs of a strategy at a point. */
struct trajectories {
    size_t run_count;
    size_t *starts; /* run i has the samples starts[i] .. starts[i + 1] - 1 */
    double *times;  /* seconds, ascending within a run */
    double *informed;
    double *distinct; /* the different times, ascending */
    size_t distinct_count;
    bool is_share; /* the values are: limits are cut to 0..1 */
    double known;  /* from here on the value of some run is not known, as it has ended: of a gauge
                      however, of another column not because it converged; INFINITY: all are */
};

bool trajectories_read(const struct study *study, size_t point, const char *strategy,
                       struct trajectories *trajectories, struct errors *errors);

/* The same of detections: `times` are since a crash, `informed` is the share of the live nodes that
 * know of it. */
bool trajectories_read_detection(const struct study *study, size_t point, const char *strategy,
                                 struct trajectories *trajectories, struct errors *errors);

/* The same of a column of the samples that may be NULL, where they are passed over; `informed` is
 * its value. */
bool trajectories_read_column(const struct study *study, size_t point, const char *strategy,
                              const char *column, struct trajectories *trajectories,
                              struct errors *errors);

/* The same of a model's gauge, by the name of its metric. */
bool trajectories_read_gauge(const struct study *study, size_t point, const char *strategy,
                             const char *name, struct trajectories *trajectories,
                             struct errors *errors);
void trajectories_clear(struct trajectories *trajectories);

/* The value of a run at `time`, which its samples `after - 1` and `after` enclose; before the first
 * and behind the last, theirs. */
double trajectories_at(const struct trajectories *trajectories, size_t run, size_t after,
                       double time);

/* Fills curve[i] with the mean at times[i] (ascending seconds) and its 95 % interval, of shares
 * cut to 0..1; NAN before the first sample.  O(samples + times * runs). */
void trajectories_curve(const struct trajectories *trajectories, const double *times, size_t count,
                        struct estimate *curve);

/* The same with limits between which 95 % of the runs are, at each time by itself. */
void trajectories_spread(const struct trajectories *trajectories, const double *times, size_t count,
                         struct estimate *curve);

/*
 * The times at which a drawing of the curve has its points: `start`, `end`, and the different
 * sample times between, at most `times_max` (>= 3) in all.  Between two of these nothing was
 * sampled, so a straight line there invents no steps.  Fills times[] and returns how many.
 */
size_t trajectories_times(const struct trajectories *trajectories, double start, double end,
                          double *times, size_t times_max);

/* When a curve has shown all that there is to see, in seconds. */
struct horizon {
    double risen;   /* the mean has first made all but a hundredth of its way from its lowest to its
                       highest value */
    double settled; /* from here on it stays within a hundredth of that way of where it ends */
    double end;     /* the last sample */
};

/* All 0 without samples. */
struct horizon trajectories_horizon(const struct trajectories *trajectories);

#endif
