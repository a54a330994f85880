/* SPDX-License-Identifier: GPL-3.0-or-later */
/* slow_hyparview.c - see slow_hyparview.h. */
#include "tests/models/slow_hyparview.h"

#include <assert.h>
#include <math.h>
#include <string.h>

#include <gsl/gsl_rng.h>

enum { NODES = HYPARVIEW_NODES_MAX, TRIES = 7, WAITING = 4000 };
enum what { ARRIVAL, TIMEOUT, COME, SHUFFLE, LOOK, BEAT, GIVE_UP, WRITE, CRASH };
enum { FLOOD = HYPARVIEW_KINDS };

struct list {
    int count, ids[NODES];
};

struct event {
    int64_t time, sent;
    uint64_t number;
    enum what what;
    int node, other; /* of a message: sender and receiver */
    int kind, about; /* the newcomer, or who shuffles; an update; a request that is given up */
    int ttl;         /* or the hops of an update */
    bool flag;       /* of high priority; accepted */
    struct list list;
    int tries;
};

struct node {
    bool is_up;
    struct list active, passive, asked, told;
    int pending, requests; /* whom it has asked, -1: nobody; how often it has asked */
    unsigned known;
};

static struct world {
    const struct hyparview_setup *setup;
    double *figures;
    int64_t now;
    uint64_t number;
    struct event events[WAITING]; /* in no order; `order` is a heap of them */
    int order[WAITING], count;
    struct node nodes[NODES];
    int written;
} w;

static gsl_rng *dice;

static int below(int limit)
{
    return (int)gsl_rng_uniform_int(dice, (unsigned long)limit);
}

/* ---- lists ---- */

static int place(const struct list *list, int id)
{
    for (int i = 0; i < list->count; i++)
        if (list->ids[i] == id)
            return i;
    return -1;
}

static bool has(const struct list *list, int id)
{
    return place(list, id) >= 0;
}

static void add(struct list *list, int id)
{
    list->ids[list->count++] = id;
}

static bool drop(struct list *list, int id)
{
    const int at = place(list, id);

    if (at >= 0)
        list->ids[at] = list->ids[--list->count];
    return at >= 0;
}

/* Up to `most` random ones of `from`. */
static void take(const struct list *from, int most, struct list *list)
{
    struct list left = *from;

    for (; most > 0 && left.count > 0; most--) {
        const int id = left.ids[below(left.count)];

        drop(&left, id);
        add(list, id);
    }
}

/* A random one that is neither of two; -1: there is none. */
static int another(const struct list *from, int one, int two)
{
    struct list left = *from;

    drop(&left, one);
    drop(&left, two);
    return left.count ? left.ids[below(left.count)] : -1;
}

/* ---- events ---- */

static bool is_before(int i, int j)
{
    const struct event *a = &w.events[w.order[i]], *b = &w.events[w.order[j]];

    return a->time != b->time ? a->time < b->time : a->number < b->number;
}

static void swap(int i, int j)
{
    const int kept = w.order[i];

    w.order[i] = w.order[j];
    w.order[j] = kept;
}

static void expect(struct event event)
{
    int i = w.count++;

    assert(i < WAITING);
    event.number = w.number++;
    w.events[w.order[i]] = event;
    for (; i > 0 && is_before(i, (i - 1) / 2); i = (i - 1) / 2)
        swap(i, (i - 1) / 2);
}

static struct event next_event(void)
{
    const struct event first = w.events[w.order[0]];

    swap(0, --w.count);
    for (int i = 0, child; (child = 2 * i + 1) < w.count; i = child) {
        if (child + 1 < w.count && is_before(child + 1, child))
            child++;
        if (!is_before(child, i))
            break;
        swap(i, child);
    }
    return first;
}

static void transmit(struct event message)
{
    const struct hyparview_setup *s = w.setup;

    w.figures[message.kind == FLOOD ? HYPARVIEW_COPIES + message.about : message.kind]++;
    message.what = ARRIVAL;
    message.sent = w.now;
    message.time =
        w.now + s->latency + (int64_t)(gsl_rng_uniform(dice) * (double)s->latency_spread);
    expect(message);
}

static void send(int node, int other, int kind, int about, int ttl, bool flag)
{
    transmit((struct event){
        .node = node, .other = other, .kind = kind, .about = about, .ttl = ttl, .flag = flag });
}

/* ---- views ---- */

/* In a full view in the place of one of `sent`, or else of a random one. */
static void keep(int node, int id, struct list *sent)
{
    struct node *n = &w.nodes[node];

    if (id == node || has(&n->active, id) || has(&n->passive, id) || w.setup->passive == 0)
        return;
    while (n->passive.count >= w.setup->passive && sent && sent->count > 0)
        drop(&n->passive, sent->ids[--sent->count]);
    if (n->passive.count >= w.setup->passive)
        drop(&n->passive, n->passive.ids[below(n->passive.count)]);
    add(&n->passive, id);
}

static void link(int node, int peer)
{
    struct node *n = &w.nodes[node];

    if (has(&n->active, peer))
        return;
    if (n->active.count >= w.setup->active) {
        const int other = n->active.ids[below(n->active.count)];

        drop(&n->active, other);
        w.figures[HYPARVIEW_EVICTIONS]++;
        send(node, other, HYPARVIEW_DISCONNECT, 0, 0, false);
        drop(&n->passive, peer);
        keep(node, other, NULL);
    }
    drop(&n->passive, peer);
    add(&n->active, peer);
    w.figures[HYPARVIEW_LINKS]++;
}

static void join(int node)
{
    if (node == 0)
        return;
    w.figures[HYPARVIEW_REQUESTS]++;
    send(node, 0, HYPARVIEW_JOIN, node, 0, false);
}

static void request(int node, int peer, bool is_urgent)
{
    send(node, peer, HYPARVIEW_REQUEST, 0, 0, is_urgent);
}

static void ask_next(int node)
{
    struct node *n = &w.nodes[node];
    struct list left = n->passive;
    int peer;

    n->pending = -1;
    if (n->active.count >= w.setup->active)
        return;
    for (int i = 0; i < n->asked.count; i++)
        drop(&left, n->asked.ids[i]);
    peer = another(&left, -1, -1);
    if (peer < 0) {
        if (n->active.count + n->passive.count == 0)
            join(node);
        return;
    }
    add(&n->asked, peer);
    n->pending = peer;
    w.figures[HYPARVIEW_REQUESTS]++;
    request(node, peer, n->active.count == 0);
    expect((struct event){ .time = w.now + w.setup->request_timeout,
                           .what = GIVE_UP,
                           .node = node,
                           .about = ++n->requests });
}

static void replace(int node, int wanted)
{
    struct node *n = &w.nodes[node];

    if (n->active.count >= wanted)
        return;
    n->asked.count = 0;
    if (n->pending >= 0)
        add(&n->asked, n->pending);
    else
        ask_next(node);
}

static void forget(int node, int peer)
{
    struct node *n = &w.nodes[node];

    drop(&n->passive, peer);
    if (n->pending == peer)
        ask_next(node);
}

/* ---- messages ---- */

static void take_join(int node, int newcomer)
{
    link(node, newcomer);
    send(node, newcomer, HYPARVIEW_ANSWER, 0, 0, true);
    for (int i = 0; i < w.nodes[node].active.count; i++)
        if (w.nodes[node].active.ids[i] != newcomer)
            send(node, w.nodes[node].active.ids[i], HYPARVIEW_FORWARD_JOIN, newcomer, w.setup->arwl,
                 false);
}

static void walk_on(const struct event *e)
{
    struct node *n = &w.nodes[e->other];
    const int next = another(&n->active, e->node, e->about);

    if (e->ttl == 0 || next < 0) {
        if (e->about != e->other && !has(&n->active, e->about))
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
    const bool fits = is_urgent || has(&n->active, from) || n->active.count < w.setup->active;

    if (fits)
        link(node, from);
    else
        w.figures[HYPARVIEW_REFUSALS]++;
    send(node, from, HYPARVIEW_ANSWER, 0, 0, fits);
}

static void take_answer(int node, int from, bool is_yes)
{
    const struct node *n = &w.nodes[node];

    if (is_yes && n->pending == from && !has(&n->active, from) &&
        n->active.count >= w.setup->active)
        send(node, from, HYPARVIEW_DISCONNECT, 0, 0, false);
    else if (is_yes)
        link(node, from);
    if (w.nodes[node].pending == from)
        ask_next(node);
}

/* `sent`, NULL: nothing, is used up. */
static void take_in(int node, const struct list *got, struct list *sent)
{
    for (int i = 0; i < got->count; i++)
        keep(node, got->ids[i], sent);
    if (w.setup->promotion_interval > 0)
        replace(node, w.setup->active_min);
}

static void shuffle_on(const struct event *e)
{
    struct node *n = &w.nodes[e->other];
    const int next = another(&n->active, e->node, e->about);
    struct event on = *e;

    if (e->ttl > 0 && next >= 0) {
        on.node = e->other;
        on.other = next;
        on.ttl--;
        on.tries = 0;
        transmit(on);
        return;
    }
    if (e->about == e->other)
        return;
    on = (struct event){ .node = e->other, .other = e->about, .kind = HYPARVIEW_REPLY };
    take(&n->passive, e->list.count, &on.list);
    transmit(on);
    take_in(e->other, &e->list, &on.list);
}

static void spread(int node, int from, int update, int hops)
{
    struct node *n = &w.nodes[node];

    if (n->known >> update & 1)
        return;
    n->known |= 1U << update;
    w.figures[HYPARVIEW_LEARNED + update]++;
    if (w.figures[HYPARVIEW_LAST_HOP + update] < hops)
        w.figures[HYPARVIEW_LAST_HOP + update] = hops;
    for (int i = 0; i < n->active.count; i++)
        if (n->active.ids[i] != from)
            send(node, n->active.ids[i], FLOOD, update, hops + 1, false);
}

static bool goes_over_links(int kind)
{
    return kind == HYPARVIEW_FORWARD_JOIN || kind == HYPARVIEW_SHUFFLE ||
           kind == HYPARVIEW_KEEP_ALIVE;
}

static void receive(const struct event *e)
{
    struct node *n = &w.nodes[e->other];

    if (goes_over_links(e->kind) && !has(&n->active, e->node))
        send(e->other, e->node, HYPARVIEW_DISCONNECT, 0, 0, false);
    if (e->kind == HYPARVIEW_JOIN)
        take_join(e->other, e->node);
    else if (e->kind == HYPARVIEW_FORWARD_JOIN)
        walk_on(e);
    else if (e->kind == HYPARVIEW_REQUEST)
        take_request(e->other, e->node, e->flag);
    else if (e->kind == HYPARVIEW_ANSWER)
        take_answer(e->other, e->node, e->flag);
    else if (e->kind == HYPARVIEW_SHUFFLE)
        shuffle_on(e);
    else if (e->kind == HYPARVIEW_REPLY)
        take_in(e->other, &e->list, &n->told);
    else if (e->kind == HYPARVIEW_DISCONNECT) {
        if (drop(&n->active, e->node)) {
            keep(e->other, e->node, NULL);
            if (w.setup->refill)
                replace(e->other, w.setup->active);
        }
    } else if (e->kind == FLOOD)
        spread(e->other, e->node, e->about, e->ttl);
}

static void fail(const struct event *e)
{
    struct node *n = &w.nodes[e->node];

    if (drop(&n->active, e->other)) {
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
    const int to = another(&n->active, -1, -1);
    struct event e = { .node = node,
                       .other = to,
                       .kind = HYPARVIEW_SHUFFLE,
                       .about = node,
                       .ttl = w.setup->arwl - 1 };
    struct list others;

    if (to < 0)
        return;
    n->told.count = 0;
    take(&n->passive, w.setup->shuffle_passive, &n->told);
    add(&e.list, node);
    others = n->active;
    drop(&others, to);
    take(&others, w.setup->shuffle_active, &e.list);
    for (int i = 0; i < n->told.count; i++)
        add(&e.list, n->told.ids[i]);
    transmit(e);
}

static void again(const struct event *e, int64_t period)
{
    struct event next = *e;

    next.time += period;
    expect(next);
}

static void repeat(int node, enum what what, int64_t period)
{
    if (period > 0)
        expect((struct event){ .time = w.now + (int64_t)(gsl_rng_uniform(dice) * (double)period),
                               .what = what,
                               .node = node });
}

static void come(int node)
{
    struct node *n = &w.nodes[node];

    n->is_up = true;
    n->pending = -1;
    repeat(node, SHUFFLE, w.setup->interval);
    repeat(node, LOOK, w.setup->promotion_interval);
    repeat(node, BEAT, w.setup->keep_alive);
    join(node);
    if (node != 0)
        link(node, 0);
}

static void beat(int node)
{
    const struct list active = w.nodes[node].active;

    for (int i = 0; i < active.count; i++)
        send(node, active.ids[i], HYPARVIEW_KEEP_ALIVE, 0, 0, false);
}

static void try_again(struct event message)
{
    if (++message.tries < TRIES)
        transmit(message);
    else
        fail(&message);
}

static void handle_message(const struct event *e)
{
    struct event late = *e;

    if (e->what == ARRIVAL && w.nodes[e->other].is_up)
        receive(e);
    else if (e->what == ARRIVAL) {
        late.what = TIMEOUT;
        late.time = e->sent + (w.setup->retransmit << e->tries);
        expect(late);
    } else if (w.nodes[e->node].is_up)
        try_again(late);
}

static void handle_timer(const struct event *e)
{
    const struct hyparview_setup *s = w.setup;

    if (!w.nodes[e->node].is_up)
        return;
    if (e->what == SHUFFLE) {
        shuffle(e->node);
        again(e, s->interval);
    } else if (e->what == LOOK) {
        replace(e->node, s->active_min);
        again(e, s->promotion_interval);
    } else if (e->what == BEAT) {
        beat(e->node);
        again(e, s->keep_alive);
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
    bool views[NODES][NODES] = { 0 }, is_up[NODES];

    for (int i = 0; i < w.setup->nodes; i++) {
        is_up[i] = w.nodes[i].is_up;
        for (int k = 0; k < w.nodes[i].active.count; k++)
            views[i][w.nodes[i].active.ids[k]] = true;
    }
    hyparview_look(views, is_up, w.setup->nodes, &w.figures[first], dead);
}

static void set_out(void)
{
    const struct hyparview_setup *s = w.setup;
    struct list left = { 0 }, order = { 0 };

    for (int i = 1; i < s->nodes; i++)
        add(&left, i);
    take(&left, s->nodes, &order);
    expect((struct event){ .what = COME });
    for (int i = 0; i < order.count; i++)
        expect(
            (struct event){ .time = (i + 1) * s->join_every, .what = COME, .node = order.ids[i] });
    for (int i = 0; i < HYPARVIEW_UPDATES; i++)
        expect((struct event){ .time = s->first_update + i * s->every, .what = WRITE });
    for (int i = 0; i < s->crashed; i++)
        expect((struct event){ .time = s->crash, .what = CRASH, .node = s->first_crashed + i });
}

static void handle(const struct event *e)
{
    double none;

    if (e->what == ARRIVAL || e->what == TIMEOUT)
        handle_message(e);
    else if (e->what == COME)
        come(e->node);
    else if (e->what == CRASH)
        w.nodes[e->node].is_up = false;
    else if (e->what == WRITE) {
        if (w.written == 0)
            look_around(HYPARVIEW_VIEW_MEAN, &none);
        spread(below(w.setup->origins), -1, w.written++, 0);
    } else
        handle_timer(e);
}

void slow_hyparview_run(const struct hyparview_setup *setup, unsigned long seed,
                        double figures[HYPARVIEW_FIGURES])
{
    dice = gsl_rng_alloc(gsl_rng_taus2);
    gsl_rng_set(dice, seed);
    memset(figures, 0, HYPARVIEW_FIGURES * sizeof *figures);
    memset(w.nodes, 0, sizeof w.nodes);
    for (int i = 0; i < WAITING; i++)
        w.order[i] = i;
    w.count = w.written = 0;
    w.now = 0;
    w.setup = setup;
    w.figures = figures;
    set_out();
    while (w.count > 0 && w.events[w.order[0]].time < setup->end) {
        const struct event e = next_event();

        w.now = e.time;
        handle(&e);
    }
    look_around(HYPARVIEW_VIEW_MEAN_END, &figures[HYPARVIEW_DEAD_END]);
    gsl_rng_free(dice);
}
