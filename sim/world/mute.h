/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * mute.h - nodes that hear and ask but forward nothing: silent, or selfish.
 *
 * Of what a mute node sends, the updates that others wrote are left out; what it wrote itself goes,
 * and so do requests, digests and acknowledgements.  A message that has nothing left is not sent,
 * unless it asks, too (`asks` of its kind).  Of one that carries something of the model's own
 * beside the updates of others nothing is sent.
 */
#ifndef SIM_WORLD_MUTE_H
#define SIM_WORLD_MUTE_H

#include "sim/world/run.h"

/* Room for it, if the timeline makes nodes mute. */
void mute_init(struct run *run);

/* The node is mute until then, whether it is up or not; where it overlaps, until the last is over.
 * False if it was. */
bool mute_begin(struct run *run, node_id node, sim_time until);
bool mute_end(struct run *run, node_id node);

/* What the node whose turn it is really sends of a set, which is taken; NULL: nothing. */
struct set *mute_hold_back(struct run *run, int kind, struct set *set);

/* Whether it sends a message of several sets, or of items, at all. */
bool mute_lets_pack(const struct run *run, int kind, const struct set *set);

#endif
