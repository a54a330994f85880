/* SPDX-License-Identifier: GPL-3.0-or-later */
/* lane.c - periodic timers without events; see lane.h. */
#include "sim/lane.h"

#include <string.h>

void lanes_init(struct lanes *lanes, struct memory *memory, uint32_t nodes, sim_time round,
                uint64_t key)
{
    *lanes = (struct lanes){
        .nodes = nodes, .round = round, .memory = memory, .key = key, .due = INT64_MAX
    };
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
            lanes->next = i;
        }
}

void lane_seek(struct lane *lane, uint32_t nodes)
{
    uint32_t place = lane->cursor;

    if (lane->armed_count == 0) {
        lane->due = INT64_MAX;
        return;
    }
    for (;;) {
        if (place >= nodes) {
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

/* ---- building ---- */

/* Sorts by the high 32 bits, stably, in passes of 11 bits; the result is in `to`. */
static void sort_by_phase(uint64_t *items, uint64_t *to, size_t count)
{
    for (int low = 32; low < 64; low += 11) {
        uint32_t place[1 << 11] = { 0 }, sum = 0;
        uint64_t *from = items;

        for (size_t i = 0; i < count; i++)
            place[items[i] >> low & 2047]++;
        for (int k = 0; k < 1 << 11; k++) {
            uint32_t these = place[k];

            place[k] = sum;
            sum += these;
        }
        for (size_t i = 0; i < count; i++)
            to[place[items[i] >> low & 2047]++] = items[i];
        items = to;
        to = from;
    }
    /* three passes: the last one wrote the caller's `to` */
}

/* Random phases in ascending order; from the second lane on with the nodes they belong to. */
static bool draw_phases(struct lanes *lanes, struct lane *lane, uint32_t number)
{
    struct memory scratch = { 0 };
    uint32_t nodes = lanes->nodes;
    uint64_t *drawn = memory_get(&scratch, nodes, sizeof *drawn);
    uint64_t *sorted = memory_get(&scratch, nodes, sizeof *sorted);
    uint32_t *phases = memory_get(lanes->memory, nodes, sizeof *phases);
    bool done = drawn && sorted && phases;

    lane->phases = phases;
    if (number > 0) {
        lane->nodes = memory_get(lanes->memory, nodes + 64, sizeof *lane->nodes);
        lane->places = memory_get(lanes->memory, nodes, sizeof *lane->places);
        done = done && lane->nodes && lane->places;
    }
    if (done) {
        for (uint32_t i = 0; i < nodes; i++)
            drawn[i] = draw(lanes->key, i, number) >> 32 << 32 | i;
        sort_by_phase(drawn, sorted, nodes);
        for (uint32_t place = 0; place < nodes; place++) {
            phases[place] = (uint32_t)(sorted[place] >> 32);
            if (number == 0)
                continue;
            lane->nodes[place] = (uint32_t)sorted[place];
            lane->places[(uint32_t)sorted[place]] = place;
        }
    } else
        lanes->memory->is_short = true;
    memory_clear(&scratch);
    return done;
}

struct lane *lanes_add(struct lanes *lanes, int model, int tag, sim_time interval, enum phase phase)
{
    struct lane *lane = &lanes->list[lanes->count];

    *lane = (struct lane){ .interval = interval,
                           .due = INT64_MAX,
                           .model = model,
                           .tag = tag,
                           .quantum = 1,
                           .fired = -1 };
    if (phase == PHASE_TOGETHER)
        lane->first = interval;
    else if (lanes->round) {
        lane->quantum = lane->first = lanes->round;
        lane->steps = (uint64_t)(interval / lanes->round);
    } else
        lane->steps = (uint64_t)interval;
    lane->armed = memory_get(lanes->memory, lanes->nodes / 64 + 1, sizeof *lane->armed);
    if (!lane->armed || !draw_phases(lanes, lane, (uint32_t)lanes->count))
        return NULL;
    lanes->count++;
    return lane;
}

/* ---- arming ---- */

static uint32_t place_of(const struct lane *lane, node_id node)
{
    return lane->places ? lane->places[node] : node;
}

/* True if the cursor, which last fired at `walked`, has yet to come to `place` before `cursor`. */
static bool lies_ahead(const struct lane *lane, uint32_t place)
{
    if (lane->walked < lane->cursor)
        return place > lane->walked && place < lane->cursor;
    return place > lane->walked || place < lane->cursor;
}

void lane_arm(struct lanes *lanes, struct lane *lane, node_id node, sim_time now)
{
    const uint32_t place = place_of(lane, node);
    const uint64_t bit = (uint64_t)1 << place % 64;

    if (lane->armed[place / 64] & bit)
        return;
    lane->armed[place / 64] |= bit;
    lane->armed_count++;
    /* Speed only: a place that cannot come before the cursor's costs no look at its phase. */
    if (lane->due != INT64_MAX && !lies_ahead(lane, place))
        return;
    sim_time offset = lane_time(lane, place) - lane->lap;
    sim_time lap = now >= offset ? (now - offset) / lane->interval * lane->interval : 0;
    bool has_passed = lap + offset == now && lane->fired == now && place <= lane->walked;

    if (lap + offset < now || has_passed)
        lap += lane->interval;
    if (lane->due == INT64_MAX)
        lane->walked = place; /* nothing is known of the places between */
    if (lap + offset < lane->due) {
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

    if (!(lane->armed[place / 64] & bit))
        return;
    lane->armed[place / 64] &= ~bit;
    lane->armed_count--;
    if (lane->cursor == place && lane->due != INT64_MAX) {
        lane_seek(lane, lanes->nodes);
        lanes_choose(lanes);
    }
}
