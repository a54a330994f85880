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

struct obstacle {
    enum sim_fault_kind kind;
    uint8_t *sides;       /* of each node; NULL: it never stood */
    sim_time until;       /* it stands until then; INT64_MAX: until it is healed, or the end */
    struct bursts bursts; /* FAULT_LOSS: on the links of the nodes of its side */
    uint64_t key;         /* of its draws */
    double factor;        /* FAULT_LATENCY */
};

struct obstacles {
    struct obstacle *of_fault;  /* by number; NULL: no fault has any */
    struct obstacle **standing; /* in no order */
    uint32_t standing_count;
    uint64_t dropped; /* messages that met a partition or a one-way cut */
};

/* What becomes of a message; of two, the greater holds. */
enum passage { PASSAGE_FREE, PASSAGE_LOST, PASSAGE_CUT };

/* What becomes of message `number` of `from` at the obstacles, `without` being what becomes of it
 * anyway; *factor is what its latency is multiplied by. */
enum passage obstacles_pass(struct obstacles *obstacles, enum passage without, uint32_t from,
                            uint32_t to, uint32_t number, double *factor);

#endif
