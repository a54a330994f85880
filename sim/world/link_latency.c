/* SPDX-License-Identifier: GPL-3.0-or-later */
/* link_latency.c - see link_latency.h. */
#include "sim/world/link_latency.h"

bool link_latency(const struct run *run, node_id from, node_id to, sim_time *latency)
{
    const struct sim_graph *graph = run->config->graph;
    const uint32_t place = run->outside[from], other = run->outside[to];
    uint64_t low = graph->start[place], high = graph->start[place + 1];

    while (low < high) {
        const uint64_t middle = low + (high - low) / 2;

        if (graph->to[middle] < other)
            low = middle + 1;
        else
            high = middle;
    }
    if (low == graph->start[place + 1] || graph->to[low] != other)
        return false;
    *latency = graph->latency[low];
    return true;
}
