/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * network_effects.h - what a network does beyond losing and delaying each message by itself.
 *
 * A run that has such effects sends through here instead of by the short path of network.h, which
 * means the same where there is none: the fate of a node's n-th message is drawn as there, for its
 * number alone, so that neither the strategy nor other effects moves it.
 */
#ifndef SIM_WORLD_NETWORK_EFFECTS_H
#define SIM_WORLD_NETWORK_EFFECTS_H

#include "sim/world/run.h"

/* Sets up what the configuration asks for. */
void effects_init(struct run *run);

/* Notes in the run whether there is any now. */
void effects_look(struct run *run);

/* As network_send(). */
RARE void effects_send(struct run *run, node_id to, int kind, const struct set *set, uint32_t load);

/* The same of the message `number` of the node whose turn it is, which may be an earlier one that
 * is sent again. */
void effects_transmit(struct run *run, node_id to, uint32_t tag, uint32_t number,
                      const struct set *set, uint32_t load);

/* A message of the node whose turn it is leaves it, `delay` from now, and meets its fate. */
void effects_set_out(struct run *run, const struct letter *letter, sim_time delay);

/* The uplink of the node whose turn it is may be idle: the next message that waits for it goes. */
RARE void effects_depart(struct run *run);

/* A message of the node whose turn it is never sets out: its uplink has no room, or the node is
 * gone. */
void effects_drop(struct run *run, const struct letter *letter);

/* The node whose turn it is crashes: what waits for its uplink, or shares it, is lost; what has it
 * for itself is not. */
void effects_crash(struct run *run);

#endif
