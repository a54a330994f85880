/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * agenda.h - what happens to the run from outside: comings and goings, injections, samples.
 *
 * A heap ordered by (time, class, number).  Rare beside messages and timers: a few entries a
 * churning node's session.
 */
#ifndef SIM_AGENDA_H
#define SIM_AGENDA_H

#include "base/quantity.h"
#include "sim/memory.h"

/* In the order in which things of one instant happen; arrivals and timers stand between the
 * commit and the sample. */
enum agenda_class {
    AGENDA_FAULT,  /* about: the fault's number, twice, and 1 more where it is undone */
    AGENDA_CHURN,  /* about: the node that comes or goes */
    AGENDA_INJECT, /* about: the update */
    AGENDA_COMMIT, /* the end of a round: what was learned in it counts from now on */
    AGENDA_SAMPLE,
    AGENDA_END,
};

struct agenda_entry {
    sim_time time;
    uint32_t class;
    uint32_t about;
    uint64_t number;
};

struct agenda {
    struct agenda_entry *heap;
    size_t count, capacity;
    uint64_t number;
    uint64_t due; /* of the first entry: time << 1, or 1 more if arrivals and timers of that
                     instant come first; UINT64_MAX: empty */
    struct memory *memory;
};

void agenda_init(struct agenda *agenda, struct memory *memory);
void agenda_add(struct agenda *agenda, sim_time time, enum agenda_class class, uint32_t about);
struct agenda_entry agenda_take(struct agenda *agenda);

#endif
