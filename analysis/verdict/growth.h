/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * growth.h - how metrics grow with a swept parameter: the law (base/law.h) that comes
 * nearest to their runs, a row a strategy and combination of the other parameters.
 */
#ifndef ANALYSIS_VERDICT_GROWTH_H
#define ANALYSIS_VERDICT_GROWTH_H

#include "analysis/study/study.h"
#include "analysis/text/table.h"

struct growth_options {
    const char *const *metrics; /* closed by NULL; NULL: the usual ones */
    const char *by;             /* the parameter; NULL: `nodes`, or the first of numbers above 0 */
    struct table_style style;
};

/* Prints the table, for people with a sentence each; false and errors if there is no such parameter
 * or it cannot be read. */
bool growth_print(FILE *out, const struct study *study, const struct growth_options *options,
                  struct errors *errors);

#endif
