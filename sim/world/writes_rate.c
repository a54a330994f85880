/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * writes_rate.c - clocks of writes that run at rates that change: see writes_rate.h; and the
 * updates of all clients together that one such clock times, drawn before the run begins.
 *
 * They are the points of a Poisson process of rate 1 on the clock.  The gap before an update is
 * drawn by its number alone, as with one constant rate: a change of the rates moves times and
 * nothing else.
 */
#include "sim/world/writes_rate.h"
#include "sim/world/writes.h"

#include <math.h>

/* ---- how many ---- */

/* Ticks of a clock until a time since the first injection. */
static double ticks_by(const struct sim_workload *workload, sim_time time)
{
    double ticks = 0;

    for (size_t i = 0; i < workload->rate_count && workload->rates[i].from < time; i++) {
        const sim_time next = i + 1 < workload->rate_count ? workload->rates[i + 1].from : time;

        ticks += workload->rates[i].rate *
                 (double)((next < time ? next : time) - workload->rates[i].from);
    }
    return ticks;
}

double sim_rated_updates(const struct sim_workload *workload, int64_t nodes, sim_time end)
{
    const double each =
        end > workload->at ? ticks_by(workload, end - workload->at) / WRITES_TICKS : 0;

    if (workload->arrival == ARRIVAL_RATES)
        return each;
    /* One more, since a time of a write is rounded down. */
    return (double)nodes * (workload->writes_poisson ? each : ceil(each) + (each > 0));
}

int64_t sim_rated_updates_max(const struct sim_workload *workload, int64_t nodes, sim_time end)
{
    const double all = sim_rated_updates(workload, nodes, end);
    const bool is_poisson = workload->arrival == ARRIVAL_RATES || workload->writes_poisson;
    const double most = is_poisson && all > 0 ? all + 8 * sqrt(all) + 16 : all;

    return most < 1e15 ? (int64_t)most : INT64_MAX / 2;
}

/* ---- when ---- */

bool writes_clock_time(const struct run *run, struct writes_clock *clock, sim_time *time)
{
    const struct sim_workload *workload = &run->config->workload;

    for (; clock->step < workload->rate_count; clock->step++) {
        const struct sim_rate *rate = &workload->rates[clock->step];
        const bool is_last = clock->step + 1 == workload->rate_count;
        const double ahead = clock->ticks - clock->by_step;
        const double room = is_last ? INFINITY : rate->rate * (double)(rate[1].from - rate->from);

        if (rate->rate > 0 && ahead < room) {
            const double since = ahead / rate->rate;

            if (!(since < (double)(run->config->stop.at - workload->at - rate->from)))
                return false;
            *time = workload->at + rate->from + (sim_time)since;
            return *time < run->config->stop.at;
        }
        clock->by_step += is_last ? 0 : room;
    }
    return false;
}

void writes_init_times(struct run *run)
{
    struct writes *writes = &run->writes;
    const uint32_t most = (uint32_t)run->config->workload.updates;
    const uint32_t first = (uint32_t)run->config->store.preload;
    struct writes_clock clock = { 0 };
    sim_time at;

    writes->times = memory_get(&run->memory, most, sizeof *writes->times);
    for (uint32_t i = 0; i < most && !run->memory.is_short; i++) {
        const uint64_t bits = draw(run->keys[PURPOSE_WORKLOAD], first + i, WRITES_DRAW_GAP);

        clock.ticks += (double)gap_next(&run->gap, (uint32_t)(bits >> 32));
        if (!writes_clock_time(run, &clock, &at))
            return;
        writes->times[writes->time_count++] = at;
    }
}
