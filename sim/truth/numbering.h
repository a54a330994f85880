/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * numbering.h - the scenario's node numbers against the engine's.
 *
 * The engine numbers nodes by the phase of their timers (lane.h), so its node 0 always speaks
 * first.  A scenario's `node: 17` must be a node like any other: its number goes through a random
 * permutation, drawn for each replication.
 */
#ifndef SIM_TRUTH_NUMBERING_H
#define SIM_TRUTH_NUMBERING_H

#include "sim/node.h"

struct numbering {
    uint64_t key;
    uint64_t tweak; /* another permutation for each, of the same key; 0 at first */
    uint32_t nodes;
    int half_bits;
};

void numbering_init(struct numbering *numbering, uint32_t nodes, uint64_t key);

node_id numbering_inside(const struct numbering *numbering, node_id scenarios);
node_id numbering_outside(const struct numbering *numbering, node_id engines);

#endif
