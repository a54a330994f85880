/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * theory_table.h - what is predicted of each strategy at each point of a plan, alone or, figure by
 * figure, beside what a study measured.
 */
#ifndef ANALYSIS_THEORY_THEORY_TABLE_H
#define ANALYSIS_THEORY_THEORY_TABLE_H

#include "analysis/study/study.h"
#include "analysis/text/table.h"
#include "experiment/plan/plan.h"

struct theory_table_options {
    const struct setting *where; /* values that a point must have, all of them */
    size_t where_count;
    const struct study *study; /* NULL: predictions alone */
    struct table_style style;
};

/* False and errors if a point is asked for that there is not, or the study cannot be read. */
bool theory_table_print(FILE *out, const struct plan *plan,
                        const struct theory_table_options *options, struct errors *errors);

#endif
