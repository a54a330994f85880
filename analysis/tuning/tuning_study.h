/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * tuning_study.h - a search whose settings are the points of a study and whose values come from
 * runs that its database keeps.
 *
 * All that the search does follows from the request: made again, it takes what is stored and goes
 * on from there, to the same end.
 */
#ifndef ANALYSIS_TUNING_TUNING_STUDY_H
#define ANALYSIS_TUNING_TUNING_STUDY_H

#include "analysis/tuning/tuning.h"
#include "experiment/language/axis.h"
#include "experiment/runner/runner.h"

/* What the command line asks for; all is borrowed. */
struct tuning_request {
    const char *scenario; /* a file */
    const char *database; /* the file that `results` is */
    const struct setting *sets, *vary;
    size_t set_count, vary_count;
    char *const *goals;   /* closed by NULL */
    const char *minimise; /* METRIC or METRIC, STRATEGY */
    const char *seed;     /* text as in a scenario; NULL: the scenario's */
    double confidence;    /* 0..1 */
    uint64_t budget;      /* runs; 0: as many as it takes */
    const char *command;  /* the command line */
    const char *version;
};

struct tuning_study {
    const struct tuning_request *request;
    struct plan *first; /* the scenario at the first place of the design */
    struct plan *plan;  /* of the settings by now; NULL: none yet */
    GPtrArray *sources; /* texts of the axes */
    struct axis *axes;  /* of each --vary */
    size_t *levels;     /* as of struct tuning_problem */
    bool *is_choice;
    struct tuning_goal *goals;
    size_t goal_count;       /* a goal without a strategy has become one for each */
    char **only;             /* strategies that goals or cost are about, closed by NULL */
    char *metric, *strategy; /* of the cost */
    char *identity;
    struct tuning_problem problem;
    struct tuning tuning;
    unsigned left_out; /* places at which the scenario refuses its values */
    struct results *results;
    const struct runner_options *how;
    uint64_t made;   /* runs of this call */
    uint64_t failed; /* that are stored as failed */
    char *failure;   /* reason of the first; NULL: none */
    bool is_checked; /* that the runs have the metrics */
    bool is_interrupted;
};

/* Reads the request; NULL and errors if something is wrong with it. */
struct tuning_study *tuning_study_new(const struct tuning_request *request, struct errors *errors);
void tuning_study_free(struct tuning_study *study);

/*
 * Searches, with the database open for writing.  False and errors if it fails; true with
 * `is_interrupted` if `how->stop` has ended it.
 */
bool tuning_study_run(struct tuning_study *study, struct results *results,
                      const struct runner_options *how, struct errors *errors);

#endif
