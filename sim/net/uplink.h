/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * uplink.h - the access link of each node, of limited bandwidth: messages queue behind each other.
 *
 * A message is on its link for its bytes * 8 / bandwidth, rounded up to a nanosecond.  One that
 * finds the link idle goes at once; others wait, first in, first out, as long as the queue has room
 * for all their bytes.  What is on the link is not in the queue.
 *
 * The links of the other direction are the same, seen from the network; network_downlink.h.
 *
 * Cost: 24 B a node and O(1) a message; 32 B for one that waits, and one event when it goes.
 * Known values: departures are exact to the nanosecond; tests/sim/uplink_test.c.
 */
#ifndef SIM_NET_UPLINK_H
#define SIM_NET_UPLINK_H

#include "base/quantity.h"
#include "sim/value/memory.h"

/* A message that its node has sent and that has not left it. */
struct letter {
    uint32_t to;
    uint32_t load;   /* handle of what it carries */
    uint32_t number; /* of its sender's messages */
    uint32_t bits;   /* of its draw, for the latency */
    uint8_t tag;     /* model << 4 | kind */
    bool is_lost;    /* on the way: it is drawn by then */
};

struct waiting {
    struct letter letter;
    uint32_t next; /* the one behind it, 1 up; 0: none */
    uint64_t bytes;
};

struct uplink {
    sim_time idle_at;     /* when the last bit of what is on the link has left */
    uint64_t queued;      /* bytes that wait */
    uint32_t first, last; /* of those that wait, 1 up; first 0: none waits */
};

struct link_rate {
    uint64_t bandwidth; /* bit/s; 0: no limit, no message waits */
    uint64_t queue_max; /* bytes */
};

struct uplinks {
    struct uplink *nodes; /* NULL: no limit */
    struct link_rate rate;
    const struct link_rate *rates; /* in its place, those of kinds of nodes; NULL: there are none;
                                      borrowed, like */
    const uint16_t *kinds;         /* the kind of each node */
    struct waiting *waiting;
    size_t capacity;
    uint32_t count, free; /* free: head of the list of those not in use, 1 up; 0: none */
    struct memory *memory;
};

/* `bandwidth` > 0 bit/s; `queue_max` in bytes, UINT64_MAX: no limit. */
void uplinks_init(struct uplinks *uplinks, struct memory *memory, uint32_t nodes,
                  uint64_t bandwidth, uint64_t queue_max);

/* Puts a message of so many bytes on the link, which is idle; how long it takes, at least 1 ns, or
 * 0 on a link without limit. */
sim_time uplink_occupy(struct uplinks *uplinks, uint32_t node, sim_time now, uint64_t bytes);

/* Keeps a message that is not at its link yet; a place for it, from 1, or 0 if memory is short. */
uint32_t uplinks_keep(struct uplinks *uplinks, const struct letter *letter, uint64_t bytes);

/* Gives the place back. */
void uplinks_drop(struct uplinks *uplinks, uint32_t place, struct letter *letter, uint64_t *bytes);

/* Queues a message; false, and nothing done, if it does not fit (or memory is short). */
bool uplink_queue(struct uplinks *uplinks, uint32_t node, const struct letter *letter,
                  uint64_t bytes);

/* Takes the message that has waited longest; false if none waits. */
bool uplink_take(struct uplinks *uplinks, uint32_t node, struct letter *letter, uint64_t *bytes);

/* Whether the node's link has a limit. */
static inline bool uplinks_limit(const struct uplinks *uplinks, uint32_t node)
{
    return !uplinks->rates || uplinks->rates[uplinks->kinds[node]].bandwidth > 0;
}

/* Of the node's link, bit/s; 0: no limit. */
static inline uint64_t uplinks_bandwidth(const struct uplinks *uplinks, uint32_t node)
{
    return (uplinks->rates ? &uplinks->rates[uplinks->kinds[node]] : &uplinks->rate)->bandwidth;
}

/* Nothing is on the link, and nothing waits for it. */
static inline bool uplink_is_idle(const struct uplinks *uplinks, uint32_t node, sim_time now)
{
    const struct uplink *uplink = &uplinks->nodes[node];

    return uplink->first == 0 && uplink->idle_at <= now;
}

#endif
