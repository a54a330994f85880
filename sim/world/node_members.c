/* SPDX-License-Identifier: GPL-3.0-or-later */
/* node_members.c - whom a node knows as the run begins, and how it gets in later; see node.h. */
#include "sim/world/run.h"

bool node_next_member(const struct node *n, node_id *peer)
{
    const struct run *run = run_of_const(n);
    const bool begins = run->node.now == 0 && run_work(run) == 0;
    const uint32_t end = begins && run->config->members == MEMBERS_JOINED ? run->nodes : 0;

    while (*peer < end && (*peer == n->id || run_is_down(run, *peer)))
        ++*peer;
    return *peer < end;
}

bool node_seed(const struct node *n, uint32_t index, node_id *peer)
{
    const struct run *run = run_of_const(n);
    const int64_t seeds = run->config->seeds;
    const uint32_t known = seeds < run->nodes ? (uint32_t)seeds : run->nodes;
    const node_id own = numbering_outside(&run->numbering, n->id);
    const uint32_t others = known - (own < known);
    struct numbering order;
    uint32_t place;

    if (index >= others)
        return false;
    numbering_init(&order, others, run->keys[PURPOSE_MEMBERS]);
    order.tweak = draw(run->keys[PURPOSE_MEMBERS], n->id, run_life(run, n->id));
    place = numbering_inside(&order, index);
    *peer = numbering_inside(&run->numbering, place + (own < known && place >= own));
    return true;
}
