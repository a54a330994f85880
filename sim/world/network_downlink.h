/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * network_downlink.h - receivers whose access link has a limit: messages queue at its far end.
 *
 * A message that has come through the network, after its latency, is on the downlink of its
 * receiver for its bytes * 8 / bandwidth and arrives then; others wait behind it, first in, first
 * out, as long as the queue has room (uplink.h).  They wait in the network: a receiver that goes
 * down loses nothing there, and what gets through to one that is down is gone as ever.
 *
 * Cost: 24 B a node, 32 B a message under way to such a receiver, and an event or two for each.
 * Known values: M/D/1, tests/theory/regions_test.c.
 */
#ifndef SIM_WORLD_NETWORK_DOWNLINK_H
#define SIM_WORLD_NETWORK_DOWNLINK_H

#include "sim/world/run.h"

/* Whether the message, of the node whose turn it is, meets such a link when it `arrives`: it is
 * taken care of then. */
bool downlink_takes(struct run *run, const struct letter *letter, sim_time arrives);

/* A message has reached the downlink of the node whose turn it is; `place` as it was kept. */
RARE void downlink_reached(struct run *run, uint32_t place);

/* The downlink of the node whose turn it is is idle: the next message goes. */
RARE void downlink_idle(struct run *run);

#endif
