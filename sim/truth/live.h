/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * live.h - the nodes that are up, so that one of them is picked with one draw, however few they
 * are.
 *
 * An array in which the last takes the place of one that goes: O(1) a change, 8 bytes a node.  Runs
 * keep it only where nodes pick among the live and some go (`peers: alive`).  As long as nobody
 * went, node i is at place i.
 */
#ifndef SIM_TRUTH_LIVE_H
#define SIM_TRUTH_LIVE_H

#include "sim/node.h"
#include "sim/value/memory.h"

struct live {
    node_id *nodes;   /* 0 .. count-1; NULL: not kept */
    uint32_t *places; /* of each node; LIVE_NOWHERE: it is down */
    uint32_t count;
};

#define LIVE_NOWHERE UINT32_MAX

/* All nodes are up.  If memory is short nothing is kept. */
void live_init(struct live *live, struct memory *memory, uint32_t nodes);

/* A node that was down is up, and one that was up is down. */
void live_add(struct live *live, node_id node);
void live_remove(struct live *live, node_id node);

/* How many live nodes there are besides one, itself up or down, and the `index`-th of them. */
static inline uint32_t live_others(const struct live *live, node_id node)
{
    return live->count - (live->places[node] != LIVE_NOWHERE);
}

static inline node_id live_other(const struct live *live, node_id node, uint32_t index)
{
    return live->nodes[index + (index >= live->places[node])];
}

#endif
