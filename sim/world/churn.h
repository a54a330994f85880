/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * churn.h - nodes that come and go (docs/world.md).
 *
 * Sessions and absences alternate, each drawn by (node, its changes so far), whatever the strategy
 * does.  `start: stationary` is the renewal process seen at a random moment: a node is up with
 * probability mean session / (mean session + mean downtime), and what is left of its session or
 * absence follows the residual-life distribution, not the session's own: someone who looks in is
 * more likely to meet a long session than a short one.
 *
 * Or each node follows a recorded one (trail.h).
 */
#ifndef SIM_WORLD_CHURN_H
#define SIM_WORLD_CHURN_H

#include "sim/world/run.h"

/* Decides who churns and who is up at t = 0; before updates and models start. */
void churn_init(struct run *run);

/* The node's session or absence is over. */
void churn_change(struct run *run, node_id node);

#endif
