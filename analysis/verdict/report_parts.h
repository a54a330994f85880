/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * report_parts.h - what the parts of the summary table share: report.c makes the estimates,
 * report_table.c writes the cells, report_notes.c what stands around them; analysis/page makes its
 * own of all three.
 */
#ifndef ANALYSIS_VERDICT_REPORT_PARTS_H
#define ANALYSIS_VERDICT_REPORT_PARTS_H

#include "analysis/study/ending.h"
#include "analysis/study/summary.h"
#include "analysis/verdict/report.h"
#include "experiment/language/expression.h"
#include "experiment/language/metric_name.h"

struct report_row {
    size_t point, strategy;
    size_t done, failed;
    size_t wanted; /* runs that the study should have here; less than done + failed: never */
    struct estimate converged;
    struct summary *entries; /* one for each metric */
    size_t *cut_off;         /* one for each metric: of its never, runs that stop.at ended */
    double measured_time;    /* seconds over which costs were counted, mean of the runs; or NAN */
    struct never never;      /* runs in which any metric that is shown never happened */
};

struct report {
    const struct study *study;
    const struct report_options *options;
    double quantile; /* over runs, that times are shown at */
    struct metric *metrics;
    struct expression *measures; /* of each, if it was asked for as `P(t_all < 15s)`; without text:
                                    what is usual for the metric */
    size_t metric_count;
    struct report_row *rows;
    size_t row_count;
    bool is_chosen; /* the user named the metrics: there is room for all intervals */
};

/* Makes all estimates, in the order that was asked for, for report_free(); NULL and errors if they
 * cannot be read. */
struct report *report_make(const struct study *study, const struct report_options *options,
                           struct errors *errors);
void report_free(struct report *report);

/* The column's name: the metric's, or what was asked for. */
const char *report_column_name(const struct report *report, size_t metric);

/* The unit of its values. */
enum metric_unit report_column_unit(const struct report *report, size_t metric);

/* True if it was asked for as an expression. */
bool report_is_measure(const struct report *report, size_t metric);

/* True if the metric stands in a column before this one, too. */
bool report_is_repeated(const struct report *report, size_t metric);

/* True if the metric is shown over all runs, as a quantile or a share of them, otherwise it is a
 * mean. */
bool report_is_quantile(const struct report *report, size_t metric);

/* True if its mean is over some of the runs only: in the others it never happened. */
bool report_is_partial(const struct report *report, const struct report_row *row, size_t metric);

/* True if its column shows intervals; the table of the usual metrics has room for those of times.
 */
bool report_has_room(const struct report *report, size_t metric);

/* `median` or `p99.9`.  g_free() it. */
char *report_quantile_name(const struct report *report);

/* The table of all rows, for table_free(). */
struct table *report_table(const struct report *report);

/* What stands before it and after it, for people; and what the notes say but for meanings. */
void report_print_head(FILE *out, const struct report *report);
void report_print_notes(FILE *out, const struct report *report);
void report_print_caveats(FILE *out, const struct report *report);

/* Runs that are done; those that stand in several rows count once. */
size_t report_count_runs(const struct report *report);

/* Of the latter: what the columns mean, over which time costs were counted, and what is lacking. */
void report_print_meanings(FILE *out, const struct report *report);
void report_print_windows(FILE *out, const struct report *report);
void report_print_absent(FILE *out, const struct report *report);

#endif
