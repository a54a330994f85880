/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * expectation.h - what was demanded of a study against what its database holds.
 *
 * An expression is judged at every point, for its strategy or for each, over all runs that are
 * done: quantiles, min and max count a time never reached as infinite, means go over the runs in
 * which it was reached, P is over all.  What decides is the value found; its 95 % confidence
 * interval is told.  Those that need a baseline are judged by compare.h.
 */
#ifndef ANALYSIS_VERDICT_EXPECTATION_H
#define ANALYSIS_VERDICT_EXPECTATION_H

#include "analysis/study/ending.h"
#include "analysis/study/study.h"
#include "base/statistics.h"
#include "experiment/language/expression.h"

#include <stdio.h>

/* What an expression found in one place. */
struct finding {
    struct estimate estimate; /* value INFINITY: never; NAN: no run has the metric */
    size_t runs;              /* that the value is from */
    struct never never;       /* those that did not get there, or did not converge */
    bool holds;
};

/* Evaluates the expression for one strategy at one point; false and errors if that cannot be
 * read. */
bool expectation_find(const struct study *study, size_t point, const char *strategy,
                      const struct expression *expression, struct finding *finding,
                      struct errors *errors);

/*
 * Reads the texts of an option (closed by NULL) and checks that the study has the strategies and
 * metrics that they are about.  False and errors, with nothing to free, if not; otherwise *list
 * has *count expressions for expectation_free().
 */
bool expectation_read(const struct study *study, const char *option, char *const *texts,
                      struct expression **list, size_t *count, struct errors *errors);
void expectation_free(struct expression *list, size_t count);

/* How a list of expressions did. */
struct expectation_count {
    size_t judged;    /* expressions about strategies of the study */
    size_t different; /* of these, not as wanted in some place */
    size_t left_out;  /* about strategies that the study leaves out */
};

/*
 * Judges the expressions on the study and prints what was found, its interval and the place: for
 * each place where one is not as `wanted` (true: it holds), otherwise for the place that came
 * closest to that.  A strategy to which the metric does not apply sets no condition, unless it is
 * named or no strategy has the metric: then the expression does not hold.  False and errors if
 * the database cannot be read.
 */
bool expectation_judge(FILE *out, const struct study *study, const struct expression *list,
                       size_t count, bool wanted, struct expectation_count *result,
                       struct errors *errors);

#endif
