/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * links.h - the links of a graph while it is made, and the graph that they make.
 */
#ifndef EXPERIMENT_TOPOLOGY_LINKS_H
#define EXPERIMENT_TOPOLOGY_LINKS_H

#include "sim/sim.h"

#include <stddef.h>

struct link {
    uint32_t a, b; /* different nodes */
};

struct links {
    struct link *list;
    size_t count, capacity;
    bool is_short; /* of memory: some could not be added */
};

void links_add(struct links *links, uint32_t a, uint32_t b);
void links_clear(struct links *links);

/* The simple graph that has them, links of a node to itself and repeated ones apart; NULL: memory
 * is short.  O(nodes + links), and for sorting the neighbours of each node. */
struct sim_graph *links_graph(const struct links *links, uint32_t nodes);

/* Random numbers of one stage of a topology, one after another: each 64 bits, or below a limit. */
struct stream {
    uint64_t key, next;
};
struct stream stream_of(uint64_t key, uint32_t stage);
uint64_t stream_bits(struct stream *stream);
uint32_t stream_below(struct stream *stream, uint64_t limit);

/* Which links there are, by hashing; 16 to 32 bytes a link. */
struct link_set {
    uint64_t *slots;
    uint64_t mask;
};
bool link_set_init(struct link_set *set,
                   size_t links); /* room for so many; false: memory is short */
void link_set_clear(struct link_set *set);
bool link_set_has(const struct link_set *set, uint32_t a, uint32_t b);
bool link_set_add(struct link_set *set, uint32_t a, uint32_t b);    /* false: it is there */
void link_set_remove(struct link_set *set, uint32_t a, uint32_t b); /* which is there */

/* Adds all pairs of nodes that are not in the set. */
void link_set_add_others(const struct link_set *set, uint32_t nodes, struct links *links);

#endif
