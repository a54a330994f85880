/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * network_processing.h - nodes that handle messages one after another, each for a time
 * (docs/world.md).
 *
 * A message that comes to a node that is up waits in its inbox (sim/net/inbox.h) until those before
 * it are handled, and is handled, as far as its model sees, when its own time is over.  Timers do
 * not wait.  A node that goes down loses its inbox.
 *
 * A node that is held (`is_held` of its inbox) takes up nothing; let go, it goes on with what
 * waits, before what comes then.
 *
 * Cost: an event a message more; nothing for a run without.
 * Known value: with Poisson arrivals and a constant time s the mean wait is rho s / (2 (1 - rho)),
 * rho being the share of time that a node is busy (Pollaczek and Khinchine);
 * tests/sim/processing_test.c.
 */
#ifndef SIM_WORLD_NETWORK_PROCESSING_H
#define SIM_WORLD_NETWORK_PROCESSING_H

#include "sim/world/run.h"

void processing_init(struct run *run);

/* A message has come to the node whose turn it is, which is up. */
void processing_arrive(struct run *run, struct event event);

/* The node whose turn it is is done with a message, if it is still in its life number `life`. */
void processing_finish(struct run *run, uint32_t life);

/* The node whose turn it is goes down: what it has not handled is lost. */
void processing_empty(struct run *run);

/* The node whose turn it is is let go: it is done at once with what it would have been, and goes
 * on.
 */
void processing_catch_up(struct run *run);

/* How long the node whose turn it is needs for what is in its inbox, if it takes it up now. */
sim_time processing_left(const struct run *run);

/* The node whose turn it is takes up what has waited longest, unless it is at a message, or held.
 */
void processing_go_on(struct run *run);

#endif
