/* SPDX-License-Identifier: GPL-3.0-or-later */
/* live.c - see live.h. */
#include "sim/truth/live.h"

void live_init(struct live *live, struct memory *memory, uint32_t nodes)
{
    *live = (struct live){ memory_get(memory, nodes, sizeof *live->nodes),
                           memory_get(memory, nodes, sizeof *live->places), nodes };
    if (memory->is_short)
        live->nodes = NULL;
    for (node_id i = 0; i < nodes && live->nodes; i++)
        live->nodes[i] = live->places[i] = i;
}

void live_add(struct live *live, node_id node)
{
    live->places[node] = live->count;
    live->nodes[live->count++] = node;
}

void live_remove(struct live *live, node_id node)
{
    const uint32_t place = live->places[node];
    const node_id last = live->nodes[--live->count];

    live->nodes[place] = last;
    live->places[last] = place;
    live->places[node] = LIVE_NOWHERE;
}
