/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * coverage.h - how often intervals cover the truth and verdicts are wrong, over simulated studies
 * whose truth is known: drawn from a law, or from a pool of runs much larger than a study.
 */
#ifndef TESTS_ANALYSIS_COVERAGE_H
#define TESTS_ANALYSIS_COVERAGE_H

#include <gsl/gsl_rng.h>
#include <stdbool.h>
#include <stddef.h>

enum { COVERAGE_RUNS_MAX = 5000 };

/* What the runs of a study are drawn from: a law, or the pool where there is one. */
struct source {
    const char *name;
    double (*law)(gsl_rng *rng);
    double mean, median, p99; /* the truth */
    bool is_share;
    const double *pool, *partner; /* `partner`: the baseline's values of the same replications */
    size_t pool_count;
};

/* The laws; closed by a row without name. */
extern const struct source coverage_amounts[], coverage_shares[], coverage_outliers[];

/* What came out of many studies. */
struct tally {
    size_t studies;
    size_t without; /* of these, without an interval */
    size_t covered; /* with one that covers the truth; for verdicts: right */
    size_t student; /* covered by Student's t interval, what a textbook would do */
    size_t near;    /* of a rule: its mean is as near to the truth as was asked for */
    double runs;    /* of a rule: runs that it asked for, on average */
};

/* Share of the studies with an interval (or verdict) in which it is right. */
double coverage_share(const struct tally *tally);

/* Each makes `studies` of `runs` from the seed 1. */
struct tally coverage_of_mean(const struct source *source, size_t runs, size_t studies);
struct tally coverage_of_quantile(const struct source *source, double p, size_t runs,
                                  size_t studies);
struct tally coverage_of_proportion(double p, size_t runs, size_t studies);

/* Median difference or ratio of pairs from a pool with partners. */
struct tally coverage_of_pairs(const struct source *source, bool ratio, size_t runs,
                               size_t studies);

/* A quantile of times of which some were cut off, `each` of a run (base/survival.h): lognormal with
 * sigma 0.5 around 1, longer in some runs than in others, injected at random times of which the
 * last is `slack` before the end of the run. */
struct tally coverage_of_cut_off(double p, double slack, size_t each, size_t runs, size_t studies);

/* Kinds of series for coverage_of_levels(). */
enum coverage_series {
    COVERAGE_KEEPS_HALF, /* of the value before, starting 5 standard deviations away */
    COVERAGE_KEEPS_0_9,
    COVERAGE_QUEUE_HALF, /* waits of a queue M/M/1 that is half used, starting empty */
    COVERAGE_QUEUE_0_8,
};

/* The mean of steady series after the warm-up that is found. */
struct tally coverage_of_levels(enum coverage_series kind, size_t runs, size_t values,
                                size_t studies);

/* Log-rank tests of `runs` equal times of each of two kinds, of which `never` is the share that
 * never come: those that find no difference at 5 %. */
struct tally coverage_of_log_rank(double never, size_t runs, size_t studies);

/* A rule that ends when the interval reaches `half_width` times the mean to either side: the
 * interval that is reported then. */
struct tally coverage_of_rule(const struct source *source, double half_width, size_t studies);

/* Verdicts on `rows` strategies that are all the same as the baseline, of which `never` is the
 * share of runs that never reach it. */
struct tally coverage_of_verdicts(double never, size_t rows, size_t runs, size_t studies);

#endif
