/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * heap.c - W1 and W2 as one would write them in an afternoon: the baseline of the benchmark.
 *
 * One binary heap holds all that is to come, timers and messages alike; the earliest is taken
 * out, handled, and what it causes is put in.  Random numbers come from one fast stream.  O(log n)
 * an event, and from some 1e5 nodes on most of these steps miss the cache.
 *
 * tests/bench/programs.bats checks that it agrees with limit.c.
 */
#include "bench/work.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>

enum kind { TIMER, CALL, ANSWER };

struct event {
    int64_t when; /* ns */
    uint32_t node;
    uint32_t from; /* CALL: who is to be answered */
    uint32_t kind;
    uint32_t knows; /* the message carries the rumor */
};

struct run {
    struct event *heap; /* heap[i] is no later than heap[2i+1] and heap[2i+2] */
    uint64_t count, capacity;
    uint8_t *knows; /* by node */
    uint32_t nodes;
    uint64_t random[4];
};

/* xoshiro256++ (Blackman and Vigna, 2019, public domain). */
static uint64_t rotate(uint64_t x, int by)
{
    return x << by | x >> (64 - by);
}

static uint64_t draw(struct run *r)
{
    uint64_t *s = r->random;
    const uint64_t out = rotate(s[0] + s[3], 23) + s[0], t = s[1] << 17;

    s[2] ^= s[0];
    s[3] ^= s[1];
    s[1] ^= s[2];
    s[0] ^= s[3];
    s[2] ^= t;
    s[3] = rotate(s[3], 45);
    return out;
}

static double uniform(struct run *r) /* in (0, 1) */
{
    return ((double)(draw(r) >> 12) + 0.5) * 0x1p-52;
}

static void seed(struct run *r, uint64_t s) /* by splitmix64, as the authors advise */
{
    for (int i = 0; i < 4; i++) {
        uint64_t z = s += 0x9e3779b97f4a7c15u;

        z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
        z = (z ^ z >> 27) * 0x94d049bb133111ebu;
        r->random[i] = z ^ z >> 31;
    }
}

static void push(struct run *r, struct event e)
{
    uint64_t i = r->count++;

    if (i == r->capacity) {
        r->capacity *= 2;
        r->heap = work_resize(r->heap, r->capacity * sizeof *r->heap);
    }
    for (; i && r->heap[(i - 1) / 2].when > e.when; i = (i - 1) / 2)
        r->heap[i] = r->heap[(i - 1) / 2];
    r->heap[i] = e;
}

static struct event pop(struct run *r)
{
    const struct event first = r->heap[0], last = r->heap[--r->count];
    uint64_t i = 0;

    for (uint64_t child; (child = 2 * i + 1) < r->count; i = child) {
        if (child + 1 < r->count && r->heap[child + 1].when < r->heap[child].when)
            child++;
        if (r->heap[child].when >= last.when)
            break;
        r->heap[i] = r->heap[child];
    }
    r->heap[i] = last;
    return first;
}

static void send(struct run *r, int64_t now, uint32_t from, uint32_t to, enum kind kind)
{
    if (uniform(r) < WORK_LOSS)
        return;
    push(r, (struct event){ .when = now + (int64_t)(-log(uniform(r)) * WORK_LATENCY_S * 1e9),
                            .node = to,
                            .from = from,
                            .kind = kind,
                            .knows = r->knows[from] });
}

static uint32_t peer_of(struct run *r, uint32_t node)
{
    const uint32_t peer = (uint32_t)((draw(r) >> 32) * (r->nodes - 1) >> 32);

    return peer + (peer >= node);
}

static struct outcome run(const struct work *w, struct run *r)
{
    struct outcome o = { 0 };
    uint32_t informed = 1;

    r->knows[(draw(r) >> 32) * w->nodes >> 32] = 1;
    for (uint32_t i = 0; i < w->nodes; i++)
        push(r, (struct event){ .when = (int64_t)(uniform(r) * WORK_INTERVAL_S * 1e9), .node = i });
    while (informed < w->nodes) {
        struct event e = pop(r);

        o.events++;
        if (e.kind == TIMER) {
            if (w->number == 2 || r->knows[e.node]) {
                send(r, e.when, e.node, peer_of(r, e.node), CALL);
                o.messages++;
            }
            e.when += (int64_t)(WORK_INTERVAL_S * 1e9);
            push(r, e);
            continue;
        }
        if (r->knows[e.node] && w->number == 2 && e.kind == CALL) {
            send(r, e.when, e.node, e.from, ANSWER);
            o.messages++;
        } else if (e.knows && !r->knows[e.node]) {
            r->knows[e.node] = 1;
            informed++;
            o.t_last_s = (double)e.when * 1e-9;
        }
    }
    return o;
}

int main(int argc, char **argv)
{
    const struct work w = work_begin(argc, argv);
    struct run r = { .nodes = w.nodes, .capacity = w.nodes + w.nodes / 4 + 64 };

    r.heap = work_resize(NULL, r.capacity * sizeof *r.heap);
    r.knows = work_allocate(w.nodes);
    seed(&r, w.seed);
    const struct outcome o = run(&w, &r);
    work_end(&w, &o);
    return 0;
}
