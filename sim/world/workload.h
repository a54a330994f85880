/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * workload.h - what the clients of the system write, and what it holds at the start.
 *
 * Preloaded entries are the first updates, each with a key of its own, then come the injected ones;
 * what they write is in writes.h.
 */
#ifndef SIM_WORLD_WORKLOAD_H
#define SIM_WORLD_WORKLOAD_H

#include "sim/world/run.h"

/* Gives the replicas their preloaded entries and puts the first injection on the agenda. */
void workload_init(struct run *run);

/* What AGENDA_INJECT is about happens: a client comes to write, and when the next does goes on the
 * agenda; or one that a node has held back may be let in (holding.h). */
void workload_inject(struct run *run, uint32_t about);

#endif
