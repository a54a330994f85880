/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * fault_node.h - faults that change nodes, each node that they mean in turn: rows of fault_kind.h
 * use these.
 *
 * All nodes of one fault, or of one of its steps, change at one instant.
 */
#ifndef SIM_WORLD_FAULT_NODE_H
#define SIM_WORLD_FAULT_NODE_H

#include "sim/world/run.h"

/* The nodes go down until then, where crashes overlap until the last of them is over. */
void fault_crash(struct run *run, uint32_t fault, sim_time until);
void fault_end_crash(struct run *run, uint32_t fault);

/* Those that a crash holds come back. */
void fault_recover(struct run *run, uint32_t fault, sim_time until);
void fault_recover_step(struct run *run, uint32_t fault);

void fault_wipe(struct run *run, uint32_t fault, sim_time until);

/* The next nodes go down for so long. */
void fault_restart_step(struct run *run, uint32_t fault);
void fault_end_restart_step(struct run *run, uint32_t fault);

/* Those that were absent from the start come. */
void fault_join(struct run *run, uint32_t fault, sim_time until);
void fault_join_step(struct run *run, uint32_t fault);

/* The nodes stand still until then. */
void fault_pause(struct run *run, uint32_t fault, sim_time until);
void fault_end_pause(struct run *run, uint32_t fault);

/* The nodes forward nothing until then. */
void fault_mute(struct run *run, uint32_t fault, sim_time until);
void fault_end_mute(struct run *run, uint32_t fault);

/* The nodes go for good, after their models have said goodbye. */
void fault_leave(struct run *run, uint32_t fault, sim_time until);
void fault_leave_step(struct run *run, uint32_t fault);

#endif
