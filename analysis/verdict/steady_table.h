/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * steady_table.h - the levels at which series settle: a row per series, point and strategy, with
 * the warm-up that was left out (base/steady.h).
 */
#ifndef ANALYSIS_VERDICT_STEADY_TABLE_H
#define ANALYSIS_VERDICT_STEADY_TABLE_H

#include "analysis/study/study.h"
#include "analysis/text/table.h"

/* Prints the table of the series called `names`, which NULL closes; false and errors if there is no
 * such series, if runs end before `stop.at`, or if the database cannot be read. */
bool steady_table_print(FILE *out, const struct study *study, const char *const *names,
                        const struct table_style *style, struct errors *errors);

#endif
