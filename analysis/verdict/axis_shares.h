/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * axis_shares.h - which swept parameter matters for a metric: the table of `report --sensitivity`.
 *
 * A row for each parameter of each metric and strategy: the share of the variance over the points
 * that it explains alone (base/sensitivity.h), then what is left to interactions, and the share of
 * noise in a single run.  A metric that never happened in some run is taken by its rank over all
 * runs, never being last.
 */
#ifndef ANALYSIS_VERDICT_AXIS_SHARES_H
#define ANALYSIS_VERDICT_AXIS_SHARES_H

#include "analysis/study/study.h"
#include "analysis/text/table.h"

/* `metrics` is closed by NULL; NULL: the usual ones.  False and errors if the study cannot be read,
 * has no sweep, or lacks a metric. */
bool axis_shares_print(FILE *out, const struct study *study, const char *const *metrics,
                       const struct table_style *style, struct errors *errors);

#endif
