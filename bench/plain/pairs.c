/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * pairs.c - W1 over pairs of nodes with a lognormal latency each: the plain program of
 * bench/pairs.yaml.
 *
 * n^2 latencies have no room, so a pair's is computed from a hash of the two nodes whenever it is
 * needed.
 */
#include "bench/queue.h"
#include "bench/random.h"
#include "bench/work.h"

#include <math.h>

#define MEDIAN_S 0.04
#define SIGMA    0.6918157 /* ln(5) / 2.3263479: the 99th percentile is 200 ms */

enum kind { TIMER, RUMOR };

struct run {
    struct queue queue;
    struct random random;
    uint64_t pairs; /* another number, other latencies */
    uint8_t *knows; /* by node */
};

static int64_t latency(const struct run *r, uint32_t from, uint32_t to) /* ns */
{
    struct random pair = random_seed(r->pairs ^ ((uint64_t)from << 32 | to));
    const double radius = sqrt(-2 * log(random_uniform(&pair)));
    const double normal = radius * cos(2 * M_PI * random_uniform(&pair)); /* Box and Muller */

    return (int64_t)(MEDIAN_S * 1e9 * exp(SIGMA * normal));
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
        if (e.kind == RUMOR) {
            if (!r->knows[e.node]) {
                r->knows[e.node] = 1;
                informed++;
                o.t_last_s = (double)e.when * 1e-9;
            }
            continue;
        }
        if (r->knows[e.node]) {
            const uint32_t peer = random_peer(&r->random, e.node, w->nodes);

            o.messages++;
            if (!random_loss(&r->random))
                queue_push(&r->queue, (struct event){ .when = e.when + latency(r, e.node, peer),
                                                      .node = peer,
                                                      .kind = RUMOR });
        }
        e.when += WORK_INTERVAL;
        queue_push(&r->queue, e);
    }
    o.in_flight = r->queue.count - w->nodes; /* the rest is timers */
    return o;
}

int main(int argc, char **argv)
{
    const struct work w = work_begin(argc, argv, "pairs");
    struct run r = { .queue = queue_new(w.nodes + w.nodes / 4 + 64),
                     .random = random_seed(w.seed),
                     .knows = work_allocate(w.nodes) };

    r.pairs = random_bits(&r.random);
    const struct outcome o = run(&w, &r);
    work_end(&w, &o);
    return 0;
}
