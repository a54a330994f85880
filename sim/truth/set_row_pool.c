/* SPDX-License-Identifier: GPL-3.0-or-later */
/* set_row_pool.c - the rows of a pool; see set_row.h. */
#include "sim/truth/set_row.h"

#include <string.h>

static bool make_rows(struct set_pool *pool)
{
    enum { ROWS = 1 << SET_SLAB_ROWS_LOG2 };
    uint32_t slab = pool->made >> SET_SLAB_ROWS_LOG2;

    if (pool->made >= (1u << 31) - ROWS) {
        pool->memory->is_short = true;
        return false;
    }
    if (!memory_grow(pool->memory, &pool->slabs, &pool->slab_capacity, slab + 1, sizeof(char *)))
        return false;
    pool->slabs[slab] = memory_get(pool->memory, ROWS, pool->row_bytes);
    if (!pool->slabs[slab])
        return false;
    for (uint32_t i = ROWS; i-- > 0;) {
        struct set *row = (void *)(pool->slabs[slab] + (size_t)i * pool->row_bytes);

        row->index = pool->made + i;
        row->pool = (void *)pool->free;
        pool->free = row;
    }
    pool->made += ROWS;
    return true;
}

uint32_t set_row_bytes(uint32_t words)
{
    return (uint32_t)((sizeof(struct set) + words * sizeof(uint64_t) + 63) / 64 * 64);
}

void set_pool_init(struct set_pool *pool, struct memory *memory, uint32_t updates)
{
    *pool = (struct set_pool){ .memory = memory, .words = (updates + 63) / 64 };
    pool->row_bytes = set_row_bytes(pool->words);
    if (updates <= SET_INLINE_MAX)
        return;
    if (!make_rows(pool))
        return;
    pool->shortage = pool->free; /* a row like others, so that its handle leads back to it */
    pool->free = (void *)pool->shortage->pool;
    pool->shortage->refs = 1u << 30;
    pool->shortage->count = 1;
    pool->shortage->pool = pool;
}

struct set *set_row_new(struct set_pool *pool)
{
    if (!pool->free && !make_rows(pool)) {
        pool->shortage->refs = 1u << 30;
        return pool->shortage;
    }
    struct set *row = pool->free;

    pool->free = (void *)row->pool;
    pool->taken++;
    row->pool = pool;
    row->refs = 1;
    return row;
}

void set_row_free(struct set *row)
{
    struct set_pool *pool = row->pool;

    row->pool = (void *)pool->free;
    pool->free = row;
}

void set_row_bound(struct set *row, uint32_t low, uint32_t high)
{
    row->low = (uint16_t)low;
    row->high = (uint16_t)high;
}

void set_row_widen(struct set *row, uint32_t low, uint32_t high)
{
    if (low < row->low)
        memset(&row->words[low], 0, (row->low - low) * sizeof *row->words);
    if (high > row->high)
        memset(&row->words[row->high], 0, (high - row->high) * sizeof *row->words);
    set_row_bound(row, low < row->low ? low : row->low, high > row->high ? high : row->high);
}

void set_row_copy(struct set *row, const struct set *a, uint32_t low, uint32_t high)
{
    memcpy(&row->words[low], &a->words[low], (high - low) * sizeof *row->words);
}

struct set *set_row_zeroed(struct set_pool *pool, uint32_t low, uint32_t high)
{
    struct set *row = set_row_new(pool);

    set_row_bound(row, low, low);
    set_row_widen(row, low, high);
    row->count = 0;
    return row;
}

struct set *set_row_finished(struct set *row, uint64_t count)
{
    uint32_t low = row->low, high = row->high;

    row->count = count ? (uint32_t)count : 1; /* used once: see probe.c */
    if (count == 0) {
        set_release(row);
        return SET_EMPTY;
    }
    while (low < high && !row->words[low])
        low++;
    while (low < high && !row->words[high - 1])
        high--;
    set_row_bound(row, low, high);
    return row;
}
