/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * probe.h - the readings that a pilot run takes of itself; see sim/probe.h.
 */
#ifndef SIM_WORLD_PROBE_H
#define SIM_WORLD_PROBE_H

#include "sim/world/run.h"

/* Looks at the run, at least once a bucket of its queue. */
void probe_look(struct run *run);

/* Takes the last reading, at the end of the run. */
void probe_conclude(struct run *run);

#endif
