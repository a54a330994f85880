/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * cut.h - cuts of the network: between the sides of a partition, or one way only.
 *
 * A message meets the cuts that hold as it leaves its node: all must let it pass.  What is on its
 * way already when a cut begins arrives.  Each fault of the timeline has one cut, which may hold
 * or not; one that happens again while its cut still holds takes its place.
 *
 * Cost: a byte a node for each fault that cuts; a message looks up two bytes for each cut that
 * holds, and without any takes the short path of network.h.
 */
#ifndef SIM_CUT_H
#define SIM_CUT_H

#include "base/quantity.h"
#include "sim/memory.h"

/* Bits of a node's side in a one-way cut; in a partition its side is a number, 0: none. */
enum { CUT_FROM = 1, CUT_TO = 2 };

struct cut {
    uint8_t *sides; /* of each node; NULL: it never held */
    bool is_one_way;
    sim_time until; /* it holds until then; INT64_MAX: until it is healed */
};

struct cuts {
    struct cut *of_fault;       /* by number; NULL: no fault cuts */
    const struct cut **holding; /* those that hold, in no order */
    uint32_t holding_count;
    uint64_t dropped; /* messages that met one */
};

/* Whether a message cannot pass. */
static inline bool cuts_separate(const struct cuts *cuts, uint32_t from, uint32_t to)
{
    for (uint32_t i = 0; i < cuts->holding_count; i++) {
        const struct cut *cut = cuts->holding[i];
        const uint8_t a = cut->sides[from], b = cut->sides[to];

        if (cut->is_one_way ? (a & CUT_FROM) && (b & CUT_TO) : a && b && a != b)
            return true;
    }
    return false;
}

struct run;

/* Room for the cuts of the timeline. */
void cuts_init(struct run *run);

/* The cut of a fault holds from now on, in place of what it was.  How many nodes are on a side. */
uint32_t cut_begin(struct run *run, uint32_t fault, sim_time until);

/* The cut of a fault ends if it was to end now.  How many nodes were on a side. */
uint32_t cut_end(struct run *run, uint32_t fault);

/* All cuts end.  How many nodes were on a side of any. */
uint32_t cut_heal(struct run *run);

#endif
