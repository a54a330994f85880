/* SPDX-License-Identifier: GPL-3.0-or-later */
/* workload.c - see workload.h. */
#include "sim/workload.h"
#include "sim/knowledge.h"

/* Numbers of an update's workload draws; of a node's or shard's draws about whole shards, beyond
 * those about entries. */
enum { DRAW_GAP, DRAW_IS_DELETE };
#define DRAW_SHARD 0x80000000u

enum { ORIGIN_TRIES_MAX = 64 }; /* then the next live node takes the write */

uint32_t workload_key(const struct run *run, update_id update)
{
    const uint32_t preloaded = (uint32_t)run->config->store.preload;

    return update < preloaded
               ? update
               : preloaded + (update - preloaded) % (uint32_t)run->config->workload.keys;
}

/* ---- preloaded entries ---- */

/* One of the holders of a shard, or of all nodes. */
static node_id draw_keeper(const struct run *run, uint32_t shard, uint64_t bits)
{
    const struct placement *placement = &run->placement;

    if (placement_is_everywhere(placement))
        return (node_id)draw_below(bits, run->nodes);
    return placement_holder(placement, shard, (uint32_t)draw_below(bits, placement->replicas));
}

/* The holder of a shard that never lacks all of it. */
static node_id shard_keeper(const struct run *run, uint32_t shard)
{
    return draw_keeper(run, shard, draw(run->keys[PURPOSE_ORIGIN], shard, DRAW_SHARD));
}

static uint32_t shard_of(const struct run *run, update_id entry)
{
    return placement_shard(&run->placement, workload_key(run, entry));
}

/* Whether a node has nothing of the shard of an entry. */
static bool lacks_shard(const struct run *run, node_id node, update_id entry)
{
    const double share = run->config->store.missing_shards;

    if (share <= 0)
        return false;
    const uint32_t shard = shard_of(run, entry);

    return draw_chance(draw(run->keys[PURPOSE_STORE], node, DRAW_SHARD + shard), share) &&
           node != shard_keeper(run, shard);
}

/* A holder that has the entry whatever is missing elsewhere: nothing is lost before the start. */
static node_id keeper_of(const struct run *run, update_id entry)
{
    const uint32_t shard = shard_of(run, entry);
    const node_id keeper = draw_keeper(run, shard, draw(run->keys[PURPOSE_ORIGIN], entry, 0));

    return lacks_shard(run, keeper, entry) ? shard_keeper(run, shard) : keeper;
}

/* What a node lacks at the start of what it is meant to hold; counts it in `lacking` if it is up.
 */
static struct set *draw_lacks(struct run *run, node_id node, const struct set *meant,
                              uint32_t *lacking)
{
    const double missing = run->config->store.missing;
    struct set *lacks = SET_EMPTY;

    for (update_id i = 0; set_next(meant, &i); i++) {
        const uint64_t bits = draw(run->keys[PURPOSE_STORE], node, i);

        if (!draw_chance(bits, missing) && !lacks_shard(run, node, i))
            continue;
        if (run->census.tracks[i].origin == node)
            continue;
        set_put(&run->pool, &lacks, i);
        lacking[i] += !run_is_down(run, node);
    }
    return lacks;
}

/* Every node gets its entries; those that are down and lose their data have none. */
static void fill_replicas(struct run *run, const struct set *all, uint32_t *lacking)
{
    const struct sim_store *store = &run->config->store;
    const bool is_whole = store->missing <= 0 && store->missing_shards <= 0;

    for (node_id i = 0; i < run->nodes && !run_is_cancelled(run); i++) {
        struct set *known;

        if (run_is_down(run, i) && run->config->churn.rejoin == REJOIN_LOSE)
            continue;
        known = placement_restrict(&run->placement, i, all);
        if (!is_whole) {
            struct set *lacks = draw_lacks(run, i, known, lacking);

            set_remove(&known, lacks);
            set_free(lacks);
        }
        run->replicas[i].known = set_handle(known);
    }
    for (update_id i = 0; i < (update_id)store->preload; i++)
        census_hold(&run->census, i, run->census.tracks[i].deficit - lacking[i]);
}

static void preload(struct run *run, uint32_t count)
{
    struct memory scratch = { 0 };
    uint32_t *lacking = memory_get(&scratch, count, sizeof *lacking);

    run->memory.is_short |= scratch.is_short;
    for (update_id i = 0; i < count && lacking && !run_is_cancelled(run); i++) {
        census_inject(&run->census, &run->pool, i, workload_key(run, i), false,
                      run->config->warmup == 0, 0);
        run->census.tracks[i].origin = keeper_of(run, i);
    }
    if (lacking) {
        struct set *all = set_first(&run->pool, count);

        fill_replicas(run, all, lacking);
        set_free(all);
    }
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

/* A node that can take the write: it is up, and it should hold the key. */
static bool can_take(const struct run *run, update_id update, node_id node)
{
    const struct placement *placement = &run->placement;

    if (run_is_down(run, node))
        return false;
    return placement_is_everywhere(placement) ||
           placement_place(placement, placement_shard(placement, workload_key(run, update)),
                           node) >= 0;
}

/* A random node that can take the write, in a bounded number of tries; otherwise any. */
static node_id draw_origin(const struct run *run, update_id update)
{
    const struct placement *placement = &run->placement;
    const uint32_t shard = placement_shard(placement, workload_key(run, update));
    node_id node = 0;

    for (uint32_t tries = 0; tries < ORIGIN_TRIES_MAX; tries++) {
        uint64_t bits = draw(run->keys[PURPOSE_ORIGIN], update, tries);

        node = placement_is_everywhere(placement)
                   ? (node_id)draw_below(bits, run->nodes)
                   : placement_holder(placement, shard,
                                      (uint32_t)draw_below(bits, placement->replicas));
        if (!run_is_down(run, node))
            break;
    }
    return node;
}

/* A random number of the range that can take the write, in a bounded number of tries. */
static node_id draw_within(const struct run *run, update_id update, node_id first, uint32_t count)
{
    node_id asked = first;

    for (uint32_t tries = 0; tries < ORIGIN_TRIES_MAX; tries++) {
        asked = first + (node_id)draw_below(draw(run->keys[PURPOSE_ORIGIN], update, tries), count);
        if (can_take(run, update, numbering_inside(&run->numbering, asked)))
            break;
    }
    return asked;
}

/*
 * The node that takes the write, or NODE_NONE: if the one asked cannot, the client goes on to the
 * next of the scenario's numbers, first within the range that it was told.
 */
static node_id origin_of(const struct run *run, update_id update)
{
    const struct sim_workload *workload = &run->config->workload;
    node_id first = workload->origin == ORIGIN_NODE ? workload->origin_node : 0;
    uint32_t count = 1, skipped = 0;

    if (workload->origin == ORIGIN_RANDOM) {
        first = numbering_outside(&run->numbering, draw_origin(run, update));
    } else if (workload->origin == ORIGIN_RANGE) {
        first = workload->origin_node;
        count = (uint32_t)workload->origin_nodes;
        skipped = draw_within(run, update, first, count) - first;
    }
    for (uint32_t i = 0; i < run->nodes; i++) {
        uint32_t step = i < count ? (skipped + i) % count : i;
        node_id node =
            numbering_inside(&run->numbering, (node_id)(((uint64_t)first + step) % run->nodes));

        if (can_take(run, update, node))
            return node;
    }
    return NODE_NONE;
}

void workload_inject(struct run *run, update_id update)
{
    const struct sim_workload *workload = &run->config->workload;
    const uint64_t bits = draw(run->keys[PURPOSE_WORKLOAD], update, DRAW_IS_DELETE);
    const node_id origin = origin_of(run, update);
    struct set *written;

    if (origin == NODE_NONE) { /* the client waits for somebody to be there */
        agenda_add(&run->agenda, run->node.now + SIM_SECOND, AGENDA_INJECT, update);
        return;
    }
    if (--run->injections_left > 0)
        agenda_add(&run->agenda, run->node.now + gap_before(run, update + 1), AGENDA_INJECT,
                   update + 1);
    written = set_single(&run->pool, update);
    census_inject(&run->census, &run->pool, update, workload_key(run, update),
                  draw_chance(bits, workload->deletes), run->node.now >= run->config->warmup,
                  run_credit(run, run->node.now));
    run->census.tracks[update].origin = origin;
    run_turn(run, origin);
    run_layer(run, 0);
    knowledge_learn(run, NODE_NONE, written);
    set_free(written);
}
