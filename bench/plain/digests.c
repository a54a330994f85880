/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * digests.c - replicas of 10 000 keys compare digests for a minute: the plain program of
 * bench/digests.yaml.
 *
 * A replica is an array of bits, a digest a copy of it.  Every second a node sends its digest to a
 * random other one, which answers with what the caller lacks and asks for what it lacks itself, if
 * anything.  At the start a node lacks each key with a probability of 1 %; what all lack goes back
 * to one.
 */
#include "bench/bits.h"
#include "bench/queue.h"
#include "bench/random.h"
#include "bench/work.h"

#include <string.h>

#define END     (60 * WORK_INTERVAL)
#define MISSING 0.01

enum { KEYS = 10000, WORDS = (KEYS + 63) / 64 };
enum kind { TIMER, DIGEST, WANT, ENTRIES };

struct run {
    struct queue queue; /* a message's load: the number of its bits */
    struct bits_pool pool;
    struct random random;
    uint64_t (*known)[WORDS]; /* by node */
    struct outcome o;
};

/* `bits` is taken. */
static void send(struct run *r, const struct event *now, uint32_t to, enum kind kind, uint32_t bits)
{
    r->o.messages++;
    if (kind == ENTRIES)
        r->o.copies += bits_count(bits_of(&r->pool, bits), WORDS);
    if (random_loss(&r->random)) {
        bits_give_back(&r->pool, bits);
        return;
    }
    queue_push(&r->queue, (struct event){ .when = now->when + random_latency(&r->random),
                                          .node = to,
                                          .from = now->node,
                                          .kind = kind,
                                          .load = bits });
}

/* Answers `e` with what is in `a` but not in `b`, if anything. */
static void send_difference(struct run *r, const struct event *e, enum kind kind, const uint64_t *a,
                            const uint64_t *b)
{
    const uint32_t number = bits_take(&r->pool);
    uint64_t *bits = bits_of(&r->pool, number), any = 0;

    for (int i = 0; i < WORDS; i++)
        any |= bits[i] = a[i] & ~b[i];
    if (any)
        send(r, e, e->from, kind, number);
    else
        bits_give_back(&r->pool, number);
}

static void call(struct run *r, const struct event *e, uint32_t nodes)
{
    const uint32_t digest = bits_take(&r->pool);

    memcpy(bits_of(&r->pool, digest), r->known[e->node], sizeof *r->known);
    send(r, e, random_peer(&r->random, e->node, nodes), DIGEST, digest);
}

static void receive(struct run *r, const struct event *e)
{
    uint64_t *known = r->known[e->node], told[WORDS], news = 0;

    memcpy(told, bits_of(&r->pool, e->load), sizeof told);
    bits_give_back(&r->pool, e->load);
    switch ((enum kind)e->kind) {
    case TIMER:
        break;
    case DIGEST:
        if (memcmp(told, known, sizeof told) != 0) {
            send_difference(r, e, ENTRIES, known, told);
            send_difference(r, e, WANT, told, known);
        }
        break;
    case WANT: /* what it wants is known here: nothing is forgotten */
        send_difference(r, e, ENTRIES, told, (const uint64_t[WORDS]){ 0 });
        break;
    case ENTRIES:
        for (int i = 0; i < WORDS; i++) {
            news |= told[i] & ~known[i];
            known[i] |= told[i];
        }
        if (news)
            r->o.t_last_s = (double)e->when * 1e-9;
        break;
    }
}

static void start(struct run *r, uint32_t nodes)
{
    for (uint32_t i = 0; i < nodes; i++)
        for (uint32_t key = 0; key < KEYS; key++)
            if (random_uniform(&r->random) >= MISSING)
                bits_put(r->known[i], key);
    for (uint32_t key = 0; key < KEYS; key++) {
        bool is_known = false;

        for (uint32_t i = 0; i < nodes && !is_known; i++)
            is_known = r->known[i][key / 64] >> key % 64 & 1;
        if (!is_known)
            bits_put(r->known[random_below(&r->random, nodes)], key);
    }
    for (uint32_t i = 0; i < nodes; i++)
        queue_push(&r->queue, (struct event){ .when = random_phase(&r->random), .node = i });
}

int main(int argc, char **argv)
{
    const struct work w = work_begin(argc, argv, "digests");
    struct run r = { .queue = queue_new(w.nodes + w.nodes / 4 + 64),
                     .pool = bits_pool_new(WORDS),
                     .random = random_seed(w.seed),
                     .known = work_allocate(w.nodes * sizeof *r.known) };

    start(&r, w.nodes);
    for (struct event e; (e = queue_pop(&r.queue)).when < END; r.o.events++) {
        if (e.kind != TIMER) {
            receive(&r, &e);
            continue;
        }
        call(&r, &e, w.nodes);
        e.when += WORK_INTERVAL;
        queue_push(&r.queue, e);
    }
    work_end(&w, &r.o);
    return 0;
}
