/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * burst.h - losses that come in bursts: the Gilbert-Elliott model of a sender's access link.
 *
 * A link is good or bad: a bad one loses every message, a good one none.  It changes before each
 * message of its node, so a burst is a run of lost messages, of geometric length.  The same draw
 * that decides an independent loss decides the change: lost if it is below a bound that depends on
 * the state.  With bursts of 1 / (1 - mean) messages the bounds are equal, and the losses are
 * exactly those of an independent loss.
 *
 * Source: E. N. Gilbert, Capacity of a burst-noise channel, Bell System Technical Journal 39, 1960
 * (with no loss in the good state, and nothing but losses in the bad one).
 * Known values: in the long run `mean` of the messages are lost, `burst` in a row on average;
 * tests/sim/network_effects_test.c.
 */
#ifndef SIM_NET_BURST_H
#define SIM_NET_BURST_H

#include "base/quantity.h"
#include "sim/value/memory.h"

/* A new link, which has carried nothing, is in the state that the long run leaves it in. */
enum link_state { LINK_NEW, LINK_GOOD, LINK_BAD, LINK_STATES };

struct bursts {
    uint8_t *links;                   /* enum link_state of each node; NULL: no bursts */
    uint64_t lost_below[LINK_STATES]; /* the next message is lost if 32 random bits are below */
};

/* Whether there is such a chain, mean <= burst / (1 + burst); false and why not otherwise. */
bool bursts_are_possible(double mean, double burst, char why[QUANTITY_WHY_MAX]);

/* What 32 random bits must be below for the next message to be lost, by the state of the link.
 * `mean` in 0..1, `burst` >= 1, and possible.  Burst 0: each message by itself. */
void bursts_bounds(double mean, double burst, uint64_t lost_below[LINK_STATES]);

void bursts_init(struct bursts *bursts, struct memory *memory, uint32_t nodes, double mean,
                 double burst);

/* Whether the next message of `node` is lost. */
static inline bool bursts_lose(struct bursts *bursts, uint32_t node, uint32_t bits)
{
    const bool is_lost = bits < bursts->lost_below[bursts->links[node]];

    bursts->links[node] = is_lost ? LINK_BAD : LINK_GOOD;
    return is_lost;
}

#endif
