/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * compare_parts.h - what the parts of a comparison share: compare.c makes the list and its words,
 * compare_table.c prints it, compare_summary.c counts it where it is long, compare_judge.c holds
 * it against what was demanded.
 */
#ifndef ANALYSIS_VERDICT_COMPARE_PARTS_H
#define ANALYSIS_VERDICT_COMPARE_PARTS_H

#include "analysis/verdict/compare.h"
#include "analysis/verdict/never.h"

#include <glib.h>

struct compare {
    const struct study *study;
    int axis;          /* compared; -1: strategies are */
    const char *first; /* text of the baseline on the axis */
    GArray *list;      /* struct comparison */
    GArray *metrics;   /* struct metric, those of the list */
};

void compare_init(struct compare *compare, const struct study *study);
void compare_clear(struct compare *compare);

/* Makes the list of one metric, or of those that the options ask for. */
bool compare_fill(struct compare *compare, const struct compare_options *options,
                  const char *metric, struct errors *errors);

/* The value of the compared axis at a point; "" if it has none. */
const char *compare_axis_text(const struct compare *compare, size_t point);

/* What a side is called in the table and in sentences; with `full` the strategy too.  g_free(). */
char *compare_side_name(const struct compare *compare, struct compare_side side, bool full);

/* The whole sentence of a comparison, escaped, without its full stop.  g_free() it. */
char *compare_sentence(const struct compare *compare, const struct comparison *c);

/* The verdict in a word or two; `–` for none. */
const char *compare_verdict_word(const struct comparison *c);

/* Prints the table, with notes and sentences for people. */
void compare_print_table(FILE *out, const struct compare *compare, const struct never_notes *notes,
                         const struct table_style *style);

/* For people: how often each side won, a row a metric and subject. */
void compare_print_summary(FILE *out, const struct compare *compare,
                           const struct never_notes *notes, const struct table_style *style);

#endif
