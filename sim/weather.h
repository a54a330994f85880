/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * weather.h - what a network does beyond losing and delaying each message by itself.
 *
 * A run that has such weather sends through here instead of by the short path of network.h, which
 * means the same where there is none: the fate of a node's n-th message is drawn as there, for its
 * number alone, so that neither the strategy nor other weather moves it.
 */
#ifndef SIM_WEATHER_H
#define SIM_WEATHER_H

#include "sim/run.h"

/* Sets up what the configuration asks for. */
void weather_init(struct run *run);

/* Notes in the run whether there is any now. */
void weather_look(struct run *run);

/* As network_send(). */
RARE void weather_send(struct run *run, node_id to, int kind, const struct set *set, uint32_t load);

/* The uplink of the node whose turn it is may be idle: the next message that waits for it goes. */
RARE void weather_depart(struct run *run);

/* The node whose turn it is crashes: what waits for its uplink is lost; what is on it is not. */
void weather_crash(struct run *run);

#endif
