/* SPDX-License-Identifier: GPL-3.0-or-later */
/* node_members.c - whom a node knows as the run begins, orders of all nodes, and how a node gets in
 * later; see node.h. */
#include "sim/world/run.h"

/* Nodes of which any may be known: none but as the run begins. */
static uint32_t known_end(const struct run *run)
{
    const bool begins = run->node.now == 0 && run_work(run) == 0;

    return begins && run->config->members == MEMBERS_JOINED ? run->nodes : 0;
}

bool node_next_member(const struct node *n, node_id *peer)
{
    const struct run *run = run_of_const(n);
    const uint32_t end = known_end(run);

    while (*peer < end && (*peer == n->id || run_is_down(run, *peer)))
        ++*peer;
    return *peer < end;
}

uint32_t node_random_members(const struct node *n, node_id *members, uint32_t count)
{
    const struct run *run = run_of_const(n);
    const uint32_t end = known_end(run);
    struct numbering order;
    uint32_t found = 0;

    numbering_init(&order, run->nodes, run->keys[PURPOSE_KNOWN]);
    order.tweak = draw(run->keys[PURPOSE_KNOWN], n->id, 0);
    for (uint32_t i = 0; i < end && found < count; i++) {
        const node_id peer = numbering_inside(&order, i);

        if (peer != n->id && !run_is_down(run, peer))
            members[found++] = peer;
    }
    return found;
}

uint32_t node_next_members(const struct node *n, node_id *members, uint32_t count)
{
    const struct run *run = run_of_const(n);
    const uint32_t end = known_end(run);
    uint32_t place = numbering_outside(&run->numbering, n->id), found = 0;

    for (uint32_t i = 1; i < end && found < count; i++) {
        place = place + 1 < run->nodes ? place + 1 : 0;
        const node_id peer = numbering_inside(&run->numbering, place);

        if (!run_is_down(run, peer))
            members[found++] = peer;
    }
    return found;
}

/* They are the first of the scenario's nodes. */
static uint32_t known_to_all(const struct run *run)
{
    return run->config->seeds < run->nodes ? (uint32_t)run->config->seeds : run->nodes;
}

uint32_t node_seed_count(const struct node *n)
{
    const struct run *run = run_of_const(n);
    const uint32_t known = known_to_all(run);

    return known - (numbering_outside(&run->numbering, n->id) < known);
}

bool node_seed(const struct node *n, uint32_t index, node_id *peer)
{
    const struct run *run = run_of_const(n);
    const uint32_t known = known_to_all(run), others = node_seed_count(n);
    const node_id own = numbering_outside(&run->numbering, n->id);
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

bool node_is_seed(const struct node *n, node_id peer)
{
    const struct run *run = run_of_const(n);

    return numbering_outside(&run->numbering, peer) < run->config->seeds;
}

/* ---- orders that all share ---- */

static struct numbering shared_order(const struct run *run, uint32_t about)
{
    struct numbering order;

    numbering_init(&order, run->nodes, run->keys[PURPOSE_MEMBERS]);
    order.tweak = draw(run->keys[PURPOSE_MEMBERS], run->nodes + 1, about);
    return order;
}

uint32_t node_shared_count(const struct node *n)
{
    return run_of_const(n)->nodes;
}

uint32_t node_shared_place(const struct node *n, uint32_t about, node_id node)
{
    const struct numbering order = shared_order(run_of_const(n), about);

    return numbering_outside(&order, node);
}

node_id node_shared_at(const struct node *n, uint32_t about, uint32_t place)
{
    const struct numbering order = shared_order(run_of_const(n), about);

    return numbering_inside(&order, place);
}
