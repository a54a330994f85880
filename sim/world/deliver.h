/* SPDX-License-Identifier: GPL-3.0-or-later */
/* deliver.h - a message that has come is handled, where that takes care. */
#ifndef SIM_WORLD_DELIVER_H
#define SIM_WORLD_DELIVER_H

#include "sim/world/run.h"

/* An arrival at the node whose turn it is, which may be down, or of a set that may not be inline;
 * the layer is chosen already. */
RARE void deliver_with_care(struct run *run, uint32_t when, uint32_t from, uint32_t load);

#endif
