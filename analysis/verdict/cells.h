/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * cells.h - columns and cells that the tables of verdicts share: where a row is from, and an
 * estimate with its interval.
 */
#ifndef ANALYSIS_VERDICT_CELLS_H
#define ANALYSIS_VERDICT_CELLS_H

#include "analysis/study/study.h"
#include "analysis/text/table.h"
#include "base/statistics.h"
#include "experiment/language/metric_name.h"

/* The columns of the study's axes but one (-1: of all), and a row's cells in them. */
void cells_axis_columns(struct table *table, const struct study *study, int but);
void cells_axis_values(struct table *table, const struct study *study, size_t point, int but);

/* The three numbers of an estimate, for programs. */
void cells_estimate(struct table *table, struct estimate estimate);

/* An estimate in words: its value and limits as numbers of the scale, and what stands between a
 * number and the unit. */
struct cells_written {
    char value[32], lower[32], upper[32];
    const char *blank, *unit;
};
struct cells_written cells_write(struct estimate estimate, struct scale scale);

#endif
