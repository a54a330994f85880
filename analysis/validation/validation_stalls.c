/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * validation_stalls.c - members that stall: how often others are held dead, and what Lifeguard
 * does.
 *
 * Of 128 members C block in every send and receive for D while their clocks go on, run for I, and
 * block again, for two minutes.  Counted is each time that any member comes to hold one dead that
 * never stalled.  The paper prints the sums over six D, eight I and ten repetitions; nearly all of
 * them come of the four D and five I here (scenarios/lifeguard-grid.yaml has all), so that ten
 * times their sum is compared.
 *
 * Assumed are 1 ms of latency and 50 us to handle a message.  Where I is below 16 ms, members
 * cannot empty their inboxes in it, and the figures hang on that.
 *
 * Source: A. Dadgar, J. Phillips, J. Currey, Lifeguard, DSN-W 2018, section V; the setting and the
 * sums from memory.
 */
#include "analysis/validation/validation_lists.h"

#include <glib.h>

static const char lifeguard[] = "Lifeguard 2018, from memory";

#define STALLS(stops)                                         \
    { stops, 1 }, { stops, 4 }, { stops, 16 }, { stops, 64 }, \
    {                                                         \
        stops, 256                                            \
    }
static const struct validation_stall grid[] = {
    STALLS(2048),
    STALLS(8192),
    STALLS(16384),
    STALLS(32768),
};

#define AS_IT_WAS "suspicion_mult=5 lifeguard=false"
enum { AS_BEFORE, LONG_SUSPICIONS, ALL_OF_LIFEGUARD };
#define STALLED(count)                                                                     \
    .model = "swim", .parameters = AS_IT_WAS, .nodes = 128, .runs = 4, .quick_runs = 2,    \
    .seconds = 135, .stop = STOP_NEVER, .stalls = grid, .stall_count = G_N_ELEMENTS(grid), \
    .stalled = (count)
static const struct validation_trial four = { STALLED(4) };
static const struct validation_trial eight = { STALLED(8) };
static const struct validation_trial twelve = { STALLED(12) };
static const struct validation_trial sixteen = {
    STALLED(16),
    .besides = { "suspicion_mult=5 local_health=false buddy=false", "suspicion_mult=5" },
};

/* Of ten repetitions, for each that is published. */
static double beside_published(const struct validation_row *row, const struct validation_run *run)
{
    return 10 * run->of[AS_BEFORE].false_dead / row->argument;
}

static double as_many(const struct validation_row *row, const struct validation_run *run)
{
    (void)row;
    (void)run;
    return 1;
}

static double left_by_long_suspicions(const struct validation_row *row,
                                      const struct validation_run *run)
{
    (void)row;
    return run->of[LONG_SUSPICIONS].in_time / run->of[AS_BEFORE].in_time;
}

static double left_by_all(const struct validation_row *row, const struct validation_run *run)
{
    (void)row;
    return run->of[ALL_OF_LIFEGUARD].in_time / run->of[AS_BEFORE].in_time;
}

static double messages_more(const struct validation_row *row, const struct validation_run *run)
{
    (void)row;
    return run->of[ALL_OF_LIFEGUARD].messages / run->of[AS_BEFORE].messages - 1;
}

static double as_said(const struct validation_row *row, const struct validation_run *run)
{
    (void)run;
    return row->argument;
}

#define TOTAL(what_, trial_, published_)                                                 \
    {                                                                                    \
        what_, lifeguard, .trial = (trial_), .figure = beside_published, .law = as_many, \
                          .formula = "as many", .argument = (published_), .window = 0.3  \
    }
#define SAYS(what_, figure_, formula_, value, window_)                                    \
    {                                                                                     \
        what_, lifeguard, .trial = &sixteen, .figure = figure_, .law = as_said,           \
                          .formula = (formula_), .argument = (value), .window = (window_) \
    }

const struct validation_row validation_stalls[] = {
    TOTAL("swim, 4 stall: false verdicts / 5960", &four, 5960),
    TOTAL("swim, 8 stall: false verdicts / 11100", &eight, 11100),
    TOTAL("swim, 12 stall: false verdicts / 22700", &twelve, 22700),
    TOTAL("swim, 16 stall: false verdicts / 34100", &sixteen, 34100),
    SAYS("swim, 16 stall, long suspicions: share left", left_by_long_suspicions, "about 3 %", 0.03,
         0.02),
    SAYS("swim, 16 stall, Lifeguard: share left", left_by_all, "under 5 %", 0.025, 0.025),
    SAYS("swim, 16 stall, Lifeguard: messages more", messages_more, "about 10 %", 0.1, 0.05),
    { .what = NULL },
};
