/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * waits.h - how long each update of a study took, for base/survival.h: those that `stop.at` cut off
 * are known to take longer than from their injection to there, those of runs that went quiet never
 * come.
 */
#ifndef ANALYSIS_STUDY_WAITS_H
#define ANALYSIS_STUDY_WAITS_H

#include "analysis/study/study.h"
#include "base/survival.h"

enum { WAITS_METRICS = 5 };
extern const char *const waits_metrics[WAITS_METRICS]; /* t50 t90 t99 t999 t_all */

struct waits {
    struct survival_time *times; /* seconds; of runs 0 .. runs - 1 */
    size_t count, runs;
    size_t cut_off, never; /* of these */
};

/* Reads the measured updates of all runs of a strategy at a point, for waits_clear(); `metric` is
 * one of the above.  False and errors if the database cannot be read. */
bool waits_read(const struct study *study, size_t point, const char *strategy, const char *metric,
                struct waits *waits, struct errors *errors);
void waits_clear(struct waits *waits);

#endif
