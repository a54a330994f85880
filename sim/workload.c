/* SPDX-License-Identifier: GPL-3.0-or-later */
/* workload.c - see workload.h. */
#include "sim/workload.h"
#include "sim/knowledge.h"

/* Numbers of an update's workload draws. */
enum { DRAW_GAP, DRAW_IS_DELETE };

enum { ORIGIN_TRIES_MAX = 64 }; /* then the next live node takes the write */

/* ---- preloaded entries ---- */

/* A node that has the entry whatever `missing` says: nothing is lost before the start. */
static node_id keeper_of(const struct run *run, update_id entry)
{
    return (node_id)draw_below(draw(run->keys[PURPOSE_ORIGIN], entry, 0), run->nodes);
}

static struct set *draw_entries(struct run *run, node_id node, uint32_t preload, uint32_t *holders)
{
    struct set *entries = SET_EMPTY;

    if (run_is_down(run, node) && run->config->churn.rejoin == REJOIN_LOSE)
        return entries;
    for (update_id i = 0; i < preload; i++) {
        uint64_t bits = draw(run->keys[PURPOSE_STORE], node, i);

        if (draw_chance(bits, run->config->store.missing) && run->census.tracks[i].origin != node)
            continue;
        set_put(&run->pool, &entries, i);
        holders[i] += !run_is_down(run, node);
    }
    return entries;
}

static void preload(struct run *run, uint32_t count)
{
    struct memory scratch = { 0 };
    uint32_t *holders = memory_get(&scratch, count, sizeof *holders);

    for (update_id i = 0; i < count && holders; i++) {
        census_inject(&run->census, &run->pool, i, i, false, run->config->warmup == 0, 0);
        run->census.tracks[i].origin = keeper_of(run, i);
        holders[i] = run->config->store.missing > 0 ? 0 : run->census.alive;
    }
    if (holders) {
        struct set *all = set_first(&run->pool, count);

        for (node_id i = 0; i < run->nodes; i++) {
            struct set *known = SET_EMPTY;

            if (run->config->store.missing > 0)
                known = draw_entries(run, i, count, holders);
            else if (!run_is_down(run, i) || run->config->churn.rejoin == REJOIN_KEEP)
                known = set_copy(all);
            run->replicas[i].known = set_handle(known);
        }
        set_free(all);
        for (update_id i = 0; i < count; i++)
            census_hold(&run->census, i, holders[i]);
    } else
        run->memory.is_short = true;
    memory_clear(&scratch);
}

/* ---- injections ---- */

static sim_time gap_before(const struct run *run, update_id update)
{
    const struct sim_workload *workload = &run->config->workload;
    uint64_t bits = draw(run->keys[PURPOSE_WORKLOAD], update, DRAW_GAP);

    switch (workload->arrival) {
    case ARRIVAL_AT_ONCE:
        return 0;
    case ARRIVAL_EVERY:
        return workload->every;
    case ARRIVAL_POISSON:
        return distribution_value(run->gap, (uint32_t)(bits >> 32));
    }
    return 0;
}

void workload_init(struct run *run)
{
    const struct sim_workload *workload = &run->config->workload;
    uint32_t preloaded = (uint32_t)run->config->store.preload;

    if (workload->arrival == ARRIVAL_POISSON) {
        run->gap = distribution_new(&(struct distribution_spec){ .kind = DISTRIBUTION_EXPONENTIAL,
                                                                 .a = 1e9 / workload->rate });
        if (!run->gap)
            run->memory.is_short = true;
    }
    if (preloaded > 0)
        preload(run, preloaded);
    run->injections_left = (uint32_t)workload->updates;
    if (run->injections_left > 0)
        agenda_add(&run->agenda, workload->at, AGENDA_INJECT, preloaded);
}

static node_id draw_origin(const struct run *run, update_id update)
{
    for (uint32_t tries = 0; tries < ORIGIN_TRIES_MAX; tries++) {
        node_id node =
            (node_id)draw_below(draw(run->keys[PURPOSE_ORIGIN], update, tries), run->nodes);
        if (!run_is_down(run, node))
            return node;
    }
    return (node_id)draw_below(draw(run->keys[PURPOSE_ORIGIN], update, 0), run->nodes);
}

/* The node that takes the write: if the one asked is down, the client goes on to the next. */
static node_id origin_of(const struct run *run, update_id update)
{
    const struct sim_workload *workload = &run->config->workload;
    node_id asked = workload->origin == ORIGIN_NODE ? workload->origin_node : 0;

    if (workload->origin == ORIGIN_RANDOM)
        asked = numbering_outside(&run->numbering, draw_origin(run, update));
    while (run_is_down(run, numbering_inside(&run->numbering, asked)))
        asked = (asked + 1) % run->nodes;
    return numbering_inside(&run->numbering, asked);
}

void workload_inject(struct run *run, update_id update)
{
    const struct sim_workload *workload = &run->config->workload;
    uint32_t preloaded = (uint32_t)run->config->store.preload;
    uint32_t key = preloaded + (update - preloaded) % (uint32_t)workload->keys;
    uint64_t bits = draw(run->keys[PURPOSE_WORKLOAD], update, DRAW_IS_DELETE);

    if (run->census.alive == 0) { /* the client waits for somebody to be there */
        agenda_add(&run->agenda, run->node.now + SIM_SECOND, AGENDA_INJECT, update);
        return;
    }
    if (--run->injections_left > 0)
        agenda_add(&run->agenda, run->node.now + gap_before(run, update + 1), AGENDA_INJECT,
                   update + 1);
    node_id origin = origin_of(run, update);
    struct set *written = set_single(&run->pool, update);

    census_inject(&run->census, &run->pool, update, key, draw_chance(bits, workload->deletes),
                  run->node.now >= run->config->warmup, run->node.now);
    run->census.tracks[update].origin = origin;
    run_turn(run, origin);
    run_layer(run, 0);
    knowledge_learn(run, NODE_NONE, written);
    set_free(written);
}
