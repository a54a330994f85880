/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * topology_measure.h - what a graph is like: degrees, distances, clustering, components.
 *
 * Up to TOPOLOGY_EXACT_MAX nodes all of it is exact.  Above, the diameter is a lower bound, the
 * distance between far ends of the largest component (in a tree it is the diameter, elsewhere
 * seldom less), and clustering is the mean over a sample of 1000 nodes, evenly spread over their
 * numbers.  Degrees and components are always exact.
 */
#ifndef EXPERIMENT_TOPOLOGY_TOPOLOGY_MEASURE_H
#define EXPERIMENT_TOPOLOGY_TOPOLOGY_MEASURE_H

#include "sim/sim.h"

enum { TOPOLOGY_EXACT_MAX = 2000 };

struct topology_measures {
    uint32_t nodes;
    uint64_t links;
    double degree_mean;
    uint32_t degree_min, degree_max;
    uint32_t diameter; /* hops, within a component */
    double clustering; /* mean over nodes of the share of pairs of neighbours that are linked, 0 for
                          nodes with fewer than two: Watts and Strogatz */
    uint32_t components;
    double largest; /* share of the nodes */
    bool is_exact;
};

/* False: memory is short.  Not from two threads at once: igraph keeps what it has to undo in one
 * place. */
bool topology_measure(const struct sim_graph *graph, struct topology_measures *measures);

#endif
