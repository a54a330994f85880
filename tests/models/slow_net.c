/* SPDX-License-Identifier: GPL-3.0-or-later */
/* slow_net.c - see slow_net.h. */
#include "tests/models/slow_net.h"

#include <assert.h>
#include <stddef.h>
#include <string.h>

#include <gsl/gsl_rng.h>

enum { TRIES = 7, WAITING = 30000 };

static struct world {
    const struct net_program *program;
    int64_t now;
    uint64_t number;
    struct net_event events[WAITING]; /* in no order; `order` is a heap of them */
    int order[WAITING], count;
    bool is_up[NET_WORLD_MAX], has_left[NET_WORLD_MAX];
    int life[NET_WORLD_MAX];
} w;

static gsl_rng *dice;

int64_t net_now(void)
{
    return w.now;
}

int net_below(int limit)
{
    return (int)gsl_rng_uniform_int(dice, (unsigned long)limit);
}

int64_t net_part_of(int64_t time)
{
    return (int64_t)(gsl_rng_uniform(dice) * (double)time);
}

/* ---- lists ---- */

static int place(const struct net_list *list, int id)
{
    for (int i = 0; i < list->count; i++)
        if (list->ids[i] == id)
            return i;
    return -1;
}

bool net_has(const struct net_list *list, int id)
{
    return place(list, id) >= 0;
}

void net_add(struct net_list *list, int id)
{
    assert(list->count < NET_LIST_MAX);
    list->ids[list->count++] = (short)id;
}

bool net_drop(struct net_list *list, int id)
{
    const int at = place(list, id);

    if (at >= 0)
        list->ids[at] = list->ids[--list->count];
    return at >= 0;
}

void net_take(const struct net_list *from, int most, struct net_list *list)
{
    struct net_list left = *from;

    for (; most > 0 && left.count > 0; most--) {
        const int id = left.ids[net_below(left.count)];

        net_drop(&left, id);
        net_add(list, id);
    }
}

int net_another(const struct net_list *from, int one, int two)
{
    struct net_list left = *from;

    net_drop(&left, one);
    net_drop(&left, two);
    return left.count ? left.ids[net_below(left.count)] : -1;
}

/* ---- events ---- */

static bool is_before(int i, int j)
{
    const struct net_event *a = &w.events[w.order[i]], *b = &w.events[w.order[j]];

    return a->time != b->time ? a->time < b->time : a->number < b->number;
}

static void swap(int i, int j)
{
    const int kept = w.order[i];

    w.order[i] = w.order[j];
    w.order[j] = kept;
}

static void expect(const struct net_event *event)
{
    int i = w.count++;

    assert(i < WAITING);
    w.events[w.order[i]] = *event;
    w.events[w.order[i]].number = w.number++;
    for (; i > 0 && is_before(i, (i - 1) / 2); i = (i - 1) / 2)
        swap(i, (i - 1) / 2);
}

static struct net_event next_event(void)
{
    const struct net_event first = w.events[w.order[0]];

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

void net_set_timer(int node, int kind, int about, int64_t delay)
{
    expect(&(struct net_event){ .time = w.now + delay,
                                .what = NET_TIMER,
                                .kind = kind,
                                .node = node,
                                .about = about,
                                .life = w.life[node] });
}

void net_repeat(const struct net_event *timer, int64_t period)
{
    net_set_timer(timer->node, timer->kind, timer->about, period);
}

void net_happens(int kind, int node, int64_t time)
{
    expect(&(struct net_event){ .time = time, .what = NET_WORLD, .kind = kind, .node = node });
}

/* ---- nodes and messages ---- */

bool net_is_up(int node)
{
    return w.is_up[node];
}

void net_set_up(int node, bool is_up)
{
    w.life[node] += is_up;
    w.is_up[node] = is_up;
}

void net_leave(int node)
{
    w.is_up[node] = false;
    w.has_left[node] = true;
}

static bool lives(const struct net_event *e)
{
    return w.is_up[e->node] && w.life[e->node] == e->life;
}

/* What met nobody: its sender waits for the end of the time that it has given it. */
static void wait_for_timeout(struct net_event *message)
{
    message->what = NET_TIMEOUT;
    message->time = message->sent + (w.program->retransmit << message->tries);
    if (!message->is_datagram)
        expect(message);
}

/* A connection: its sender learns of it as soon as word comes. */
static void refuse(struct net_event *message)
{
    message->what = NET_TIMEOUT;
    message->tries = TRIES;
    message->time = w.now + w.program->latency + net_part_of(w.program->latency_spread);
    if (!message->is_datagram)
        expect(message);
}

static void transmit(struct net_event *message)
{
    const struct net_program *p = w.program;

    p->sent(message);
    message->sent = w.now;
    message->what = NET_ARRIVAL;
    message->time = w.now + p->latency + net_part_of(p->latency_spread);
    if (gsl_rng_uniform(dice) < p->loss)
        wait_for_timeout(message);
    else
        expect(message);
}

void net_send(struct net_event message)
{
    message.tries = 0;
    message.life = w.life[message.node];
    transmit(&message);
}

static void handle(struct net_event *e)
{
    if (e->what == NET_WORLD)
        w.program->happen(e);
    else if (e->what == NET_ARRIVAL && w.is_up[e->other])
        w.program->receive(e);
    else if (e->what == NET_ARRIVAL && w.has_left[e->other])
        refuse(e);
    else if (e->what == NET_ARRIVAL)
        wait_for_timeout(e);
    else if (!lives(e))
        return;
    else if (e->what == NET_TIMER)
        w.program->timer(e);
    else if (++e->tries < TRIES)
        transmit(e);
    else
        w.program->fail(e);
}

void net_begin(const struct net_program *program, unsigned long seed)
{
    dice = gsl_rng_alloc(gsl_rng_taus2);
    gsl_rng_set(dice, seed);
    for (int i = 0; i < WAITING; i++)
        w.order[i] = i;
    memset(w.is_up, 0, sizeof w.is_up);
    memset(w.has_left, 0, sizeof w.has_left);
    memset(w.life, 0, sizeof w.life);
    w.count = 0;
    w.now = 0;
    w.program = program;
}

void net_go_on(void)
{
    while (w.count > 0 && w.events[w.order[0]].time < w.program->end) {
        struct net_event e = next_event();

        w.now = e.time;
        handle(&e);
    }
    gsl_rng_free(dice);
}
