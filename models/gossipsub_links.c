/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * gossipsub_links.c - the peers that a node is connected to; see gossipsub.h.
 *
 * They are its neighbours in the topology or its view, and whoever else speaks to it.  Who opened a
 * link is tossed for each pair, so that both ends know.
 */
#include "models/gossipsub.h"

struct link *links_of(struct node *n, uint32_t *count)
{
    *count = node_record_count(n);
    return node_records(n);
}

struct link *link_to(struct node *n, node_id peer)
{
    uint32_t count;
    struct link *links = links_of(n, &count);

    for (uint32_t i = 0; i < count; i++)
        if (links[i].peer == peer)
            return &links[i];
    return NULL;
}

static struct link *add(struct node *n, node_id peer)
{
    const node_id self = node_self(n), low = self < peer ? self : peer;
    const node_id high = self < peer ? peer : self;
    struct link *link = node_record_add(n);

    link->peer = peer;
    link->is_outbound = (node_shared_random(n, low, high, 2) == 0) == (self == low);
    return link;
}

struct link *link_open(struct node *n, node_id peer)
{
    struct link *link = link_to(n, peer);

    return link ? link : add(n, peer);
}

void link_drop(struct node *n, node_id peer)
{
    struct state *s = node_state(n);
    struct link *link = link_to(n, peer);
    uint32_t count;
    struct link *links = links_of(n, &count);

    if (!link)
        return;
    mesh_set(n, link, false);
    s->down -= link->is_down;
    *link = links[count - 1];
    node_records_keep(n, count - 1);
}

/* A process that begins: all links are new. */
void links_start(struct node *n)
{
    const uint32_t places = node_peer_places(n);
    node_id peer;

    node_records_keep(n, 0);
    for (uint32_t i = 0; i < places; i++)
        if (node_peer_at(n, i, &peer))
            add(n, peer);
}

/* The connection broke. */
void link_fail(struct node *n, node_id peer)
{
    struct state *s = node_state(n);
    struct link *link = link_to(n, peer);

    if (!link || link->is_down)
        return;
    mesh_set(n, link, false);
    link->is_down = true;
    s->down++;
}

/* Who speaks is up. */
void link_answers(struct node *n, node_id peer)
{
    struct state *s = node_state(n);
    struct link *link = s->down > 0 ? link_to(n, peer) : NULL;

    if (!link || !link->is_down)
        return;
    link->is_down = false;
    s->down--;
}

struct link *link_pick(struct node *n, link_test *fits)
{
    uint32_t count, fitting = 0, place;
    struct link *links = links_of(n, &count);

    for (uint32_t i = 0; i < count; i++)
        fitting += fits(n, &links[i]);
    if (fitting == 0)
        return NULL;
    place = (uint32_t)node_random(n, fitting);
    for (;; links++)
        if (fits(n, links) && place-- == 0)
            return links;
}
