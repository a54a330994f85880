/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * link.h - latencies and losses that belong to the links of a topology.
 */
#ifndef SIM_WORLD_LINK_H
#define SIM_WORLD_LINK_H

#include "sim/world/run.h"

/* The latency of the link from one node to another, of a topology whose links have latencies;
 * false: there is no such link.  O(log neighbours). */
bool link_latency(const struct run *run, node_id from, node_id to, sim_time *latency);

/* Whether a message is lost on the link, given 32 random bits, in a topology whose links lose some;
 * never where there is no link.  O(log neighbours). */
bool link_loses(const struct run *run, node_id from, node_id to, uint32_t bits);

#endif
