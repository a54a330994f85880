/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * ending.h - how runs ended, and so why something never happened in them.
 *
 * A run that `stop.at` cut off might have got there later; one that went quiet would not, as long
 * as nothing new comes.  Whoever prints "never" says which of the two it was.
 */
#ifndef ANALYSIS_STUDY_ENDING_H
#define ANALYSIS_STUDY_ENDING_H

#include "analysis/study/study.h"

#include <glib.h>

/* The runs in which something never happened, by how they ended. */
struct never {
    size_t runs;                     /* that were looked at */
    size_t count;                    /* of these, never */
    size_t cut_off;                  /* of these, still going on at stop.at */
    size_t quiet;                    /* of these, gone quiet; the rest had converged */
    double cut_off_min, cut_off_max; /* seconds; when they were cut off */
};

/* The ends of the runs of one strategy at one point. */
struct endings;

/* NULL and errors if they cannot be read.  O(runs log n). */
struct endings *endings_read(const struct study *study, size_t point, const char *strategy,
                             struct errors *errors);
void endings_free(struct endings *endings);

/* Notes the runs in which the series, of the same strategy and point, never happened. */
void endings_note(struct endings *endings, const struct series *series);

/* Of the runs in which it never happened, those that stop.at cut off. */
size_t endings_cut_off(const struct endings *endings, const struct series *series);

/* Adds all runs noted to *never, which starts zeroed; a run noted twice counts once. */
void endings_count(const struct endings *endings, struct never *never);

/* Adds the runs of another count. */
void never_add(struct never *never, const struct never *other);

/* Runs that the study should have of them: its least number, or more where a rule asked for more
 * and the last of them is done. */
size_t endings_wanted(const struct endings *endings, const struct study *study);

/*
 * Why, of a count that is not 0: `all were still going on at `stop.at` (10s): a later end may show
 * when; 3 had gone quiet: nothing was left that could spread it`.  g_free() it.
 */
char *never_reason(const struct never *never);

/* The same in few words, for brackets: `3 still going on at `stop.at` (10s), 7 gone quiet`. */
char *never_brief(const struct never *never);

#endif
