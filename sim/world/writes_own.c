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

#include <math.h>
#include <stdlib.h>

/* Numbers of a node's draws: writes.c has those below. */
enum { DRAW_OWN_PHASE = 4, DRAW_OWN_GAP = 8, DRAW_OWN_KEY };

#define TICKS 1e9 /* of the clock a write */

/* Ticks of a node's clock until a time since the first injection. */
static double ticks_by(const struct sim_workload *workload, sim_time time)
{
    double ticks = 0;

    for (size_t i = 0; i < workload->rate_count && workload->rates[i].from < time; i++) {
        const sim_time next = i + 1 < workload->rate_count ? workload->rates[i + 1].from : time;

        ticks += workload->rates[i].rate *
                 (double)((next < time ? next : time) - workload->rates[i].from);
    }
    return ticks;
}

int64_t sim_own_updates_max(const struct sim_workload *workload, int64_t nodes, sim_time end)
{
    const double each = end > workload->at ? ticks_by(workload, end - workload->at) / TICKS : 0;
    /* One more, since a time of a write is rounded down. */
    const double all = (double)nodes * (workload->writes_poisson ? each : ceil(each) + (each > 0));
    const double most = workload->writes_poisson && all > 0 ? all + 8 * sqrt(all) + 16 : all;

    return most < 1e15 ? (int64_t)most : INT64_MAX / 2;
}

/* ---- the writes of one node ---- */

struct writer {
    node_id node; /* the scenario's number */
    struct gap gap;
    uint32_t written;
    double clock;   /* of the next write, ticks */
    size_t step;    /* of the rates, the one that it falls into */
    double by_step; /* the clock as that begins */
};

static void wind(const struct run *run, struct writer *w)
{
    const uint64_t bits = draw(run->keys[PURPOSE_WORKLOAD], w->node, DRAW_OWN_GAP + 2 * w->written);

    w->clock += run->config->workload.writes_poisson
                    ? (double)gap_next(&w->gap, (uint32_t)(bits >> 32))
                    : TICKS;
}

static struct writer new_writer(const struct run *run, node_id node)
{
    const struct sim_workload *workload = &run->config->workload;
    const uint64_t bits = draw(run->keys[PURPOSE_WORKLOAD], node, DRAW_OWN_PHASE);
    struct writer w = { .node = node, .gap = run->gap };

    if (workload->writes_poisson)
        wind(run, &w);
    else if (!workload->is_together)
        w.clock = (double)draw_below(bits, (uint64_t)TICKS);
    return w;
}

/* When the clock has come to the next write; false: it never does, or not before the end. */
static bool find_time(const struct run *run, struct writer *w, sim_time *time)
{
    const struct sim_workload *workload = &run->config->workload;

    for (; w->step < workload->rate_count; w->step++) {
        const struct sim_rate *rate = &workload->rates[w->step];
        const bool is_last = w->step + 1 == workload->rate_count;
        const double ahead = w->clock - w->by_step;
        const double room = is_last ? INFINITY : rate->rate * (double)(rate[1].from - rate->from);

        if (rate->rate > 0 && ahead < room) {
            const double since = ahead / rate->rate;

            if (!(since < (double)(run->config->stop.at - workload->at - rate->from)))
                return false;
            *time = workload->at + rate->from + (sim_time)since;
            return *time < run->config->stop.at;
        }
        w->by_step += is_last ? 0 : room;
    }
    return false;
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

        for (; writes->own_count < most && find_time(run, &w, &at); wind(run, &w)) {
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
