/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * fault_obstacle.h - the faults of the timeline that stand in the way of messages; see
 * net/obstacle.h.
 */
#ifndef SIM_WORLD_FAULT_OBSTACLE_H
#define SIM_WORLD_FAULT_OBSTACLE_H

#include "sim/world/run.h"

/* Room for the obstacles of the timeline. */
void obstacles_init(struct run *run);

/* Puts up the obstacle of a fault, in place of what it was.  Returns how many nodes are on a side
 * of it. */
uint32_t obstacle_begin(struct run *run, uint32_t fault, sim_time until);

/* Takes down the obstacle of a fault if its time is over.  Returns how many nodes were on a side of
 * it. */
uint32_t obstacle_end(struct run *run, uint32_t fault);

/* Takes down all of these kinds (bit k: of faults of kind k).  Returns how many nodes were on a
 * side of one. */
uint32_t obstacles_end(struct run *run, uint32_t kinds);

#endif
