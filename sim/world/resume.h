/* SPDX-License-Identifier: GPL-3.0-or-later */
/* resume.h - a node that has paused goes on; see network_pause.h. */
#ifndef SIM_WORLD_RESUME_H
#define SIM_WORLD_RESUME_H

#include "sim/world/run.h"

/* The node goes on, if it pauses and no pause holds it any more; otherwise false. */
bool resume_node(struct run *run, node_id node);

#endif
