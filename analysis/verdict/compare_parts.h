/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * compare_parts.h - what the parts of a comparison share: compare.c makes the list and its words,
 * compare_table.c prints it, compare_summary.c counts it where it is long, compare_judge.c holds
 * it against what was demanded, compare_against.c finds what is what in another study.
 */
#ifndef ANALYSIS_VERDICT_COMPARE_PARTS_H
#define ANALYSIS_VERDICT_COMPARE_PARTS_H

#include "analysis/verdict/compare.h"
#include "analysis/verdict/never.h"

#include <glib.h>

struct compare {
    const struct study *study, *base; /* of the subjects, of the baselines: the same, or another */
    int axis;                         /* compared; -1: strategies or studies are */
    const char *first;                /* text of the baseline on the axis */
    size_t lost_points, lost_strategies;      /* without a counterpart in the other study */
    GArray *list;                             /* struct comparison */
    GArray *metrics;                          /* struct metric, those of the list */
    struct never_notes *nevers, *base_nevers; /* for people; the latter of another study, or NULL */
};

void compare_init(struct compare *compare, const struct study *study);
void compare_clear(struct compare *compare);

/* Makes the list of one metric, or of those that the options ask for. */
bool compare_fill(struct compare *compare, const struct compare_options *options,
                  const char *metric, struct errors *errors);

/* Adds a comparison of two sides to the list. */
bool compare_add(struct compare *compare, const char *metric, struct compare_side subject,
                 struct compare_side baseline, struct errors *errors);

/* Adds those of each strategy at each point with what is the same in the other study, or with its
 * strategy `baseline` (-1: that of the same name); an error if nothing is. */
bool compare_against(struct compare *compare, const char *metric, int baseline,
                     struct errors *errors);

/* What the other study is called: `before.db`, or what tells it from the first.  g_free() it. */
char *compare_base_name(const struct compare *compare);

/* Says of two studies how far they are alike, and what has no counterpart. */
void compare_print_studies(FILE *out, const struct compare *compare);

/* Says what never happened, in both studies. */
void compare_print_nevers(FILE *out, const struct compare *compare);

/* The value of the compared axis at a point; "" if it has none. */
const char *compare_axis_text(const struct compare *compare, size_t point);

/* What the subject and the baseline are called in the table and in sentences, the subject with
 * `full` after its strategy.  g_free() them. */
char *compare_subject_name(const struct compare *compare, const struct comparison *c, bool full);
char *compare_baseline_name(const struct compare *compare, const struct comparison *c);

/* The whole sentence of a comparison, escaped, without its full stop.  g_free() it. */
char *compare_sentence(const struct compare *compare, const struct comparison *c);

/* The verdict in a word or two; `–` for none. */
const char *compare_verdict_word(const struct comparison *c);

/* Prints the table, with notes and sentences for people. */
void compare_print_table(FILE *out, const struct compare *compare, const struct table_style *style);

/* For people: how often each side won, a row a metric and subject. */
void compare_print_summary(FILE *out, const struct compare *compare,
                           const struct table_style *style);

#endif
