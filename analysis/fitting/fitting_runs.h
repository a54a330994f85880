/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fitting_runs.h - stored runs as a measurement would have seen them. */
#ifndef ANALYSIS_FITTING_FITTING_RUNS_H
#define ANALYSIS_FITTING_FITTING_RUNS_H

#include "analysis/fitting/glimpse.h"
#include "analysis/study/curve.h"

/* The runs of a strategy at a point. */
struct fitting_runs {
    struct trajectories curves;
    double *written; /* when the update of each run was, s; negative: never */
    uint64_t point;  /* its number, by which is drawn what is seen of it */
};

/* False and errors if they cannot be read; ended by fitting_runs_clear() in any case. */
bool fitting_runs_read(const struct study *study, size_t point, const char *strategy,
                       struct fitting_runs *runs, struct errors *errors);
void fitting_runs_clear(struct fitting_runs *runs);

/* Fills numbers[] with those of the glimpse, one row after another, of so many runs together as it
 * has broadcasts.  Runs that failed or in which nothing was written are left out.  Returns the
 * rows, at most `most`. */
size_t fitting_runs_see(const struct fitting_runs *runs, const struct glimpse *glimpse, size_t most,
                        double *numbers);

#endif
