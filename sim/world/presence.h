/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * presence.h - nodes that go down and come up, whatever the reason.
 *
 * A node can be away for several reasons at once (its session is over, a fault has crashed it); it
 * is up while there is none.  Each going down ends a life of the node: one-shot timers die with it.
 */
#ifndef SIM_WORLD_PRESENCE_H
#define SIM_WORLD_PRESENCE_H

#include "sim/world/run.h"

enum absence {
    ABSENT_CHURN = 1,
    ABSENT_FAULT = 2,
    ABSENT_YET = 4,  /* it has not joined */
    ABSENT_LEFT = 8, /* it has left for good, and took its data with it */
};

enum farewell {
    FAREWELL_NONE,     /* it crashes */
    FAREWELL_GRACEFUL, /* its models may send */
};

/* Room for what changes, once, before the first change. */
void presence_init(struct run *run);

/* Not there at the start of the run; before updates and models start. */
void presence_begin_away(struct run *run, node_id node, enum absence why);

/* The nodes that have not joined at the start of the run; likewise. */
void presence_begin_absent(struct run *run);

/* The node goes, if it was up; `loses`: without its data. */
void presence_leave(struct run *run, node_id node, enum absence why, enum farewell farewell,
                    bool loses);

/* The reason is gone; without others the node comes up and its models start. */
void presence_return(struct run *run, node_id node, enum absence why);

/* The node loses its data and what its models remember; if it is up they start afresh. */
void presence_wipe(struct run *run, node_id node);

/* Many nodes come and go at one instant, between the two: no share of nodes counts as reached until
 * the last of them has. */
void presence_begin_change(struct run *run);
void presence_end_change(struct run *run);

bool presence_is_away(const struct run *run, node_id node, enum absence why);

/* Whether the machine of a node that is down is up and refuses connections: the node has left
 * gracefully, and is away for no other reason. */
bool presence_refuses(const struct run *run, node_id node);

/* Starts the stack on the node whose turn it is. */
void presence_start_models(struct run *run);

#endif
