/* SPDX-License-Identifier: GPL-3.0-or-later */
/* writes.c - see writes.h. */
#include "sim/world/writes.h"
#include "sim/value/zipf.h"
#include "sim/world/writes_rate.h"

#include <stdlib.h>

/* Numbers of an update's draws, beside WRITES_DRAW_GAP; the last is a node's. */
enum { DRAW_IS_DELETE = WRITES_DRAW_GAP + 1, DRAW_SIZE, DRAW_KEY, DRAW_PHASE };

static uint32_t preloaded(const struct run *run)
{
    return (uint32_t)run->config->store.preload;
}

bool writes_are_own(const struct run *run)
{
    const enum sim_arrival arrival = run->config->workload.arrival;

    return arrival == ARRIVAL_RENEWAL || arrival == ARRIVAL_OWN;
}

uint32_t writes_count(const struct run *run)
{
    if (run->writes.own)
        return run->writes.own_count;
    return run->writes.times ? run->writes.time_count : (uint32_t)run->config->workload.updates;
}

/* ---- sizes ---- */

static uint32_t drawn_size(const struct run *run, update_id update)
{
    const uint64_t bits = draw(run->keys[PURPOSE_WORKLOAD], update, DRAW_SIZE);
    const sim_time size = distribution_value(run->config->workload.sizes, (uint32_t)(bits >> 32));

    return size < SIM_SIZE_MAX ? (uint32_t)size : SIM_SIZE_MAX;
}

/* What a client writes, or a preloaded update has. */
static uint32_t wanted_size(const struct run *run, uint32_t client)
{
    const struct sim_workload *workload = &run->config->workload;
    const uint32_t first = preloaded(run);

    if (workload->arrival == ARRIVAL_TRACE && client >= first)
        return workload->writes[client - first].bytes;
    return workload->sizes ? drawn_size(run, client) : (uint32_t)workload->size_bytes;
}

static void init_sizes(struct run *run)
{
    const struct sim_workload *workload = &run->config->workload;
    const uint32_t updates = preloaded(run) + (uint32_t)workload->updates;
    uint32_t *sizes;

    if (!workload->sizes && workload->arrival != ARRIVAL_TRACE)
        return;
    sizes = run->writes.sizes = memory_get(&run->memory, updates, sizeof *sizes);
    for (update_id i = 0; i < updates && sizes; i++)
        sizes[i] = wanted_size(run, i);
}

/* ---- keys ---- */

static void draw_keys(struct run *run, uint32_t *keys)
{
    const struct sim_workload *workload = &run->config->workload;
    struct memory scratch = { 0 };
    const uint32_t count = (uint32_t)workload->keys, first = preloaded(run);
    double *sums = memory_get(&scratch, count, sizeof *sums);

    run->memory.is_short |= scratch.is_short;
    if (sums) {
        const struct zipf zipf = zipf_new(sums, count, workload->zipf);

        for (uint32_t i = 0; i < (uint32_t)workload->updates; i++)
            keys[i] = zipf_rank(&zipf, draw(run->keys[PURPOSE_WORKLOAD], first + i, DRAW_KEY));
    }
    memory_clear(&scratch);
}

static bool some_key_repeats(struct run *run)
{
    const struct sim_workload *workload = &run->config->workload;
    struct memory scratch = { 0 };
    bool *is_written = memory_get(&scratch, (size_t)workload->keys, sizeof *is_written);
    bool is_found = false;

    run->memory.is_short |= scratch.is_short;
    for (uint32_t i = 0; i < writes_count(run) && is_written && !is_found; i++) {
        bool *is = &is_written[run->writes.keys[i]];

        is_found = *is;
        *is = true;
    }
    memory_clear(&scratch);
    return is_found;
}

static bool init_keys(struct run *run)
{
    const struct sim_workload *workload = &run->config->workload;
    const bool is_trace = workload->arrival == ARRIVAL_TRACE;
    uint32_t *keys;

    if (workload->arrival == ARRIVAL_OWN) {
        writes_init_own(run);
        return !run->memory.is_short && some_key_repeats(run);
    }
    if (workload->updates == 0 || (!workload->draws_keys && !is_trace))
        return workload->keys < writes_count(run);
    keys = run->writes.keys = memory_get(&run->memory, (size_t)workload->updates, sizeof *keys);
    if (!keys)
        return false;
    if (workload->draws_keys)
        draw_keys(run, keys);
    for (int64_t i = 0; i < workload->updates && is_trace; i++)
        keys[i] = workload->writes[i].key;
    return some_key_repeats(run);
}

uint32_t writes_wanted(const struct run *run, uint32_t client)
{
    const uint32_t first = preloaded(run);

    if (client < first)
        return client;
    return first + (run->writes.keys ? run->writes.keys[client - first]
                                     : (client - first) % (uint32_t)run->config->workload.keys);
}

uint32_t writes_key(const struct run *run, update_id update)
{
    return writes_wanted(run, run->writes.clients ? run->writes.clients[update] : update);
}

/* ---- times and nodes ---- */

struct turn {
    sim_time phase;
    node_id node;
};

static int compare_turns(const void *a, const void *b)
{
    const struct turn *x = a, *y = b;

    if (x->phase != y->phase)
        return x->phase < y->phase ? -1 : 1;
    return x->node < y->node ? -1 : x->node > y->node;
}

static void init_turns(struct run *run)
{
    const struct sim_workload *workload = &run->config->workload;
    struct memory scratch = { 0 };
    struct turn *turns = memory_get(&scratch, run->nodes, sizeof *turns);
    struct writes *writes = &run->writes;

    writes->turns = memory_get(&run->memory, run->nodes, sizeof *writes->turns);
    writes->phases = memory_get(&run->memory, run->nodes, sizeof *writes->phases);
    run->memory.is_short |= scratch.is_short;
    if (!run->memory.is_short) {
        for (node_id i = 0; i < run->nodes; i++) {
            const uint64_t bits = draw(run->keys[PURPOSE_WORKLOAD], i, DRAW_PHASE);
            const sim_time phase = (sim_time)draw_below(bits, (uint64_t)workload->every);

            turns[i] = (struct turn){ workload->is_together ? 0 : phase, i };
        }
        qsort(turns, run->nodes, sizeof *turns, compare_turns);
        for (uint32_t i = 0; i < run->nodes; i++) {
            writes->turns[i] = turns[i].node;
            writes->phases[i] = turns[i].phase;
        }
    }
    memory_clear(&scratch);
}

node_id writes_node(const struct run *run, uint32_t client)
{
    const uint32_t number = client - preloaded(run);

    if (run->writes.own)
        return run->writes.own[number].node;
    return run->writes.turns ? run->writes.turns[number % run->nodes]
                             : run->config->workload.writes[number].node;
}

sim_time writes_time(struct run *run, uint32_t client)
{
    const struct sim_workload *workload = &run->config->workload;
    const uint32_t number = client - preloaded(run);
    const uint64_t bits = draw(run->keys[PURPOSE_WORKLOAD], client, WRITES_DRAW_GAP);
    sim_time time = run->node.now;

    if (number == 0 && workload->arrival < ARRIVAL_RENEWAL)
        return workload->at;
    switch (workload->arrival) {
    case ARRIVAL_AT_ONCE:
        break;
    case ARRIVAL_EVERY:
        time += workload->every;
        break;
    case ARRIVAL_POISSON:
        time += gap_next(&run->gap, (uint32_t)(bits >> 32));
        break;
    case ARRIVAL_RENEWAL:
        return workload->at + run->writes.phases[number % run->nodes] +
               (sim_time)(number / run->nodes) * workload->every;
    case ARRIVAL_OWN:
        return run->writes.own[number].at;
    case ARRIVAL_TRACE: /* somebody may have waited for a node to be there */
        return workload->writes[number].at > time ? workload->writes[number].at : time;
    case ARRIVAL_RATES: /* likewise */
        return run->writes.times[number] > time ? run->writes.times[number] : time;
    }
    return time;
}

bool writes_is_delete(const struct run *run, uint32_t client)
{
    const struct sim_workload *workload = &run->config->workload;

    if (workload->arrival == ARRIVAL_TRACE)
        return workload->writes[client - preloaded(run)].is_delete;
    return draw_chance(draw(run->keys[PURPOSE_WORKLOAD], client, DRAW_IS_DELETE),
                       workload->deletes);
}

/* ---- clients that write in another order than that in which they come ---- */

/* Until anybody writes the preloaded ones are all that there is. */
static void init_clients(struct run *run)
{
    const uint32_t first = preloaded(run);
    const size_t updates = first + (size_t)run->config->workload.updates;
    uint32_t *clients = run->writes.clients = memory_get(&run->memory, updates, sizeof *clients);

    for (update_id i = 0; i < first && clients; i++)
        clients[i] = i;
}

update_id writes_let_in(struct run *run, uint32_t client)
{
    struct writes *writes = &run->writes;
    update_id update;

    if (!writes->clients)
        return client;
    update = preloaded(run) + writes->let_in++;
    writes->clients[update] = client;
    if (writes->sizes)
        writes->sizes[update] = wanted_size(run, client);
    placement_add_late(&run->placement, update, writes_key(run, update));
    return update;
}

bool writes_init(struct run *run)
{
    const struct sim_workload *workload = &run->config->workload;

    if (workload->arrival == ARRIVAL_POISSON && !gap_init(&run->gap, 1e9 / workload->rate))
        run->memory.is_short = true;
    if ((workload->writes_poisson || workload->arrival == ARRIVAL_RATES) &&
        !gap_init(&run->gap, WRITES_TICKS))
        run->memory.is_short = true;
    if (workload->arrival == ARRIVAL_RENEWAL)
        init_turns(run);
    if (workload->arrival == ARRIVAL_RATES && !run->memory.is_short)
        writes_init_times(run);
    if (run->holding)
        init_clients(run);
    init_sizes(run);
    return init_keys(run);
}
