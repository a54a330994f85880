/* SPDX-License-Identifier: GPL-3.0-or-later */
/* graphs.h - topologies for tests of theory, and how wide they are. */
#ifndef TESTS_THEORY_GRAPHS_H
#define TESTS_THEORY_GRAPHS_H

#include "sim/sim.h"

/* The topology of this name, with its parameter `row` at `value`; row NULL: all have their
 * defaults. To be freed with sim_graph_free(). */
struct sim_graph *graph_make(const char *name, const char *row, const char *value, uint32_t nodes,
                             uint64_t seed);

/* Hops from a node to the one farthest from it; the graph is connected. */
uint32_t graph_eccentricity(const struct sim_graph *graph, uint32_t node);

#endif
