/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * fair_link.h - the access link of each node, shared by all messages that are on it at a time:
 * parallel streams, each of which has an equal part of the bandwidth (processor sharing).
 *
 * Served so far is what a stream that was there all along has had; a message has left when that has
 * grown by its own bits since it came.  So the order of leaving is known as messages come, and each
 * costs O(log k) among k.  What is served is counted in 2^-16 * 10^-9 bit, and times
 * are rounded up to a nanosecond: k equal streams that begin together all end after k times
 * the time of one alone, to the nanosecond.
 *
 * Cost: 64 B a node, 64 B a message on the link.
 * Source: L. Kleinrock, Time-shared systems: a theoretical treatment, J. ACM 14, 1967.
 */
#ifndef SIM_NET_FAIR_LINK_H
#define SIM_NET_FAIR_LINK_H

#include "sim/net/uplink.h"
#include "sim/value/draw.h"

struct stream {
    uint128 ends;   /* when so much is served */
    uint64_t order; /* of coming; of two that end together the first that came leaves first */
    struct letter letter;
    uint64_t bytes;
};

struct fair_link {
    uint128 served;
    struct stream *streams; /* a heap */
    size_t capacity;
    uint64_t order;
    uint32_t count;
    sim_time at;  /* when so much was served */
    sim_time due; /* when somebody looks after it again; 0: nobody does */
};

struct fair_links {
    struct fair_link *nodes; /* NULL: links are not shared */
    uint64_t places;         /* for streams, of all nodes */
    struct memory *memory;
};

void fair_links_init(struct fair_links *links, struct memory *memory, uint32_t nodes);

/* Puts a message of so many bytes on a link of `bandwidth` bit/s; false if memory is short. */
bool fair_link_add(struct fair_links *links, uint32_t node, sim_time now, uint64_t bandwidth,
                   const struct letter *letter, uint64_t bytes);

/* Takes the next message that has left by `now`; false if none has. */
bool fair_link_take(struct fair_links *links, uint32_t node, sim_time now, uint64_t bandwidth,
                    struct letter *letter, uint64_t *bytes);

/* When the next message will have left if none comes; 0: there is none. */
sim_time fair_link_next(const struct fair_links *links, uint32_t node, uint64_t bandwidth);

/* Takes any message off a link that breaks; false if there is none. */
bool fair_link_drop(struct fair_links *links, uint32_t node, struct letter *letter);

#endif
