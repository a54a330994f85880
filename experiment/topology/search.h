/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * search.h - what measures of graphs share: a search in breadth, and how linked neighbours are.
 */
#ifndef EXPERIMENT_TOPOLOGY_SEARCH_H
#define EXPERIMENT_TOPOLOGY_SEARCH_H

#include "sim/sim.h"

/* What searches in breadth need of memory. */
struct search {
    const struct sim_graph *graph;
    uint32_t *hops;  /* of each node that was met, 1 at the start; 0: it was not */
    uint32_t *found; /* in the order in which they were */
};

/* Nobody was met.  False if memory is short; to be cleared in any case. */
bool search_init(struct search *search, const struct sim_graph *graph);
void search_clear(struct search *search);

/* Meets the component of a node; its size. */
uint32_t search_from(struct search *search, uint32_t from);

/* The share of the pairs of neighbours of a node that are linked; `marks`, one a node, has no mark
 * of it. */
double search_share_linked(const struct sim_graph *graph, uint32_t node, uint32_t *marks);

#endif
