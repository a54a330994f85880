/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * lane.h - periodic timers of all nodes, kept implicitly.
 *
 * The timers of one model and tag form a lane: the nodes in the order of their phases, and a cursor
 * that walks round once an interval.  No event is ever queued for them; a node that is down or
 * asleep is a cleared bit that the cursor passes.  The first lane *numbers the nodes*: node i has
 * the i-th smallest phase, so that walking it reads the node array in sequence (at a million nodes
 * 16 ns an event instead of 26).  The Poisson clocks of all nodes are one superposed process: rate
 * nodes / interval, a uniformly random node each time, exactly equivalent to a clock a node.  Node
 * 0 is therefore special: whatever a scenario says of node numbers goes through numbering.h.
 */
#ifndef SIM_TIME_LANE_H
#define SIM_TIME_LANE_H

#include "sim/model.h"
#include "sim/value/draw.h"
#include "sim/value/gap.h"
#include "sim/value/memory.h"

enum { LANES_MAX = MODEL_STACK_MAX * MODEL_TAGS_MAX }; /* one a tag of each model */

struct lane {
    uint64_t *armed;        /* bit per place, and a clear one: the node is up and awake */
    const uint32_t *phases; /* per place, ascending: fraction of the interval * 2^32 */
    uint32_t *nodes;        /* per place; NULL in the first lane: the place itself */
    uint32_t *places;       /* per node; NULL in the first lane */
    sim_time interval;
    uint64_t steps; /* an offset is phase * steps >> 32 quanta */
    sim_time quantum;
    sim_time first;  /* added to every offset */
    sim_time lap;    /* start of the cursor's turn round the lane */
    sim_time due;    /* of the cursor's place; INT64_MAX: nobody is armed */
    uint32_t cursor; /* place of the next armed timer */
    uint32_t walked; /* place that fired last */
    sim_time fired;  /* when it did; -1: never yet */
    uint32_t armed_count;
    int model, tag;
    struct gap gap;  /* Poisson: between two timers of the lane */
    uint32_t number; /* of the lane */
    uint64_t gaps;   /* drawn so far */
};

struct lanes {
    struct lane list[LANES_MAX];
    int count;
    struct lane *next; /* the lane with the earliest timer */
    sim_time due;      /* its time; INT64_MAX: none */
    uint32_t nodes;
    sim_time round; /* of `timing: rounds`; 0: events */
    struct memory *memory;
    uint64_t key;       /* of the phases */
    uint64_t clock_key; /* of the Poisson clocks */
};

void lanes_init(struct lanes *lanes, struct memory *memory, uint32_t nodes, sim_time round,
                uint64_t key, uint64_t clock_key);

void lanes_clear(struct lanes *lanes);

/* The lane of a model's tag, or NULL. */
struct lane *lanes_find(struct lanes *lanes, int model, int tag);

/* Adds a lane, nobody armed yet.  NULL if memory is short. */
struct lane *lanes_add(struct lanes *lanes, int model, int tag, sim_time interval,
                       enum phase phase);

/* The node's timer fires from now on, or does not. */
__attribute__((noinline)) void lane_arm(struct lanes *lanes, struct lane *lane, node_id node,
                                        sim_time now);
__attribute__((noinline)) void lane_disarm(struct lanes *lanes, struct lane *lane, node_id node);

/* Moves the cursor of lane `next` to its next armed place, finding it beyond the easy case. */
__attribute__((noinline)) void lane_seek(struct lanes *lanes, struct lane *lane);

/* Which lane is next, and when. */
__attribute__((noinline)) void lanes_choose(struct lanes *lanes);

static inline sim_time lane_time(const struct lane *lane, uint32_t place)
{
    return lane->lap + lane->first +
           (sim_time)((uint128)lane->steps * lane->phases[place] >> 32) * lane->quantum;
}

/* The timer under the cursor of the next lane fires: returns its node and steps on. */
static inline node_id lanes_fire(struct lanes *lanes)
{
    struct lane *lane = lanes->next;
    const uint32_t place = lane->cursor, next = place + 1;
    const node_id node = lane->nodes ? lane->nodes[place] : place;

    lane->walked = place;
    lane->fired = lane->due;
    lane->cursor = next;
    if (__builtin_expect((lane->armed[next / 64] >> next % 64 & 1) && !lane->gap.law, 1))
        lane->due = lane_time(lane, next);
    else
        lane_seek(lanes, lane);
    if (__builtin_expect(lanes->count == 1, 1))
        lanes->due = lane->due;
    else
        lanes_choose(lanes);
    return node;
}

#endif
