/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * run_words.h - what `run` says as it ends: how it went, the summary, how expectations did, and
 * what to do next.
 */
#ifndef CLI_RUN_WORDS_H
#define CLI_RUN_WORDS_H

#include "cli/verb.h"
#include "experiment/plan/plan.h"
#include "experiment/runner/runner.h"

#include <glib.h>

extern const struct verb verb_run;

/* What the command line asks for. */
struct run_options {
    char *output;
    int threads;
    char *design, *points, *replications, *seed;
    char **only, **sets, **sweeps;
    gboolean is_quiet, is_dry;
    char *shard;                        /* as written; NULL: none */
    uint32_t shard_number, shard_count; /* what it says */
    char *command;                      /* the command line, as one would type it */
};

/* How many runs there are, were made, failed or could not be made, on standard error. */
void run_say_how_it_went(const struct run_options *options, const char *path,
                         const struct runner_outcome *outcome, double seconds);

/* The summary table of the study, on standard output, how its expectations did, and what to do
 * with the database next.  Returns the exit code. */
int run_print_summary(const struct run_options *options, const struct plan *plan, const char *path,
                      int64_t study_id, struct errors *errors);

#endif
