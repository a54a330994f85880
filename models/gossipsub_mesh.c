/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * gossipsub_mesh.c - the mesh: peers to which a node sends whole messages at once; see gossipsub.h.
 *
 * Both ends should have each other in it: who takes a peer in says GRAFT, who drops one PRUNE.
 * Where the two cross, or a GRAFT meets a node that does not want it, the PRUNE decides.
 */
#include "models/gossipsub.h"

enum { SLACK = 2 }; /* heartbeats that a node waits beyond a backoff, as the peer's may end later */

void mesh_set(struct node *n, struct link *link, bool is_in)
{
    struct state *s = node_state(n);

    if (link->is_in_mesh == is_in)
        return;
    link->is_in_mesh = is_in;
    s->mesh += is_in ? 1 : UINT32_MAX;
    node_gauge(n, MESH, s->mesh);
}

static void graft(struct node *n, struct link *link)
{
    mesh_set(n, link, true);
    node_count(n, GRAFTS, 1);
    node_send(n, link->peer, GRAFT, set_new());
}

static void prune(struct node *n, struct link *link)
{
    const struct config *c = node_config(n);

    mesh_set(n, link, false);
    link->backoff = node_now(n) + c->backoff;
    node_count(n, PRUNES, 1);
    node_send(n, link->peer, PRUNE, set_new());
}

static bool may_graft(const struct node *n, const struct link *link)
{
    const struct config *c = node_config(n);
    const sim_time slack = c->backoff > 0 ? SLACK * c->heartbeat : 0;

    return !link->is_in_mesh && !link->is_down &&
           (link->backoff == 0 || node_now(n) >= link->backoff + slack);
}

static bool may_graft_outbound(const struct node *n, const struct link *link)
{
    return link->is_outbound && may_graft(n, link);
}

static bool is_in_mesh(const struct node *n, const struct link *link)
{
    (void)n;
    return link->is_in_mesh;
}

static bool is_inbound_in_mesh(const struct node *n, const struct link *link)
{
    (void)n;
    return link->is_in_mesh && !link->is_outbound;
}

static int64_t outbound(struct node *n)
{
    uint32_t count;
    const struct link *links = links_of(n, &count);
    int64_t found = 0;

    for (uint32_t i = 0; i < count; i++)
        found += links[i].is_in_mesh && links[i].is_outbound;
    return found;
}

static void graft_some(struct node *n, int64_t count, link_test *fits)
{
    struct link *link;

    for (int64_t i = 0; i < count && (link = link_pick(n, fits)); i++)
        graft(n, link);
}

/* Down to d, random ones, but of those that the node has opened d_out stay. */
static void prune_some(struct node *n)
{
    const struct config *c = node_config(n);
    const struct state *s = node_state(n);

    while (s->mesh > c->d) {
        const bool is_any = outbound(n) > c->d_out;

        prune(n, link_pick(n, is_any ? is_in_mesh : is_inbound_in_mesh));
    }
}

void mesh_beat(struct node *n)
{
    const struct config *c = node_config(n);
    const struct state *s = node_state(n);

    if (s->mesh < c->d_low)
        graft_some(n, c->d - s->mesh, may_graft);
    if (s->mesh > c->d_high)
        prune_some(n);
    if (c->d_out > 0 && s->mesh >= c->d_low)
        graft_some(n, c->d_out - outbound(n), may_graft_outbound);
}

void mesh_graft(struct node *n, const struct message *m)
{
    const struct config *c = node_config(n);
    const struct state *s = node_state(n);
    struct link *link = link_open(n, m->from);

    if (link->is_in_mesh)
        return;
    if (node_now(n) < link->backoff ||
        (c->refuse_when_full && !link->is_outbound && s->mesh >= c->d_high))
        prune(n, link);
    else
        mesh_set(n, link, true);
}

void mesh_prune(struct node *n, const struct message *m)
{
    const struct config *c = node_config(n);
    struct link *link = link_open(n, m->from);

    mesh_set(n, link, false);
    link->backoff = node_now(n) + c->backoff;
}

void mesh_leave(struct node *n)
{
    uint32_t count;
    struct link *links = links_of(n, &count);

    for (uint32_t i = 0; i < count; i++)
        if (links[i].is_in_mesh)
            prune(n, &links[i]);
}
