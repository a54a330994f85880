/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * tuning_words.h - what a search came to: a table of settings, and in words.
 */
#ifndef ANALYSIS_TUNING_TUNING_WORDS_H
#define ANALYSIS_TUNING_TUNING_WORDS_H

#include "analysis/study/study.h"
#include "analysis/text/table.h"
#include "analysis/tuning/tuning_study.h"

/*
 * Prints it: for people the settings of the frontier, to which no other that was explored is both
 * cheaper and nearer to the goals, those that were tested, and sentences; for programs a row for
 * every setting.  `stored` is the study as read.  False and errors if it cannot be read.
 */
bool tuning_words_print(FILE *out, const struct tuning_study *study, const struct study *stored,
                        const struct table_style *style, struct errors *errors);

#endif
