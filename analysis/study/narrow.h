/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * narrow.h - the part of a study that --where and --only leave.
 */
#ifndef ANALYSIS_STUDY_NARROW_H
#define ANALYSIS_STUDY_NARROW_H

#include "analysis/study/study.h"

/* A zeroed struct leaves all. */
struct narrow {
    const struct setting *where; /* values that a point must have, all of them */
    size_t where_count;
    const char *const *only; /* strategies, closed by NULL; NULL: all */
    const char *keep;        /* a strategy that stays beside those of `only`; NULL: none */
};

/*
 * Takes out of the study the points and strategies that are not asked for; the others keep their
 * order.  False and errors if there is no such axis, value or strategy, or no point has all the
 * values.
 */
bool study_narrow(struct study *study, const struct narrow *narrow, struct errors *errors);

#endif
