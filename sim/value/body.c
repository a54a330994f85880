/* SPDX-License-Identifier: GPL-3.0-or-later */
/* body.c - see body.h. */
#include "sim/value/body.h"

#include <string.h>

enum { SLAB_BYTES = 4096 }; /* of small bodies that are made together */

void body_pool_init(struct body_pool *pool, struct memory *memory)
{
    *pool = (struct body_pool){ .memory = memory };
}

static uint32_t class_of(size_t bytes)
{
    uint32_t class = 0;

    while (((size_t)BODY_BYTES_MIN << class) < bytes)
        class ++;
    return class;
}

/* Spare bodies of a class that has none; false if memory is short. */
static bool make(struct body_pool *pool, uint32_t class)
{
    const size_t bytes = (size_t)BODY_BYTES_MIN << class;
    const size_t count = bytes < SLAB_BYTES ? SLAB_BYTES / bytes : 1;
    char *slab = memory_get(pool->memory, count, bytes);

    if (!slab)
        return false;
    pool->bytes += count * bytes;
    for (size_t i = count; i-- > 0;) {
        struct body *body = (struct body *)(void *)(slab + i * bytes);

        body->next = pool->spare[class];
        pool->spare[class] = body;
    }
    return true;
}

struct body *body_new(struct body_pool *pool, const void *items, uint32_t count, size_t size)
{
    const size_t bytes = count * size;
    const uint32_t class = class_of(sizeof(struct body) + bytes);
    struct body *body;

    if (!pool->spare[class] && !make(pool, class))
        return NULL;
    body = pool->spare[class];
    pool->spare[class] = body->next;
    body->count = count;
    body->class = class;
    memcpy(body->items, items, bytes);
    return body;
}

void body_free(struct body_pool *pool, struct body *body)
{
    const uint32_t class = body->class;

    body->next = pool->spare[class];
    pool->spare[class] = body;
}
