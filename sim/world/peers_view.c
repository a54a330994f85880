/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * peers_view.c - peers are the nodes in the view of the stack's membership model, with shards those
 * of them that hold one of the node's shards; see peers.h.
 */
#include "sim/world/peers.h"

#include "sim/world/observation.h"

#include <assert.h>

uint32_t node_view_count(struct node *n)
{
    const struct run *run = run_of(n);
    struct layer *turn = n->layer;
    uint32_t count;

    if (!run->provider)
        return 0;
    n->layer = run->provider;
    count = n->layer->model->view_count(n);
    n->layer = turn;
    return count;
}

node_id node_view_at(struct node *n, uint32_t index)
{
    struct layer *turn = n->layer;
    node_id peer;

    assert(run_of(n)->provider);
    n->layer = run_of(n)->provider;
    peer = n->layer->model->view_at(n, index);
    n->layer = turn;
    return peer;
}

/* ---- notices ---- */

static RARE void tell_stack(struct run *run, node_id peer, bool is_there)
{
    if (run->observation)
        observation_meet(run, peer, is_there);
    for (uint32_t i = 0; i < run->layer_count; i++) {
        const struct model *model = run_layer(run, i);

        if (model->on_peer) /* which the provider has not: model_check() */
            model->on_peer(&run->node, peer, is_there);
    }
    run->node.layer = run->provider;
}

static void tell(struct run *run, node_id peer, bool is_there)
{
    assert(run->node.layer == run->provider && peer != run->node.id);
    view_sizes_change(&run->view_sizes, run->node.id, is_there, run_credit(run, run->node.now));
    if (UNLIKELY(run->minds_views))
        tell_stack(run, peer, is_there);
}

void node_peer_up(struct node *n, node_id peer)
{
    tell(run_of(n), peer, true);
}

void node_peer_down(struct node *n, node_id peer)
{
    tell(run_of(n), peer, false);
}

/* ---- sources ---- */

static bool shares_shard(struct node *n, node_id other)
{
    return placement_meet(&run_of(n)->placement, n->id, other);
}

const struct peer_source peers_view = {
    .name = "view",
    .places = { node_view_count, node_view_at },
};

const struct peer_source peers_view_holders = {
    .name = "view",
    .places = { node_view_count, node_view_at },
    .has = shares_shard,
};
