/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * estimate_setup.h - what a run sets up, as a sum over its configuration.
 */
#ifndef SIM_ESTIMATE_ESTIMATE_SETUP_H
#define SIM_ESTIMATE_ESTIMATE_SETUP_H

#include "sim/sim.h"

#define DOUBLED                                                                   \
    3.0 /* bytes of an array that grows by doubling, and of all it was before, to \
           those in use: 2 to 4 */

/* Bytes of all that is there before the first event, without sets, and of what grows only with what
 * is known beforehand. */
double estimate_setup_bytes(const struct sim_config *config);

/* Whether some node's access link of this direction is limited. */
bool estimate_has_links(const struct sim_network *network, bool is_down);

#endif
