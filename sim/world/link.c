/* SPDX-License-Identifier: GPL-3.0-or-later */
/* link.c - see link.h. */
#include "sim/world/link.h"

/* The place of the link among all; false: there is none. */
static bool find(const struct run *run, node_id from, node_id to, uint64_t *place)
{
    const struct sim_graph *graph = run->config->graph;
    const uint32_t own = run->outside[from], other = run->outside[to];
    const uint64_t end = graph->start[own + 1];
    uint64_t low = graph->start[own], high = end;

    while (low < high) {
        const uint64_t middle = low + (high - low) / 2;

        if (graph->to[middle] < other)
            low = middle + 1;
        else
            high = middle;
    }
    *place = low;
    return low < end && graph->to[low] == other;
}

bool link_latency(const struct run *run, node_id from, node_id to, sim_time *latency)
{
    uint64_t place;

    if (!find(run, from, to, &place))
        return false;
    *latency = run->config->graph->latency[place];
    return true;
}

bool link_loses(const struct run *run, node_id from, node_id to, uint32_t bits)
{
    uint64_t place;

    return find(run, from, to, &place) && bits < run->config->graph->loss[place] * 0x1p32;
}
