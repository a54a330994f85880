/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * study_points.h - reading the points of a study, with their values and what its strategies are
 * there.  For study.c.
 */
#ifndef ANALYSIS_STUDY_STUDY_POINTS_H
#define ANALYSIS_STUDY_STUDY_POINTS_H

#include "analysis/study/study.h"

/* Fills points, strategy_ids and is_fixed of a study whose axes and strategies are read. */
bool study_points_read(struct study *study, struct errors *errors);
void study_points_clear(struct study *study);

#endif
