/* SPDX-License-Identifier: GPL-3.0-or-later */
/* topology.c - the table of topologies; see topology.h. */
#include "experiment/topology/topology.h"

#include "experiment/topology/kinds.h"
#include "experiment/topology/links.h"
#include "sim/value/draw.h"

#include <stdio.h>

static const struct param edges_rows[] = {
    PARAM_TIME(struct edges_params, unit, "0s", "0s..1h",
               "latency that a plain weight of 1 stands for; 0s: plain weights are not used"),
    PARAM_END,
};

const struct topology_kind topology_kinds[] = {
    { "line", "each node and the next", line_rows, false, NULL, line_count, line_draw },
    { "ring", "each node and the nearest on a ring, half of them on each side", ring_rows, false,
      ring_check, ring_count, ring_draw },
    { "grid", "a grid in two dimensions, with `layers` in three; with `wrap` a torus", grid_rows,
      false, grid_check, grid_count, grid_draw },
    { "random-regular", "a random graph in which all have the same degree", regular_rows, false,
      regular_check, regular_count, regular_draw },
    { "small-world", "a ring whose links are rewired at random (Watts and Strogatz 1998)",
      small_world_rows, false, small_world_check, small_world_count, small_world_draw },
    { "scale-free",
      "each node comes with links to nodes that are preferred by their degree (Barabasi and "
      "Albert 1999)",
      scale_free_rows, false, scale_free_check, scale_free_count, scale_free_draw },
    { "erdos-renyi", "so many links that the mean degree is right, among random pairs",
      erdos_renyi_rows, false, erdos_renyi_check, erdos_renyi_count, erdos_renyi_draw },
    { "dial", "each node opens so many links to random others; they serve both ends", dial_rows,
      false, dial_check, dial_count, dial_draw },
    { "tree", "each node has so many children, but for the last", tree_rows, false, NULL,
      tree_count, tree_draw },
    { "star", "the first node and each other", star_rows, false, NULL, line_count, star_draw },
    { "edges", "the graph of a file: an edge list, or by its ending `.gml` or `.graphml`",
      edges_rows, true, NULL, NULL, NULL },
    { .name = NULL },
};

sim_time topology_edges_unit(const void *params)
{
    return ((const struct edges_params *)params)->unit;
}

bool topology_check(const struct topology_kind *kind, const void *params, int64_t nodes,
                    char why[PARAM_WHY_MAX])
{
    if (kind->check && !kind->check(params, nodes, why))
        return false;
    if (!kind->count || kind->count(params, nodes) <= TOPOLOGY_LINKS_MAX)
        return true;
    snprintf(why, PARAM_WHY_MAX, "would have %.3g links; at most %d", kind->count(params, nodes),
             TOPOLOGY_LINKS_MAX);
    return false;
}

struct sim_graph *topology_make(const struct topology_kind *kind, const void *params,
                                uint32_t nodes, uint64_t seed)
{
    struct links links = { 0 };
    struct sim_graph *graph = NULL;

    if (kind->draw(params, nodes, draw_key(seed, 0, PURPOSE_TOPOLOGY), &links))
        graph = links_graph(&links, nodes);
    links_clear(&links);
    return graph;
}
