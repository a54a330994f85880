/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * validation_scuttlebutt.c - how far participants are behind as updates outrun what messages hold,
 * by the order in which these are filled, and how they recover; laws without a limit.
 *
 * 128 participants exchange with a random one once a second, and write one of 64 keys of their own
 * once a second, twice from 25 to 75 s, not at all after 120 s; messages have 100 values from 15 s
 * on, and take 10 ms, of which the paper says nothing.  Staleness is the largest at a participant,
 * mean over them, counted from when the value that it has was superseded.
 *
 * The paper's figures are single runs, read from plots: 15 % are left to staleness, 25 % to counts
 * and to what `newest` starves of, 3 s to when nothing is stale any more.
 *
 * Source: R. van Renesse, D. Dumitriu, V. Gough, C. Thomas, Efficient reconciliation and flow
 * control for anti-entropy protocols, LADIS 2008.
 */
#include "analysis/validation/validation_lists.h"

#include <math.h>

static const char ladis[] = "van Renesse et al., LADIS 2008";

#define PAPER(parameters_)                                                                         \
    {                                                                                              \
        .model = "scuttlebutt", .parameters = "preset=paper" parameters_, .nodes = 128, .runs = 8, \
        .quick_runs = 4, .seconds = 140, .stop = STOP_NEVER, .own_keys = 64                        \
    }
#define ORDER(first) PAPER(" limit=100 limit_from=15s first=" first)

static const struct validation_trial newest = ORDER("newest"), breadth = ORDER("breadth"),
                                     oldest = ORDER("oldest"), depth = ORDER("depth"),
                                     unlimited = PAPER("");
static const struct validation_trial one_change = { .model = "scuttlebutt",
                                                    .parameters = "preset=paper",
                                                    .nodes = 128,
                                                    .runs = 400,
                                                    .quick_runs = 100,
                                                    .stop = STOP_CONVERGED };

static double staleness(const struct validation_row *row, const struct validation_run *run)
{
    return run->behind[(int)row->argument].max;
}

static double stale(const struct validation_row *row, const struct validation_run *run)
{
    return run->behind[(int)row->argument].keys;
}

/* For differences: the first is ahead. */
static double some(const struct validation_row *row, const struct validation_run *run)
{
    (void)row;
    (void)run;
    return 25;
}

static double fresh_from(const struct validation_row *row, const struct validation_run *run)
{
    (void)row;
    return run->fresh_from;
}

/* Rounds that had begun. */
static double everywhere(const struct validation_row *row, const struct validation_run *run)
{
    (void)row;
    return ceil(run->t_last);
}

static double stale_at_last(const struct validation_row *row, const struct validation_run *run)
{
    (void)row;
    return run->stale_keys;
}

/* Little's law for the updates that a participant lacks, two a second of each; several of one key
 * are one stale key, which leaves a Poisson number of them open by 2 %. */
static double rate_times_delay(const struct validation_row *row, const struct validation_run *run)
{
    const double keys = (double)(row->trial->nodes * row->trial->own_keys);
    const double lacked = 2 * (double)row->trial->nodes * run->t_avg;

    return keys * -expm1(-lacked / keys);
}

#define BEHIND(what_, trial_, i, published_, share)                                              \
    {                                                                                            \
        what_ " s: staleness", ladis, .trial = (trial_), .figure = staleness, .argument = (i),   \
                                      .published = #published_, .window = (share) * (published_) \
    }
#define MORE(what_, trial_, base_)                                                                 \
    {                                                                                              \
        what_ ", 90 s: staleness", ladis, .trial = (trial_), .base = (base_), .figure = staleness, \
                                          .argument = 2, .law = some, .formula = "0 to 50",        \
                                          .window = 25                                             \
    }
#define STALE(what_, trial_, published_)                                                          \
    {                                                                                             \
        what_ ", 75 s: stale keys", ladis, .trial = (trial_), .figure = stale, .argument = 1,     \
                                           .published = #published_, .window = .25 * (published_) \
    }
#define FRESH(what_, trial_, published_)                                                 \
    {                                                                                    \
        what_ ": nothing stale from, s", ladis, .trial = (trial_), .figure = fresh_from, \
                                                .published = #published_, .window = 3    \
    }

const struct validation_row validation_scuttlebutt[] = {
    BEHIND("scuttlebutt, newest, 20", &newest, 0, 4.7, .15),
    BEHIND("scuttlebutt, newest, 75", &newest, 1, 50.1, .15),
    BEHIND("scuttlebutt, newest, 90", &newest, 2, 65.1, .25),
    BEHIND("scuttlebutt, depth, 20", &depth, 0, 4.7, .15),
    BEHIND("scuttlebutt, depth, 75", &depth, 1, 20.9, .15),
    BEHIND("scuttlebutt, depth, 90", &depth, 2, 17.8, .15),
    MORE("scuttlebutt, newest over breadth", &newest, &breadth),
    MORE("scuttlebutt, breadth over oldest", &breadth, &oldest),
    MORE("scuttlebutt, oldest over depth", &oldest, &depth),
    STALE("scuttlebutt, newest", &newest, 2074),
    STALE("scuttlebutt, depth", &depth, 2185),
    FRESH("scuttlebutt, newest", &newest, 126),
    FRESH("scuttlebutt, depth", &depth, 126),
    FRESH("scuttlebutt, breadth", &breadth, 127),
    FRESH("scuttlebutt, oldest", &oldest, 130),
    { "scuttlebutt, n=128: rounds until all have it", ladis, .trial = &one_change,
      .figure = everywhere, .published = "5.5", .window = .5 },
    { "scuttlebutt, no limit: stale keys", "Little's law", .trial = &unlimited,
      .figure = stale_at_last, .law = rate_times_delay, .formula = "K (1 - exp(-rate delay / K))",
      .window = 14 },
    { .what = NULL },
};
