/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * hyparview.c - a small view of links, and a larger one of nodes to replace them by; defined in
 * docs/models.md.
 *
 * A node's view is its active one: a few peers with which it has links, each a connection that both
 * sides have (hyparview_links.c).  Who joins is taken in by its contact, and by the last of random
 * walks from there.  A link is lost when something that was sent on it cannot be delivered, by this
 * model or another of the stack; then nodes of the passive view are asked for one, until one takes
 * it.  That view is kept fresh by random walks that swap entries (hyparview_shuffle.c).
 *
 * All messages go over connections, as those between peers of the paper do.
 *
 * Cost: about `arwl` + 2 messages a node and interval where all is well, however many nodes.
 * Source: J. Leitao, J. Pereira, L. Rodrigues, HyParView: a membership protocol for reliable
 * gossip-based broadcast, DSN 2007.
 * Known values: after joining one by one through one contact and 50 intervals nearly all nodes have
 * 5 links, both ways, and mean paths of 10 000 nodes are 6.4 links long; a flood reaches all that
 * live after 50 % of the nodes have failed (tests/theory/hyparview_test.c).
 */
#include "models/hyparview.h"

#define WITH_NODES(name_)                                                          \
    {                                                                              \
        .name = (name_), .carries = CARRIES_CONTROL, .item_size = sizeof(node_id), \
        .item_bytes = ADDRESS_BYTES                                                \
    }
#define PLAIN(name_)                                \
    {                                               \
        .name = (name_), .carries = CARRIES_CONTROL \
    }

static const struct message_kind messages[] = {
    [JOIN] = PLAIN("join"),
    [FORWARD_JOIN] = PLAIN("forward-join"),
    [NEIGHBOR] = PLAIN("neighbor"),
    [NEIGHBOR_REPLY] = PLAIN("neighbor-reply"),
    [DISCONNECT] = PLAIN("disconnect"),
    [SHUFFLE] = WITH_NODES("shuffle"),
    [SHUFFLE_REPLY] = WITH_NODES("shuffle-reply"),
    [KEEP_ALIVE] = PLAIN("keep-alive"),
    { .name = NULL },
};

static const struct model_figure figures[] = {
    [LINKS] = { "links", "links made, counted at each end", FIGURE_COUNT, UNIT_COUNT },
    [REQUESTS] = { "requests", "times that a node asked another for a link", FIGURE_COUNT,
                   UNIT_COUNT },
    [REFUSALS] = { "refusals", "of these, refused for want of room", FIGURE_COUNT, UNIT_COUNT },
    [EVICTIONS] = { "evictions", "links given up to make room for another", FIGURE_COUNT,
                    UNIT_COUNT },
    [FAILURES] = { "failures", "links on which something could not be delivered", FIGURE_COUNT,
                   UNIT_COUNT },
    { .name = NULL },
};

static const size_t list_sizes[] = { [PASSIVE] = sizeof(struct entry),
                                     [SENT] = sizeof(node_id),
                                     [GIVEN] = sizeof(node_id),
                                     [LISTS] = 0 };

/* At a phase of the node's own; `interval` 0: never. */
static void begin_ticks(struct node *n, sim_time interval, int tag)
{
    if (interval > 0)
        node_after(n, (sim_time)node_random(n, (uint64_t)interval), tag, 0);
}

static void start(struct node *n)
{
    const struct config *c = node_config(n);
    struct state *s = node_state(n);

    node_every(n, c->interval, PHASE_RANDOM, SHUFFLE_TICK);
    begin_ticks(n, c->promotion_interval, PROMOTION_TICK);
    begin_ticks(n, c->keep_alive, KEEP_ALIVE_TICK);
    s->is_asking = false;
    s->seeds_tried = 0;
    node_list_keep(n, SENT, 0);
    views_resume(n);
    views_begin(n);
    if (active_count(n) == 0)
        links_refill(n);
}

static void fire(struct node *n, int tag, uint32_t value)
{
    const struct config *c = node_config(n);

    switch (tag) {
    case SHUFFLE_TICK:
        shuffle_tick(n);
        break;
    case PROMOTION_TICK:
        node_after(n, c->promotion_interval, tag, 0);
        links_promote(n);
        break;
    case KEEP_ALIVE_TICK:
        node_after(n, c->keep_alive, tag, 0);
        links_keep_alive(n);
        break;
    case REQUEST_OVER:
        links_request_over(n, value);
        break;
    }
}

static void receive(struct node *n, const struct message *m)
{
    switch (m->kind) {
    case JOIN:
        links_join(n, m);
        break;
    case FORWARD_JOIN:
        links_forward_join(n, m);
        break;
    case NEIGHBOR:
        links_asked(n, m);
        break;
    case NEIGHBOR_REPLY:
        links_answered(n, m);
        break;
    case DISCONNECT:
        links_disconnected(n, m);
        break;
    case SHUFFLE:
        shuffle_walk(n, m);
        break;
    case SHUFFLE_REPLY:
        shuffle_answered(n, m);
        break;
    case KEEP_ALIVE:
        links_agree(n, m->from);
        break;
    }
}

static void go(struct node *n, bool graceful, bool loses)
{
    (void)loses;
    if (graceful)
        links_leave(n);
}

static bool connects(const void *config)
{
    (void)config;
    return true;
}

static int64_t view_size(const void *config)
{
    return ((const struct config *)config)->active;
}

const struct model model_hyparview = {
    .name = "hyparview",
    .summary = "links with a few peers, and more nodes known to replace them by",
    .source = "Leitao, Pereira, Rodrigues, HyParView, DSN 2007; iroh-gossip; partisan",
    .params = hyparview_params,
    .messages = messages,
    .figures = figures,
    .config_size = sizeof(struct config),
    .state_size = sizeof(struct state),
    .record_size = sizeof(node_id),
    .list_sizes = list_sizes,
    .connects = connects,
    .view_size = view_size,
    .check = hyparview_check,
    .on_start = start,
    .on_timer = fire,
    .on_message = receive,
    .on_failed = links_failed,
    .view_count = active_count,
    .view_at = active_at,
    .on_unreachable = links_unreachable,
    .on_down = go,
};
