/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * lapse.h - deletions whose record some node has let go of: then who shows no value of their keys
 * counts as knowing of them.
 */
#ifndef SIM_WORLD_LAPSE_H
#define SIM_WORLD_LAPSE_H

#include "sim/world/run.h"

/* A set of a node, kept in an array of handles that is made at first use. */
static inline struct set *lapse_side(const struct run *run, const uint32_t *handles, node_id node)
{
    return handles ? set_of_handle(&run->pool, handles[node]) : SET_EMPTY;
}

void lapse_keep_side(struct run *run, uint32_t **handles, node_id node, struct set *set);

/* If the node whose turn it is shows none of the keys of `changed`, it needs no record of what has
 * lapsed of them since. */
RARE void lapse_excuse_newer(struct run *run, const struct set *changed);

/* The node whose turn it is has let go of `out`.  If it is the first to do so, then from now on
 * showing no value of these keys counts as knowing of their deletion, even for a node that never
 * heard of it and may never hear of it now. */
void lapse_first(struct run *run, const struct set *out);

#endif
