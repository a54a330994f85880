/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * report.h - the summary table of a study: a row per point and strategy.
 *
 * Times are medians over all runs, a run that never got there counting as infinite; every other
 * metric is a mean.  Each has its 95 % confidence interval, and a footnote says what was done
 * and, of a mean, in how many runs it never happened.
 */
#ifndef ANALYSIS_REPORT_H
#define ANALYSIS_REPORT_H

#include "analysis/table.h"
#include "base/errors.h"

#include <stdint.h>

/* A zeroed struct asks for the newest study, the usual metrics, a table for people. */
struct report_options {
    int64_t study_id;           /* 0: the newest */
    const char *const *metrics; /* closed by NULL; NULL: the usual ones */
    bool means;                 /* times as means over the runs in which they happened */
    struct table_style style;
};

/* Prints the summary of the database `path`; false and errors if it cannot be read. */
bool report_print(FILE *out, const char *path, const struct report_options *options,
                  struct errors *errors);

#endif
