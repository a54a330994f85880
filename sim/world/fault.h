/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * fault.h - the scenario's timeline of faults.  What they do is fault_kind.h's.
 */
#ifndef SIM_WORLD_FAULT_H
#define SIM_WORLD_FAULT_H

#include "sim/world/run.h"

/* What comes of a fault, in the agenda: its number, twice, and 1 more if it ends; and the bit of
 * steps if that is about one of its steps. */
#define FAULT_ENDS 1u
#define FAULT_STEP 0x80000000u

static inline uint32_t fault_number(uint32_t about)
{
    return (about & ~FAULT_STEP) / 2;
}

/* How far a fault is that takes its nodes in steps. */
struct fault_steps {
    sim_time began; /* when its nodes were drawn */
    uint32_t begun, ended;
};

/* Puts the timeline on the agenda. */
void fault_init(struct run *run);

/* Entry `about` of the agenda. */
void fault_happen(struct run *run, uint32_t about);

/* When the nodes were drawn that a fault means which happened at `instant`. */
sim_time fault_drawn(const struct sim_fault *fault, sim_time instant);

/* Notes in the result what a fault did now, and to how many nodes. */
void fault_note(struct run *run, const char *what, uint32_t changed);

#endif
