/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * peers.h - where a node's peers come from: all others, the live ones, the holders of its shards,
 * its neighbours in a topology, or the view of a membership model in its stack.
 *
 * A source says which nodes may be peers of a node.  The ways of picking among them are written
 * once, for every source: at random, several, shuffled (node_peers.c), by distance and in turn
 * (node_ring.c; in a topology peers_hops.c), by latency and by group (peers_group.c), by weight
 * (peers_weight.c).  Where nodes pick among all others, node_pick_peer()
 * calls no source.
 */
#ifndef SIM_WORLD_PEERS_H
#define SIM_WORLD_PEERS_H

#include "sim/world/run.h"

/* Nodes by index, 0 .. count-1; none twice, and never the node itself. */
struct peer_list {
    uint32_t (*count)(struct node *n);
    node_id (*at)(struct node *n, uint32_t index);
};

struct peer_source {
    const char *name;

    /* The nodes that may be peers, in an order that changes as little as possible, and whether one
     * of them is a peer now; NULL: all are. */
    struct peer_list places;
    bool (*has)(struct node *n, node_id other);

    /* The nodes that are peers now, in any order; NULL: the places, which are searched if some are
     * not peers. */
    struct peer_list peers;

    /* Ways of its own to pick one, or up to `count` different ones; NULL: one draw for each, every
     * peer as likely as another. */
    bool (*pick)(struct node *n, node_id *peer);
    int (*pick_several)(struct node *n, node_id *peers, int count);

    /* How it picks by distance; NULL: by the ring of node numbers. */
    bool (*pick_by_distance)(struct node *n, double exponent, node_id *peer);

    /* Its peers are all nodes, or all that are up, on a ring: of node numbers, or with shards of
     * the holders of each shard. */
    bool has_ring;
};

extern const struct peer_source peers_all, peers_alive, peers_holders, peers_view,
    peers_view_holders, peers_graph, peers_graph_some;

/* The source that the configuration asks for. */
const struct peer_source *peers_source(const struct run *run);

/* A draw for picking, of the node whose turn it is. */
static inline uint64_t peers_draw(struct node *n)
{
    const struct run *run = run_of(n);

    return ahead_draw(&run->ahead.peers, run->ahead.turn, run->keys[PURPOSE_PEER], n->id,
                      n->me->drawn++);
}

/* Whether it may be picked as far as being up goes. */
static inline bool peers_may_be(const struct run *run, node_id node)
{
    return !run->live.nodes || !run_is_down(run, node);
}

/* Whether a node has any others on its rings, up or down. */
static inline bool peers_has_others(const struct run *run, node_id self)
{
    if (placement_is_everywhere(&run->placement))
        return run->nodes > 1;
    return run->placement.replicas > 1 && placement_count(&run->placement, self) > 0;
}

/* What goes with the configuration's ways of picking: a topology, weights, and tables of numbers
 * where picks need them.  Counts their memory as the run's. */
void peers_init(struct run *run);

/* The scenario's number of a node; from the table, where there is one. */
static inline uint32_t peers_outside(const struct run *run, node_id node)
{
    return run->outside ? run->outside[node] : numbering_outside(&run->numbering, node);
}

/* A node of the topology at so many hops with a probability that falls as hops^-exponent, of those
 * that may be peers; it need be no neighbour.  Goes over the whole topology. */
bool peers_pick_by_hops(struct node *n, double exponent, node_id *peer);

/* While picks are narrowed to a part of all others, or of all live ones: whether a node is in it;
 * and a pick by distance. */
bool peers_are_in_part(const struct run *run, node_id other);
bool peers_pick_in_part(struct node *n, double exponent, node_id *peer);

/* How many of the other places of this node's shards have a holder that is up: with shards one for
 * each shard that the two have in common.  Goes over the nodes near on the ring, however many
 * shards they hold. */
uint64_t peers_live_places(const struct node *n);

/* How many peers there are now. */
uint32_t peers_count(struct node *n);

/* A sample of the peers in one pass over them all, for when nearly all are wanted. */
int peers_sample(struct node *n, node_id *peers, int count);

/* Picks peers one after another until `count` different ones are found, at most `tries_max` times.
 */
int peers_pick_apart(struct node *n, node_id *peers, int count, uint64_t tries_max);

#endif
