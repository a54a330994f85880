/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * usual.h - what is shown of a study where nobody says what: of updates how they spread, and
 * without any what nodes believe of each other.
 */
#ifndef ANALYSIS_STUDY_USUAL_H
#define ANALYSIS_STUDY_USUAL_H

#include "analysis/study/study.h"

enum { USUAL_MAX = 8 };

/* Fills `names`, which NULL closes, with those of `spread` that the study has if it has the first
 * of them, else with those of `beliefs` that it has, else with all of `spread`. */
void usual_metrics(const struct study *study, const char *const *spread, const char *const *beliefs,
                   const char *names[USUAL_MAX]);

#endif
