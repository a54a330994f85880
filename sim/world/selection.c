/* SPDX-License-Identifier: GPL-3.0-or-later */
/* selection.c - see selection.h. */
#include "sim/world/selection.h"

#include "sim/fault_kind.h"

enum { NO_SELECTOR = 7 }; /* beside enum sim_select: three bits */

/* What tells a selector from another of its kind. */
static uint64_t word_of(const struct sim_selector *of)
{
    uint64_t bits;

    if (of->kind != SELECT_SHARE)
        return (uint64_t)of->count;
    memcpy(&bits, &of->share, sizeof bits);
    return bits;
}

void selection_init(struct selection *selection, const struct run *run, sim_time instant,
                    uint32_t what_for, const struct sim_selector *of)
{
    const uint64_t seed =
        draw(run->keys[PURPOSE_FAULT], (uint32_t)(instant >> 32), (uint32_t)instant);
    const uint32_t kind = of ? (uint32_t)of->kind : NO_SELECTOR;

    *selection = (struct selection){ .run = run, .of = of };
    selection->count = of ? fault_nodes(of, run->nodes) : run->nodes;
    numbering_init(&selection->order, run->nodes,
                   draw_key(seed ^ (of ? word_of(of) : 0), what_for << 3 | kind, PURPOSE_FAULT));
}

node_id selection_node(const struct selection *selection, uint32_t index)
{
    const struct sim_selector *of = selection->of;

    if (of && of->kind == SELECT_RANGE)
        return numbering_inside(&selection->run->numbering, (node_id)of->first + index);
    return numbering_inside(&selection->order, index);
}
