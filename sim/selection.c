/* SPDX-License-Identifier: GPL-3.0-or-later */
/* selection.c - see selection.h. */
#include "sim/selection.h"

void selection_init(struct selection *selection, const struct run *run, sim_time instant)
{
    const uint64_t key =
        draw(run->keys[PURPOSE_FAULT], (uint32_t)(instant >> 32), (uint32_t)instant);

    selection->run = run;
    numbering_init(&selection->order, run->nodes, draw_key(key, 0, PURPOSE_FAULT));
}

uint32_t selection_count(const struct selection *selection, const struct sim_selector *of)
{
    const uint32_t nodes = selection->run->nodes;
    int64_t count = nodes;

    switch (of->kind) {
    case SELECT_ALL:
        break;
    case SELECT_SHARE:
        count = (int64_t)(of->share * nodes + 0.5);
        break;
    case SELECT_COUNT:
        count = of->count;
        break;
    case SELECT_ALL_BUT:
        count = nodes - of->count;
        break;
    case SELECT_RANGE:
        count = of->nodes;
        break;
    }
    return count < 0 ? 0 : count > nodes ? nodes : (uint32_t)count;
}

node_id selection_drawn(const struct selection *selection, uint32_t index)
{
    return numbering_inside(&selection->order, index);
}

node_id selection_node(const struct selection *selection, const struct sim_selector *of,
                       uint32_t index)
{
    if (of->kind == SELECT_RANGE)
        return numbering_inside(&selection->run->numbering, (node_id)of->first + index);
    return selection_drawn(selection, index);
}
