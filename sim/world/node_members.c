/* SPDX-License-Identifier: GPL-3.0-or-later */
/* node_members.c - whom a node knows as the run begins; see node.h. */
#include "sim/world/presence.h"

bool node_next_member(const struct node *n, node_id *peer)
{
    const struct run *run = run_of_const(n);
    const bool begins = run->node.now == 0 && run_work(run) == 0;

    for (; begins && *peer < run->nodes; (*peer)++)
        if (*peer != n->id && !(run->absent && presence_is_away(run, *peer, ABSENT_YET)))
            return true;
    return false;
}
