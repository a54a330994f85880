/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * fault.h - the scenario's timeline of faults.  What they do is fault_kind.h's.
 */
#ifndef SIM_WORLD_FAULT_H
#define SIM_WORLD_FAULT_H

#include "sim/world/run.h"

/* Puts the timeline on the agenda. */
void fault_init(struct run *run);

/* Entry `about` of the agenda: a fault happens, or is undone. */
void fault_happen(struct run *run, uint32_t about);

/* Notes in the result what a fault did now, and to how many nodes. */
void fault_note(struct run *run, const char *what, uint32_t changed);

#endif
