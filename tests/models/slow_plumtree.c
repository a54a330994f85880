/* SPDX-License-Identifier: GPL-3.0-or-later */
/* slow_plumtree.c - see slow_plumtree.h. */
#include "tests/models/slow_plumtree.h"

#include <math.h>
#include <stddef.h>
#include <string.h>

enum { NODES = NET_NODES_MAX, UPDATES = PLUMTREE_UPDATES_MAX, HOPS = 128 };
enum { ASK = NET_BROADCAST, TELL }; /* timers */

#define SECOND 1e9

/* An announcement is a number: the update, and its hops HOPS times. */
struct node {
    bool is_peer[NODES], is_lazy[NODES][NODES]; /* in the tree of a node */
    bool knows[UPDATES], asks[UPDATES];         /* asks: a timer runs */
    int hops[UPDATES];
    int64_t learned[UPDATES];
    struct announced {
        int count;
        unsigned char peers[NODES], hops[NODES];
    } announced[UPDATES]; /* in the order of coming */
    bool tells;           /* a timer runs */
    struct queue {
        int count;
        short news[UPDATES];
    } queues[NODES];
};

static struct world {
    const struct plumtree_setup *setup;
    double *figures;
    struct node nodes[NODES];
    int written, origin[UPDATES];
    int copies[UPDATES];
    int64_t times[UPDATES], t90[UPDATES], t99[UPDATES]; /* since it was written, -1: not yet */
} w;

static bool *is_lazy(int node, int peer, int tree)
{
    return &w.nodes[node].is_lazy[tree][peer];
}

static int tree_of(int update)
{
    return w.setup->per_origin ? w.origin[update] : 0;
}

static void send(int node, int peer, int kind, int update, int hops, bool flag)
{
    net_send((struct net_event){ .node = node,
                                 .other = peer,
                                 .kind = kind,
                                 .about = update,
                                 .ttl = hops,
                                 .flag = flag,
                                 .is_datagram = w.setup->is_datagram });
}

/* ---- announcements ---- */

/* At most as many as a message has room for; the others stay. */
static void tell(int node, int peer)
{
    struct queue *q = &w.nodes[node].queues[peer];

    for (int i = 0; i < q->count; i += NET_LIST_MAX) {
        struct net_event message = {
            .node = node, .other = peer, .kind = PLUMTREE_IHAVE, .is_datagram = w.setup->is_datagram
        };

        for (int k = i; k < q->count && k < i + NET_LIST_MAX; k++)
            net_add(&message.list, q->news[k]);
        net_send(message);
    }
    q->count = 0;
}

static void announce(int node, int peer, int update)
{
    struct node *n = &w.nodes[node];
    struct queue *q = &n->queues[peer];

    q->news[q->count++] = (short)(update + HOPS * (n->hops[update] + 1));
    if (w.setup->lazy_interval == 0)
        tell(node, peer);
    else if (!n->tells) {
        n->tells = true;
        net_set_timer(node, TELL, 0, w.setup->lazy_interval);
    }
}

static void take_announcement(int node, int from, int update, int hops)
{
    struct node *n = &w.nodes[node];
    struct announced *a = &n->announced[update];

    if (n->knows[update])
        return;
    a->peers[a->count] = (unsigned char)from;
    a->hops[a->count++] = (unsigned char)hops;
    if (!n->asks[update]) {
        n->asks[update] = true;
        net_set_timer(node, ASK, update, w.setup->graft_timeout);
    }
}

static void forget(struct announced *a, int i)
{
    for (a->count--; i < a->count; i++) {
        a->peers[i] = a->peers[i + 1];
        a->hops[i] = a->hops[i + 1];
    }
}

static void ask_next(int node, int update)
{
    struct node *n = &w.nodes[node];
    struct announced *a = &n->announced[update];

    if (n->knows[update])
        return;
    n->asks[update] = a->count > 0;
    if (a->count == 0)
        return;
    *is_lazy(node, a->peers[0], tree_of(update)) = false;
    w.figures[PLUMTREE_GRAFTS]++;
    send(node, a->peers[0], PLUMTREE_GRAFT, update, 0, true);
    forget(a, 0);
    net_set_timer(node, ASK, update, w.setup->regraft_timeout);
}

/* ---- updates ---- */

static void look_at(int update)
{
    int up = 0, known = 0;

    if (w.t99[update] >= 0)
        return;
    for (int i = 0; i < w.setup->nodes; i++) {
        up += net_is_up(i);
        known += net_is_up(i) && w.nodes[i].knows[update];
    }
    if (w.t90[update] < 0 && known >= 0.9 * up)
        w.t90[update] = net_now() - w.times[update];
    if (known >= 0.99 * up)
        w.t99[update] = net_now() - w.times[update];
}

static void push(int node, int peer, int update)
{
    send(node, peer, PLUMTREE_GOSSIP, update, w.nodes[node].hops[update] + 1, false);
}

static void spread(int node, int from, int update, int hops)
{
    struct node *n = &w.nodes[node];

    n->knows[update] = true;
    n->hops[update] = hops;
    n->learned[update] = net_now();
    look_at(update);
    for (int i = 0; i < w.setup->nodes; i++) {
        if (!n->is_peer[i] || i == from)
            continue;
        if (*is_lazy(node, i, tree_of(update)))
            announce(node, i, update);
        else
            push(node, i, update);
    }
}

static void prune(int node, int peer, int update)
{
    *is_lazy(node, peer, tree_of(update)) = true;
    w.figures[PLUMTREE_PRUNES]++;
    send(node, peer, PLUMTREE_PRUNE, update, 0, false);
}

/* By the first who announced it with so many hops less. */
static void shorten(int node, int from, int update)
{
    const struct node *n = &w.nodes[node];
    const struct announced *a = &n->announced[update];
    int first = 0;

    while (first < a->count && n->hops[update] - a->hops[first] < w.setup->threshold)
        first++;
    if (w.setup->threshold == 0 || first == a->count)
        return;
    w.figures[PLUMTREE_OPTIMISED]++;
    w.figures[PLUMTREE_GRAFTS]++;
    *is_lazy(node, a->peers[first], tree_of(update)) = false;
    send(node, a->peers[first], PLUMTREE_GRAFT, update, 0, false);
    prune(node, from, update);
}

static void take_update(int node, int from, int update, int hops)
{
    if (w.nodes[node].knows[update]) {
        prune(node, from, update);
        return;
    }
    *is_lazy(node, from, tree_of(update)) = false;
    spread(node, from, update, hops);
    shorten(node, from, update);
}

/* ---- what the world tells ---- */

void slow_plumtree_receive(const struct net_event *e)
{
    bool *lazy = is_lazy(e->other, e->node, tree_of(e->about));

    if (e->kind == PLUMTREE_GOSSIP)
        take_update(e->other, e->node, e->about, e->ttl);
    else if (e->kind == PLUMTREE_IHAVE)
        for (int i = 0; i < e->list.count; i++)
            take_announcement(e->other, e->node, e->list.ids[i] % HOPS, e->list.ids[i] / HOPS);
    else if (e->kind == PLUMTREE_PRUNE)
        *lazy = true;
    else {
        *lazy = false;
        if (e->flag && w.nodes[e->other].knows[e->about])
            push(e->other, e->node, e->about);
    }
}

void slow_plumtree_timer(const struct net_event *timer)
{
    if (timer->kind == ASK) {
        ask_next(timer->node, timer->about);
        return;
    }
    w.nodes[timer->node].tells = false;
    for (int i = 0; i < w.setup->nodes; i++)
        tell(timer->node, i);
}

void slow_plumtree_peer(int node, int peer, bool is_there)
{
    struct node *n = &w.nodes[node];

    n->is_peer[peer] = is_there;
    for (int tree = 0; tree < w.setup->nodes; tree++)
        n->is_lazy[tree][peer] = false;
    if (is_there)
        return;
    n->queues[peer].count = 0;
    for (int u = 0; u < w.written; u++)
        for (int i = n->announced[u].count - 1; i >= 0; i--)
            if (n->announced[u].peers[i] == peer)
                forget(&n->announced[u], i);
}

void slow_plumtree_start(int node)
{
    struct node *n = &w.nodes[node];

    n->tells = false;
    for (int u = 0; u < w.setup->updates; u++) {
        n->asks[u] = false;
        n->announced[u].count = 0;
    }
    for (int i = 0; i < w.setup->nodes; i++)
        n->queues[i].count = 0;
}

void slow_plumtree_write(void)
{
    const int update = w.written++;

    do
        w.origin[update] = net_below(w.setup->origins);
    while (!net_is_up(w.origin[update]));
    w.times[update] = net_now();
    spread(w.origin[update], -1, update, 0);
}

/* ---- figures ---- */

void slow_plumtree_sent(const struct net_event *message)
{
    w.figures[message->kind - PLUMTREE_GOSSIP]++;
    if (message->kind == PLUMTREE_GOSSIP)
        w.copies[message->about]++;
}

void slow_plumtree_look(void)
{
    for (int u = 0; u < w.written; u++)
        look_at(u);
}

void slow_plumtree_begin(const struct plumtree_setup *setup, double *figures)
{
    memset(w.nodes, 0, (size_t)setup->nodes * sizeof *w.nodes);
    memset(w.copies, 0, sizeof w.copies);
    w.written = 0;
    for (int u = 0; u < UPDATES; u++)
        w.t90[u] = w.t99[u] = -1;
    w.setup = setup;
    w.figures = figures;
}

/* All the time that there was if one of them never came. */
static double mean_time(const int64_t *times)
{
    double sum = 0;

    for (int u = 0; u < w.setup->updates; u++)
        if (times[u] < 0)
            return (double)w.setup->end / SECOND;
        else
            sum += (double)times[u] / SECOND;
    return sum / w.setup->updates;
}

void slow_plumtree_end(void)
{
    double pairs = 0, known = 0, reached = 0, hops = 0, time = 0, rmr = 0, updates = 0;

    for (int u = 0; u < w.setup->updates; u++) {
        int others = 0, last = 0;

        for (int i = 0; i < w.setup->nodes; i++) {
            const struct node *n = &w.nodes[i];

            pairs += net_is_up(i);
            known += net_is_up(i) && n->knows[u];
            if (!n->knows[u] || i == w.origin[u])
                continue;
            others++;
            last = n->hops[u] > last ? n->hops[u] : last;
            hops += n->hops[u];
            time += (double)(n->learned[u] - w.times[u]) / SECOND;
        }
        reached += others;
        w.figures[PLUMTREE_LAST_HOP] += (double)last / w.setup->updates;
        updates += others > 0;
        rmr += others > 0 ? fmax(0, (double)w.copies[u] / others - 1) : 0;
    }
    w.figures[PLUMTREE_RELIABILITY] = known / pairs;
    w.figures[PLUMTREE_RMR] = rmr / fmax(updates, 1);
    w.figures[PLUMTREE_HOPS_MEAN] = hops / fmax(reached, 1);
    w.figures[PLUMTREE_T_AVG] = time / fmax(reached, 1);
    w.figures[PLUMTREE_T90] = mean_time(w.t90);
    w.figures[PLUMTREE_T99] = mean_time(w.t99);
}
