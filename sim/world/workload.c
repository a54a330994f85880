/* SPDX-License-Identifier: GPL-3.0-or-later */
/* workload.c - see workload.h. */
#include "sim/world/workload.h"
#include "sim/world/holding.h"
#include "sim/world/knowledge.h"
#include "sim/world/observation.h"
#include "sim/world/presence.h"
#include "sim/world/recording.h"
#include "sim/world/writes.h"

#include <math.h>

/* Number of a node's or shard's draws about whole shards, beyond those about entries. */
#define DRAW_SHARD 0x80000000u

enum { ORIGIN_TRIES_MAX = 64 }; /* then the next live node takes the write */

/* ---- preloaded entries ---- */

/* What is needed while replicas are filled. */
struct filling {
    struct run *run;
    uint32_t replicas; /* of each entry */
    node_id *keepers;  /* of each shard: a replica that does not lack all of it */
    uint32_t *lacking; /* of each entry: replicas that are up and lack it */
};

static node_id replica_at(const struct filling *f, uint32_t shard, uint32_t place)
{
    const struct placement *placement = &f->run->placement;

    return placement_is_everywhere(placement) ? place : placement_holder(placement, shard, place);
}

/* Whether a node has nothing at the start: it has not joined, or is down and loses its data. */
static bool is_empty(const struct run *run, node_id node)
{
    return (run->config->churn.rejoin == REJOIN_LOSE && run_is_down(run, node)) ||
           (run->absent && presence_is_away(run, node, ABSENT_YET));
}

/* Whether a node gets nothing of a shard: chance has it so, or it has nothing at all. */
static bool is_shard_drawn(const struct filling *f, node_id node, uint32_t shard)
{
    const struct run *run = f->run;
    const double missing = run->config->store.missing_shards;

    return is_empty(run, node) ||
           (missing > 0 &&
            draw_chance(draw(run->keys[PURPOSE_STORE], node, DRAW_SHARD + shard), missing));
}

static bool lacks_shard(const struct filling *f, node_id node, uint32_t shard)
{
    return is_shard_drawn(f, node, shard) && node != f->keepers[shard];
}

/* Whether chance gives a node an entry: neither it nor its shard is missing. */
static bool is_given(const struct filling *f, node_id node, uint32_t shard, update_id entry)
{
    const struct run *run = f->run;

    return !draw_chance(draw(run->keys[PURPOSE_STORE], node, entry), run->config->store.missing) &&
           !lacks_shard(f, node, shard);
}

/* A replica that holds some of a shard: from a random one on the first; if there is none, what is
 * missing everywhere goes back to the first that can have it, as nothing is lost before the start.
 */
static node_id find_shard_keeper(const struct filling *f, uint32_t shard)
{
    const uint64_t bits = draw(f->run->keys[PURPOSE_ORIGIN], shard, DRAW_SHARD);
    const uint32_t first = (uint32_t)draw_below(bits, f->replicas);

    for (uint32_t i = 0; i < f->replicas; i++) {
        const node_id node = replica_at(f, shard, (first + i) % f->replicas);

        if (!is_shard_drawn(f, node, shard))
            return node;
    }
    for (uint32_t i = 0; i < f->replicas; i++) {
        const node_id node = replica_at(f, shard, (first + i) % f->replicas);

        if (!is_empty(f->run, node))
            return node;
    }
    return replica_at(f, shard, first);
}

/* The same of an entry, which goes back to a replica that does not lack its shard. */
static node_id find_keeper(const struct filling *f, update_id entry)
{
    const struct run *run = f->run;
    const uint32_t shard = placement_shard(&run->placement, writes_key(run, entry));
    const uint64_t bits = draw(run->keys[PURPOSE_ORIGIN], entry, 0);
    const uint32_t first = (uint32_t)draw_below(bits, f->replicas);

    for (uint32_t i = 0; i < f->replicas; i++) {
        const node_id node = replica_at(f, shard, (first + i) % f->replicas);

        if (is_given(f, node, shard, entry))
            return node;
    }
    for (uint32_t i = 0;; i++) {
        const node_id node = replica_at(f, shard, (first + i) % f->replicas);

        if (!lacks_shard(f, node, shard))
            return node;
    }
}

/* What a node lacks at the start of what it is meant to hold. */
static struct set *draw_lacks(const struct filling *f, node_id node, const struct set *meant)
{
    struct run *run = f->run;
    struct set *lacks = SET_EMPTY;

    for (update_id i = 0; set_next(meant, &i); i++) {
        const uint32_t shard = placement_shard(&run->placement, writes_key(run, i));

        if (run->census.tracks[i].origin == node || is_given(f, node, shard, i))
            continue;
        set_put(&run->pool, &lacks, i);
        f->lacking[i] += !run_is_down(run, node);
    }
    return lacks;
}

/* Every node gets its entries. */
static void fill_replicas(const struct filling *f, const struct set *all)
{
    struct run *run = f->run;
    const struct sim_store *store = &run->config->store;
    const bool is_whole = store->missing <= 0 && store->missing_shards <= 0;

    for (node_id i = 0; i < run->nodes && !run_is_cancelled(run); i++) {
        struct set *known;

        if (is_empty(run, i))
            continue;
        known = placement_restrict(&run->placement, i, all);
        if (!is_whole) {
            struct set *lacks = draw_lacks(f, i, known);

            set_remove(&known, lacks);
            set_free(lacks);
        }
        run->replicas[i].known = set_handle(known);
    }
    for (update_id i = 0; i < (update_id)store->preload; i++)
        census_hold(&run->census, i, run->census.tracks[i].deficit - f->lacking[i]);
}

/* The observer is shown what they know from the start. */
static void show_replicas(struct run *run)
{
    for (node_id i = 0; i < run->nodes; i++) {
        run_turn(run, i);
        observation_learn(run, NODE_NONE, set_of_handle(&run->pool, run->replicas[i].known));
    }
}

static void preload(struct run *run, uint32_t count)
{
    struct memory scratch = { 0 };
    const uint32_t shards = run->placement.shards;
    const struct filling filling = { run, run->placement.replicas,
                                     memory_get(&scratch, shards, sizeof *filling.keepers),
                                     memory_get(&scratch, count, sizeof *filling.lacking) };

    run->memory.is_short |= scratch.is_short;
    if (!scratch.is_short) {
        struct set *all = set_first(&run->pool, count);

        for (uint32_t i = 0; i < shards; i++)
            filling.keepers[i] = find_shard_keeper(&filling, i);
        for (update_id i = 0; i < count && !run_is_cancelled(run); i++) {
            census_inject(&run->census, &run->pool, i, writes_key(run, i), false,
                          window_has(&run->window, 0), 0);
            run->census.tracks[i].origin = find_keeper(&filling, i);
            if (run->recording)
                recording_inject(run, i);
        }
        fill_replicas(&filling, all);
        if (run->recording)
            recording_hold(run, count);
        if (run->observation)
            show_replicas(run);
        set_free(all);
    }
    memory_clear(&scratch);
}

struct sim_given_back sim_given_back(const struct sim_config *config)
{
    const struct sim_store *store = &config->store;
    const double replicas = (double)(store->replicas ? store->replicas : config->nodes);
    const double shards = (double)(store->shards ? store->shards : 1);
    const double missing = store->missing, q = store->missing_shards;
    const double no_shard = pow(q, replicas);

    /* An entry misses where its shard does or itself; of a shard that missed everywhere and went
     * back to one replica it misses there, or not. */
    return (struct sim_given_back){
        .entries = (double)store->preload *
                   (pow(q + (1 - q) * missing, replicas) - no_shard + no_shard * missing),
        .shards = store->preload > 0 ? shards * no_shard : 0,
    };
}

int64_t sim_absent_shard(const struct sim_config *config)
{
    const int64_t nodes = config->nodes, first = config->absent_first;
    const int64_t shards = config->store.shards ? config->store.shards : 1;
    const int64_t replicas = config->store.replicas ? config->store.replicas : nodes;
    const int64_t shard = (first * shards + nodes - 1) / nodes; /* the first that starts there */
    const int64_t start = shard * nodes / shards;

    return shard < shards && shard < config->store.preload &&
                   start + replicas <= first + config->absent_nodes
               ? shard
               : -1;
}

/* ---- injections ---- */

/* Puts the client of number `update` on the agenda, if it is one of those to come. */
static void expect(struct run *run, update_id update)
{
    const struct sim_config *config = run->config;
    const uint32_t end = (uint32_t)config->store.preload + writes_count(run);
    sim_time time;

    if (update == end || run->memory.is_short)
        return;
    run->writes.expected = update;
    time = writes_time(run, update);
    if (config->workload.arrival == ARRIVAL_RENEWAL && time >= config->stop.at)
        run->injections_left -= end - update; /* nor do those behind it come */
    else
        agenda_add(&run->agenda, time, AGENDA_INJECT, update);
}

void workload_init(struct run *run)
{
    const uint32_t preloaded = (uint32_t)run->config->store.preload;

    if (preloaded > 0)
        preload(run, preloaded);
    run->injections_left = writes_count(run);
    expect(run, preloaded);
}

/* Down, or so still that clients go on to the next. */
static bool is_out(const struct run *run, node_id node)
{
    return run_is_down(run, node) || run_is_paused(run, node);
}

/* A node that can take the write: it is up, and it should hold the key. */
static bool can_take(const struct run *run, update_id update, node_id node)
{
    const struct placement *placement = &run->placement;

    if (is_out(run, node))
        return false;
    return placement_is_everywhere(placement) ||
           placement_place(placement, placement_shard(placement, writes_wanted(run, update)),
                           node) >= 0;
}

/* A random node that can take the write, in a bounded number of tries; otherwise any. */
static node_id draw_origin(const struct run *run, update_id update)
{
    const struct placement *placement = &run->placement;
    const uint32_t shard = placement_shard(placement, writes_wanted(run, update));
    node_id node = 0;

    for (uint32_t tries = 0; tries < ORIGIN_TRIES_MAX; tries++) {
        uint64_t bits = draw(run->keys[PURPOSE_ORIGIN], update, tries);

        node = placement_is_everywhere(placement)
                   ? (node_id)draw_below(bits, run->nodes)
                   : placement_holder(placement, shard,
                                      (uint32_t)draw_below(bits, placement->replicas));
        if (!is_out(run, node))
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

/* Whom a client asks: `count` of the scenario's numbers from `first` on, `skipped` of them last;
 * then those that follow. */
struct asked {
    node_id first;
    uint32_t count, skipped;
};

static struct asked whom_to_ask(const struct run *run, update_id update)
{
    const struct sim_workload *workload = &run->config->workload;
    struct asked asked = { .count = 1 };

    if (writes_are_own(run) || workload->arrival == ARRIVAL_TRACE) {
        asked.first = writes_node(run, update);
        return asked;
    }
    switch (workload->origin) {
    case ORIGIN_NODE:
        asked.first = workload->origin_node;
        break;
    case ORIGIN_RANDOM:
        asked.first = numbering_outside(&run->numbering, draw_origin(run, update));
        break;
    case ORIGIN_RANGE:
        asked.first = workload->origin_node;
        asked.count = (uint32_t)workload->origin_nodes;
        asked.skipped = draw_within(run, update, asked.first, asked.count) - asked.first;
        break;
    case ORIGIN_FIRST:
        break;
    }
    return asked;
}

/* The node that is asked after `turn` others. */
static node_id asked_node(const struct run *run, const struct asked *asked, uint32_t turn)
{
    const uint32_t step = turn < asked->count ? (asked->skipped + turn) % asked->count : turn;

    return numbering_inside(&run->numbering,
                            (node_id)(((uint64_t)asked->first + step) % run->nodes));
}

/* How many are asked before a node. */
static uint32_t turn_of(const struct run *run, const struct asked *asked, node_id node)
{
    const uint32_t outside = numbering_outside(&run->numbering, node);
    const uint32_t step =
        outside >= asked->first ? outside - asked->first : outside + run->nodes - asked->first;

    return step < asked->count ? (step + asked->count - asked->skipped) % asked->count : step;
}

/* The first holder that is up of those who are asked, or NODE_NONE. */
static node_id first_holder(const struct run *run, const struct asked *asked, update_id update)
{
    const struct placement *placement = &run->placement;
    const uint32_t shard = placement_shard(placement, writes_wanted(run, update));
    uint32_t least = UINT32_MAX;
    node_id first = NODE_NONE;

    for (uint32_t place = 0; place < placement->replicas; place++) {
        const node_id node = placement_holder(placement, shard, place);
        const uint32_t turn = turn_of(run, asked, node);

        if (turn < least && !is_out(run, node)) {
            least = turn;
            first = node;
        }
    }
    return first;
}

/*
 * The node that takes the write, or NODE_NONE: if the one asked cannot, the client goes on to the
 * next of the scenario's numbers, first within the range that it was told.
 */
static node_id origin_of(const struct run *run, update_id update)
{
    const struct asked asked = whom_to_ask(run, update);

    for (uint32_t turn = 0; turn < run->nodes && run->census.alive > 0; turn++) {
        const node_id node = asked_node(run, &asked, turn);

        if (can_take(run, update, node))
            return node;
        if (turn == run->placement.replicas) /* speed only: they are fewer than who is asked */
            return first_holder(run, &asked, update);
    }
    return NODE_NONE;
}

/* Whether an update is one's own to write, who does not when its turn comes. */
static bool is_missed(const struct run *run, update_id update)
{
    return writes_are_own(run) &&
           is_out(run, numbering_inside(&run->numbering, writes_node(run, update)));
}

/* The client of number `client` writes at `origin`. */
static void write_at(struct run *run, node_id origin, uint32_t client)
{
    const bool is_delete = writes_is_delete(run, client);
    const update_id update = writes_let_in(run, client);
    const sim_time now = run_credit(run, run->node.now);
    struct set *written = set_single(&run->pool, update);

    run->injections_left--;
    census_inject(&run->census, &run->pool, update, writes_key(run, update), is_delete,
                  window_has(&run->window, now), now);
    run->census.tracks[update].origin = origin;
    if (run->recording)
        recording_inject(run, update);
    run_turn(run, origin);
    run_layer(run, 0);
    knowledge_learn(run, NODE_NONE, written);
    set_free(written);
}

/* A client comes, for the first time or because where it was it could not stay. */
static void come(struct run *run, uint32_t client)
{
    const node_id origin = is_missed(run, client) ? NODE_NONE : origin_of(run, client);
    enum holding_says says = HOLDING_WRITE;

    if (origin == NODE_NONE && !writes_are_own(run)) {
        /* it waits for somebody to be there */
        agenda_add(&run->agenda, run->node.now + SIM_SECOND, AGENDA_INJECT, client);
        return;
    }
    if (client == run->writes.expected)
        expect(run, client + 1);
    if (origin == NODE_NONE)
        says = HOLDING_GIVE_UP;
    else if (run->holding)
        says = holding_ask(run, origin, client);
    if (says == HOLDING_WRITE)
        write_at(run, origin, client);
    else
        run->injections_left -= says == HOLDING_GIVE_UP;
}

/* Whoever waits longest at a node need not wait any more. */
static void look_after(struct run *run, node_id node)
{
    uint32_t client;

    while (!is_out(run, node) && holding_next(run, node, &client))
        write_at(run, node, client);
    while (is_out(run, node) && holding_leave(run, node, &client))
        come(run, client);
}

void workload_inject(struct run *run, uint32_t about)
{
    if (about & HOLDING_NODE)
        look_after(run, about & ~HOLDING_NODE);
    else
        come(run, about);
}
