/* SPDX-License-Identifier: GPL-3.0-or-later */
/* slow_hyparview.c - see slow_hyparview.h. */
#include "tests/models/slow_hyparview.h"

#include <math.h>
#include <string.h>

enum { SHUFFLE, LOOK, BEAT, GIVE_UP }; /* timers */
enum { COME, WRITE, CRASH };           /* what happens */

struct node {
    struct net_list active, passive, asked, told;
    int pending, requests; /* whom it has asked, -1: nobody; how often it has asked */
};

static struct world {
    const struct hyparview_setup *setup;
    const struct slow_broadcast *broadcast;
    double *figures;
    struct node nodes[NET_NODES_MAX];
    bool is_written;
} w;

static void send(int node, int other, int kind, int about, int ttl, bool flag)
{
    net_send((struct net_event){
        .node = node, .other = other, .kind = kind, .about = about, .ttl = ttl, .flag = flag });
}

/* ---- views ---- */

/* In a full view in the place of one of `sent`, or else of a random one. */
static void keep(int node, int id, struct net_list *sent)
{
    struct node *n = &w.nodes[node];

    if (id == node || net_has(&n->active, id) || net_has(&n->passive, id) || w.setup->passive == 0)
        return;
    while (n->passive.count >= w.setup->passive && sent && sent->count > 0)
        net_drop(&n->passive, sent->ids[--sent->count]);
    if (n->passive.count >= w.setup->passive)
        net_drop(&n->passive, n->passive.ids[net_below(n->passive.count)]);
    net_add(&n->passive, id);
}

static bool unlink_from(int node, int peer)
{
    const bool was_there = net_drop(&w.nodes[node].active, peer);

    if (was_there)
        w.broadcast->peer(node, peer, false);
    return was_there;
}

static void link_with(int node, int peer)
{
    struct node *n = &w.nodes[node];

    if (net_has(&n->active, peer))
        return;
    if (n->active.count >= w.setup->active) {
        const int other = n->active.ids[net_below(n->active.count)];

        unlink_from(node, other);
        w.figures[HYPARVIEW_EVICTIONS]++;
        send(node, other, HYPARVIEW_DISCONNECT, 0, 0, false);
        net_drop(&n->passive, peer);
        keep(node, other, NULL);
    }
    net_drop(&n->passive, peer);
    net_add(&n->active, peer);
    w.broadcast->peer(node, peer, true);
    w.figures[HYPARVIEW_LINKS]++;
}

static void begin_request(int node, int peer)
{
    struct node *n = &w.nodes[node];

    n->pending = peer;
    w.figures[HYPARVIEW_REQUESTS]++;
    net_set_timer(node, GIVE_UP, ++n->requests, w.setup->request_timeout);
}

static void join(int node)
{
    if (node == 0)
        return;
    begin_request(node, 0);
    send(node, 0, HYPARVIEW_JOIN, node, 0, false);
}

static void request(int node, int peer, bool is_urgent)
{
    send(node, peer, HYPARVIEW_REQUEST, 0, 0, is_urgent);
}

static void ask_next(int node)
{
    struct node *n = &w.nodes[node];
    struct net_list left = n->passive;
    int peer;

    n->pending = -1;
    if (n->active.count >= w.setup->active)
        return;
    for (int i = 0; i < n->asked.count; i++)
        net_drop(&left, n->asked.ids[i]);
    peer = net_another(&left, -1, -1);
    if (peer < 0) {
        if (n->active.count + n->passive.count == 0)
            join(node);
        return;
    }
    net_add(&n->asked, peer);
    begin_request(node, peer);
    request(node, peer, n->active.count == 0);
}

static void replace(int node, int wanted)
{
    struct node *n = &w.nodes[node];

    if (n->active.count >= wanted)
        return;
    n->asked.count = 0;
    if (n->pending >= 0)
        net_add(&n->asked, n->pending);
    else
        ask_next(node);
}

static void forget(int node, int peer)
{
    struct node *n = &w.nodes[node];

    net_drop(&n->passive, peer);
    net_drop(&n->asked, peer); /* who hears of it again may ask it again */
    if (n->pending == peer)
        ask_next(node);
}

/* ---- messages ---- */

static void take_join(int node, int newcomer)
{
    link_with(node, newcomer);
    send(node, newcomer, HYPARVIEW_ANSWER, true, 0, true);
    for (int i = 0; i < w.nodes[node].active.count; i++)
        if (w.nodes[node].active.ids[i] != newcomer)
            send(node, w.nodes[node].active.ids[i], HYPARVIEW_FORWARD_JOIN, newcomer, w.setup->arwl,
                 false);
}

static void walk_on(const struct net_event *e)
{
    struct node *n = &w.nodes[e->other];
    const int next = net_another(&n->active, e->node, e->about);

    if (e->ttl == 0 || next < 0) {
        if (e->about != e->other && !net_has(&n->active, e->about))
            request(e->other, e->about, true);
        return;
    }
    if (e->ttl == w.setup->prwl)
        keep(e->other, e->about, NULL);
    send(e->other, next, HYPARVIEW_FORWARD_JOIN, e->about, e->ttl - 1, false);
}

static void take_request(int node, int from, bool is_urgent)
{
    struct node *n = &w.nodes[node];
    const bool fits = is_urgent || net_has(&n->active, from) || n->active.count < w.setup->active;

    if (fits)
        link_with(node, from);
    else
        w.figures[HYPARVIEW_REFUSALS]++;
    send(node, from, HYPARVIEW_ANSWER, is_urgent, 0, fits);
}

static void take_answer(int node, int from, bool is_yes, bool was_urgent)
{
    const struct node *n = &w.nodes[node];

    if (is_yes && !was_urgent && !net_has(&n->active, from) && n->active.count >= w.setup->active)
        send(node, from, HYPARVIEW_DISCONNECT, 0, 0, false);
    else if (is_yes)
        link_with(node, from);
    if (w.nodes[node].pending == from)
        ask_next(node);
}

/* `sent`, NULL: nothing, is used up. */
static void take_in(int node, const struct net_list *got, struct net_list *sent)
{
    for (int i = 0; i < got->count; i++)
        keep(node, got->ids[i], sent);
}

static void shuffle_on(const struct net_event *e)
{
    struct node *n = &w.nodes[e->other];
    const int next = net_another(&n->active, e->node, e->about);
    struct net_event on = *e;

    if (e->ttl > 0 && next >= 0) {
        on.node = e->other;
        on.other = next;
        on.ttl--;
        net_send(on);
        return;
    }
    if (e->about == e->other)
        return;
    on = (struct net_event){ .node = e->other, .other = e->about, .kind = HYPARVIEW_REPLY };
    net_take(&n->passive, e->list.count, &on.list);
    net_send(on);
    take_in(e->other, &e->list, &on.list);
}

static bool goes_over_links(int kind)
{
    return kind == HYPARVIEW_FORWARD_JOIN || kind == HYPARVIEW_SHUFFLE ||
           kind == HYPARVIEW_KEEP_ALIVE;
}

static void receive(const struct net_event *e)
{
    struct node *n = &w.nodes[e->other];

    if (goes_over_links(e->kind) && !net_has(&n->active, e->node))
        send(e->other, e->node, HYPARVIEW_DISCONNECT, 0, 0, false);
    if (e->kind == HYPARVIEW_JOIN)
        take_join(e->other, e->node);
    else if (e->kind == HYPARVIEW_FORWARD_JOIN)
        walk_on(e);
    else if (e->kind == HYPARVIEW_REQUEST)
        take_request(e->other, e->node, e->flag);
    else if (e->kind == HYPARVIEW_ANSWER)
        take_answer(e->other, e->node, e->flag, e->about);
    else if (e->kind == HYPARVIEW_SHUFFLE)
        shuffle_on(e);
    else if (e->kind == HYPARVIEW_REPLY) {
        take_in(e->other, &e->list, &n->told);
        if (w.setup->promotion_interval > 0)
            replace(e->other, w.setup->active_min);
    } else if (e->kind == HYPARVIEW_DISCONNECT) {
        if (unlink_from(e->other, e->node)) {
            keep(e->other, e->node, NULL);
            if (w.setup->refill)
                replace(e->other, w.setup->active);
        }
    } else if (e->kind >= NET_BROADCAST)
        w.broadcast->receive(e);
}

static void fail(const struct net_event *e)
{
    if (unlink_from(e->node, e->other)) {
        w.figures[HYPARVIEW_FAILURES]++;
        forget(e->node, e->other);
        replace(e->node, w.setup->active);
    } else
        forget(e->node, e->other);
}

/* ---- timers ---- */

static void shuffle(int node)
{
    struct node *n = &w.nodes[node];
    const int to = net_another(&n->active, -1, -1);
    struct net_event e = { .node = node,
                           .other = to,
                           .kind = HYPARVIEW_SHUFFLE,
                           .about = node,
                           .ttl = w.setup->arwl - 1 };
    struct net_list others;

    if (to < 0) {
        replace(node, w.setup->active);
        return;
    }
    n->told.count = 0;
    net_take(&n->passive, w.setup->shuffle_passive, &n->told);
    net_add(&e.list, node);
    others = n->active;
    net_drop(&others, to);
    net_take(&others, w.setup->shuffle_active, &e.list);
    for (int i = 0; i < n->told.count; i++)
        net_add(&e.list, n->told.ids[i]);
    net_send(e);
}

static void repeat(int node, int kind, int64_t period)
{
    if (period > 0)
        net_set_timer(node, kind, 0, net_part_of(period));
}

static void come(int node)
{
    net_set_up(node, true);
    w.nodes[node].pending = -1;
    repeat(node, SHUFFLE, w.setup->interval);
    repeat(node, LOOK, w.setup->promotion_interval);
    repeat(node, BEAT, w.setup->keep_alive);
    join(node);
}

static void beat(int node)
{
    const struct net_list active = w.nodes[node].active;

    for (int i = 0; i < active.count; i++)
        send(node, active.ids[i], HYPARVIEW_KEEP_ALIVE, 0, 0, false);
}

static void fire(const struct net_event *e)
{
    const struct hyparview_setup *s = w.setup;

    if (e->kind >= NET_BROADCAST)
        w.broadcast->timer(e);
    else if (e->kind == SHUFFLE) {
        shuffle(e->node);
        net_repeat(e, s->interval);
    } else if (e->kind == LOOK) {
        replace(e->node, s->active_min);
        net_repeat(e, s->promotion_interval);
    } else if (e->kind == BEAT) {
        beat(e->node);
        net_repeat(e, s->keep_alive);
    } else if (w.nodes[e->node].pending >= 0 && w.nodes[e->node].requests == e->about)
        forget(e->node, w.nodes[e->node].pending);
}

/* ---- world ---- */

void hyparview_look(hyparview_views views, const bool *is_up, int nodes, double *three,
                    double *dead)
{
    double up = 0, squares = 0;

    three[0] = three[1] = three[2] = *dead = 0;
    for (int i = 0; i < nodes; i++) {
        int size = 0;

        for (int j = 0; j < nodes && is_up[i]; j++) {
            size += views[i][j] && is_up[j];
            *dead += views[i][j] && !is_up[j];
            for (int k = 0; k < j && views[i][j]; k++)
                three[2] += views[i][k] && views[j][k] && is_up[j] && is_up[k];
        }
        up += is_up[i];
        three[0] += size;
        squares += size * size;
    }
    three[0] /= up;
    three[1] = sqrt(fmax(squares / up - three[0] * three[0], 0));
}

static void look_around(enum hyparview_figure first, double *dead)
{
    hyparview_views views = { 0 };
    bool is_up[HYPARVIEW_NODES_MAX];

    for (int i = 0; i < w.setup->nodes; i++) {
        is_up[i] = net_is_up(i);
        for (int k = 0; k < w.nodes[i].active.count; k++)
            views[i][w.nodes[i].active.ids[k]] = true;
    }
    hyparview_look(views, is_up, w.setup->nodes, &w.figures[first], dead);
}

static void set_out(void)
{
    const struct hyparview_setup *s = w.setup;
    struct net_list left = { 0 }, order = { 0 };

    for (int i = 1; i < s->nodes; i++)
        net_add(&left, i);
    net_take(&left, s->nodes, &order);
    net_happens(COME, 0, 0);
    for (int i = 0; i < order.count; i++)
        net_happens(COME, order.ids[i], (i + 1) * s->join_every);
    for (int i = 0; i < s->updates; i++)
        net_happens(WRITE, 0, s->first_update + i * s->every);
    if (s->crashed > 0)
        net_happens(CRASH, 0, s->crash);
}

static void crash(void)
{
    for (int i = 0; i < w.setup->crashed; i++)
        net_set_up(w.setup->first_crashed + i, false);
    w.broadcast->crashed();
}

static void happen(const struct net_event *e)
{
    double none;

    if (e->kind == COME)
        come(e->node);
    else if (e->kind == CRASH)
        crash();
    else {
        if (!w.is_written)
            look_around(HYPARVIEW_VIEW_MEAN, &none);
        w.is_written = true;
        w.broadcast->write();
    }
}

static void count(const struct net_event *message)
{
    if (message->kind >= NET_BROADCAST)
        w.broadcast->sent(message);
    else
        w.figures[message->kind]++;
}

void slow_hyparview_run(const struct hyparview_setup *setup, const struct slow_broadcast *broadcast,
                        unsigned long seed, double figures[HYPARVIEW_FIGURES])
{
    const struct net_program program = { .latency = setup->latency,
                                         .latency_spread = setup->latency_spread,
                                         .retransmit = setup->retransmit,
                                         .end = setup->end,
                                         .sent = count,
                                         .receive = receive,
                                         .fail = fail,
                                         .timer = fire,
                                         .happen = happen };

    memset(figures, 0, HYPARVIEW_FIGURES * sizeof *figures);
    memset(w.nodes, 0, sizeof w.nodes);
    w.is_written = false;
    w.setup = setup;
    w.broadcast = broadcast;
    w.figures = figures;
    net_begin(&program, seed);
    set_out();
    net_go_on();
    look_around(HYPARVIEW_VIEW_MEAN_END, &figures[HYPARVIEW_DEAD_END]);
}
