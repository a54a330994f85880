/* SPDX-License-Identifier: GPL-3.0-or-later */
/* lane.c - periodic timers without events; see lane.h. */
#include "sim/time/lane.h"
#include "sim/time/event_queue.h"

#include <math.h>

void lanes_init(struct lanes *lanes, struct memory *memory, uint32_t nodes, sim_time round,
                uint64_t key, uint64_t clock_key)
{
    lanes->list[0] = (struct lane){ 0 }; /* the others when they are added: they are many */
    lanes->count = 0;
    lanes->next = lanes->list;
    lanes->due = INT64_MAX;
    lanes->nodes = nodes;
    lanes->round = round;
    lanes->memory = memory;
    lanes->key = key;
    lanes->clock_key = clock_key;
}

struct lane *lanes_find(struct lanes *lanes, int model, int tag)
{
    for (int i = 0; i < lanes->count; i++)
        if (lanes->list[i].model == model && lanes->list[i].tag == tag)
            return &lanes->list[i];
    return NULL;
}

void lanes_choose(struct lanes *lanes)
{
    lanes->due = INT64_MAX;
    for (int i = 0; i < lanes->count; i++)
        if (lanes->list[i].due < lanes->due) {
            lanes->due = lanes->list[i].due;
            lanes->next = &lanes->list[i];
        }
}

static bool is_armed(const struct lane *lane, uint32_t place)
{
    return lane->armed[place / 64] >> place % 64 & 1;
}

/* The next tick after `lap` of a node that is armed; ticks of the others are passed over. */
static void seek_tick(struct lanes *lanes, struct lane *lane)
{
    do {
        uint32_t number = (uint32_t)(2 * lane->gaps), entity = (uint32_t)(lane->gaps >> 31) << 8;
        uint64_t gap = draw(lanes->clock_key, entity | lane->number, number);
        uint64_t who = draw(lanes->clock_key, entity | lane->number, number + 1);

        lane->gaps++;
        lane->lap += gap_next(&lane->gap, (uint32_t)(gap >> 32));
        lane->cursor = (uint32_t)draw_below(who, lanes->nodes);
    } while (!is_armed(lane, lane->cursor) && lane->lap < SIM_TIME_MAX);
    lane->due = lane->lap;
}

static void seek_place(struct lanes *lanes, struct lane *lane)
{
    uint32_t place = lane->cursor;

    for (;;) {
        if (place >= lanes->nodes) {
            place = 0;
            lane->lap += lane->interval;
        }
        uint64_t rest = lane->armed[place / 64] >> place % 64;

        if (rest) {
            lane->cursor = place + (uint32_t)__builtin_ctzll(rest);
            lane->due = lane_time(lane, lane->cursor);
            return;
        }
        place = (place | 63) + 1;
    }
}

void lane_seek(struct lanes *lanes, struct lane *lane)
{
    if (lane->armed_count == 0)
        lane->due = INT64_MAX;
    else if (lane->gap.law)
        seek_tick(lanes, lane);
    else
        seek_place(lanes, lane);
}

/* ---- building ---- */

/* The columns that a sort by phase moves; nodes are NULL where only the phases matter. */
struct column {
    uint32_t *phases, *nodes;
};

/* Sorts stably in three passes of 11 bits, or five of 7 where there are fewer nodes than places to
 * count in; the result is in `to`, `from` is scratch. */
static void sort_by_phase(struct column from, struct column to, uint32_t count)
{
    enum { MANY_BITS = 11, FEW_BITS = 7 };
    const int bits = count >> MANY_BITS ? MANY_BITS : FEW_BITS;
    const uint32_t mask = ((uint32_t)1 << bits) - 1;

    for (int low = 0; low < 32; low += bits) {
        uint32_t place[1 << MANY_BITS], sum = 0;
        struct column swapped = from;

        memset(place, 0, sizeof *place << bits);
        for (uint32_t i = 0; i < count; i++)
            place[from.phases[i] >> low & mask]++;
        for (uint32_t k = 0; k <= mask; k++) {
            uint32_t these = place[k];

            place[k] = sum;
            sum += these;
        }
        for (uint32_t i = 0; i < count; i++) {
            uint32_t at = place[from.phases[i] >> low & mask]++;

            to.phases[at] = from.phases[i];
            if (from.nodes)
                to.nodes[at] = from.nodes[i];
        }
        from = to;
        to = swapped;
    }
}

/* Random phases in ascending order; from the second lane on with the nodes they belong to. */
static bool draw_phases(struct lanes *lanes, struct lane *lane, uint32_t number)
{
    const uint32_t nodes = lanes->nodes;
    struct memory scratch = { 0 };
    struct column drawn = { memory_get(&scratch, nodes, sizeof(uint32_t)), NULL };
    struct column sorted = { memory_get(lanes->memory, nodes, sizeof(uint32_t)), NULL };

    if (number > 0) {
        drawn.nodes = memory_get(&scratch, nodes, sizeof(uint32_t));
        sorted.nodes = lane->nodes =
            memory_get(lanes->memory, nodes + EVENTS_AHEAD, sizeof *lane->nodes);
        lane->places = memory_get(lanes->memory, nodes, sizeof *lane->places);
    }
    lane->phases = sorted.phases;
    lanes->memory->is_short |= scratch.is_short;
    if (!lanes->memory->is_short) {
        for (uint32_t i = 0; i < nodes; i++) {
            drawn.phases[i] = (uint32_t)(draw(lanes->key, i, number) >> 32);
            if (drawn.nodes)
                drawn.nodes[i] = i;
        }
        sort_by_phase(drawn, sorted, nodes);
        for (uint32_t place = 0; place < nodes && lane->places; place++)
            lane->places[lane->nodes[place]] = place;
    }
    memory_clear(&scratch);
    return !lanes->memory->is_short;
}

/* The gaps of the superposed process. */
static bool draw_gaps(struct lanes *lanes, struct lane *lane)
{
    const bool is_done = gap_init(&lane->gap, (double)lane->interval / lanes->nodes);

    if (!is_done)
        lanes->memory->is_short = true;
    return is_done;
}

struct lane *lanes_add(struct lanes *lanes, int model, int tag, sim_time interval, enum phase phase)
{
    struct lane *lane = &lanes->list[lanes->count];
    bool done;

    *lane = (struct lane){ .interval = interval,
                           .due = INT64_MAX,
                           .model = model,
                           .tag = tag,
                           .quantum = 1,
                           .fired = -1,
                           .number = (uint32_t)lanes->count };
    if (phase == PHASE_TOGETHER)
        lane->first = interval;
    else if (lanes->round) {
        lane->quantum = lane->first = lanes->round;
        lane->steps = (uint64_t)(interval / lanes->round);
    } else
        lane->steps = (uint64_t)interval;
    lane->armed = memory_get(lanes->memory, lanes->nodes / 64 + 1, sizeof *lane->armed);
    done = phase == PHASE_POISSON ? draw_gaps(lanes, lane) : draw_phases(lanes, lane, lane->number);
    if (!lane->armed || !done)
        return NULL;
    lanes->count++;
    return lane;
}

void lanes_clear(struct lanes *lanes)
{
    for (int i = 0; i < lanes->count; i++)
        gap_clear(&lanes->list[i].gap);
}

/* ---- arming ---- */

static uint32_t place_of(const struct lane *lane, node_id node)
{
    return lane->places ? lane->places[node] : node;
}

/*
 * Speed only: false if the tick of `place` is known not to come before the cursor's.  The cursor
 * last fired at `walked`; while its next tick is not more than a turn later, the ticks between are
 * those of the places between.
 */
static bool may_lie_ahead(const struct lane *lane, uint32_t place)
{
    if (lane->due == INT64_MAX || lane->fired < 0)
        return true;
    const sim_time span = lane->due - lane->fired;

    if (span > lane->interval || (span == lane->interval && lane->walked < lane->cursor))
        return true;
    if (lane->walked < lane->cursor)
        return place > lane->walked && place < lane->cursor;
    return place > lane->walked || place < lane->cursor;
}

/* True if the tick of `place` at the instant `now` is over: ticks of one instant come in the order
 * of lanes and places, and it or a later one has fired. */
static bool has_passed(const struct lanes *lanes, const struct lane *lane, uint32_t place,
                       sim_time now)
{
    for (const struct lane *l = lane; l < lanes->list + lanes->count; l++)
        if (l->fired == now && (l != lane || place <= l->walked))
            return true;
    return false;
}

void lane_arm(struct lanes *lanes, struct lane *lane, node_id node, sim_time now)
{
    const uint32_t place = place_of(lane, node);
    const uint64_t bit = (uint64_t)1 << place % 64;

    if (is_armed(lane, place))
        return;
    lane->armed[place / 64] |= bit;
    lane->armed_count++;
    if (lane->gap.law) { /* what was drawn did not ask for this node: draw what is to come anew */
        lane->lap = now;
        lane_seek(lanes, lane);
        lanes_choose(lanes);
        return;
    }
    if (!may_lie_ahead(lane, place))
        return;
    sim_time offset = lane_time(lane, place) - lane->lap;
    sim_time lap = now >= offset ? (now - offset) / lane->interval * lane->interval : 0;

    if (lap + offset < now || (lap + offset == now && has_passed(lanes, lane, place, now)))
        lap += lane->interval;
    const bool is_sooner = lap + offset < lane->due;
    const bool is_before = lap + offset == lane->due && place < lane->cursor; /* in rounds */

    if (is_sooner || is_before) {
        lane->due = lap + offset;
        lane->cursor = place;
        lane->lap = lap;
        lanes_choose(lanes);
    }
}

void lane_disarm(struct lanes *lanes, struct lane *lane, node_id node)
{
    const uint32_t place = place_of(lane, node);
    const uint64_t bit = (uint64_t)1 << place % 64;

    if (!is_armed(lane, place))
        return;
    lane->armed[place / 64] &= ~bit;
    lane->armed_count--;
    if (lane->cursor == place && lane->due != INT64_MAX) {
        lane_seek(lanes, lane);
        lanes_choose(lanes);
    }
}
