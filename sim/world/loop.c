/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * loop.c - whose turn it is; docs/world.md lists the order of what happens at one instant.
 *
 * Three sources of events are merged by (time, class, number): the agenda (churn, injections,
 * samples), the lanes (periodic timers) and the queue (messages, one-shot timers).  Of one
 * instant come first the agenda's churn and injections, then arrivals, then one-shot timers, then
 * lanes, then samples.  Under `timing: rounds` all of a round happens at its instant: timers fire
 * at it, messages follow 1 ns apart, and half a round later what was learned takes effect; all of
 * it is credited to the instant itself.
 */
#include "sim/world/loop.h"

#include "sim/world/agreement.h"
#include "sim/world/averaging.h"
#include "sim/world/churn.h"
#include "sim/world/fault.h"
#include "sim/world/knowledge.h"
#include "sim/world/measure.h"
#include "sim/world/members.h"
#include "sim/world/network_connection.h"
#include "sim/world/network_delivery.h"
#include "sim/world/network_downlink.h"
#include "sim/world/network_effects.h"
#include "sim/world/network_processing.h"
#include "sim/world/network_tally.h"
#include "sim/world/overlay.h"
#include "sim/world/presence.h"
#include "sim/world/probe.h"
#include "sim/world/result.h"
#include "sim/world/workload.h"

enum {
    BUCKETS_AT_ONCE = 64,  /* between two looks at the limits while few events wait: */
    EVENTS_NEAR = 1 << 20, /* hold fewer than so many */
    WATCH_EVERY = 1 << 16, /* events between two looks at the watch */
    HEAVY_WORDS = 1 << 8,  /* of a set: then an event takes so long that a bucket takes seconds */
};

static void take_due_sample(struct run *run)
{
    sim_time at = run_credit(run, run->node.now);

    if (run->sample_count >= SIM_SAMPLES_MAX) {
        run_stop(run, "samples");
        return;
    }
    result_sample(run, at);
    agenda_add(&run->agenda, at + run->sample_every + run->round / 2, AGENDA_SAMPLE, 0);
}

static void tell_watch(const struct run *run, struct sim_watch *watch)
{
    const struct census *census = &run->census;

    atomic_store_explicit(&watch->now, run->node.now, memory_order_relaxed);
    atomic_store_explicit(&watch->alive, census->alive, memory_order_relaxed);
    atomic_store_explicit(&watch->informed,
                          census->alive ? census_informed(census) / census->alive : 0,
                          memory_order_relaxed);
    atomic_store_explicit(&watch->events, run->timers + run->arrivals, memory_order_relaxed);
}

/* After so many events, or where there may be too many; a probe wants to see each step. */
static uint64_t next_look(const struct run *run)
{
    const uint64_t next = run_work(run) + WATCH_EVERY, most = run->config->stop.events;

    if (run->config->probe)
        return 0;
    return most < next ? most + 1 : next;
}

void loop_look_at_limits(struct run *run)
{
    if (run->memory.is_short)
        run_stop(run, "memory");
    if (run_work(run) > run->config->stop.events)
        run_stop(run, "events");
    if (run_is_cancelled(run))
        run_stop(run, "cancelled");
    if (UNLIKELY(run->config->probe != NULL))
        probe_look(run);
    if (run_work(run) < run->look_at)
        return;
    run->look_at = next_look(run);
    if (run->config->watch)
        tell_watch(run, run->config->watch);
}

/* The same between buckets and steps of the agenda, where most often there is nothing to see. */
static void look_if_due(struct run *run)
{
    if (UNLIKELY(run_work(run) >= run->look_at || run->memory.is_short || run_is_cancelled(run)))
        loop_look_at_limits(run);
}

void loop_pause(struct run *run)
{
    if (event_queue_pause(&run->queue))
        loop_look_at_limits(run);
}

static void step_agenda(struct run *run)
{
    const struct agenda_entry entry = agenda_take(&run->agenda);

    run->steps++;
    look_if_due(run);
    run->node.now = entry.time;
    if (run->round) /* what is sent now belongs to the round to come */
        run->network_delay = run_credit(run, entry.time) + run->round - entry.time + 1;
    if (entry.class != AGENDA_SAMPLE && entry.class != AGENDA_WINDOW) /* to look changes nothing */
        loop_mark(run, (uint64_t)entry.time, 3 + entry.class, entry.about);
    switch ((enum agenda_class)entry.class) {
    case AGENDA_WINDOW:
        if (entry.about == WINDOW_CYCLE)
            averaging_end_cycle(run);
        else if (entry.about == WINDOW_END_AVERAGES)
            measure_end_averages(run);
        else
            measure_begin(run);
        break;
    case AGENDA_FAULT:
        result_sample_before(run);
        fault_happen(run, entry.about);
        break;
    case AGENDA_CHURN:
        if (entry.about < run->nodes)
            churn_change(run, entry.about);
        else
            members_join(run);
        break;
    case AGENDA_INJECT:
        result_sample_before(run);
        workload_inject(run, entry.about);
        break;
    case AGENDA_COMMIT:
        knowledge_commit(run);
        break;
    case AGENDA_SAMPLE:
        if (entry.about == SAMPLE_OF_OVERLAY)
            overlay_sample(run);
        else
            take_due_sample(run);
        break;
    case AGENDA_END:
        run_stop(run, "time");
        break;
    }
    agreement_look(run);
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

void loop_deliver_with_care(struct run *run, uint32_t when, uint32_t from, uint32_t load)
{
    if (LIKELY(!(run->node.me->handled & REPLICA_DOWN)))
        delivery_make(run, when, from, load);
    else {
        run->met_down++;
        if (handle_is_transfer(load))
            connection_meet_down(run, load, presence_refuses(run, run->node.id));
        else
            network_release(run, load);
    }
    if (run->pool.words >= HEAVY_WORDS && run_is_cancelled(run))
        run_stop(run, "cancelled");
}

static bool is_of_engine(uint32_t when)
{
    return (when >> 4 & 15) == LAYER_ENGINE;
}

/* A timer of a life of the node that is over. */
static bool is_void(const struct run *run, uint32_t life)
{
    return run->lives && run->lives[run->node.id] != life;
}

void loop_fire_one_shot(struct run *run, uint32_t when, uint32_t life, uint32_t load)
{
    if (UNLIKELY(is_of_engine(when))) {
        run->steps++;
        if ((when & 15) == ENGINE_UPLINK_IDLE)
            effects_depart(run);
        else if ((when & 15) == ENGINE_HANDLED)
            processing_finish(run, life);
        else if ((when & 15) == ENGINE_TRANSFER_DUE)
            connection_continue(run, load);
        else if ((when & 15) == ENGINE_DOWNLINK_REACHED)
            downlink_reached(run, load);
        else
            downlink_idle(run);
        return;
    }
    if (is_void(run, life))
        return;
    run->timers++;
    run_layer(run, when >> 4 & 15)->on_timer(&run->node, when & 15, load);
}

static void show(struct run *run, struct event event)
{
    const bool is_arrival = event_class(event) == EVENT_ARRIVAL;
    struct opened opened;

    if (run->tally && is_arrival && !run_is_down(run, event.to))
        tally_handle(run->tally, run, (uint8_t)event.when, event.load);
    if (!run->observation)
        return;
    if (is_arrival) {
        network_open(run, event.load, event.from, event.when & 15, &opened);
        observation_arrive(run, event, &opened.message);
    } else if (!is_of_engine(event.when) && !is_void(run, event.from))
        observation_fire(run, run->layers[event.when >> 4 & 15].model, event.when & 15);
}

bool loop_take_note(struct run *run, struct event event)
{
    const bool is_arrival = event_class(event) == EVENT_ARRIVAL;
    const bool waits = run->inboxes.nodes && is_arrival && !run_is_down(run, event.to) &&
                       (run->config->network.processing || run_is_paused(run, event.to));

    if (!is_arrival && pause_keeps_timer(run, event))
        return true;
    if (waits)
        processing_arrive(run, event);
    else if (run->is_noted)
        show(run, event);
    return waits;
}

/* ---- the loop ---- */

/* True if nothing is in flight and no model has work: nothing happens until the agenda acts. */
static bool is_quiet(const struct run *run)
{
    if (event_queue_count(&run->queue) > 0 || run->injections_left > 0 || run->faults_left > 0 ||
        run->deferred_count > 0)
        return false;
    for (int i = 0; i < run->lanes.count; i++)
        if (run->lanes.list[i].armed_count > 0)
            return false;
    return true;
}

/* The open bucket is used up: limits are looked at here, once a bucket, or once in many while these
 * hold few events and the cap on events is not near. */
static void next_bucket(struct run *run)
{
    const sim_time agenda = (sim_time)(run->agenda.due >> 1);
    const bool is_near = run->config->stop.events - run_work(run) < EVENTS_NEAR;

    look_if_due(run);
    if (!run->is_over)
        event_queue_advance(&run->queue, run->lanes.due < agenda ? run->lanes.due : agenda,
                            is_near ? 1 : BUCKETS_AT_ONCE);
}

static void run_bucket(struct run *run)
{
    loop_bucket(run, NULL);
}

static void run_bucket_noted(struct run *run)
{
    loop_through(run, NULL, true);
}

/* What runs the buckets of this run's stack. */
static loop_fn *loop_for(const struct run *run)
{
    if (run->is_noted || run->inboxes.nodes)
        return run_bucket_noted;
    for (const struct model_loop *l = loop_registry; l->model && run->layer_count == 1; l++)
        if (l->model == run->layers[0].model)
            return l->bucket;
    return run_bucket;
}

void loop_until_over(struct run *run)
{
    const enum sim_stop_when when = run->config->stop.when;
    const bool can_wake = run->lives != NULL; /* somebody comes back */
    const bool ends_when_quiet = when == STOP_QUIET || (when == STOP_CONVERGED && !can_wake);
    loop_fn *const bucket = loop_for(run);

    run_layer(run, 0);
    while (!run->is_over) {
        run->queue.until = run->queue.horizon - 1;
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
