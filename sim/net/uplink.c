/* SPDX-License-Identifier: GPL-3.0-or-later */
/* uplink.c - see uplink.h. */
#include "sim/net/uplink.h"
#include "sim/value/draw.h"

void uplinks_init(struct uplinks *uplinks, struct memory *memory, uint32_t nodes,
                  uint64_t bandwidth, uint64_t queue_max)
{
    uplinks->nodes = memory_get(memory, nodes, sizeof *uplinks->nodes);
    uplinks->bandwidth = bandwidth;
    uplinks->queue_max = queue_max;
    uplinks->memory = memory;
}

sim_time uplink_occupy(struct uplinks *uplinks, uint32_t node, sim_time now, uint64_t bytes)
{
    const uint128 bits = (uint128)bytes * 8 * (uint128)SIM_SECOND;
    const uint128 exact = (bits + uplinks->bandwidth - 1) / uplinks->bandwidth;
    sim_time time = exact < (uint128)SIM_TIME_MAX ? (sim_time)exact : SIM_TIME_MAX;

    time += time == 0; /* so that the order of sending is the order of arrival */
    uplinks->nodes[node].idle_at = now + time;
    return time;
}

/* Room for one more that waits, 1 up; 0 if memory is short. */
static uint32_t new_place(struct uplinks *uplinks)
{
    const uint32_t place = uplinks->free;

    if (place) {
        uplinks->free = uplinks->waiting[place - 1].next;
        return place;
    }
    if (!memory_grow(uplinks->memory, &uplinks->waiting, &uplinks->capacity, uplinks->count + 1,
                     sizeof *uplinks->waiting))
        return 0;
    return ++uplinks->count;
}

bool uplink_queue(struct uplinks *uplinks, uint32_t node, const struct letter *letter,
                  uint64_t bytes)
{
    struct uplink *uplink = &uplinks->nodes[node];
    uint32_t place;

    if (bytes > uplinks->queue_max || uplink->queued > uplinks->queue_max - bytes)
        return false;
    place = new_place(uplinks);
    if (!place)
        return false;
    uplinks->waiting[place - 1] = (struct waiting){ .letter = *letter, .bytes = bytes };
    if (uplink->first)
        uplinks->waiting[uplink->last - 1].next = place;
    else
        uplink->first = place;
    uplink->last = place;
    uplink->queued += bytes;
    return true;
}

bool uplink_take(struct uplinks *uplinks, uint32_t node, struct letter *letter, uint64_t *bytes)
{
    struct uplink *uplink = &uplinks->nodes[node];
    const uint32_t place = uplink->first;
    struct waiting *waiting;

    if (!place)
        return false;
    waiting = &uplinks->waiting[place - 1];
    *letter = waiting->letter;
    *bytes = waiting->bytes;
    uplink->first = waiting->next;
    uplink->queued -= waiting->bytes;
    waiting->next = uplinks->free;
    uplinks->free = place;
    return true;
}
