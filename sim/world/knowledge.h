/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * knowledge.h - how a replica comes to know updates.
 */
#ifndef SIM_WORLD_KNOWLEDGE_H
#define SIM_WORLD_KNOWLEDGE_H

#include "sim/world/run.h"

/*
 * The node whose turn it is learns `got`, all or part of which it may know, from `from` through
 * the layer whose turn it is; NODE_NONE: from a local client.  The stack's on_learn() is called.
 * True if any of it was news.
 */
bool knowledge_learn(struct run *run, node_id from, const struct set *got);

/* The other layers, except the one that is bringing it, treat `a` as if a client had written it on
 * this node. */
void knowledge_relay(struct run *run, const struct set *a);

/* What the census counts a node as knowing: also deletions whose record it no longer tells or has,
 * as long as it shows no older value.  A new set. */
struct set *knowledge_held(struct run *run, node_id node);

/* The node whose turn it is drops what it knows of these deletions' keys, keeps it dormant, or
 * knows it again; see node.h. */
void knowledge_forget(struct run *run, const struct set *deletions);
void knowledge_make_dormant(struct run *run, const struct set *deletions);
void knowledge_awaken(struct run *run, const struct set *deletions);

/* All that the node whose turn it is knows, or once knew, is gone. */
void knowledge_clear(struct run *run);

/* Under `timing: rounds`: notes what is learned in this round; true if any of it is news. */
bool knowledge_defer(struct run *run, node_id from, const struct set *got);

/* The end of a round: what was noted is learned. */
void knowledge_commit(struct run *run);

#endif
