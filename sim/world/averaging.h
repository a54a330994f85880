/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * averaging.h - what nodes start with where a model of the stack estimates the mean of it, and how
 * its cycles go by.
 */
#ifndef SIM_WORLD_AVERAGING_H
#define SIM_WORLD_AVERAGING_H

#include "sim/world/run.h"

/* Sets it up, before nodes start; without such a model there is nothing. */
void averaging_init(struct run *run);

/* The nodes have started: the first cycle begins. */
void averaging_start(struct run *run);

/* A cycle is over. */
void averaging_end_cycle(struct run *run);

#endif
