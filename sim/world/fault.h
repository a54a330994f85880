/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * fault.h - the scenario's timeline of faults.
 */
#ifndef SIM_WORLD_FAULT_H
#define SIM_WORLD_FAULT_H

#include "sim/world/run.h"

/* Puts the timeline on the agenda. */
void fault_init(struct run *run);

/* Entry `about` of the agenda: a fault happens, or is undone. */
void fault_happen(struct run *run, uint32_t about);

#endif
