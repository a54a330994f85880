/* SPDX-License-Identifier: GPL-3.0-or-later */
/* uplink.c - see uplink.h. */
#include "sim/net/uplink.h"
#include "sim/value/draw.h"

void uplinks_init(struct uplinks *uplinks, struct memory *memory, uint32_t nodes,
                  uint64_t bandwidth, uint64_t queue_max)
{
    uplinks->nodes = memory_get(memory, nodes, sizeof *uplinks->nodes);
    uplinks->rate = (struct link_rate){ bandwidth, queue_max };
    uplinks->memory = memory;
}

static const struct link_rate *rate_of(const struct uplinks *uplinks, uint32_t node)
{
    return uplinks->rates ? &uplinks->rates[uplinks->kinds[node]] : &uplinks->rate;
}

/* How long it takes to send so many bytes, at most SIM_TIME_MAX. */
static sim_time time_on_link(uint64_t bytes, uint64_t bandwidth)
{
    const uint128 ends = (uint128)bytes * 8 * (uint128)SIM_SECOND + bandwidth - 1;

    if (ends <= SIM_TIME_MAX) /* speed only: a division of 64 bits is much faster */
        return (sim_time)((uint64_t)ends / bandwidth);

    const uint128 exact = ends / bandwidth;

    return exact < (uint128)SIM_TIME_MAX ? (sim_time)exact : SIM_TIME_MAX;
}

sim_time uplink_occupy(struct uplinks *uplinks, uint32_t node, sim_time now, uint64_t bytes)
{
    const uint64_t bandwidth = rate_of(uplinks, node)->bandwidth;

    if (bandwidth == 0)
        return 0;

    sim_time time = time_on_link(bytes, bandwidth);

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

uint32_t uplinks_keep(struct uplinks *uplinks, const struct letter *letter, uint64_t bytes)
{
    const uint32_t place = new_place(uplinks);

    if (place)
        uplinks->waiting[place - 1] = (struct waiting){ .letter = *letter, .bytes = bytes };
    return place;
}

void uplinks_drop(struct uplinks *uplinks, uint32_t place, struct letter *letter, uint64_t *bytes)
{
    struct waiting *waiting = &uplinks->waiting[place - 1];

    *letter = waiting->letter;
    *bytes = waiting->bytes;
    waiting->next = uplinks->free;
    uplinks->free = place;
}

bool uplink_queue(struct uplinks *uplinks, uint32_t node, const struct letter *letter,
                  uint64_t bytes)
{
    struct uplink *uplink = &uplinks->nodes[node];
    const uint64_t queue_max = rate_of(uplinks, node)->queue_max;
    uint32_t place;

    if (bytes > queue_max || uplink->queued > queue_max - bytes)
        return false;
    place = uplinks_keep(uplinks, letter, bytes);
    if (!place)
        return false;
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

    if (!place)
        return false;
    uplink->first = uplinks->waiting[place - 1].next;
    uplinks_drop(uplinks, place, letter, bytes);
    uplink->queued -= *bytes;
    return true;
}
