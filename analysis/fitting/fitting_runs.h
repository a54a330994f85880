/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fitting_runs.h - stored runs as a measurement would have seen them. */
#ifndef ANALYSIS_FITTING_FITTING_RUNS_H
#define ANALYSIS_FITTING_FITTING_RUNS_H

#include "analysis/fitting/glimpse.h"
#include "analysis/study/study.h"

/*
 * Fills numbers[] with those of the glimpse, one row after another: of the runs of a strategy at a
 * point, so many together as the glimpse has broadcasts, at most `most` rows.  *rows counts them: runs
 * that failed or in which nothing was written are left out.  False and errors if it cannot be read.
 */
bool fitting_runs_see(const struct study *study, size_t point, const char *strategy,
                      const struct glimpse *glimpse, size_t most, double *numbers, size_t *rows,
                      struct errors *errors);

#endif
