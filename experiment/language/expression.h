/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * expression.h - what can be demanded of a study: `p95(t99, push) < 90s`.
 *
 *     STAT(METRIC[, STRATEGY]) OP VALUE
 *     P(METRIC OP VALUE[, STRATEGY]) OP SHARE
 *
 * STAT is mean, median, min, max or a percentile (p1, p95, p99.9); P is the share of runs in which
 * the condition holds, and `P(converged)` of those that converged.  `ratio` and `diff` are to the
 * baseline of a comparison: only what has a baseline can take them.  OP is <, <=, > or >=.  VALUE
 * carries the unit of the metric; a ratio has none.  Without a strategy every strategy is meant.
 */
#ifndef EXPERIMENT_LANGUAGE_EXPRESSION_H
#define EXPERIMENT_LANGUAGE_EXPRESSION_H

#include "experiment/language/metric_name.h"

enum expression_stat {
    STAT_MEAN,
    STAT_QUANTILE,
    STAT_MIN,
    STAT_MAX,
    STAT_PROBABILITY,
    STAT_RATIO,      /* to the baseline */
    STAT_DIFFERENCE, /* from the baseline */
};
enum expression_order { ORDER_LESS, ORDER_AT_MOST, ORDER_MORE, ORDER_AT_LEAST };

struct expression_bound {
    enum expression_order order;
    double value; /* in base units: seconds, bytes, share, number */
};

struct expression {
    char *text; /* in canonical form */
    enum expression_stat stat;
    double quantile; /* STAT_QUANTILE: 0..1 */
    char *metric;    /* also NAME/node, NAME@GROUP, NAME@GROUP>OTHER and MODEL.NAME */
    char *strategy;  /* NULL: every one */
    bool has_condition;
    struct expression_bound condition; /* on the metric of a run; STAT_PROBABILITY */
    struct expression_bound bound;     /* on what is found */
};

enum { EXPRESSION_WHY_MAX = 256 };

/*
 * Reads `text` into *expression, which expression_clear() ends.  False, with nothing to clear, if
 * it is not an expression; `why` then says what is wrong and what is allowed.  A name with a dot is
 * taken for a model's own figure, a plain number: whether it exists is the caller's to say.
 */
bool expression_read(const char *text, struct expression *expression, char why[EXPRESSION_WHY_MAX]);
void expression_clear(struct expression *expression);

/* Reads what is found alone, `P(t_all < 15s)` or `p95(t99)`, without a strategy and a bound, which
 * then is 0; not ratio or diff. */
bool expression_read_measure(const char *text, struct expression *expression,
                             char why[EXPRESSION_WHY_MAX]);

/* Whether there is such a metric; if not, `why` says so, as above. */
bool expression_check_metric(const char *metric, char why[EXPRESSION_WHY_MAX]);

/* Reads `median`, `p1` … `p99.9` into 0..1; false if it is no quantile. */
bool expression_read_quantile(const char *text, double *quantile);

/* The unit of what is found and of the value that it is held against. */
enum metric_unit expression_unit(const struct expression *expression);

/* True if it needs a baseline: STAT_RATIO and STAT_DIFFERENCE. */
bool expression_is_relative(const struct expression *expression);

/* True if `found` (INFINITY: never) is what was asked for; NAN is not. */
bool expression_holds(const struct expression *expression, double found);

/* STAT_PROBABILITY: true if a run with this value of the metric counts; NAN does not. */
bool expression_counts(const struct expression *expression, double value);

#endif
