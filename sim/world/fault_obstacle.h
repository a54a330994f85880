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

/* The obstacle of a fault stands from now on, in place of what it was.  How many nodes it is
 * about: those on a side. */
uint32_t obstacle_begin(struct run *run, uint32_t fault, sim_time until);

/* The obstacle of a fault falls if it was to fall now.  How many nodes it was about. */
uint32_t obstacle_end(struct run *run, uint32_t fault);

/* All of these kinds (bit k: of faults of kind k) fall.  How many nodes they were about. */
uint32_t obstacles_end(struct run *run, uint32_t kinds);

#endif
