/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * knowledge.h - how a replica comes to know updates.
 */
#ifndef SIM_KNOWLEDGE_H
#define SIM_KNOWLEDGE_H

#include "sim/run.h"

/*
 * The node whose turn it is learns `got`, all or part of which it may know, from `from` through
 * the layer whose turn it is; NODE_NONE: from a local client.  The stack's on_learn() is called.
 * True if any of it was news.
 */
bool knowledge_learn(struct run *run, node_id from, const struct set *got);

/* Under `timing: rounds`: notes what is learned in this round; true if any of it is news. */
bool knowledge_defer(struct run *run, node_id from, const struct set *got);

/* The end of a round: what was noted is learned. */
void knowledge_commit(struct run *run);

#endif
