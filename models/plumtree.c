/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * plumtree.c - push along a tree, and announce on the other links; defined in docs/models.md.
 *
 *   node that learns  --GOSSIP--> eager peers, but not back    the update, and its hops so far
 *                     --IHAVE---> lazy peers                   that there is one
 *   who has it already --PRUNE--> sender     both make the link lazy
 *   who misses one     --GRAFT--> announcer  both make the link eager; GOSSIP comes back
 *
 * All links are eager at first.  The first flood over them leaves those eager on which an update
 * was news, a tree; the others then carry announcements, by which whoever is cut off from the tree
 * finds a way back into it (plumtree_missing.c).
 *
 * Cost: n - 1 payloads an update, and S - 2(n - 1) announcements, S being the sum of all degrees.
 * Source: J. Leitao, J. Pereira, L. Rodrigues, Epidemic broadcast trees, SRDS 2007.
 * Known values: the counts above (tests/theory/plumtree_test.c).
 */
#include "models/plumtree.h"
#include "models/transport.h"

enum { TARGETS_MAX = 64 };

static const struct message_kind messages[] = {
    [GOSSIP] = { .name = "gossip", .carries = CARRIES_PAYLOAD },
    [IHAVE] = { .name = "ihave",
                .carries = CARRIES_CONTROL,
                .item_size = sizeof(struct announced),
                .item_bytes = ID_BYTES + ROUND_BYTES },
    [GRAFT] = { .name = "graft", .carries = CARRIES_CONTROL },
    [PRUNE] = { .name = "prune", .carries = CARRIES_CONTROL },
    { .name = NULL },
};

static const struct model_figure figures[] = {
    [GRAFTS] = { "grafts", "links asked into the tree", FIGURE_COUNT, UNIT_COUNT },
    [PRUNES] = { "prunes", "links taken out of the tree", FIGURE_COUNT, UNIT_COUNT },
    [OPTIMISED] = { "optimised", "times that a way was changed for a shorter one", FIGURE_COUNT,
                    UNIT_COUNT },
    { .name = NULL },
};

static const size_t list_sizes[] = {
    [MISSING] = sizeof(struct missing),
    [WAITING] = sizeof(uint32_t),
    [QUEUE] = sizeof(struct queued),
    [RECEIVED] = sizeof(struct received),
    [RECEIVED + 1] = 0,
};

/* ---- announcing ---- */

static void announce(struct node *n, node_id peer, struct announced what)
{
    const struct config *c = node_config(n);
    struct state *s = node_state(n);
    struct queued *queued;

    if (c->lazy_interval == 0) {
        node_send_items(n, peer, IHAVE, &what, 1);
        return;
    }
    queued = node_list_add(n, QUEUE);
    *queued = (struct queued){ peer, what };
    if (!s->is_queue_due)
        node_after(n, c->lazy_interval, LAZY_DUE, 0);
    s->is_queue_due = true;
}

/* All that waits for the peer of the first goes in one message. */
static void send_batch(struct node *n)
{
    struct queued *queue = node_list(n, QUEUE);
    struct announced batch[TARGETS_MAX];
    const node_id peer = queue[0].peer;
    uint32_t count = 0, kept = 0;

    for (uint32_t i = 0; i < node_list_count(n, QUEUE); i++)
        if (queue[i].peer == peer && count < TARGETS_MAX)
            batch[count++] = queue[i].what;
        else
            queue[kept++] = queue[i];
    node_list_keep(n, QUEUE, kept);
    node_send_items(n, peer, IHAVE, batch, count);
}

static void send_queue(struct node *n)
{
    ((struct state *)node_state(n))->is_queue_due = false;
    while (node_list_count(n, QUEUE) > 0)
        send_batch(n);
}

static void forget_queued(struct node *n, node_id peer)
{
    struct queued *queue = node_list(n, QUEUE);
    uint32_t kept = 0;

    for (uint32_t i = 0; i < node_list_count(n, QUEUE); i++)
        if (queue[i].peer != peer)
            queue[kept++] = queue[i];
    node_list_keep(n, QUEUE, kept);
}

/* ---- pushing ---- */

/* The receivers are so many hops from the origin. */
static void push(struct node *n, const node_id *to, int count, const struct set *update,
                 uint32_t round)
{
    node_send_pack_to(n, to, count, GOSSIP, set_copy(update),
                      &(struct pack){ .value = round, .extra_bytes = ROUND_BYTES });
}

static bool is_meant_for(const struct node *n, node_id peer, const struct set *update)
{
    struct set *meant = node_meant_for(n, peer, update);
    const bool is_meant = !set_is_empty(meant);

    set_free(meant);
    return is_meant;
}

/* To all peers but `but`. */
static void spread(struct node *n, const struct set *news, update_id id, uint32_t round,
                   node_id but)
{
    const uint32_t places = node_peer_places(n), tree = tree_of(n, id);
    struct set *update = set_only(news, id);
    node_id targets[TARGETS_MAX] = { 0 }, peer;
    int count = 0;

    for (uint32_t i = 0; i < places; i++) {
        if (!node_peer_at(n, i, &peer) || peer == but || !is_meant_for(n, peer, update))
            continue;
        if (is_lazy(n, tree, peer)) {
            announce(n, peer, (struct announced){ id, round });
            continue;
        }
        targets[count++] = peer;
        if (count == TARGETS_MAX) {
            push(n, targets, count, update, round);
            count = 0;
        }
    }
    push(n, targets, count, update, round);
    set_free(update);
}

/* The GOSSIP that brought an update; false if none did. */
static bool take_received(struct node *n, update_id update, struct received *taken)
{
    struct received *received = node_list(n, RECEIVED);
    const uint32_t count = node_list_count(n, RECEIVED);

    for (uint32_t i = 0; i < count; i++)
        if (received[i].update == update) {
            *taken = received[i];
            received[i] = received[count - 1];
            node_list_keep(n, RECEIVED, count - 1);
            return true;
        }
    return false;
}

/* What another model brought, that model tells on. */
static void learn(struct node *n, const struct set *news, enum learned how)
{
    const bool is_new_here = how == LEARNED_LOCAL || how == LEARNED_AGAIN;
    struct set *fresh = node_newest(n, news);
    struct received r;

    for (update_id i = 0; set_next(news, &i); i++) {
        if (take_received(n, i, &r) && how == LEARNED_HERE) {
            spread(n, news, i, r.round + 1, r.from);
            make_eager(n, tree_of(n, i), r.from);
            missing_optimise(n, i, r.round, r.from);
        } else if (is_new_here && set_has(fresh, i))
            spread(n, news, i, 1, node_self(n));
        missing_found(n, i);
    }
    set_free(fresh);
}

static void hear(struct node *n, const struct message *m)
{
    struct received *received;
    update_id update = 0;

    if (!set_next(m->set, &update))
        return;
    if (is_received(n, update)) {
        const uint32_t tree = tree_of(n, update);

        node_learn(n, m);
        make_lazy(n, tree, m->from);
        send_prune(n, m->from, tree);
        return;
    }
    received = node_list_add(n, RECEIVED);
    *received = (struct received){ update, m->value, m->from };
    node_learn(n, m);
}

/* ---- callbacks ---- */

static void answer(struct node *n, const struct message *m)
{
    struct set *update = set_only(node_known(n), m->stamp);

    make_eager(n, tree_of(n, m->stamp), m->from);
    if (m->value != NO_PAYLOAD && !set_is_empty(update))
        push(n, &m->from, 1, update, m->value);
    set_free(update);
}

static void receive(struct node *n, const struct message *m)
{
    switch (m->kind) {
    case GOSSIP:
        hear(n, m);
        break;
    case IHAVE:
        missing_announced(n, m);
        break;
    case GRAFT:
        answer(n, m);
        break;
    case PRUNE:
        make_lazy(n, m->stamp, m->from);
        break;
    }
}

static void fire(struct node *n, int tag, uint32_t value)
{
    if (tag == GRAFT_DUE)
        missing_due(n, value);
    else
        send_queue(n);
}

/* What it waited for, and what waited for timers, went with its life. */
static void start(struct node *n)
{
    ((struct state *)node_state(n))->is_queue_due = false;
    for (int list = MISSING; list <= RECEIVED; list++)
        node_list_keep(n, list, 0);
}

static void meet(struct node *n, node_id peer, bool is_there)
{
    if (is_there)
        return;
    links_forget(n, peer);
    missing_forget(n, peer);
    forget_queued(n, peer);
}

static bool connects(const void *config)
{
    return ((const struct config *)config)->transport == TRANSPORT_CONNECTION;
}

const struct model model_plumtree = {
    .name = "plumtree",
    .summary = "push along a tree that a flood has left, and announce on the other links",
    .source = "Leitao, Pereira, Rodrigues, Epidemic broadcast trees, SRDS 2007; iroh; riak_core",
    .params = plumtree_params,
    .messages = messages,
    .figures = figures,
    .config_size = sizeof(struct config),
    .state_size = sizeof(struct state),
    .record_size = sizeof(struct lazy),
    .list_sizes = list_sizes,
    .floods = true,
    .connects = connects,
    .on_start = start,
    .on_timer = fire,
    .on_message = receive,
    .on_peer = meet,
    .on_learn = learn,
};
