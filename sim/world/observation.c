/* SPDX-License-Identifier: GPL-3.0-or-later */
/* observation.c - see observation.h. */
#include "sim/world/observation.h"

#include "sim/world/writes.h"

#include <assert.h>
#include <stdlib.h>

struct observation *observation_new(struct run *run, const struct sim_observer *observer)
{
    struct observation *o;

    if (!observer)
        return NULL;
    o = calloc(1, sizeof *o);
    if (o)
        o->outside = memory_get(&o->memory, run->nodes, sizeof *o->outside);
    if (!o || !o->outside) {
        run->memory.is_short = true;
        observation_free(o);
        return NULL;
    }
    o->observer = observer;
    return o;
}

void observation_free(struct observation *observation)
{
    if (observation)
        memory_clear(&observation->memory);
    free(observation);
}

/* ---- messages under way ---- */

static bool is_before(const struct flight *a, const struct flight *b)
{
    return a->arrives < b->arrives || (a->arrives == b->arrives && a->order < b->order);
}

static void add_flight(struct observation *o, struct flight flight)
{
    size_t place = o->count++;

    for (; place > 0 && is_before(&flight, &o->flights[(place - 1) / 2]); place = (place - 1) / 2)
        o->flights[place] = o->flights[(place - 1) / 2];
    o->flights[place] = flight;
}

static struct flight take_flight(struct observation *o)
{
    const struct flight first = o->flights[0], last = o->flights[--o->count];
    size_t place = 0;

    for (size_t child = 1; child < o->count; child = 2 * place + 1) {
        if (child + 1 < o->count && is_before(&o->flights[child + 1], &o->flights[child]))
            child++;
        if (!is_before(&o->flights[child], &last))
            break;
        o->flights[place] = o->flights[child];
        place = child;
    }
    o->flights[place] = last;
    return first;
}

/* ---- what is shown ---- */

node_id observe_node(const struct sight *sight, node_id id)
{
    const struct numbering *numbering = &sight->run->numbering;

    return id < numbering->nodes ? numbering_outside(numbering, id) : OBSERVE_NOBODY;
}

uint32_t observe_key(const struct sight *sight, update_id update)
{
    return writes_key(sight->run, update);
}

static node_id number_of(const struct run *run, node_id node)
{
    node_id *number = &run->observation->outside[node];

    if (*number == 0)
        *number = numbering_outside(&run->numbering, node) + 1;
    return *number - 1;
}

/* Shows what is wanted, with what all sights have. */
static void show(struct run *run, struct sight sight)
{
    const struct sim_observer *observer = run->observation->observer;
    struct message carried;

    if (!(observer->wants & (unsigned)sight.what))
        return;
    sight.at = run_credit(run, run->node.now);
    sight.run = run;
    sight.node = number_of(run, sight.node);
    if (sight.peer != OBSERVE_NOBODY)
        sight.peer = number_of(run, sight.peer);
    if (sight.carried) {
        carried = *sight.carried;
        carried.from = sight.node;
        sight.carried = &carried;
    }
    observer->see(observer->context, &sight);
}

static uint64_t message_of(const struct run *run, const struct letter *letter)
{
    return (uint64_t)run->node.id << 32 | letter->number;
}

/* Of a message of the node whose turn it is. */
static struct sight sight_of(const struct run *run, enum seen what, const struct letter *letter,
                             const struct message *carried)
{
    return (struct sight){ .what = what,
                           .node = run->node.id,
                           .peer = letter->to,
                           .model = run->layers[letter->tag >> 4].model,
                           .kind = letter->tag & 15,
                           .message = message_of(run, letter),
                           .carried = carried,
                           .is_connection = handle_is_transfer(letter->load) };
}

void observation_send(struct run *run, const struct letter *letter, const struct message *carried,
                      uint64_t bytes, const struct network_bytes *so_far)
{
    struct sight sight = sight_of(run, SEEN_SENT, letter, carried);
    struct network_bytes *before = &run->observation->sent[letter->tag];

    sight.bytes = bytes;
    sight.bytes_payload = so_far->payload - before->payload;
    sight.bytes_digest = so_far->digest - before->digest;
    sight.bytes_control = so_far->control - before->control;
    sight.copies = (uint32_t)(so_far->copies - before->copies);
    *before = *so_far;
    show(run, sight);
}

void observation_depart(struct run *run, const struct letter *letter, sim_time arrives)
{
    struct observation *o = run->observation;

    if (memory_grow(&o->memory, &o->flights, &o->capacity, o->count + 1, sizeof *o->flights))
        add_flight(o, (struct flight){ .arrives = arrives,
                                       .order = o->order++,
                                       .message = message_of(run, letter),
                                       .from = run->node.id,
                                       .to = letter->to });
    else
        run->memory.is_short = true;
}

void observation_lose(struct run *run, const struct letter *letter, const struct message *carried,
                      enum why why)
{
    struct sight sight = sight_of(run, SEEN_LOST, letter, carried);

    sight.why = why;
    show(run, sight);
}

uint64_t observation_land(struct run *run, struct event event)
{
    struct flight flight;

    if (run->memory.is_short) /* it may not have been noted; the run is about to stop */
        return 0;
    flight = take_flight(run->observation);
    assert(flight.arrives == run->node.now && flight.from == event.from && flight.to == event.to);
    return flight.message;
}

void observation_handle(struct run *run, const struct inboxed *message,
                        const struct message *carried, enum why why)
{
    if (!run->memory.is_short)
        show(run, (struct sight){ .what = why == WHY_NONE ? SEEN_ARRIVED : SEEN_LOST,
                                  .why = why,
                                  .node = message->from,
                                  .peer = run->node.id,
                                  .model = run->layers[message->tag >> 4].model,
                                  .kind = message->tag & 15,
                                  .message = message->message,
                                  .carried = carried });
}

void observation_arrive(struct run *run, struct event event, const struct message *carried)
{
    const struct inboxed message = { .from = event.from,
                                     .message = observation_land(run, event),
                                     .tag = (uint8_t)event.when };

    observation_handle(run, &message, carried, run_is_down(run, event.to) ? WHY_DOWN : WHY_NONE);
}

void observation_fire(struct run *run, const struct model *model, int tag)
{
    show(run, (struct sight){ .what = SEEN_TIMER,
                              .node = run->node.id,
                              .peer = OBSERVE_NOBODY,
                              .model = model,
                              .kind = tag });
}

void observation_learn(struct run *run, node_id from, const struct set *set)
{
    const bool is_told = from != NODE_NONE;

    show(run, (struct sight){ .what = SEEN_LEARNED,
                              .node = run->node.id,
                              .peer = is_told ? from : OBSERVE_NOBODY,
                              .model = is_told ? run->node.layer->model : NULL,
                              .set = set });
}

void observation_believe(struct run *run, node_id about, enum belief from, enum belief to)
{
    show(run, (struct sight){ .what = SEEN_BELIEF,
                              .node = run->node.id,
                              .peer = about,
                              .model = run->node.layer->model,
                              .from = from,
                              .to = to });
}

void observation_meet(struct run *run, node_id peer, bool is_there)
{
    show(run, (struct sight){ .what = SEEN_VIEW,
                              .node = run->node.id,
                              .peer = peer,
                              .model = run->node.layer->model,
                              .is_there = is_there });
}

void observation_change(struct run *run, enum seen what, node_id node)
{
    show(run, (struct sight){ .what = what, .node = node, .peer = OBSERVE_NOBODY });
}
