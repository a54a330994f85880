/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * plumtree_links.c - which links are lazy, in which tree; all others are eager.  See plumtree.h.
 *
 * Only lazy links are kept, so that peers are eager as they come, and nothing has to be known of
 * who they are.
 */
#include "models/plumtree.h"

uint32_t tree_of(struct node *n, update_id update)
{
    const struct config *c = node_config(n);

    return c->per_origin ? node_update_info(n, update).origin : 0;
}

static bool is_before(const struct lazy *link, uint32_t tree, node_id peer)
{
    return link->tree < tree || (link->tree == tree && link->peer < peer);
}

/* Its place among the records, or the one where it would be. */
static uint32_t place_of(struct node *n, uint32_t tree, node_id peer)
{
    const struct lazy *links = node_records(n);
    uint32_t low = 0, high = node_record_count(n);

    while (low < high) {
        const uint32_t middle = low + (high - low) / 2;

        if (is_before(&links[middle], tree, peer))
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static bool is_at(struct node *n, uint32_t place, uint32_t tree, node_id peer)
{
    const struct lazy *links = node_records(n);

    return place < node_record_count(n) && links[place].tree == tree && links[place].peer == peer;
}

bool is_lazy(struct node *n, uint32_t tree, node_id peer)
{
    return is_at(n, place_of(n, tree, peer), tree, peer);
}

void make_eager(struct node *n, uint32_t tree, node_id peer)
{
    const uint32_t place = place_of(n, tree, peer), last = node_record_count(n) - 1;
    struct lazy *links = node_records(n);

    if (!is_at(n, place, tree, peer))
        return;
    for (uint32_t i = place; i < last; i++)
        links[i] = links[i + 1];
    node_records_keep(n, last);
}

static bool is_peer(struct node *n, node_id node)
{
    const uint32_t places = node_peer_places(n);
    node_id peer;

    for (uint32_t i = 0; i < places; i++)
        if (node_peer_at(n, i, &peer) && peer == node)
            return true;
    return false;
}

void make_lazy(struct node *n, uint32_t tree, node_id peer)
{
    const uint32_t place = place_of(n, tree, peer), count = node_record_count(n);
    struct lazy *links;

    if (is_at(n, place, tree, peer) || !is_peer(n, peer))
        return;
    node_record_add(n);
    if (node_record_count(n) == count)
        return; /* memory is short, and the run about to end */
    links = node_records(n);
    for (uint32_t i = count; i > place; i--)
        links[i] = links[i - 1];
    links[place] = (struct lazy){ tree, peer };
}

void links_forget(struct node *n, node_id peer)
{
    struct lazy *links = node_records(n);
    uint32_t kept = 0;

    for (uint32_t i = 0; i < node_record_count(n); i++)
        if (links[i].peer != peer)
            links[kept++] = links[i];
    node_records_keep(n, kept);
}
