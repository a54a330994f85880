/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * setup.h - a run before its first event.
 */
#ifndef SIM_WORLD_SETUP_H
#define SIM_WORLD_SETUP_H

#include "sim/world/run.h"

/* Sets up a zeroed run and starts its models; false if memory is short.  The configuration is
 * borrowed as long as the run lives. */
bool setup(struct run *run, const struct sim_config *config);

#endif
