/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * event_chunk.h - an event that waits, and the chunks of memory in which many do.
 *
 * Chunks go round: what one bucket of the queue gives back, the next one takes, be it near or far.
 */
#ifndef SIM_TIME_EVENT_CHUNK_H
#define SIM_TIME_EVENT_CHUNK_H

#include "sim/value/memory.h"

enum { EVENT_ARRIVAL, EVENT_TIMER }; /* the classes that live in the queue, in order */

struct event {
    uint32_t when; /* offset in its bucket << 9 | class << 8 | model << 4 | kind or tag */
    uint32_t to;
    uint32_t from; /* the sender; of a timer: which life of the node it belongs to */
    uint32_t load; /* handle of the message's set or pack; a timer's value */
};

/* One that waits far from now. */
struct far_event {
    struct event event;
    uint32_t bucket; /* the low half of its bucket's number */
};

enum {
    CHUNK_BYTES = 1024,
    CHUNK_EVENTS = CHUNK_BYTES / 16 - 1,
    CHUNK_FAR_EVENTS = (CHUNK_BYTES - 16) / 20,
};

/* Events in scheduling order.  Chunks lie on multiples of their size and begin with their links, so
 * that the place behind a full one of near events is such a multiple too, as is NULL. */
struct chunk {
    struct chunk *next;
    union {
        struct chunk *first; /* near: of the bucket */
        struct {             /* far: */
            uint32_t count;
            uint32_t high; /* half of the buckets' numbers, of all its events */
        };
    };
    union {
        struct event events[CHUNK_EVENTS];
        struct far_event far[CHUNK_FAR_EVENTS];
    };
};

struct chunk_pool {
    struct chunk *spare;
    size_t batch; /* chunks to make next time */
    struct memory *memory;
};

void chunk_pool_init(struct chunk_pool *pool, struct memory *memory);

/* Any chunk that is free, its contents undefined; NULL if memory is short. */
struct chunk *chunk_pool_take(struct chunk_pool *pool);

static inline void chunk_pool_give(struct chunk_pool *pool, struct chunk *chunk)
{
    chunk->next = pool->spare;
    pool->spare = chunk;
}

#endif
