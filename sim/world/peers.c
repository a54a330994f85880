/* SPDX-License-Identifier: GPL-3.0-or-later */
/* peers.c - which source a run has; all other nodes, and those of them that are up; see peers.h. */
#include "sim/world/peers.h"

static uint32_t count_others(struct node *n)
{
    return run_of(n)->nodes - 1;
}

/* Ascending. */
static node_id other(struct node *n, uint32_t index)
{
    return index + (index >= n->id);
}

const struct peer_source peers_all = {
    .name = "all",
    .places = { count_others, other },
    .has_ring = true,
};

/* ---- those who are up ---- */

static bool is_up(struct node *n, node_id node)
{
    return !run_is_down(run_of(n), node);
}

static uint32_t count_live(struct node *n)
{
    return live_others(&run_of(n)->live, n->id);
}

static node_id live(struct node *n, uint32_t index)
{
    return live_other(&run_of(n)->live, n->id, index);
}

const struct peer_source peers_alive = {
    .name = "alive",
    .places = { count_others, other },
    .has = is_up,
    .peers = { count_live, live },
    .has_ring = true,
};

const struct peer_source *peers_source(const struct run *run)
{
    const bool is_everywhere = placement_is_everywhere(&run->placement);

    if (run->config->peers == PEERS_VIEW)
        return is_everywhere ? &peers_view : &peers_view_holders;
    if (run->config->graph)
        return is_everywhere && !run->live.nodes ? &peers_graph : &peers_graph_some;
    if (!is_everywhere)
        return &peers_holders;
    return run->live.nodes ? &peers_alive : &peers_all;
}
