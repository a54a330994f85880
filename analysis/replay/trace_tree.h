/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * trace_tree.h - how an update spread, as a recording has it: who learned it first from whom.
 *
 * What a node learns once more, because it had lost it, is no part of the tree.  Who learns a newer
 * value of its key counts as knowing the update, as everywhere.
 */
#ifndef ANALYSIS_REPLAY_TRACE_TREE_H
#define ANALYSIS_REPLAY_TRACE_TREE_H

#include "base/errors.h"
#include "experiment/trace/recording.h"

struct trace_leaf {
    node_id node, from; /* from: OBSERVE_NOBODY: it was written there, or known from the start */
    sim_time at;
    uint32_t depth; /* from where it was written, 0 */
    uint8_t layer;  /* of the model that brought it, or RECORDED_BY_NONE */
};

struct trace_tree {
    update_id update;
    struct trace_leaf *leaves; /* in the order in which they learned it */
    uint32_t count;
    uint32_t depth; /* of the deepest */
};

/* The tree of an update.  False and an error if nobody learned it; `is_chosen` as in struct
 * trace_wishes. */
bool trace_tree_grow(const struct recording *recording, update_id update, bool is_chosen,
                     struct trace_tree *tree, struct errors *errors);
void trace_tree_clear(struct trace_tree *tree);

#endif
