/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * tuning_study_parts.h - what reads a request and what makes its runs have in common; for
 * tuning_study*.c.
 */
#ifndef ANALYSIS_TUNING_TUNING_STUDY_PARTS_H
#define ANALYSIS_TUNING_TUNING_STUDY_PARTS_H

#include "analysis/tuning/tuning_study.h"

/* The values at a place, closed by NULL; g_strfreev() it. */
char **tuning_study_write(const struct tuning_study *study, const double *u);

/* The plan of `count` settings; NULL and errors if the scenario refuses one. */
struct plan *tuning_study_plan(const struct tuning_study *study, char *const *const *settings,
                               size_t count, struct errors *errors);

#endif
