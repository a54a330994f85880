/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * selection.h - which nodes a fault's selector means.
 *
 * Nodes are drawn without replacement as the first of a random permutation of all nodes, which is
 * keyed by the instant of the fault, by what is selected for, and by the selector itself: equal
 * selectors at one instant pick the same nodes, different ones are independent.
 */
#ifndef SIM_WORLD_SELECTION_H
#define SIM_WORLD_SELECTION_H

#include "sim/world/run.h"

/* What nodes are selected for.  All that happens to the nodes themselves is one purpose, so that
 * they can crash, be wiped and lose messages together; each side of each kind of cut is a purpose
 * of its own. */
enum { SELECTED_NODES, SELECTED_SIDES_ONE_WAY, SELECTED_SIDES = SELECTED_SIDES_ONE_WAY + 2 };

struct selection {
    const struct run *run;
    const struct sim_selector *of;
    struct numbering order; /* in which nodes are drawn */
    uint32_t count;         /* nodes that are meant */
};

/* What a selector means at `instant`; without one (NULL), all nodes in a random order. */
void selection_init(struct selection *selection, const struct run *run, sim_time instant,
                    uint32_t what_for, const struct sim_selector *of);

/* The `index`-th of the nodes that are meant. */
node_id selection_node(const struct selection *selection, uint32_t index);

#endif
