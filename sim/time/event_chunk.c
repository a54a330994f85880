/* SPDX-License-Identifier: GPL-3.0-or-later */
/* event_chunk.c - see event_chunk.h. */
#include "sim/time/event_chunk.h"

enum {
    BATCH_MIN = 8,    /* chunks taken from memory at once: doubles each time, so that */
    BATCH_MAX = 4096, /* large runs have them in huge pages */
};

_Static_assert(sizeof(struct chunk) == CHUNK_BYTES, "a chunk's place tells where it ends");

void chunk_pool_init(struct chunk_pool *pool, struct memory *memory)
{
    *pool = (struct chunk_pool){ .batch = BATCH_MIN, .memory = memory };
}

static bool make_chunks(struct chunk_pool *pool)
{
    /* One chunk more than asked for makes room to start on a multiple of the size. */
    char *batch = memory_get(pool->memory, pool->batch + 1, sizeof(struct chunk));

    if (!batch)
        return false;
    batch += (uintptr_t) - (uintptr_t)batch & (CHUNK_BYTES - 1);
    for (size_t i = pool->batch; i-- > 0;)
        chunk_pool_give(pool, (struct chunk *)(void *)batch + i);
    if (pool->batch < BATCH_MAX)
        pool->batch *= 2;
    return true;
}

struct chunk *chunk_pool_take(struct chunk_pool *pool)
{
    struct chunk *chunk;

    if (!pool->spare && !make_chunks(pool))
        return NULL;
    chunk = pool->spare;
    pool->spare = chunk->next;
    return chunk;
}
