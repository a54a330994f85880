/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * heap.c - W1 and W2 as one would write them in an afternoon: the baseline of the benchmark.
 *
 * One binary heap holds all that is to come; the earliest is taken out, handled, and what it
 * causes is put in.
 *
 * tests/bench/programs.bats checks that it agrees with limit.c.
 */
#include "bench/queue.h"
#include "bench/random.h"
#include "bench/work.h"

enum kind { TIMER, CALL, ANSWER };

struct run {
    struct queue queue; /* a message's load: whether it carries the rumor */
    struct random random;
    uint8_t *knows; /* by node */
};

static void send(struct run *r, int64_t now, uint32_t from, uint32_t to, enum kind kind)
{
    if (random_loss(&r->random))
        return;
    queue_push(&r->queue, (struct event){ .when = now + random_latency(&r->random),
                                          .node = to,
                                          .from = from,
                                          .kind = kind,
                                          .load = r->knows[from] });
}

static struct outcome run(const struct work *w, struct run *r)
{
    struct outcome o = { 0 };
    uint32_t informed = 1;

    r->knows[random_below(&r->random, w->nodes)] = 1;
    for (uint32_t i = 0; i < w->nodes; i++)
        queue_push(&r->queue, (struct event){ .when = random_phase(&r->random), .node = i });
    while (informed < w->nodes) {
        struct event e = queue_pop(&r->queue);

        o.events++;
        if (e.kind == TIMER) {
            if (w->number == 2 || r->knows[e.node]) {
                send(r, e.when, e.node, random_peer(&r->random, e.node, w->nodes), CALL);
                o.messages++;
            }
            e.when += WORK_INTERVAL;
            queue_push(&r->queue, e);
            continue;
        }
        if (r->knows[e.node] && w->number == 2 && e.kind == CALL) {
            send(r, e.when, e.node, e.from, ANSWER);
            o.messages++;
        } else if (e.load && !r->knows[e.node]) {
            r->knows[e.node] = 1;
            informed++;
            o.t_last_s = (double)e.when * 1e-9;
        }
    }
    return o;
}

int main(int argc, char **argv)
{
    const struct work w = work_begin(argc, argv, "W1 W2");
    struct run r = { .queue = queue_new(w.nodes + w.nodes / 4 + 64),
                     .random = random_seed(w.seed),
                     .knows = work_allocate(w.nodes) };
    const struct outcome o = run(&w, &r);

    work_end(&w, &o);
    return 0;
}
