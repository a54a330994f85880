/* SPDX-License-Identifier: GPL-3.0-or-later */
/* bits.c - see bits.h. */
#include "bench/bits.h"

#include "bench/work.h"

uint64_t bits_count(const uint64_t *bits, size_t words)
{
    uint64_t count = 0;

    for (size_t i = 0; i < words; i++)
        count += (uint64_t)__builtin_popcountll(bits[i]);
    return count;
}

struct bits_pool bits_pool_new(size_t words)
{
    return (struct bits_pool){ .words = words };
}

uint32_t bits_take(struct bits_pool *pool)
{
    if (!pool->spares) {
        const uint32_t before = pool->capacity;

        pool->capacity = before ? 2 * before : 64;
        pool->arrays =
            work_resize(pool->arrays, pool->capacity * pool->words * sizeof *pool->arrays);
        pool->spare = work_resize(pool->spare, pool->capacity * sizeof *pool->spare);
        for (uint32_t number = pool->capacity; number-- > before;)
            pool->spare[pool->spares++] = number;
    }
    return pool->spare[--pool->spares];
}

void bits_give_back(struct bits_pool *pool, uint32_t number)
{
    pool->spare[pool->spares++] = number;
}

uint64_t *bits_of(const struct bits_pool *pool, uint32_t number)
{
    return pool->arrays + number * pool->words;
}
