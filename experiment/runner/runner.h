/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * runner.h - makes the runs of a study that its database lacks.
 *
 * The set of runs depends on the scenario alone, not on threads, interruptions or what was there
 * before: with a rule for replications, decisions look only at replications 0..r-1 when r were
 * asked for.
 */
#ifndef EXPERIMENT_RUNNER_RUNNER_H
#define EXPERIMENT_RUNNER_RUNNER_H

#include "experiment/runner/pool.h"
#include "experiment/runner/walk.h"
#include "experiment/store/results.h"

struct runner_progress {
    uint64_t total;  /* runs of the study, as far as known; a rule may add some */
    uint64_t done;   /* stored ones, failed or not, as far as has been looked */
    uint64_t made;   /* by this call */
    double seconds;  /* since its begin */
    bool is_running; /* `longest` is valid */
    struct pool_view longest;
};

struct runner_options {
    int threads;
    uint64_t memory;         /* bytes that all runs together may use; 0: what is available */
    const atomic_bool *stop; /* true: end soon, keeping what is done; NULL: never */
    const uint32_t *wanted;  /* replications of each point, at least the plan's; NULL: those */

    /* Which runs are to be made.  Under a rule for replications all of a point are, or none. */
    struct walk_part part;

    /* Called by the caller's thread after every batch and at least ten times a second; may be
     * NULL. */
    void (*progress)(void *context, const struct runner_progress *progress);

    /* Something worth knowing, a line without its end; may be NULL. */
    void (*notice)(void *context, const char *text);
    void *context;
};

struct runner_outcome {
    uint64_t total, made;
    uint64_t failed;  /* runs of the study that are stored as failed, also earlier ones */
    char *failure;    /* reason of the first of them in plan order; NULL: none */
    uint64_t refused; /* runs not made because memory would not do */
    char *refusal;    /* reason of the first; NULL: none */
    bool is_interrupted;
};

/*
 * Makes what is missing of the plan, which must be the study of `results`, in the order of walk.h.
 * False only if the
 * database cannot be written; what was stored stays.  `errors` comes empty.  *outcome is filled in
 * any case and cleared by runner_outcome_clear().
 *
 * With a rule, each point starts with `min` replications of every strategy and goes on by half
 * as many again, up to `max`, until for every strategy the interval of the metric's mean, as
 * reports print it, is narrow enough.  Looks so far apart, each on so many runs, leave its
 * coverage what it is for a fixed number of runs (docs/statistics.md has the measured figures).
 * A metric that never happened in a run (NULL) has no mean: not met.  Failed runs
 * are left out; a strategy to which the metric does not apply sets no condition.  All strategies
 * of a point get the same replications, so that they stay paired.
 */
bool runner_run(struct results *results, const struct plan *plan,
                const struct runner_options *options, struct runner_outcome *outcome,
                struct errors *errors);
void runner_outcome_clear(struct runner_outcome *outcome);

/*
 * False, with an error that tells how much the smallest run needs, if no run of the plan fits into
 * the memory that is available.  Looks no further than the first that fits.  `threads`: so many
 * runs are to be made side by side.
 */
bool runner_fits(const struct plan *plan, int threads, struct errors *errors);

/*
 * True if statistics_mean()'s interval at `confidence` reaches at most `half_width` times the
 * mean to either side, or if all values are equal; false with a NAN or without an interval.
 */
bool runner_is_precise(const double *values, uint32_t count, bool is_share, double half_width,
                       double confidence);

#endif
