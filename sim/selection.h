/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * selection.h - which nodes a fault's selector means.
 *
 * Nodes are drawn without replacement as the first of a random permutation of all nodes, keyed by
 * the instant of the fault: equal selectors at one instant pick the same nodes.
 */
#ifndef SIM_SELECTION_H
#define SIM_SELECTION_H

#include "sim/run.h"

struct selection {
    const struct run *run;
    struct numbering order; /* in which nodes are drawn */
};

/* What selectors mean at `instant`. */
void selection_init(struct selection *selection, const struct run *run, sim_time instant);

/* How many nodes a selector means, and the `index`-th of them. */
uint32_t selection_count(const struct selection *selection, const struct sim_selector *of);
node_id selection_node(const struct selection *selection, const struct sim_selector *of,
                       uint32_t index);

/* The `index`-th node of the random order. */
node_id selection_drawn(const struct selection *selection, uint32_t index);

#endif
