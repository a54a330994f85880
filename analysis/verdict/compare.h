/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * compare.h - strategies, the values of a swept parameter, or a whole study, against a baseline.
 *
 * Runs of the same replication share the random numbers of network, churn and workload, so they
 * are compared pair by pair: the common weather cancels out of the difference.  A pair in which
 * one of the two never happened has no difference; it is counted and reported apart.
 *
 * Differences and ratios are medians over the pairs, because their intervals hold whatever the
 * distribution; a mean depends on pairs so rare that a study of 30 runs may not show one.  Verdicts
 * are sign tests, corrected for their number (docs/statistics.md).  Where something never happened
 * in some runs, the log-rank test says whether it happens sooner or more often, taken together; its
 * p-values are corrected for their own number.
 */
#ifndef ANALYSIS_VERDICT_COMPARE_H
#define ANALYSIS_VERDICT_COMPARE_H

#include "analysis/study/study.h"
#include "analysis/text/table.h"
#include "base/statistics.h"
#include "base/survival.h"
#include "experiment/language/expression.h"

/* For more comparisons than this people get a summary, unless they ask for all. */
enum { COMPARE_ROWS_MAX = 40 };

/* A zeroed struct compares the strategies of a study with its first. */
struct compare_options {
    const struct study *against; /* each strategy at each point with the same of this study; NULL:
                                  * within the study */
    const char *by;              /* path of a swept parameter; NULL: strategies */
    const char *baseline;        /* a strategy, or with `by` a value as written; NULL: the first,
                                  * or with `against` the one of the same name */
    const char *const *metrics;  /* closed by NULL; NULL: the usual ones */
    bool all;                    /* every row, however many there are */
    struct table_style style;
};

/* One side of a comparison, in its study. */
struct compare_side {
    size_t point, strategy;
};

struct comparison {
    struct metric metric;
    struct compare_side subject, baseline;
    size_t pairs;                /* replications in which both ran and the metric applies */
    size_t both;                 /* of these, in which it happened to both */
    size_t subject_never;        /* in which it happened to the baseline only */
    size_t baseline_never;       /* in which it happened to the subject only */
    size_t less, more;           /* of `both`, in which the subject has less, or more */
    struct estimate difference;  /* subject - baseline, median over `both` */
    struct estimate ratio;       /* subject / baseline, likewise; NAN: the baseline has zeros */
    struct pairing pairing;      /* what it is worth, over `both`, that the runs are paired */
    double p_often, p_much;      /* p-values: it happens as often; of `both`, as much */
    size_t tests;                /* p-values that were corrected together, these among them */
    struct survival_test curves; /* of all times, never being later than all; its p-value is NAN if
                                   it happened to both in every pair */
    bool ends_differ;            /* a cost that counts to ends of the runs that differ */
    double subject_end, baseline_end; /* if so, their medians, seconds */
};

/* What the numbers allow one to say at 95 % confidence, over all comparisons together. */
enum verdict {
    VERDICT_NONE,       /* no test is significant */
    VERDICT_LESS,       /* less, or sooner */
    VERDICT_MORE,       /* more, or later */
    VERDICT_LESS_OFTEN, /* it happens in fewer runs than with the baseline */
    VERDICT_MORE_OFTEN, /* in more runs */
};

/* How often counts before how much: a mean over the pairs in which both happened cannot tell
 * about those in which one did not. */
enum verdict comparison_verdict(const struct comparison *comparison);

/* Compares two series by their replications; its p-values are still those of a test alone. */
void comparison_fill(struct comparison *comparison, const struct series *subject,
                     const struct series *baseline);

/* True if the metric grows with the length of a run. */
bool comparison_is_of_costs(const struct comparison *comparison);

/* Tells a comparison of costs when the runs (sim_end) of both sides ended. */
void comparison_set_ends(struct comparison *comparison, const struct series *subject,
                         const struct series *baseline);

/* Corrects the p-values of comparisons that are shown together for their number. */
void comparison_correct(struct comparison *comparisons, size_t count);

/*
 * The comparison as a sentence without a full stop: "push-pull reaches 99 % of the nodes 1.9 s
 * (1.7 to 2.1) sooner than push, 2.1 times as fast; sooner in 30 of 30 paired runs".  The names are
 * escaped text. g_free() it.
 */
char *comparison_sentence(const struct comparison *comparison, const char *subject,
                          const char *baseline);

/* Prints the comparisons of the study, or of more than COMPARE_ROWS_MAX a summary; false and
 * errors if there is nothing to compare or it cannot be read. */
bool compare_print(FILE *out, const struct study *study, const struct compare_options *options,
                   struct errors *errors);

/* Calls `take` with each comparison of the study and its sentence, which is escaped and has no full
 * stop; false and errors as compare_print(). */
bool compare_each(const struct study *study, const struct compare_options *options,
                  void (*take)(void *context, const struct comparison *comparison,
                               const char *sentence),
                  void *context, struct errors *errors);

/*
 * Judges those of the expressions that need a baseline, ratio and diff, as expectation_judge()
 * does the others: on the numbers of the table, each comparison of the strategy being a place.
 * *different counts those that hold somewhere.
 */
bool compare_judge(FILE *out, const struct study *study, const struct compare_options *options,
                   const struct expression *list, size_t count, size_t *different,
                   struct errors *errors);

#endif
