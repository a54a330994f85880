/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * summary.h - a metric of many runs in one estimate, the same in tables and figures.
 */
#ifndef ANALYSIS_STUDY_SUMMARY_H
#define ANALYSIS_STUDY_SUMMARY_H

#include "analysis/study/study.h"
#include "base/statistics.h"

#define SUMMARY_CONFIDENCE 0.95

struct summary {
    struct estimate estimate; /* value INFINITY: never, in the median or in any run */
    size_t runs;              /* to which the metric applies */
    size_t never;             /* of these, in which it never happened */
};

/* The mean over the runs in which it happened. */
struct summary summary_mean(const struct series *series);

/* A quantile, 0..1, over all runs, never counting as infinite. */
struct summary summary_quantile(const struct series *series, double quantile);

#endif
