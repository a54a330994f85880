/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * writes_own.c - nodes that write keys of their own at rates that change: all their writes, in the
 * order of their times, before the run begins.
 *
 * A node's clock of writes runs at its rate: where it has come to u + k, k = 0, 1, .., the node
 * writes, u being its phase; or at the points of a Poisson process of rate 1.  What is drawn is a
 * node's and its k-th write's alone, so that a change of the rates moves times and nothing else.
 */
#include "sim/world/writes.h"
#include "sim/world/writes_rate.h"

#include <stdlib.h>

/* Numbers of a node's draws: writes.c has those below. */
enum { DRAW_OWN_PHASE = 4, DRAW_OWN_GAP = 8, DRAW_OWN_KEY };

/* ---- the writes of one node ---- */

struct writer {
    node_id node; /* the scenario's number */
    struct gap gap;
    uint32_t written;
    struct writes_clock clock;
};

static void wind(const struct run *run, struct writer *w)
{
    const uint64_t bits = draw(run->keys[PURPOSE_WORKLOAD], w->node, DRAW_OWN_GAP + 2 * w->written);

    w->clock.ticks += run->config->workload.writes_poisson
                          ? (double)gap_next(&w->gap, (uint32_t)(bits >> 32))
                          : WRITES_TICKS;
}

static struct writer new_writer(const struct run *run, node_id node)
{
    const struct sim_workload *workload = &run->config->workload;
    const uint64_t bits = draw(run->keys[PURPOSE_WORKLOAD], node, DRAW_OWN_PHASE);
    struct writer w = { .node = node, .gap = run->gap };

    if (workload->writes_poisson)
        wind(run, &w);
    else if (!workload->is_together)
        w.clock.ticks = (double)draw_below(bits, (uint64_t)WRITES_TICKS);
    return w;
}

/* ---- all of them ---- */

static int compare_writes(const void *a, const void *b)
{
    const struct own_write *x = a, *y = b;

    if (x->at != y->at)
        return x->at < y->at ? -1 : 1;
    if (x->node != y->node)
        return x->node < y->node ? -1 : 1;
    return (x->number > y->number) - (x->number < y->number);
}

static uint32_t key_of(const struct run *run, const struct writer *w)
{
    const struct sim_workload *workload = &run->config->workload;
    const uint64_t bits = draw(run->keys[PURPOSE_WORKLOAD], w->node, DRAW_OWN_KEY + 2 * w->written);
    const uint64_t own = (uint64_t)workload->own_keys;
    const uint64_t place = workload->writes_in_turn ? w->written % own : draw_below(bits, own);

    return (uint32_t)(place * run->nodes + w->node);
}

void writes_init_own(struct run *run)
{
    struct writes *writes = &run->writes;
    const size_t most = (size_t)run->config->workload.updates;

    writes->own = memory_get(&run->memory, most, sizeof *writes->own);
    writes->keys = memory_get(&run->memory, most, sizeof *writes->keys);
    for (node_id node = 0; node < run->nodes && !run->memory.is_short; node++) {
        struct writer w = new_writer(run, node);
        sim_time at;

        for (; writes->own_count < most && writes_clock_time(run, &w.clock, &at); wind(run, &w)) {
            writes->own[writes->own_count++] =
                (struct own_write){ at, node, key_of(run, &w), w.written };
            w.written++;
        }
    }
    if (run->memory.is_short)
        return;
    if (writes->own_count > 0)
        qsort(writes->own, writes->own_count, sizeof *writes->own, compare_writes);
    for (uint32_t i = 0; i < writes->own_count; i++)
        writes->keys[i] = writes->own[i].key;
}
