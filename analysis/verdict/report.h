/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * report.h - the summary table of a study: a row per point and strategy.
 *
 * Times are medians (or another quantile) over all runs, a run that never got there counting as
 * infinite; every other metric is a mean.  Each has its 95 % confidence interval.  Notes say what
 * was done, what the columns mean, over which time costs were counted, and why what never happened
 * did not.
 */
#ifndef ANALYSIS_VERDICT_REPORT_H
#define ANALYSIS_VERDICT_REPORT_H

#include "analysis/study/study.h"
#include "analysis/text/table.h"
#include "base/errors.h"

/* A zeroed struct asks for the usual metrics in a table for people. */
struct report_options {
    const char *const *metrics; /* or P(METRIC OP VALUE), STAT(METRIC); closed by NULL; NULL: the
                                   usual ones */
    bool means;                 /* times as means over the runs in which they happened */
    double quantile;            /* else at this quantile over runs, 0..1; 0: the median */
    const char *sort;           /* a metric or the name of a column, the least first, never last;
                                   NULL: as the scenario writes them */
    struct table_style style;
};

/* Prints the summary of the study; false and errors if it cannot be read. */
bool report_print(FILE *out, const struct study *study, const struct report_options *options,
                  struct errors *errors);

#endif
