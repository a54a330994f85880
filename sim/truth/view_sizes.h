/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * view_sizes.h - how many different sizes the views of nodes ever had: how uneven a cluster looks
 * to its members while it forms.
 *
 * A size is what a view has once all that changes it at one instant has; 4.125 bytes a node and
 * O(1) a change.  Sources: L. Suresh, D. Malkhi, P. Gopalan, I. Porto Carreiro, Z. Lokhandwala,
 * "Stable and Consistent Membership at Scale with Rapid", USENIX ATC 2018, section 7: the number of
 * unique cluster sizes reported while a cluster is bootstrapped.
 */
#ifndef SIM_TRUTH_VIEW_SIZES_H
#define SIM_TRUTH_VIEW_SIZES_H

#include "sim/node.h"
#include "sim/value/memory.h"

struct view_sizes {
    uint32_t *of;  /* each node: peers in its view; NULL: no model of the stack has one */
    uint64_t *met; /* a bit for each size that a view has had */
    uint32_t count;
    bool is_changing; /* the view of `node` at the instant `at`: it counts when that is over */
    node_id node;
    sim_time at;
};

/* All views are empty, which counts when one becomes so again.  If memory is short nothing is kept.
 */
void view_sizes_init(struct view_sizes *sizes, struct memory *memory, uint32_t nodes);

/* A peer has come into a view, or left it. */
void view_sizes_change(struct view_sizes *sizes, node_id node, bool is_there, sim_time now);

/* A node has lost its view, of which nobody was told. */
void view_sizes_lose(struct view_sizes *sizes, node_id node);

/* How many there were by now. */
uint32_t view_sizes_count(struct view_sizes *sizes);

#endif
