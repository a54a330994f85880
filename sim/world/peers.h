/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * peers.h - who is a peer of whom: what the ways of picking one share (node_peers.c, node_ring.c).
 *
 * Peers are all other nodes, or with shards the other holders of any shard of the node; with
 * `peers: alive` those of them that are up (live.h).
 */
#ifndef SIM_WORLD_PEERS_H
#define SIM_WORLD_PEERS_H

#include "sim/world/run.h"

static inline uint64_t peers_draw(struct node *n)
{
    const struct run *run = run_of(n);

    return ahead_draw(&run->ahead.peers, run->ahead.turn, run->keys[PURPOSE_PEER], n->id,
                      n->me->drawn++);
}

/* The `index`-th of the other nodes, ascending. */
static inline node_id peers_other(const struct node *n, uint32_t index)
{
    return index + (index >= n->id);
}

/* Whether it may be picked as far as being up goes. */
static inline bool peers_may_be(const struct run *run, node_id node)
{
    return !run->live.nodes || !run_is_down(run, node);
}

/* Whether a node has any peers, up or down. */
bool peers_exist(const struct run *run, node_id self);

/* Whether another node is a peer. */
bool peers_has(const struct node *n, node_id other);

/* How many nodes may be peers, and the `index`-th of them: all others, with shards those near on
 * the ring of node numbers. */
uint32_t peers_near_count(const struct run *run);
node_id peers_near(const struct node *n, uint32_t index);

#endif
