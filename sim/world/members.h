/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * members.h - how the cluster comes together: who is not there when the run begins, and joins.
 *
 * With MEMBERS_JOIN all but the contact points and the absent group are away at first; they come in
 * a random order.  A node that a fault has brought before its turn, or keeps away, is passed over.
 */
#ifndef SIM_WORLD_MEMBERS_H
#define SIM_WORLD_MEMBERS_H

#include "sim/world/run.h"

/* Those who will join are away; before anything is stored and models start. */
void members_begin_away(struct run *run);

/* The first has its time; when faults have theirs. */
void members_init(struct run *run);

/* The next joins, or where no rate is given all do. */
void members_join(struct run *run);

#endif
