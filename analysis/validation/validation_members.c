/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * validation_members.c - membership: the laws of SWIM, and what memberlist's limits say.
 *
 * Sources: A. Das, I. Gupta, A. Motivala, SWIM: scalable weakly-consistent infection-style process
 * group membership protocol, DSN 2002; hashicorp/memberlist at 1b4c746c, util.go.
 */
#include "analysis/validation/validation_lists.h"

#include <math.h>

static const char swim_3[] = "Das et al. 2002, 3.1", swim_4[] = "Das et al. 2002, 4.1",
                  memberlist[] = "memberlist, util.go";

#define SWIM(parameters_, nodes_, runs_, quick_, seconds_)                            \
    .model = "swim", .parameters = (parameters_), .nodes = (nodes_), .runs = (runs_), \
    .quick_runs = (quick_), .seconds = (seconds_), .stop = STOP_NEVER
#define BARE "preset=paper interval=1s helpers=0 broadcasts=false "
#define HELPED(k) \
    "preset=paper interval=1s timeout=200ms broadcasts=false suspicion_mult=100 helpers=" #k

/* One crashes, and nobody suspects before he judges. */
#define FIRST(nodes, runs, quick)                                                          \
    {                                                                                      \
        SWIM(BARE "suspicion=false order=random", nodes, runs, quick, 30), .crashes = true \
    }
static const struct validation_trial eight = FIRST(8, 10000, 1000);
static const struct validation_trial thirty_two = FIRST(32, 3000, 300);
static const struct validation_trial thousand = FIRST(1000, 100, 20);

#define LOSSY(k, loss_)                                   \
    {                                                     \
        SWIM(HELPED(k), 64, 60, 20, 400), .loss = (loss_) \
    }
static const struct validation_trial lossy[] = {
    LOSSY(0, .01), LOSSY(1, .01), LOSSY(0, .05), LOSSY(1, .05), LOSSY(3, .05),
    LOSSY(0, .10), LOSSY(1, .10), LOSSY(3, .10), LOSSY(5, .10),
};

#define CALM "push_pull_interval=0s broadcasts=false"
static const struct validation_trial ten = { SWIM(CALM, 10, 20, 20, 60) };
static const struct validation_trial many = { SWIM(CALM, 3000, 20, 20, 10) };

static const struct validation_trial paper = { SWIM("preset=paper interval=1s", 1000, 20, 20, 60) };
static const struct validation_trial below = { SWIM("push_pull_interval=0s", 99, 20, 20, 60) };
static const struct validation_trial above = { SWIM("push_pull_interval=0s", 100, 20, 20, 60) };

static const struct validation_trial suspicious = { SWIM("broadcasts=false", 100, 20, 20, 60),
                                                    .crashes = true };
static const struct validation_trial alone = {
    SWIM("broadcasts=false lifeguard=false suspicion_mult=6", 1000, 20, 20, 60), .crashes = true
};

/* A probe takes an interval to fail. */
static double first_interval(const struct validation_row *row, const struct validation_run *run)
{
    (void)row;
    return floor(run->detect_first - 1) + 1;
}

static double picked_by_somebody(const struct validation_row *row, const struct validation_run *run)
{
    const double others = (double)row->trial->nodes - 1;

    (void)run;
    return 1 / (1 - pow(1 - 1 / others, others));
}

static double probes_failed(const struct validation_row *row, const struct validation_run *run)
{
    (void)row;
    return run->probes_failed / run->probes;
}

/* No way to the member and back, and none by any of the helpers. */
static double no_way(const struct validation_row *row, const struct validation_run *run)
{
    const double q = 1 - row->trial->loss;

    (void)run;
    return (1 - q * q) * pow(1 - pow(q, 4), row->argument);
}

static double messages_an_interval(const struct validation_row *row,
                                   const struct validation_run *run)
{
    return run->messages / (double)row->trial->nodes / row->trial->seconds;
}

/* By each member that it has reached. */
static double copies(const struct validation_row *row, const struct validation_run *run)
{
    (void)row;
    return run->m / (1 - run->residue);
}

/* To the microsecond: a difference of times in seconds. */
static double suspicion(const struct validation_row *row, const struct validation_run *run)
{
    (void)row;
    return round((run->detect_first - run->suspect_first) * 1e6) / 1e6;
}

static double as_said(const struct validation_row *row, const struct validation_run *run)
{
    (void)run;
    return row->argument;
}

#define FIRST_PROBE(what_, trial_)                                                             \
    {                                                                                          \
        what_, swim_3, .trial = (trial_), .figure = first_interval, .law = picked_by_somebody, \
                       .formula = "1/(1-(1-1/(n-1))^(n-1))"                                    \
    }
#define FAILS(what_, i, k)                                                         \
    {                                                                              \
        what_, swim_3, .trial = &lossy[i], .figure = probes_failed, .law = no_way, \
                       .formula = "(1-q^2)(1-q^4)^k", .argument = (k)              \
    }
#define SAYS(what_, source_, trial_, figure_, formula_, value)                \
    {                                                                         \
        what_, source_, .trial = (trial_), .figure = figure_, .law = as_said, \
                        .formula = (formula_), .argument = (value)            \
    }

const struct validation_row validation_members[] = {
    FIRST_PROBE("swim, n=8: first probe of the crashed", &eight),
    FIRST_PROBE("swim, n=32: first probe of the crashed", &thirty_two),
    FIRST_PROBE("swim, n=1000: first probe of the crashed", &thousand),
    FAILS("swim, q=.99, k=0: probes that fail", 0, 0),
    FAILS("swim, q=.99, k=1: probes that fail", 1, 1),
    FAILS("swim, q=.95, k=0: probes that fail", 2, 0),
    FAILS("swim, q=.95, k=1: probes that fail", 3, 1),
    FAILS("swim, q=.95, k=3: probes that fail", 4, 3),
    FAILS("swim, q=.90, k=0: probes that fail", 5, 0),
    FAILS("swim, q=.90, k=1: probes that fail", 6, 1),
    FAILS("swim, q=.90, k=3: probes that fail", 7, 3),
    FAILS("swim, q=.90, k=5: probes that fail", 8, 5),
    SAYS("swim, n=10: messages a member and interval", swim_3, &ten, messages_an_interval, "2", 2),
    SAYS("swim, n=3000: messages a member and interval", swim_3, &many, messages_an_interval, "2",
         2),
    SAYS("swim, paper, n=1000: times that news is told", swim_4, &paper, copies, "3 ceil(ln(n+1))",
         21),
    SAYS("swim, n=99: times that news is told", memberlist, &below, copies, "4 ceil(log10(n+1))",
         8),
    SAYS("swim, n=100: times that news is told", memberlist, &above, copies, "4 ceil(log10(n+1))",
         12),
    SAYS("swim, n=100, confirmed: suspicion, s", memberlist, &suspicious, suspicion,
         "4 max(1, log10(n))", 8),
    SAYS("swim, n=1000, no Lifeguard: suspicion, s", memberlist, &alone, suspicion,
         "6 max(1, log10(n))", 18),
    { .what = NULL },
};
