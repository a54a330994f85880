/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * loop.h - the inner loop: timers of lanes and events of the open bucket, in the order of time.
 *
 * It is compiled once for any stack, once more for runs with an observer or inboxes, and once with
 * each model: a strategy of that model alone then runs in a loop whose calls to the model are
 * direct, and inlined where the model says MODEL_HOT (worth an eighth of the instructions of W1 and
 * W2).  The build makes the last kind: models/NAME.c and this header are one unit.
 */
#ifndef SIM_WORLD_LOOP_H
#define SIM_WORLD_LOOP_H

#include "sim/world/deliver.h"
#include "sim/world/network.h"
#include "sim/world/observation.h"
#include "sim/world/network_pause.h"
#include "sim/world/run.h"

/* Runs what is due until somebody else's turn comes: run->queue.until. */
typedef void loop_fn(struct run *run);

/* The loops for single models, closed by NULL.  Generated from the folder's listing. */
struct model_loop {
    const struct model *model;
    loop_fn *bucket;
};
extern const struct model_loop loop_registry[];

/* Lets everything happen, in the order of time, until the run is over. */
void loop_until_over(struct run *run);

/* Ends the run if memory is short, events are too many, or somebody wants it to. */
RARE void loop_look_at_limits(struct run *run);

/* What is due when the queue wants a pause. */
RARE void loop_pause(struct run *run);

/* A one-shot timer of this node, armed in its life number `life`. */
RARE void loop_fire_one_shot(struct run *run, uint32_t when, uint32_t life, uint32_t load);

/* Of a run that has an observer, or inboxes: the one is shown an event that is about to happen,
 * into the others goes a message that comes.  True: nothing else comes of it now. */
RARE bool loop_take_note(struct run *run, struct event event);

/* Makes the draws for the lane's places around `place` in advance, if most of them will ask for
 * them. */
RARE void loop_draw_ahead(struct run *run, uint32_t place);

/* Folds an event into the fingerprint: one multiplication, as in wyhash (Wang Yi). */
static inline void loop_mark(struct run *run, uint64_t time, uint64_t kind, uint64_t node)
{
    uint128 product =
        (uint128)(run->fingerprint ^ time) * (0x9e3779b97f4a7c15u ^ (kind << 32 | node));

    run->fingerprint = (uint64_t)(product >> 64) ^ (uint64_t)product;
}

static inline void loop_fire_lane(struct run *run, const struct model *only, bool is_noted)
{
    const struct lane *lane = run->lanes.next;
    const int tag = lane->tag;

    if (run->ahead.is_on) {
        if (UNLIKELY(lane->cursor - run->ahead.from >= AHEAD))
            loop_draw_ahead(run, lane->cursor);
        run->ahead.turn = lane->cursor % AHEAD;
    }
    run->node.now = run->lanes.due;
    if (lane->nodes)
        __builtin_prefetch(&run->replicas[lane->nodes[lane->cursor + EVENTS_AHEAD]]);
    const struct model *model = only ? only : run_layer(run, (uint32_t)lane->model);

    run_turn(run, lanes_fire(&run->lanes));
    if (is_noted && run->pauses.nodes && pause_keeps_tick(run, lane))
        return;
    run->timers++;
    loop_mark(run, (uint64_t)run->node.now, 1, run->node.id);
    if (is_noted && run->observation)
        observation_fire(run, model, tag);
    model->on_timer(&run->node, tag, 0);
}

static inline void loop_deliver(struct run *run, struct event event, const struct model *only)
{
    const struct model *model = only ? only : run_layer(run, event.when >> 4 & 15);
    const uint32_t handled = run->node.me->handled + 1;

    run->arrivals++;
    if (LIKELY(handled < HANDLED_MAX && handle_is_inline(event.load))) {
        run->node.me->handled = handled;
        model->on_message(&run->node, &(struct message){ .from = event.from,
                                                         .kind = event.when & 15,
                                                         .set = set_of_inline(event.load) });
    } else
        deliver_with_care(run, event.when, event.from, event.load);
}

static inline void loop_happen(struct run *run, const struct event *at, sim_time time,
                               const struct model *only, bool is_noted)
{
    /* Part by part: the open bucket may move, and a copy in memory would hold the parts up. */
    const struct event event = { at->when, at->to, at->from, at->load };

    __builtin_prefetch(&run->replicas[at[EVENTS_AHEAD].to]);
    run->queue.next++;
    run->node.now = time;
    run_turn(run, event.to);
    loop_mark(run, (uint64_t)time, 2 + event_class(event), event.to);
    if (is_noted && loop_take_note(run, event)) {
        /* it waits */
    } else if (UNLIKELY(event_class(event) == EVENT_TIMER))
        loop_fire_one_shot(run, event.when, event.from, event.load);
    else
        loop_deliver(run, event, only);
    if (UNLIKELY(run->queue.next >= run->queue.pause))
        loop_pause(run);
}

/* `only`: the one model of the stack; NULL: any stack.  `is_noted`: there is an observer, or
 * inboxes. */
static inline void loop_through(struct run *run, const struct model *only, bool is_noted)
{
    struct event_queue *queue = &run->queue;

    for (;;) {
        const struct event *event = &queue->open[queue->next];
        const sim_time time = event_queue_time(queue, *event), lane = run->lanes.due;

        if (lane < time) {
            if (UNLIKELY(lane > queue->until))
                break;
            loop_fire_lane(run, only, is_noted);
        } else {
            if (UNLIKELY(time > queue->until))
                break;
            loop_happen(run, event, time, only, is_noted);
        }
    }
}

static inline void loop_bucket(struct run *run, const struct model *only)
{
    loop_through(run, only, false);
}

#endif
