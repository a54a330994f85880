/* SPDX-License-Identifier: GPL-3.0-or-later */
/* measure_knowledge.c - see measure_knowledge.h. */
#include "sim/world/measure_knowledge.h"

#include <math.h>

/* Over the measured updates: the largest and the mean of a time; both NAN if one never came. */
struct spread {
    double max, mean;
};

/* The times of an update: the shares, the last replica, for good. */
enum { TIME_LAST = SHARES, TIME_SETTLED, TIMES };

static sim_time time_of(const struct census *census, const struct track *track, int which)
{
    if (which == TIME_LAST)
        return track->last == SIM_NEVER ? SIM_NEVER : track->last - track->injected;
    if (which == TIME_SETTLED)
        return census_is_agreed(census, track) ? track->settled - track->injected : SIM_NEVER;
    return track->reached[which];
}

static struct spread spread_of(const struct census *census, int share)
{
    struct spread spread = { 0, 0 };

    for (update_id i = 0; i < census->begun; i++) {
        const struct track *track = &census->tracks[i];
        sim_time time = time_of(census, track, share);

        if (!track->is_measured)
            continue;
        if (time == SIM_NEVER)
            return (struct spread){ NAN, NAN };
        spread.max = fmax(spread.max, (double)time / 1e9);
        spread.mean += (double)time / 1e9 / census->measured;
    }
    return spread;
}

_Static_assert(METRIC_T_SETTLED == METRIC_T50 + (int)TIMES - 1, "a row for each of the times");
_Static_assert(METRIC_T_SETTLED_MEAN == METRIC_T50_MEAN + (int)TIMES - 1, "and for their means");

static void add_times(const struct census *census, struct values *values)
{
    uint128 delay = 0;
    uint64_t learned = 0;

    for (int which = 0; which < TIMES; which++) {
        struct spread spread = spread_of(census, which);

        set_value(values, METRIC_T50 + (unsigned)which, spread.max);
        if (census->updates > 1)
            set_value(values, METRIC_T50_MEAN + (unsigned)which, spread.mean);
    }
    for (update_id i = 0; i < census->begun; i++)
        if (census->tracks[i].is_measured) {
            delay += census->tracks[i].delay;
            learned += census->tracks[i].learned;
        }
    if (learned > 0)
        set_value(values, METRIC_T_AVG, (double)delay / (double)learned / 1e9);
}

/* Whether updates are still to be injected that would have been measured. */
static bool expects_more(const struct run *run)
{
    const bool cools_down =
        run->config->cooldown > 0 && run_credit(run, run->node.now) >= run->window.end;

    return run->injections_left > 0 && !cools_down;
}

/* How many nodes should hold an update, live or not. */
static uint32_t replicas_of(const struct run *run, const struct part *part,
                            const struct track *track)
{
    if (part)
        return recording_replicas(run, part, track);
    return run->census.holders ? run->placement.replicas : run->nodes;
}

/* What no live replica could know is lacked by all its replicas, as if these were there. */
static void add_residue(const struct run *run, const struct part *part, struct values *values)
{
    const struct census *census = part ? &part->census : &run->census;
    uint64_t lacking = 0, pairs = 0;

    for (update_id i = 0; i < census->begun; i++) {
        const struct track *track = &census->tracks[i];
        const uint32_t holders = census_holders(census, track);

        if (!track->is_measured)
            continue;
        const uint32_t replicas = replicas_of(run, part, track);

        lacking += holders > 0 ? track->deficit : replicas;
        pairs += holders > 0 ? holders : replicas;
    }
    set_value(values, METRIC_RESIDUE, (double)lacking / (double)pairs);
    set_value(values, METRIC_RELIABILITY, 1 - (double)lacking / (double)pairs);
    set_value(values, METRIC_CONVERGED, lacking == 0 && !expects_more(run));
}

void measure_knowledge(const struct run *run, const struct part *part, struct values *values)
{
    const struct census *census = part ? &part->census : &run->census;

    if (census->measured > 0) {
        add_residue(run, part, values);
        add_times(census, values);
    }
    set_value(values, METRIC_STALENESS, census_staleness(census));
    set_value(values, METRIC_ALIVE, census->alive);
}
