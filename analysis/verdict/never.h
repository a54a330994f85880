/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * never.h - the notes below a table that say why something never happened: a line a strategy, as
 * in "Never with mail: t99 in 10 of 20 runs, t_all in 20; all had gone quiet: nothing was left
 * that could spread it."
 */
#ifndef ANALYSIS_VERDICT_NEVER_H
#define ANALYSIS_VERDICT_NEVER_H

#include "analysis/study/ending.h"
#include "experiment/language/metric_name.h"

#include <stdio.h>

struct never_notes;

/* About these metrics of a study, which the notes borrow. */
struct never_notes *never_notes_new(const struct study *study, const struct metric *metrics,
                                    size_t count);
void never_notes_free(struct never_notes *notes);

/* Adds runs of a strategy in which some metric never happened. */
void never_notes_add(struct never_notes *notes, size_t strategy, const struct never *never);

/* Counts, of one of the metrics, the runs to which it applies and those in which it never
 * happened. */
void never_notes_count(struct never_notes *notes, size_t strategy, size_t metric, size_t runs,
                       size_t never);

/* Does both from the database, for all points and strategies of the study. */
bool never_notes_read(struct never_notes *notes, struct errors *errors);

/* Prints a line for each strategy with something that never happened, and one for those beyond
 * eight; `where`, "" or as in " in before.db", follows their names. */
void never_notes_print(FILE *out, const struct never_notes *notes, const char *where);

#endif
