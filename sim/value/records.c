/* SPDX-License-Identifier: GPL-3.0-or-later */
/* records.c - see records.h. */
#include "sim/value/records.h"

#include <assert.h>
#include <string.h>

struct records_pool *records_pool_new(struct memory *memory, size_t size)
{
    struct records_pool *pool = memory_get(memory, 1, sizeof *pool);

    if (!pool)
        return NULL;
    *pool = (struct records_pool){ .memory = memory, .size = size };
    pool->shortage = memory_get(memory, 1, size > sizeof(void *) ? size : sizeof(void *));
    return pool;
}

static void **spare_of(struct records_pool *pool, uint32_t capacity)
{
    return &pool->spare[__builtin_ctz(capacity / RECORDS_MIN)];
}

static void give_back(struct records_pool *pool, const struct records *records)
{
    void **spare;

    if (records->capacity == 0)
        return;
    spare = spare_of(pool, records->capacity);
    memcpy(records->items, spare, sizeof *spare);
    *spare = records->items;
}

/* An array for so many; NULL if memory is short. */
static char *take(struct records_pool *pool, uint32_t capacity)
{
    void **spare = spare_of(pool, capacity);
    char *items = *spare;

    if (!items)
        return memory_get(pool->memory, capacity, pool->size);
    memcpy(spare, items, sizeof *spare);
    return items;
}

/* Moves all records to an array for so many; false if memory is short. */
static bool move(struct records_pool *pool, struct records *records, uint32_t capacity)
{
    char *items = take(pool, capacity);

    if (!items)
        return false;
    if (records->count > 0)
        memcpy(items, records->items, records->count * pool->size);
    give_back(pool, records);
    records->items = items;
    records->capacity = capacity;
    return true;
}

static bool has_room(struct records_pool *pool, struct records *records)
{
    if (records->count < records->capacity)
        return true;
    if (records->capacity >= (uint32_t)RECORDS_MIN << (RECORDS_SIZES - 1)) {
        pool->memory->is_short = true;
        return false;
    }
    return move(pool, records, records->capacity ? 2 * records->capacity : RECORDS_MIN);
}

void *records_add(struct records_pool *pool, struct records *records)
{
    if (!has_room(pool, records)) {
        if (records->count == 0)
            return pool->shortage;
        records->count--;
    }
    return memset(records->items + pool->size * records->count++, 0, pool->size);
}

void records_keep(struct records_pool *pool, struct records *records, uint32_t count)
{
    uint32_t capacity = records->capacity;

    assert(count <= records->count);
    records->count = count;
    if (capacity <= RECORDS_MIN || count > capacity / 4)
        return;
    if (count == 0) {
        give_back(pool, records);
        *records = (struct records){ 0 };
        return;
    }
    while (capacity > RECORDS_MIN && capacity / 2 >= 2 * count)
        capacity /= 2;
    move(pool, records, capacity);
}
