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
#include "sim/churn.h"
#include "sim/fault.h"
#include "sim/knowledge.h"
#include "sim/loop.h"
#include "sim/measure.h"
#include "sim/network.h"
#include "sim/presence.h"
#include "sim/probe.h"
#include "sim/result.h"
#include "sim/weather.h"
#include "sim/workload.h"

#include <inttypes.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

enum {
    WATCH_EVERY = 1 << 16, /* events between two looks at the watch */
    HEAVY_WORDS = 1 << 8,  /* of a set: then an event takes so long that a bucket takes seconds */
};

/* ---- setting up ---- */

static void init_layer(struct run *run, uint32_t index)
{
    const struct sim_layer *written = &run->config->stack[index];
    const struct model *model = written->model;
    struct layer *layer = &run->layers[index];
    const size_t nodes = run->nodes;
    const bool remembers = !model->needs_state || model->needs_state(written->config);

    layer->model = model;
    layer->config = written->config;
    layer->index = index;
    layer->set_count = model->sets ? model->sets(written->config) : 0;
    if (layer->set_count > 0) {
        size_t count = nodes * (size_t)layer->set_count;

        layer->sets = memory_get(&run->memory, count, sizeof *layer->sets);
        for (size_t i = 0; i < count && layer->sets; i++)
            layer->sets[i] = SET_EMPTY;
    }
    if (model->state_size > 0 && remembers)
        layer->states = memory_get(&run->memory, nodes, model->state_size);
    if (model->record_size > 0 && remembers) {
        layer->records = memory_get(&run->memory, nodes, sizeof *layer->records);
        layer->spare_record = memory_get(&run->memory, 1, model->record_size);
    }
    for (uint32_t kind = 0; model->messages && model->messages[kind].name; kind++)
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
    for (node_id i = 0; i < run->nodes && !run->memory.is_short && !run_is_cancelled(run); i++)
        if (!run_is_down(run, i)) {
            run_turn(run, i);
            presence_start_models(run);
        }
}

/* Whether its models can be run at all; the scenario cannot make them otherwise. */
static bool check_models(const struct sim_config *config, struct sim_result *result)
{
    char why[PARAM_WHY_MAX];

    for (int i = 0; i < config->stack_count; i++) {
        const struct model *model = config->stack[i].model;

        if (model_check(model, why))
            continue;
        result->stop_reason = "model";
        snprintf(result->error, sizeof result->error, "the model %.40s %.100s",
                 model->name ? model->name : "without a name", why);
        return false;
    }
    return true;
}

/* False if memory is short. */
static bool init(struct run *run, const struct sim_config *config)
{
    run->config = config;
    run->memory.limit = config->memory_max;
    run->nodes = (uint32_t)config->nodes;
    run->round = config->timing == TIMING_ROUNDS ? config->round : 0;
    for (int i = 0; i < PURPOSE_COUNT; i++)
        run->keys[i] = draw_key(config->seed, config->replication, (enum purpose)i);
    numbering_init(&run->numbering, run->nodes, run->keys[PURPOSE_NUMBERING]);
    agenda_init(&run->agenda, &run->memory);
    lanes_init(&run->lanes, &run->memory, run->nodes, run->round, run->keys[PURPOSE_PHASE],
               run->keys[PURPOSE_CLOCK]);
    run->replicas = memory_get(&run->memory, run->nodes + EVENTS_AHEAD, sizeof *run->replicas);
    run->layer_count = (uint32_t)config->stack_count;
    for (uint32_t i = 0; i < run->layer_count; i++)
        init_layer(run, i);
    init_census(run);
    if (run->memory.is_short)
        return false;
    network_init(run);
    run->learns_plainly = !run->census.has_versions;
    run->sample_every = run->sample_first = first_sample_every(run);
    if (run->memory.is_short)
        return false;
    for (node_id i = 0; i < run->nodes; i++)
        run->replicas[i].known = set_handle(SET_EMPTY);
    run->lapsed = SET_EMPTY;
    run->repaired_at = SIM_NEVER;
    measure_init(run);
    if (config->churn.session || config->fault_count > 0)
        presence_init(run);
    run->all_are_peers =
        !run->live.nodes && run->nodes > 1 && placement_is_everywhere(&run->placement);
    churn_init(run);
    workload_init(run);
    fault_init(run);
    agenda_add(&run->agenda, run->round / 2, AGENDA_SAMPLE, 0);
    agenda_add(&run->agenda, run_credit(run, config->stop.at) + run->round / 2, AGENDA_END, 0);
    ahead_init(&run->ahead);
    if (!run->memory.is_short)
        start_nodes(run);
    run->ahead.is_on =
        run->lanes.count == 1 && !run->lanes.list[0].gap.law && ahead_is_worthwhile();
    return !run->memory.is_short;
}

/* ---- events ---- */

void run_check_agreement(struct run *run)
{
    if (census_is_repaired(&run->census)) {
        run->census.struck = UPDATE_NONE;
        run->repaired_at = run_credit(run, run->node.now);
    }
    if (run->config->stop.when == STOP_CONVERGED && run_has_converged(run))
        run_stop(run, "converged");
}

static void take_due_sample(struct run *run)
{
    sim_time at = run_credit(run, run->node.now);

    result_sample(run, at);
    agenda_add(&run->agenda, at + run->sample_every + run->round / 2, AGENDA_SAMPLE, 0);
}

static void look_at_watch(struct run *run)
{
    struct sim_watch *watch = run->config->watch;
    const struct census *census = &run->census;

    if (!watch)
        return;
    if (run_is_cancelled(run))
        run_stop(run, "cancelled");
    if (run_work(run) < run->watched)
        return;
    run->watched = run_work(run) + WATCH_EVERY;
    atomic_store_explicit(&watch->now, run->node.now, memory_order_relaxed);
    atomic_store_explicit(&watch->alive, census->alive, memory_order_relaxed);
    atomic_store_explicit(&watch->informed,
                          census->alive ? census_informed(census) / census->alive : 0,
                          memory_order_relaxed);
    atomic_store_explicit(&watch->events, run->timers + run->arrivals, memory_order_relaxed);
}

void loop_look_at_limits(struct run *run)
{
    if (run->memory.is_short)
        run_stop(run, "memory");
    if (run_work(run) > run->config->stop.events)
        run_stop(run, "events");
    if (UNLIKELY(run->config->probe != NULL))
        probe_look(run);
    look_at_watch(run);
}

static void step_agenda(struct run *run)
{
    const struct agenda_entry entry = agenda_take(&run->agenda);

    run->steps++;
    loop_look_at_limits(run);
    run->node.now = entry.time;
    if (run->round) /* what is sent now belongs to the round to come */
        run->network_delay = run_credit(run, entry.time) + run->round - entry.time + 1;
    if (entry.class != AGENDA_SAMPLE && entry.class != AGENDA_WINDOW) /* to look changes nothing */
        loop_mark(run, (uint64_t)entry.time, 3 + entry.class, entry.about);
    switch ((enum agenda_class)entry.class) {
    case AGENDA_WINDOW:
        if (entry.about)
            measure_end_averages(run);
        else
            measure_begin(run);
        break;
    case AGENDA_FAULT:
        result_sample_before(run);
        fault_happen(run, entry.about);
        break;
    case AGENDA_CHURN:
        churn_change(run, entry.about);
        break;
    case AGENDA_INJECT:
        result_sample_before(run);
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

/* ---- turns that need care ---- */

void loop_draw_ahead(struct run *run, uint32_t place)
{
    struct ahead *ahead = &run->ahead;

    ahead->from = place - place % AHEAD;
    if (run->lanes.list[0].armed_count < run->nodes / 2 || run->nodes - ahead->from < AHEAD)
        return;
    for (uint32_t i = 0; i < AHEAD; i++) { /* the first lane's places are the nodes */
        const node_id node = ahead->from + i;

        ahead->links.counters[i] = draw_counter(node, run->replicas[node].sent);
        ahead->peers.counters[i] = draw_counter(node, run->replicas[node].drawn);
    }
    ahead_make(&ahead->links, run->keys[PURPOSE_LINK]);
    ahead_make(&ahead->peers, run->keys[PURPOSE_PEER]);
}

static void deliver_parcel(struct run *run, const struct model *model, struct event event)
{
    const struct parcel parcel = *network_parcel_of(run, event.load); /* the array may move */
    const struct set *sets[PACK_SETS_MAX];

    for (uint32_t i = 0; i < parcel.count; i++)
        sets[i] = parcel.sets[i];
    model->on_message(&run->node, &(struct message){ .from = event.from,
                                                     .kind = event.when & 15,
                                                     .set = sets[0],
                                                     .more = sets + 1,
                                                     .more_count = (int)parcel.count - 1,
                                                     .value = parcel.value,
                                                     .stamp = parcel.stamp });
}

void loop_deliver_with_care(struct run *run, struct event event)
{
    const struct model *model = run->node.layer->model;
    struct replica *me = run->node.me;

    if (me->handled & REPLICA_DOWN) {
        run->met_down++;
    } else {
        me->handled += me->handled < HANDLED_MAX;
        if (handle_is_parcel(event.load))
            deliver_parcel(run, model, event);
        else
            model->on_message(&run->node,
                              &(struct message){ .from = event.from,
                                                 .kind = event.when & 15,
                                                 .set = set_of_handle(&run->pool, event.load) });
    }
    network_release(run, event.load);
    if (run->pool.words >= HEAVY_WORDS && run_is_cancelled(run))
        run_stop(run, "cancelled");
}

void loop_fire_one_shot(struct run *run, struct event event)
{
    if (UNLIKELY((event.when >> 4 & 15) == LAYER_ENGINE)) {
        run->steps++;
        weather_depart(run);
        return;
    }
    if (run->lives && run->lives[event.to] != event.from)
        return; /* the node has gone since */
    run->timers++;
    run_layer(run, event.when >> 4 & 15)->on_timer(&run->node, event.when & 15, event.load);
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
    const sim_time agenda = (sim_time)(run->agenda.due >> 1);

    loop_look_at_limits(run);
    if (!run->is_over)
        event_queue_advance(&run->queue, run->lanes.due < agenda ? run->lanes.due : agenda);
}

static void run_bucket(struct run *run)
{
    loop_bucket(run, NULL);
}

/* What runs the buckets of this run's stack. */
static loop_fn *loop_for(const struct run *run)
{
    for (const struct model_loop *l = loop_registry; l->model && run->layer_count == 1; l++)
        if (l->model == run->layers[0].model)
            return l->bucket;
    return run_bucket;
}

static void loop(struct run *run)
{
    const enum sim_stop_when when = run->config->stop.when;
    const bool can_wake = run->lives != NULL; /* somebody comes back */
    const bool ends_when_quiet = when == STOP_QUIET || (when == STOP_CONVERGED && !can_wake);
    loop_fn *const bucket = loop_for(run);

    run_layer(run, 0);
    while (!run->is_over) {
        run->until = run->queue.horizon - 1;
        run_heed_agenda(run);
        bucket(run);
        /* Before the agenda's turn, so that it ends with what happened last and no sample counts.
         */
        if (ends_when_quiet && is_quiet(run))
            run_stop(run, "quiet");
        if (run->is_over)
            break;
        if (run->agenda.due < (uint64_t)run->queue.horizon << 1)
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

/* All but the lanes, which are many; lanes_init() sees to them. */
static void clear(struct run *run)
{
    const size_t end = offsetof(struct run, lanes) + sizeof run->lanes;

    memset(run, 0, offsetof(struct run, lanes));
    memset((char *)run + end, 0, sizeof *run - end);
}

void sim_run(const struct sim_config *config, struct sim_result *result)
{
    struct run *run;

    *result = (struct sim_result){ .status = SIM_FAILED,
                                   .stop_reason = "memory",
                                   .error = "memory is short" };
    if (!check_models(config, result))
        return;
    run = aligned_alloc(_Alignof(struct run), sizeof *run);
    if (!run)
        return;
    result->error[0] = '\0';
    clear(run);
    if (init(run, config)) {
        run_check_agreement(run);
        loop(run);
        if (run_is_cancelled(run)) /* at the very end, too: filling may take long */
            run->stop_reason = "cancelled";
        else
            result_fill(run, result);
    }
    conclude(run, result);
    if (config->probe)
        probe_conclude(run);
    lanes_clear(&run->lanes);
    gap_clear(&run->gap);
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
