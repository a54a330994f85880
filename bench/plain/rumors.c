/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * rumors.c - a thousand rumors told while they are hot: the plain program of bench/rumors.yaml.
 *
 * What a node knows, what of it is hot and what a message carries are arrays of bits; each node
 * counts, for each rumor, the contacts in a row that were in vain.  Who is told rumors says which
 * it needed, which sets the teller's counters back, and which it knew; after K of these the teller
 * loses interest.  The timer of a node stops when nothing is hot there, so the run ends by itself.
 */
#include "bench/bits.h"
#include "bench/queue.h"
#include "bench/random.h"
#include "bench/work.h"

#include <stdbool.h>
#include <string.h>

enum { K = 3, RUMORS = 1000, WORDS = (RUMORS + 63) / 64 };
enum kind { TIMER, RUMOR, NEEDED, KNEW };

struct node {
    uint64_t known[WORDS], hot[WORDS];
    uint8_t in_vain[RUMORS];
    bool is_asleep; /* its timer has stopped */
    int64_t phase;  /* of its timer, ns */
};

struct run {
    struct queue queue; /* a message's load: the number of its bits */
    struct bits_pool pool;
    struct random random;
    struct node *node;
    struct outcome o;
};

/* Sends what is in both `a` and `b`, or with `without` what is in `a` only; nothing if that is
 * nothing.  False: it was nothing. */
static bool send(struct run *r, const struct event *now, uint32_t to, enum kind kind,
                 const uint64_t *a, const uint64_t *b, bool without)
{
    const uint32_t number = bits_take(&r->pool);
    uint64_t *bits = bits_of(&r->pool, number), any = 0;

    for (int i = 0; i < WORDS; i++)
        any |= bits[i] = a[i] & (without ? ~b[i] : b[i]);
    r->o.messages += any != 0;
    if (any && kind == RUMOR)
        r->o.copies += bits_count(bits, WORDS);
    if (any && !random_loss(&r->random))
        queue_push(&r->queue, (struct event){ .when = now->when + random_latency(&r->random),
                                              .node = to,
                                              .from = now->node,
                                              .kind = kind,
                                              .load = number });
    else
        bits_give_back(&r->pool, number);
    return any != 0;
}

static void tell(struct run *r, struct event *e, uint32_t nodes)
{
    struct node *me = &r->node[e->node];
    const uint32_t peer = random_peer(&r->random, e->node, nodes);

    if (!send(r, e, peer, RUMOR, me->hot, me->hot, false)) {
        me->is_asleep = true;
        return;
    }
    e->when += WORK_INTERVAL;
    queue_push(&r->queue, *e);
}

static void wake(struct run *r, const struct event *now)
{
    struct node *me = &r->node[now->node];
    const int64_t laps = (now->when - me->phase) / WORK_INTERVAL;

    me->is_asleep = false;
    queue_push(&r->queue,
               (struct event){ .when = me->phase + (laps + 1) * WORK_INTERVAL, .node = now->node });
}

static void hear(struct run *r, const struct event *e, const uint64_t *told)
{
    struct node *me = &r->node[e->node];
    bool is_news = false;

    is_news = send(r, e, e->from, NEEDED, told, me->known, true);
    send(r, e, e->from, KNEW, told, me->known, false);
    if (!is_news)
        return;
    for (int i = 0; i < WORDS; i++) {
        me->hot[i] |= told[i] & ~me->known[i];
        me->known[i] |= told[i];
    }
    r->o.t_last_s = (double)e->when * 1e-9;
    if (me->is_asleep)
        wake(r, e);
}

static void be_answered(struct node *me, const uint64_t *told, bool knew)
{
    for (uint32_t i = 0; i < WORDS; i++)
        for (uint64_t rest = told[i] & me->hot[i]; rest; rest &= rest - 1) {
            uint8_t *in_vain = &me->in_vain[64 * i + (uint32_t)__builtin_ctzll(rest)];

            *in_vain = knew ? *in_vain + 1 : 0;
            if (*in_vain == K)
                me->hot[i] &= ~(rest & -rest);
        }
}

static void receive(struct run *r, const struct event *e)
{
    uint64_t told[WORDS];

    memcpy(told, bits_of(&r->pool, e->load), sizeof told);
    bits_give_back(&r->pool, e->load);
    if (e->kind == RUMOR)
        hear(r, e, told);
    else
        be_answered(&r->node[e->node], told, e->kind == KNEW);
}

static void start(struct run *r, uint32_t nodes)
{
    for (uint32_t i = 0; i < RUMORS; i++) {
        struct node *origin = &r->node[random_below(&r->random, nodes)];

        bits_put(origin->known, i);
        bits_put(origin->hot, i);
    }
    for (uint32_t i = 0; i < nodes; i++) {
        r->node[i].phase = random_phase(&r->random);
        queue_push(&r->queue, (struct event){ .when = r->node[i].phase, .node = i });
    }
}

int main(int argc, char **argv)
{
    const struct work w = work_begin(argc, argv, "rumors");
    struct run r = { .queue = queue_new(w.nodes + w.nodes / 4 + 64),
                     .pool = bits_pool_new(WORDS),
                     .random = random_seed(w.seed),
                     .node = work_allocate(w.nodes * sizeof *r.node) };

    start(&r, w.nodes);
    for (; r.queue.count > 0; r.o.events++) {
        struct event e = queue_pop(&r.queue);

        if (e.kind == TIMER)
            tell(&r, &e, w.nodes);
        else
            receive(&r, &e);
    }
    r.o.lacking = (uint64_t)w.nodes * RUMORS;
    for (uint32_t i = 0; i < w.nodes; i++)
        r.o.lacking -= bits_count(r.node[i].known, WORDS);
    work_end(&w, &r.o);
    return 0;
}
