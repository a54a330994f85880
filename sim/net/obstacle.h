/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * obstacle.h - what faults put in the way of messages: partitions, one-way cuts, losses, delays.
 *
 * A message meets the obstacles that stand as it leaves its node: all must let it pass, each loss
 * has draws of its own, and factors multiply.  A message that is on its way already when an
 * obstacle is put up is not affected.  Each fault of the timeline has one obstacle, which may stand
 * or not; one that happens again while its obstacle still stands puts it up anew.
 *
 * Cost: a byte a node for each fault of this kind, two for a loss; a message looks up two bytes
 * for each obstacle that stands, and without any takes the short path of network.h.
 */
#ifndef SIM_NET_OBSTACLE_H
#define SIM_NET_OBSTACLE_H

#include "sim/net/burst.h"
#include "sim/sim.h"

/* Bits of a node's side; but in a partition its side is a number, 0: none. */
enum { SIDE_FROM = 1, SIDE_TO = 2 };

struct obstacle;
struct departure;
struct fate;

/* A message meets an obstacle, which may change its fate. */
typedef void obstacle_meet(struct obstacle *obstacle, const struct departure *message,
                           struct fate *fate);

struct obstacle {
    enum sim_fault_kind kind;
    obstacle_meet *meet;             /* of its kind */
    bool cuts;                       /* it lets no message pass, or all: nothing else */
    const struct sim_obstacle *plan; /* borrowed */
    uint8_t *sides;                  /* of each node; NULL: it never stood */
    sim_time until;       /* it stands until then; INT64_MAX: until it is healed, or the end */
    uint64_t key;         /* of its draws */
    struct bursts bursts; /* FAULT_LOSS: on the links of the nodes of its side */
};

struct obstacles {
    struct obstacle *of_fault;  /* by number; NULL: no fault has any */
    struct obstacle **standing; /* in no order */
    uint32_t standing_count;
    uint64_t dropped; /* messages that met a partition or a one-way cut */
};

/* A message as it leaves its node. */
struct departure {
    uint32_t from, to;
    uint32_t number; /* among its node's messages */
};

/* Whether it passes; of two, the greater holds. */
enum passage { PASSAGE_FREE, PASSAGE_LOST, PASSAGE_CUT };

/* What becomes of a message. */
struct fate {
    enum passage passage;
    double factor;         /* of its latency */
    uint64_t copied_below; /* it arrives twice if 32 random bits are below */
};

/* The message meets the obstacles, which change the fate that it has without them. */
void obstacles_meet(struct obstacles *obstacles, const struct departure *message,
                    struct fate *fate);

/* Whether no message passes from one node to another now. */
bool obstacles_cut(const struct obstacles *obstacles, uint32_t from, uint32_t to);

/* Whether one stands that stops messages from the one to the other, or back. */
bool obstacles_divide(const struct obstacles *obstacles, uint32_t a, uint32_t b);

/* Whether one stands that is about the node. */
bool obstacles_disturb(const struct obstacles *obstacles, uint32_t node);

#endif
