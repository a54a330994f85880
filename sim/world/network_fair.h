/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * network_fair.h - messages that leave their node side by side (`network.sharing: fair`); see
 * sim/net/fair_link.h.
 */
#ifndef SIM_WORLD_NETWORK_FAIR_H
#define SIM_WORLD_NETWORK_FAIR_H

#include "sim/world/run.h"

/* A message of the node whose turn it is goes on its uplink. */
void fair_send(struct run *run, const struct letter *letter, uint64_t bytes);

/* Messages may have left the uplink of the node whose turn it is. */
void fair_depart(struct run *run);

#endif
