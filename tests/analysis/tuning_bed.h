/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * tuning_bed.h - problems for the search of tune whose laws are written down, so that the best
 * setting is known and thousands of searches take a second.
 *
 * Settings are a fan-out f of 1..8, whole, an interval T of 0.1..2 s on a logarithmic scale and
 * a mode, a or b.  A run takes 8 T / log(1 + f) times a lognormal factor, mode b a fifth more, and
 * costs f / T, mode b a tenth less; all with common random numbers.
 */
#ifndef TESTS_ANALYSIS_TUNING_BED_H
#define TESTS_ANALYSIS_TUNING_BED_H

#include "analysis/tuning/tuning.h"

enum { TUNING_BED_AXES_MAX = 3 };

struct tuning_bed {
    struct tuning_problem problem;
    const char *goal;
    double sigma; /* of the factor */
    double hangs; /* share of runs that never end */
    uint64_t seed;
    size_t levels[TUNING_BED_AXES_MAX];
    bool is_choice[TUNING_BED_AXES_MAX];
    struct tuning_goal goals[2];
    bool is_flat; /* every setting takes as long: that of the bed `takes`, and costs the same */
    double takes;
};

/* Fills the problem for `axes` parameters (the first ones) and up to two goals. */
void tuning_bed_init(struct tuning_bed *bed, size_t axes, const char *goal, const char *second);
void tuning_bed_clear(struct tuning_bed *bed);

/* The share of runs of a setting that fail the first goal, and its cost. */
double tuning_bed_failures(const struct tuning_bed *bed, const struct tuning_setting *setting);
double tuning_bed_cost(const struct tuning_bed *bed, double fanout, double interval, bool is_b);

/* The lowest cost of all settings that meet the first goal: by a grid of 2000 intervals. */
double tuning_bed_lowest(const struct tuning_bed *bed);

#endif
