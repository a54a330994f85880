/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * churn.c - W2 for a minute among nodes that come and go: the plain program of bench/churn.yaml.
 *
 * One binary heap of timers, messages and the nodes' comings and goings.  A node that is away
 * hears nothing and its timer does nothing; it keeps what it knows.  That half of the nodes are up
 * at the start, with the same exponential times before them as later, is the process seen at any
 * moment.  Comings and goings are not counted as events, nor are the timers of nodes away.
 */
#include "bench/queue.h"
#include "bench/random.h"
#include "bench/work.h"

#include <stdbool.h>

#define END    (60 * WORK_INTERVAL)
#define STAY_S 10.0 /* mean, up and away alike */

enum kind { TIMER, CALL, ANSWER, CHANGE };

struct run {
    struct queue queue; /* a message's load: whether it carries the rumor */
    struct random random;
    uint8_t *knows, *is_away; /* by node */
    struct outcome o;
};

static void send(struct run *r, int64_t now, uint32_t from, uint32_t to, enum kind kind)
{
    r->o.messages++;
    if (random_loss(&r->random))
        return;
    queue_push(&r->queue, (struct event){ .when = now + random_latency(&r->random),
                                          .node = to,
                                          .from = from,
                                          .kind = kind,
                                          .load = r->knows[from] });
}

static void change_later(struct run *r, int64_t now, uint32_t node)
{
    queue_push(&r->queue, (struct event){ .when = now + random_exponential(&r->random, STAY_S),
                                          .node = node,
                                          .kind = CHANGE });
}

static void start(struct run *r, uint32_t nodes)
{
    uint32_t origin;

    for (uint32_t i = 0; i < nodes; i++) {
        r->is_away[i] = random_below(&r->random, 2) == 1;
        change_later(r, 0, i);
        queue_push(&r->queue, (struct event){ .when = random_phase(&r->random), .node = i });
    }
    do {
        origin = random_below(&r->random, nodes);
    } while (r->is_away[origin]);
    r->knows[origin] = 1;
}

static void receive(struct run *r, const struct event *e)
{
    r->o.events++;
    if (r->is_away[e->node]) {
        r->o.to_away++;
        return;
    }
    if (r->knows[e->node] && e->kind == CALL)
        send(r, e->when, e->node, e->from, ANSWER);
    if (e->load && !r->knows[e->node]) {
        r->knows[e->node] = 1;
        r->o.t_last_s = (double)e->when * 1e-9;
    }
}

static void run(struct run *r, uint32_t nodes)
{
    for (struct event e; (e = queue_pop(&r->queue)).when < END;) {
        switch ((enum kind)e.kind) {
        case TIMER:
            if (!r->is_away[e.node]) {
                r->o.events++;
                send(r, e.when, e.node, random_peer(&r->random, e.node, nodes), CALL);
            }
            e.when += WORK_INTERVAL;
            queue_push(&r->queue, e);
            break;
        case CHANGE:
            r->is_away[e.node] = !r->is_away[e.node];
            change_later(r, e.when, e.node);
            break;
        case CALL:
        case ANSWER:
            receive(r, &e);
            break;
        }
    }
}

int main(int argc, char **argv)
{
    const struct work w = work_begin(argc, argv, "churn");
    struct run r = { .queue = queue_new(2 * (uint64_t)w.nodes + w.nodes / 4 + 64),
                     .random = random_seed(w.seed),
                     .knows = work_allocate(w.nodes),
                     .is_away = work_allocate(w.nodes) };

    start(&r, w.nodes);
    run(&r, w.nodes);
    work_end(&w, &r.o);
    return 0;
}
