/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * tuning.h - the search for the cheapest setting that meets its goals.
 *
 *   explore   a Sobol design over all parameters, a few replications each; the better half of it
 *             gets twice as many, and so on: successive halving
 *   refine    the same with new settings around the best ones, within a third of the distance each
 *             time, so that they close in on where the goal is just met
 *   raise     settings that promise a proof get all the replications of the search
 *   prove     a few of these, from the safest to the cheapest, are tested on fresh replications,
 *             until one is not found to meet the goals; the last that was is the answer
 *
 * All settings see the same replications in the same order: common random numbers.  Better means:
 * cheaper among those that may well meet the goals, by one standard error; of the others, nearer to
 * them.
 *
 * What is proved is independent of how it was found, because nothing but the test has looked at
 * the replications of the test.  A row of tests in a fixed order, which ends with the first that
 * fails, needs no correction for their number: to err, the first of them that misses a goal has to
 * pass.  If not even the safest passes there is another row, of at most ROWS, on replications
 * beyond all others; the n-th may err with alpha / 2^n, together alpha at most.  All goals are to
 * be met, so each is tested at the same alpha: to err, one of them has to be shown wrongly.
 *
 * Sources: K. Jamieson and A. Talwalkar, Non-stochastic best arm identification and hyperparameter
 * optimization, AISTATS 2016 (successive halving); K. Deb, An efficient constraint handling method
 * for genetic algorithms, Comput. Methods Appl. Mech. Eng. 186, 2000 (which of two is better); W.
 * Maurer, L. Hothorn and W. Lehmacher, Multiple comparisons in drug clinical trials and preclinical
 * assays: a-priori ordered hypotheses, 1995 (the row of tests); R. Berger, Multiparameter
 * hypothesis testing and acceptance sampling, Technometrics 24, 1982 (several goals).
 *
 * Nothing is drawn at random here: the same values give the same search.
 */
#ifndef ANALYSIS_TUNING_TUNING_H
#define ANALYSIS_TUNING_TUNING_H

#include "analysis/tuning/tuning_goal.h"
#include "base/errors.h"

#include <glib.h>

enum tuning_state {
    TUNING_TRIED,    /* nothing is shown of it */
    TUNING_UNPROVED, /* tested, and nothing found */
    TUNING_REJECTED, /* found to miss a goal */
    TUNING_ACCEPTED, /* found to meet all goals */
    TUNING_CHOSEN,   /* the cheapest of these */
};

/* A setting: what its parameters are, and what its runs gave. */
struct tuning_setting {
    double *u;       /* place of each parameter, 0..1 */
    char **texts;    /* value of each parameter as written, closed by NULL */
    size_t number;   /* in the order in which they were tried, from 0 */
    uint32_t runs;   /* replications 0..runs-1 are known */
    uint32_t wanted; /* and shall be */
    double **values; /* of each goal's metric, then of the cost: `wanted` values by replication */
    double cost;     /* mean; INFINITY: not known, or unbounded */
    struct tuning_outlook outlook; /* for all goals */
    enum tuning_state state;
};

struct tuning;

/* What is tuned.  All is borrowed. */
struct tuning_problem {
    size_t axes;           /* parameters, 1..SPACE_AXES_MAX */
    const size_t *levels;  /* values that each has; 0: very many */
    const bool *is_choice; /* whether they have no order */
    struct tuning_goal *goals;
    size_t goal_count;
    double confidence; /* 0..1, both excluded */
    uint64_t budget;   /* runs at most; 0: as many as it takes */

    /* The values that a place stands for, closed by NULL, for g_strfreev(); NULL: there is no such
     * setting. */
    char **(*write)(void *context, const double *u);

    /* Makes the runs of all settings that want more than they have, and fills their values.  False
     * and errors, or without an error: stop. */
    bool (*evaluate)(void *context, struct tuning *tuning, struct errors *errors);
    void *context;
};

struct tuning {
    const struct tuning_problem *problem;
    GPtrArray *settings;   /* struct tuning_setting, in the order in which they were tried */
    GHashTable *known;     /* text of all values, to the setting */
    uint64_t runs;         /* that the search has taken */
    uint32_t depth;        /* replications that it looks at; those beyond are for tests */
    double alpha;          /* of the row of tests to come, as the goals have it */
    unsigned tests;        /* made */
    bool is_out_of_budget; /* that has ended it */
    size_t chosen;         /* number of the setting; SIZE_MAX: none was found to meet the goals */
};

/* Searches; *tuning is filled in any case and ended by tuning_clear().  False and errors, or
 * without an error if `evaluate` has stopped it. */
bool tuning_run(const struct tuning_problem *problem, struct tuning *tuning, struct errors *errors);
void tuning_clear(struct tuning *tuning);

struct tuning_setting *tuning_get(const struct tuning *tuning, size_t number);

/* True if the setting misses a goal beyond doubt, however many settings are looked at: at the
 * confidence asked for, corrected for their number by C. Bonferroni's inequality. */
bool tuning_is_missed(const struct tuning *tuning, const struct tuning_setting *setting);

#endif
