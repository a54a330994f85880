/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * access_links.h - the access links of the nodes, as the configuration has them: all alike, by
 * group, or by class.
 */
#ifndef SIM_WORLD_ACCESS_LINKS_H
#define SIM_WORLD_ACCESS_LINKS_H

#include "sim/world/run.h"

/* Sets up the uplinks and the downlinks of a run, where some node's has a limit; the groups of its
 * nodes are known. */
void access_links_init(struct run *run);

#endif
