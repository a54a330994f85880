/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * expression.h - what one can demand of a study: `p95(t99, push) < 90s`.
 *
 *     STAT(METRIC[, STRATEGY]) OP VALUE
 *
 * STAT is mean, median, min, max, a percentile (p1, p95, p99.9) or P, the share of runs of which
 * `converged` is true; OP is <, <=, > or >=.  VALUE carries the unit of the metric.  Without a
 * strategy every strategy is meant.
 */
#ifndef EXPERIMENT_EXPRESSION_H
#define EXPERIMENT_EXPRESSION_H

#include "experiment/metric.h"

enum expression_stat { STAT_MEAN, STAT_QUANTILE, STAT_MIN, STAT_MAX, STAT_PROBABILITY };
enum expression_order { ORDER_LESS, ORDER_AT_MOST, ORDER_MORE, ORDER_AT_LEAST };

struct expression {
    char *text; /* in canonical form */
    enum expression_stat stat;
    double quantile; /* STAT_QUANTILE: 0..1 */
    char *metric;    /* also NAME/node and MODEL.NAME */
    char *strategy;  /* NULL: every one */
    enum expression_order order;
    double value; /* in the metric's base unit: seconds, bytes, share, number */
};

enum { EXPRESSION_WHY_MAX = 256 };

/*
 * Reads `text` into *expression, which expression_clear() ends.  False, with nothing to clear, if
 * it is no expression; `why` then says what is wrong and what is allowed.  A metric that
 * metric.h does not list is taken as a plain number: whether it exists is the caller's to say.
 */
bool expression_read(const char *text, struct expression *expression, char why[EXPRESSION_WHY_MAX]);
void expression_clear(struct expression *expression);

/* True if `found` (INFINITY: never) is what was asked for; NAN is not. */
bool expression_holds(const struct expression *expression, double found);

#endif
