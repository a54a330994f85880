/* SPDX-License-Identifier: GPL-3.0-or-later */
/* far_wheel.c - see far_wheel.h. */
#include "sim/time/far_wheel.h"

void far_wheel_init(struct far_wheel *wheel, struct chunk_pool *chunks, int block_log2)
{
    *wheel = (struct far_wheel){ .block_log2 = block_log2, .chunks = chunks };
}

/* The chunk that the next event of a slot goes to; NULL if memory is short. */
static struct chunk *add_chunk(struct far_wheel *wheel, struct far_slot *slot, uint32_t high)
{
    struct chunk *chunk = chunk_pool_take(wheel->chunks);

    if (!chunk)
        return NULL;
    chunk->next = NULL;
    chunk->count = 0;
    chunk->high = high;
    if (slot->last)
        slot->last->next = chunk;
    else
        slot->first = chunk;
    return slot->last = chunk;
}

void far_wheel_put(struct far_wheel *wheel, uint64_t bucket, struct event event)
{
    const uint64_t block = bucket >> wheel->block_log2, differing = block ^ wheel->base;
    const int level = differing ? (63 - __builtin_clzll(differing)) / FAR_DIGIT_BITS : 0;
    const uint64_t place = block >> level * FAR_DIGIT_BITS & (FAR_SLOTS - 1);
    struct far_slot *slot = &wheel->slots[level][place];
    struct chunk *chunk = slot->last;

    if (!chunk || chunk->count == CHUNK_FAR_EVENTS || chunk->high != bucket >> 32) {
        chunk = add_chunk(wheel, slot, (uint32_t)(bucket >> 32));
        if (!chunk)
            return;
        wheel->occupied[level] |= (uint64_t)1 << place;
    }
    chunk->far[chunk->count++] = (struct far_event){ event, (uint32_t)bucket };
    wheel->count++;
}

/* The chunk of a slot that was added first; the caller gives it back. */
static struct chunk *take_chunk(struct far_wheel *wheel, int level, int place)
{
    struct far_slot *slot = &wheel->slots[level][place];
    struct chunk *chunk = slot->first;

    slot->first = chunk->next;
    if (!slot->first) {
        slot->last = NULL;
        wheel->occupied[level] &= ~((uint64_t)1 << place);
    }
    wheel->count -= chunk->count;
    return chunk;
}

/* The slot with what comes first; false: there is none. */
static bool find_first(const struct far_wheel *wheel, int *level, int *place)
{
    for (*level = 0; *level < FAR_LEVELS; ++*level)
        if (wheel->occupied[*level]) {
            *place = __builtin_ctzll(wheel->occupied[*level]);
            return true;
        }
    return false;
}

/* The first block of a slot. */
static uint64_t first_block(const struct far_wheel *wheel, int level, int place)
{
    const int low = level * FAR_DIGIT_BITS;

    return (wheel->base >> low >> FAR_DIGIT_BITS << FAR_DIGIT_BITS | (uint64_t)place) << low;
}

uint64_t far_wheel_first(const struct far_wheel *wheel)
{
    int level, place;

    return find_first(wheel, &level, &place) ? first_block(wheel, level, place) : UINT64_MAX;
}

/* Moves the events of a slot to the levels below, which are empty. */
static void spread(struct far_wheel *wheel, int level, int place)
{
    while (wheel->occupied[level] >> place & 1) {
        struct chunk *chunk = take_chunk(wheel, level, place);

        for (uint32_t i = 0; i < chunk->count; i++)
            far_wheel_put(wheel, far_bucket(chunk, i), chunk->far[i].event);
        chunk_pool_give(wheel->chunks, chunk);
    }
}

struct chunk *far_wheel_take(struct far_wheel *wheel, uint64_t block)
{
    int level, place;

    while (find_first(wheel, &level, &place)) {
        const uint64_t first = first_block(wheel, level, place);

        if (level == 0) {
            if (first < block)
                return take_chunk(wheel, level, place);
            break;
        }
        if (first > block)
            break;
        wheel->base = first;
        spread(wheel, level, place);
    }
    wheel->base = block;
    return NULL;
}
