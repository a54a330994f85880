/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * far_wheel.h - events that are too far ahead for the queue's ring of buckets.
 *
 * A hierarchical timing wheel (Varghese and Lauck, SOSP 1987, section 5): time is cut in blocks of
 * a number of buckets; level L has a slot for each value of digit L of a block's number, and an
 * event waits at the level of the highest digit in which its block differs from `base`.  When base
 * comes to the first block of a slot, the slot's events move to lower levels, in scheduling order
 * and before anything can be put behind them; those of a single block are handed to the ring.
 *
 * Cost: appending, and one move for each level that the event is above the ring: about one for each
 * 64-fold of the ring's reach.  20 bytes an event, whatever its delay.
 */
#ifndef SIM_TIME_FAR_WHEEL_H
#define SIM_TIME_FAR_WHEEL_H

#include "sim/time/event_chunk.h"

enum {
    FAR_DIGIT_BITS = 6,
    FAR_SLOTS = 1 << FAR_DIGIT_BITS,
    FAR_LEVELS = 9, /* for the numbers of any blocks of 2^9 ns or more */
};

struct far_slot {
    struct chunk *first, *last;
};

struct far_wheel {
    uint64_t base; /* the first block that the wheel has: those before it are the ring's */
    uint64_t count;
    int block_log2; /* of the buckets in a block */
    uint64_t occupied[FAR_LEVELS];
    struct far_slot slots[FAR_LEVELS][FAR_SLOTS];
    struct chunk_pool *chunks;
};

void far_wheel_init(struct far_wheel *wheel, struct chunk_pool *chunks, int block_log2);

/* An event of a bucket that is not before `base`; dropped if memory is short. */
void far_wheel_put(struct far_wheel *wheel, uint64_t bucket, struct event event);

/* A block before which no event waits; UINT64_MAX: none does. */
uint64_t far_wheel_first(const struct far_wheel *wheel);

/*
 * Moves base on to `block`.  As long as there are events of blocks before it, returns a chunk of
 * them, the order of time between chunks being undefined but that of scheduling kept among those
 * of one bucket; NULL: there are no more, and base stands at `block`.  The caller gives the chunk
 * back.
 */
struct chunk *far_wheel_take(struct far_wheel *wheel, uint64_t block);

/* Number of the bucket of one of a chunk's events. */
static inline uint64_t far_bucket(const struct chunk *chunk, uint32_t i)
{
    return (uint64_t)chunk->high << 32 | chunk->far[i].bucket;
}

#endif
