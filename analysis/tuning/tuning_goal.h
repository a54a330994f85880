/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * tuning_goal.h - what a setting is to meet, how promising it looks after some runs, and the test
 * that shows it.
 *
 * Goals are expressions (experiment/language/expression.h).  A quantile and a P are demands on a
 * share of runs: `p99(t99) < 3s` holds if at most 1 % of runs fail to be below 3 s.  A mean is a
 * demand on the mean.  `min`, `max`, `ratio` and `diff` are none: runs cannot show them.
 *
 * Looks and tests are kept apart: an outlook may err, since it only says where to go on, so it
 * fits a normal law to the logarithms of a few values; a test has the confidence that is asked.
 */
#ifndef ANALYSIS_TUNING_TUNING_GOAL_H
#define ANALYSIS_TUNING_TUNING_GOAL_H

#include "experiment/language/expression.h"

#include <stddef.h>
#include <stdint.h>

/* So many runs show a goal if at most so many of them fail. */
struct tuning_acceptance {
    size_t failures, runs;
};

struct tuning_goal {
    struct expression expression;
    bool is_share;               /* a demand on a share of runs, otherwise on the mean */
    struct expression_bound run; /* is_share: what a run is to be, the others fail */
    double failures; /* is_share: the share of runs that may fail; 0..1, both excluded */

    double alpha; /* how often a test may err, by tuning_goal_set_alpha() */
    struct tuning_acceptance *acceptances; /* is_share: ascending, up to the longest test */
    size_t acceptance_count;
};

/* Reads a goal, which tuning_goal_clear() ends; false, with nothing to clear, and why not. */
bool tuning_goal_read(const char *text, struct tuning_goal *goal, char why[EXPRESSION_WHY_MAX]);
void tuning_goal_clear(struct tuning_goal *goal);

/* Sets how often tests may err, 0..1, both excluded; before anything that follows. */
void tuning_goal_set_alpha(struct tuning_goal *goal, double alpha);

/* How a setting looks after some runs. */
struct tuning_outlook {
    double slack; /* what is left to the goal, in logarithms of the metric; negative: it misses */
    double error; /* standard error of that */
    double
        needed; /* runs with which the test will show it, about; INFINITY: it looks like missing */
};

/*
 * The outlook of values by replication: INFINITY is never, NAN a run that failed or to which the
 * metric does not apply, which meets no goal.
 */
struct tuning_outlook tuning_goal_look(const struct tuning_goal *goal, const double *values,
                                       size_t count);

enum tuning_finding { TUNING_OPEN, TUNING_MEETS, TUNING_MISSES };

/*
 * The test, after the first `count` values of a sequence that goes on, `look` tests of it having
 * been made before this one.  However many follow, a setting that misses the goal is found to meet
 * it with a probability of at most `alpha` in all of them together, and the other way round.
 *
 * Of a share, acceptances 0, 1, 2, 3, 4, 5, 6, 8, 10, ... failures have each its number of runs n:
 * the k-th is the fewest of which a binomial variable B(n, failures) is at most that with a
 * probability of at most alpha / (k (k+1)).  The goal is met as soon as one of them is kept to.
 * Their errors add up to alpha: exact, and valid whenever one looks.  Of a mean: at the k-th look
 * the limits of statistics_mean() at alpha / (k (k+1)).
 */
enum tuning_finding tuning_goal_test(const struct tuning_goal *goal, const double *values,
                                     size_t count, unsigned look);

/* The values that a test has at most. */
size_t tuning_goal_longest(const struct tuning_goal *goal);

/* How many values the next test should have, given `count`: more than that; 0: give up. */
size_t tuning_goal_next(const struct tuning_goal *goal, const double *values, size_t count);

/* The probability of at least so many failures as these if the goal were just met; of a mean 1. */
double tuning_goal_doubt(const struct tuning_goal *goal, const double *values, size_t count);

#endif
