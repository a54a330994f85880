/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * pilot_graph.h - a piece of a topology in place of it all, for pilots.
 */
#ifndef SIM_ESTIMATE_PILOT_GRAPH_H
#define SIM_ESTIMATE_PILOT_GRAPH_H

#include "sim/sim.h"

/*
 * A graph of `nodes` nodes, fewer than `graph` has or as many: those nearest to one of its nodes,
 * with the links among them.  Links that lead out are joined to each other, as far as the mean
 * degree of the whole allows, so that a piece of a ring is a ring and one of a random graph, where
 * they are joined at random, has no edge.  For sim_graph_free(); NULL: memory is short.
 */
struct sim_graph *pilot_graph(const struct sim_graph *graph, uint32_t nodes);

#endif
