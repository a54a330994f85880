/* SPDX-License-Identifier: GPL-3.0-or-later */
/* trail.c - see trail.h. */
#include "sim/world/trail.h"

static uint32_t count_changes(const struct sim_trace *trace, uint32_t record)
{
    return (uint32_t)(trace->start[record + 1] - trace->start[record]);
}

bool trail_begin(const struct sim_trace *trace, struct trail *trail, uint32_t record, sim_time from)
{
    const sim_time *changes = &trace->changes[trace->start[record]];
    uint32_t past = 0, end = count_changes(trace, record);

    while (past < end) {
        const uint32_t middle = past + (end - past) / 2;

        if (changes[middle] <= from)
            past = middle + 1;
        else
            end = middle;
    }
    *trail = (struct trail){ .lap = -from, .record = record, .done = past };
    return trace->begins_up[record] != past % 2;
}

sim_time trail_next(const struct sim_trace *trace, struct trail *trail, bool repeats, sim_time end)
{
    const uint32_t count = count_changes(trace, trail->record);

    if (trail->done == count) {
        if (!repeats || count == 0)
            return SIM_NEVER;
        trail->lap += trace->length;
        trail->done = 0;
    }
    if (trail->lap > end)
        return SIM_NEVER;

    const sim_time time = trail->lap + trace->changes[trace->start[trail->record] + trail->done++];

    return time <= end ? time : SIM_NEVER;
}
