/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * run.c - one run from start to end.
 *
 * Three sources of events are merged by (time, class, number): the agenda (churn, injections,
 * samples), the lanes (periodic timers) and the queue (messages, one-shot timers).  Of one
 * instant come first the agenda's churn and injections, then arrivals, then one-shot timers, then
 * lanes, then samples.  Under `timing: rounds` all of a round happens at its instant: timers fire
 * at it, messages follow 1 ns apart, and half a round later what was learned takes effect; all of
 * it is credited to the instant itself.
 */
#include "sim/run.h"
#include "sim/churn.h"
#include "sim/fault.h"
#include "sim/knowledge.h"
#include "sim/network.h"
#include "sim/presence.h"
#include "sim/result.h"
#include "sim/workload.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

enum {
    WATCH_EVERY = 1 << 16,           /* events between two looks at the watch */
    BUCKET_EVENTS_CHECKED = 1 << 16, /* events of one bucket between two looks at the limits */
};

/* ---- setting up ---- */

static void init_layer(struct run *run, int index)
{
    const struct sim_layer *written = &run->config->stack[index];
    const struct model *model = written->model;
    struct layer *layer = &run->layers[index];
    const size_t nodes = run->nodes;

    layer->model = model;
    layer->config = written->config;
    layer->set_count = model->sets ? model->sets(written->config) : 0;
    if (layer->set_count > 0) {
        size_t count = nodes * (size_t)layer->set_count;

        layer->sets = memory_get(&run->memory, count, sizeof *layer->sets);
        for (size_t i = 0; i < count && layer->sets; i++)
            layer->sets[i] = SET_EMPTY;
    }
    if (model->state_size > 0 && (!model->needs_state || model->needs_state(written->config)))
        layer->states = memory_get(&run->memory, nodes, model->state_size);
    if (model->record_size > 0) {
        layer->records = memory_get(&run->memory, nodes, sizeof *layer->records);
        layer->spare_record = memory_get(&run->memory, 1, model->record_size);
    }
    for (int kind = 0; model->messages && model->messages[kind].name; kind++)
        run->carries[index << 4 | kind] = (uint8_t)model->messages[kind].carries;
}

static sim_time first_sample_every(const struct run *run)
{
    double latency = distribution_mean(run->config->network.latency);

    if (run->round) /* whole rounds: a sample stands at the end of one */
        return run->config->sample_every > run->round
                   ? run_credit(run, run->config->sample_every + run->round - 1)
                   : run->round;
    if (run->config->sample_every > 0)
        return run->config->sample_every;
    sim_time every = 10 * SIM_MILLISECOND;

    while (every > SIM_MICROSECOND && (double)every > latency / 2)
        every /= 10;
    return every;
}

static void init_census(struct run *run)
{
    const struct sim_config *config = run->config;
    const uint32_t updates = (uint32_t)(config->workload.updates + config->store.preload);
    const uint32_t keys =
        (uint32_t)(config->store.preload + (config->workload.updates ? config->workload.keys : 0));
    const uint32_t shards = config->store.shards ? (uint32_t)config->store.shards : 1;

    set_pool_init(&run->pool, &run->memory, updates);
    placement_init(&run->placement, &run->memory, &run->pool, &run->numbering, shards,
                   (uint32_t)config->store.replicas);
    if (run->memory.is_short)
        return;
    for (update_id i = 0; i < updates; i++)
        placement_add(&run->placement, i, workload_key(run, i));
    census_init(&run->census, &run->memory, &run->placement,
                &(struct census_config){ run->nodes, updates, keys, config->node_histograms });
}

static void start_nodes(struct run *run)
{
    for (node_id i = 0; i < run->nodes && !run->memory.is_short; i++)
        if (!run_is_down(run, i)) {
            run_turn(run, i);
            presence_start_models(run);
        }
}

/* False if memory is short. */
static bool init(struct run *run, const struct sim_config *config)
{
    run->config = config;
    run->nodes = (uint32_t)config->nodes;
    run->round = config->timing == TIMING_ROUNDS ? config->round : 0;
    for (int i = 0; i < PURPOSE_COUNT; i++)
        run->keys[i] = draw_key(config->seed, config->replication, (enum purpose)i);
    numbering_init(&run->numbering, run->nodes, run->keys[PURPOSE_NUMBERING]);
    agenda_init(&run->agenda, &run->memory);
    lanes_init(&run->lanes, &run->memory, run->nodes, run->round, run->keys[PURPOSE_PHASE],
               run->keys[PURPOSE_CLOCK]);
    run->replicas = memory_get(&run->memory, run->nodes + EVENTS_AHEAD, sizeof *run->replicas);
    run->layer_count = config->stack_count;
    for (int i = 0; i < run->layer_count; i++)
        init_layer(run, i);
    init_census(run);
    if (run->memory.is_short)
        return false;
    network_init(run);
    run->all_are_peers =
        config->peers == PEERS_ALL && run->nodes > 1 && placement_is_everywhere(&run->placement);
    run->learns_plainly = !run->round && !run->census.has_versions;
    run->sample_every = run->sample_first = first_sample_every(run);
    if (run->memory.is_short)
        return false;
    for (node_id i = 0; i < run->nodes; i++)
        run->replicas[i].known = set_handle(SET_EMPTY);
    run->lapsed = SET_EMPTY;
    run->agreed_at = SIM_NEVER;
    if (config->churn.session || config->fault_count > 0)
        presence_init(run);
    churn_init(run);
    workload_init(run);
    fault_init(run);
    agenda_add(&run->agenda, run->round / 2, AGENDA_SAMPLE, 0);
    agenda_add(&run->agenda, run_credit(run, config->stop.at) + run->round / 2, AGENDA_END, 0);
    if (!run->memory.is_short)
        start_nodes(run);
    return !run->memory.is_short;
}

/* ---- events ---- */

/* Folds an event into the fingerprint: one multiplication, as in wyhash (Wang Yi). */
static inline void mark(struct run *run, uint64_t time, uint64_t kind, uint64_t node)
{
    uint128 product =
        (uint128)(run->fingerprint ^ time) * (0x9e3779b97f4a7c15u ^ (kind << 32 | node));

    run->fingerprint = (uint64_t)(product >> 64) ^ (uint64_t)product;
}

void run_check_agreement(struct run *run)
{
    if (!run_has_converged(run))
        return;
    if (run->agreed_at == SIM_NEVER)
        run->agreed_at = run_credit(run, run->node.now);
    if (run->config->stop.when == STOP_CONVERGED)
        run_stop(run, "converged");
}

static void take_due_sample(struct run *run)
{
    sim_time at = run_credit(run, run->node.now);

    result_sample(run, at);
    agenda_add(&run->agenda, at + run->sample_every + run->round / 2, AGENDA_SAMPLE, 0);
}

/* What the cap on events counts: also what the agenda brings. */
static uint64_t run_work(const struct run *run)
{
    return run->timers + run->arrivals + run->steps;
}

static void look_at_watch(struct run *run)
{
    struct sim_watch *watch = run->config->watch;
    const struct census *census = &run->census;

    if (!watch || run_work(run) < run->watched)
        return;
    run->watched = run_work(run) + WATCH_EVERY;
    atomic_store_explicit(&watch->now, run->node.now, memory_order_relaxed);
    atomic_store_explicit(&watch->alive, census->alive, memory_order_relaxed);
    atomic_store_explicit(&watch->informed,
                          census->alive ? census_informed(census) / census->alive : 0,
                          memory_order_relaxed);
    atomic_store_explicit(&watch->events, run->timers + run->arrivals, memory_order_relaxed);
    if (atomic_load_explicit(&watch->cancel, memory_order_relaxed))
        run_stop(run, "cancelled");
}

static void look_at_limits(struct run *run)
{
    if (run->memory.is_short)
        run_stop(run, "memory");
    if (run_work(run) > run->config->stop.events)
        run_stop(run, "events");
    look_at_watch(run);
}

static void step_agenda(struct run *run)
{
    const struct agenda_entry entry = agenda_take(&run->agenda);

    run->steps++;
    look_at_limits(run);
    run->node.now = entry.time;
    if (run->round) /* what is sent now belongs to the round to come */
        run->network_delay = run_credit(run, entry.time) + run->round - entry.time + 1;
    if (entry.class != AGENDA_SAMPLE) /* to look changes nothing */
        mark(run, (uint64_t)entry.time, 4 + entry.class, entry.about);
    switch ((enum agenda_class)entry.class) {
    case AGENDA_FAULT:
        fault_happen(run, entry.about);
        break;
    case AGENDA_CHURN:
        churn_change(run, entry.about);
        break;
    case AGENDA_INJECT:
        workload_inject(run, entry.about);
        break;
    case AGENDA_COMMIT:
        knowledge_commit(run);
        break;
    case AGENDA_SAMPLE:
        take_due_sample(run);
        break;
    case AGENDA_END:
        run_stop(run, "time");
        break;
    }
    run_check_agreement(run);
    if (run->round)
        run->network_delay = 1;
}

static inline void fire_lane(struct run *run)
{
    const struct lane *lane = &run->lanes.list[run->lanes.next];
    const int tag = lane->tag;

    run->node.now = run->lanes.due;
    if (lane->nodes)
        __builtin_prefetch(&run->replicas[lane->nodes[lane->cursor + EVENTS_AHEAD]]);
    const struct model *model = run_layer(run, lane->model);

    run_turn(run, lanes_fire(&run->lanes));
    run->timers++;
    mark(run, (uint64_t)run->node.now, 1, run->node.id);
    model->on_timer(&run->node, tag, 0);
}

static RARE void deliver_parcel(struct run *run, const struct model *model,
                                const struct event *event)
{
    const struct parcel parcel = *network_parcel_of(run, event->load); /* the array may move */
    const struct set *sets[PACK_SETS_MAX];

    for (uint32_t i = 0; i < parcel.count; i++)
        sets[i] = parcel.sets[i];
    model->on_message(&run->node, &(struct message){ .from = event->from,
                                                     .kind = event->when & 15,
                                                     .set = sets[0],
                                                     .more = sets + 1,
                                                     .more_count = (int)parcel.count - 1,
                                                     .value = parcel.value,
                                                     .stamp = parcel.stamp });
}

static inline void deliver(struct run *run, const struct event *event)
{
    const struct model *model = run_layer(run, event->when >> 4 & 15);

    run->arrivals++;
    if (UNLIKELY(run->node.me->handled & REPLICA_DOWN)) {
        run->met_down++;
    } else {
        run->node.me->handled += run->node.me->handled < REPLICA_DOWN - 1; /* stays below the bit */
        if (UNLIKELY(handle_is_parcel(event->load)))
            deliver_parcel(run, model, event);
        else
            model->on_message(&run->node,
                              &(struct message){ .from = event->from,
                                                 .kind = event->when & 15,
                                                 .set = set_of_handle(&run->pool, event->load) });
    }
    network_release(run, event->load);
}

static __attribute__((noinline)) void fire_one_shot(struct run *run, const struct event *event)
{
    if (run->lives && run->lives[event->to] != event->from)
        return; /* the node has gone since */
    const struct model *model = run_layer(run, event->when >> 4 & 15);

    run->timers++;
    model->on_timer(&run->node, event->when & 15, event->load);
}

static inline void happen(struct run *run, struct event event, uint64_t key)
{
    run->queue.next++;
    __builtin_prefetch(&run->replicas[run->queue.open[run->queue.next + EVENTS_AHEAD - 1].to]);
    run->node.now = (sim_time)(key >> 1);
    run_turn(run, event.to);
    mark(run, key >> 1, 2 + (key & 1), event.to);
    if (UNLIKELY(key & 1))
        fire_one_shot(run, &event);
    else
        deliver(run, &event);
}

/* ---- the loop ---- */

/* True if nothing is in flight and no model has work: nothing happens until the agenda acts. */
static bool is_quiet(const struct run *run)
{
    if (event_queue_count(&run->queue) > 0 || run->injections_left > 0 || run->faults_left > 0 ||
        run->lesson_count > 0)
        return false;
    for (int i = 0; i < run->lanes.count; i++)
        if (run->lanes.list[i].armed_count > 0)
            return false;
    return true;
}

/* The open bucket is used up: limits are looked at here, once a bucket. */
static void next_bucket(struct run *run)
{
    const enum sim_stop_when when = run->config->stop.when;
    const bool can_wake = run->lives != NULL; /* somebody comes back */
    const sim_time agenda = (sim_time)(run->agenda.due >> 1);

    look_at_limits(run);
    if (when != STOP_NEVER && (when == STOP_QUIET || !can_wake) && is_quiet(run))
        run_stop(run, "quiet");
    if (!run->is_over)
        event_queue_advance(&run->queue, run->lanes.due < agenda ? run->lanes.due : agenda);
}

static void loop(struct run *run)
{
    struct event_queue *queue = &run->queue;

    while (!run->is_over) {
        const struct event event = queue->open[queue->next];
        const uint64_t horizon = (uint64_t)event_queue_horizon(queue) << 1;
        const uint64_t key = event.when == UINT32_MAX ? horizon : event_queue_key(queue, event);
        const sim_time lane = run->lanes.due;

        if (((uint64_t)lane << 1 | 1) < key) {
            if (LIKELY(run->agenda.due > (uint64_t)lane << 1))
                fire_lane(run);
            else
                step_agenda(run);
        } else if (LIKELY(event.when != UINT32_MAX)) {
            if (LIKELY(run->agenda.due > (key & ~(uint64_t)1))) {
                happen(run, event, key);
                if (UNLIKELY(queue->next % BUCKET_EVENTS_CHECKED == 0)) /* it may fill for ever */
                    look_at_limits(run);
            } else
                step_agenda(run);
        } else if (run->agenda.due < horizon)
            step_agenda(run);
        else
            next_bucket(run);
    }
}

/* ---- the whole ---- */

static void conclude(struct run *run, struct sim_result *result)
{
    const char *reason = run->stop_reason ? run->stop_reason : "memory";

    result->status = SIM_DONE;
    if (run->memory.is_short) {
        result->status = SIM_FAILED;
        reason = "memory";
        snprintf(result->error, sizeof result->error, "memory is short after %" PRIu64 " MB",
                 run->memory.bytes >> 20);
    } else if (strcmp(reason, "events") == 0) {
        result->status = SIM_FAILED;
        snprintf(result->error, sizeof result->error,
                 "more than %" PRIu64 " events after %.3f s of simulated time (stop.events)",
                 run->config->stop.events, (double)run->node.now / 1e9);
    } else if (strcmp(reason, "cancelled") == 0)
        result->status = SIM_CANCELLED;
    result->stop_reason = reason;
}

void sim_run(const struct sim_config *config, struct sim_result *result)
{
    struct run *run = aligned_alloc(64, (sizeof *run + 63) / 64 * 64);

    *result = (struct sim_result){ .status = SIM_FAILED,
                                   .stop_reason = "memory",
                                   .error = "memory is short" };
    if (!run)
        return;
    result->error[0] = '\0';
    memset(run, 0, sizeof *run);
    if (init(run, config)) {
        run_check_agreement(run);
        loop(run);
        result_fill(run, result);
    }
    conclude(run, result);
    lanes_clear(&run->lanes);
    distribution_free(run->gap);
    distribution_free(run->first_session);
    distribution_free(run->first_downtime);
    memory_clear(&run->memory);
    free(run);
}

void sim_result_clear(struct sim_result *result)
{
    free(result->metrics);
    free(result->samples);
    free(result->outcomes);
    free(result->bins);
    free(result->faults);
    *result = (struct sim_result){ 0 };
}
