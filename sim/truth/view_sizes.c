/* SPDX-License-Identifier: GPL-3.0-or-later */
/* view_sizes.c - see view_sizes.h. */
#include "sim/truth/view_sizes.h"

#include <assert.h>

void view_sizes_init(struct view_sizes *sizes, struct memory *memory, uint32_t nodes)
{
    sizes->met = memory_get(memory, nodes / 64 + 1, sizeof *sizes->met);
    sizes->of = sizes->met ? memory_get(memory, nodes, sizeof *sizes->of) : NULL;
}

/* What is noted to be changing has changed. */
static void settle(struct view_sizes *sizes)
{
    const uint32_t size = sizes->of[sizes->node];
    const uint64_t bit = (uint64_t)1 << size % 64;

    sizes->count += sizes->is_changing && !(sizes->met[size / 64] & bit);
    if (sizes->is_changing)
        sizes->met[size / 64] |= bit;
    sizes->is_changing = false;
}

void view_sizes_change(struct view_sizes *sizes, node_id node, bool is_there, sim_time now)
{
    if (sizes->node != node || sizes->at != now)
        settle(sizes);
    sizes->is_changing = true;
    sizes->node = node;
    sizes->at = now;
    assert(is_there || sizes->of[node] > 0); /* it was told of before */
    sizes->of[node] += is_there ? 1 : UINT32_MAX;
}

void view_sizes_lose(struct view_sizes *sizes, node_id node)
{
    if (sizes->node == node)
        settle(sizes);
    sizes->of[node] = 0;
}

uint32_t view_sizes_count(struct view_sizes *sizes)
{
    settle(sizes);
    return sizes->count;
}
