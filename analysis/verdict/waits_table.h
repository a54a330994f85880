/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * waits_table.h - how long updates take, each for itself: a row per metric, point and strategy, by
 * E. Kaplan and P. Meier (base/survival.h).
 */
#ifndef ANALYSIS_VERDICT_WAITS_TABLE_H
#define ANALYSIS_VERDICT_WAITS_TABLE_H

#include "analysis/study/study.h"
#include "analysis/text/table.h"

/* Prints the table at this quantile over the updates; false and errors if no run has updates, or if
 * the database cannot be read. */
bool waits_table_print(FILE *out, const struct study *study, double quantile,
                       const struct table_style *style, struct errors *errors);

#endif
