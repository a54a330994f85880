/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * peers_graph.c - peers are the neighbours in the topology, with `peers: alive` or with shards
 * those of them that are up or hold one of the node's shards; see peers.h.
 */
#include "sim/world/peers.h"

#include <assert.h>
#include <stdlib.h>

enum { TRIES_MAX = 16 }; /* draws of a neighbour who may be a peer; then these are counted */

uint64_t sim_graph_bytes(const struct sim_graph *graph)
{
    const uint64_t links = graph->start[graph->nodes];

    return (graph->nodes + (uint64_t)1) * sizeof *graph->start + links * sizeof *graph->to +
           (graph->latency ? links * sizeof *graph->latency : 0) +
           (graph->loss ? links * sizeof *graph->loss : 0);
}

void sim_graph_free(struct sim_graph *graph)
{
    if (!graph)
        return;
    free(graph->start);
    free(graph->to);
    free(graph->latency);
    free(graph->loss);
    free(graph);
}

/* Writes the numbering into tables: with a topology every pick needs it both ways, and one by
 * distance that of all in a view. */
static void write_numbers(struct run *run)
{
    run->inside = memory_get(&run->memory, run->nodes, sizeof *run->inside);
    run->outside = memory_get(&run->memory, run->nodes, sizeof *run->outside);
    for (uint32_t i = 0; i < run->nodes && !run->memory.is_short; i++) {
        run->inside[i] = numbering_inside(&run->numbering, i);
        run->outside[run->inside[i]] = i;
    }
}

void peers_init(struct run *run)
{
    const struct sim_config *config = run->config;

    assert(!config->graph || config->graph->nodes == run->nodes);
    if (config->graph)
        memory_count(&run->memory, sim_graph_bytes(config->graph));
    if (config->graph || config->peers == PEERS_VIEW)
        write_numbers(run);
    memory_count(&run->memory, sim_weights_bytes(config));
}

static uint32_t count_neighbours(struct node *n)
{
    const struct run *run = run_of(n);
    const uint64_t *start = &run->config->graph->start[run->outside[n->id]];

    return (uint32_t)(start[1] - start[0]);
}

static node_id neighbour(struct node *n, uint32_t index)
{
    const struct run *run = run_of(n);
    const struct sim_graph *graph = run->config->graph;

    return run->inside[graph->to[graph->start[run->outside[n->id]] + index]];
}

static bool may_be_peer(struct node *n, node_id other)
{
    const struct run *run = run_of(n);

    return peers_may_be(run, other) && (placement_is_everywhere(&run->placement) ||
                                        placement_meet(&run->placement, n->id, other));
}

/* The `index`-th neighbour who may be a peer, and *count of them, if there are no more. */
static bool nth_of_some(struct node *n, uint32_t index, uint32_t *count, node_id *peer)
{
    const uint32_t neighbours = count_neighbours(n);

    *count = 0;
    for (uint32_t i = 0; i < neighbours; i++) {
        *peer = neighbour(n, i);
        if (may_be_peer(n, *peer) && (*count)++ == index)
            return true;
    }
    return false;
}

static bool pick_of_some(struct node *n, node_id *peer)
{
    const uint32_t neighbours = count_neighbours(n);
    uint32_t count;

    for (int tries = 0; neighbours > 0 && tries < TRIES_MAX; tries++) {
        *peer = neighbour(n, (uint32_t)draw_below(peers_draw(n), neighbours));
        if (may_be_peer(n, *peer))
            return true;
    }
    nth_of_some(n, UINT32_MAX, &count, peer);
    return count > 0 && nth_of_some(n, (uint32_t)draw_below(peers_draw(n), count), &count, peer);
}

const struct peer_source peers_graph = {
    .name = "graph",
    .places = { count_neighbours, neighbour },
    .pick_by_distance = peers_pick_by_hops,
};

const struct peer_source peers_graph_some = {
    .name = "graph",
    .places = { count_neighbours, neighbour },
    .has = may_be_peer,
    .pick = pick_of_some,
    .pick_by_distance = peers_pick_by_hops,
};
