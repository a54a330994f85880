/* SPDX-License-Identifier: GPL-3.0-or-later */
/* queue.c - see queue.h. */
#include "bench/queue.h"

#include "bench/work.h"

#include <stddef.h>

struct queue queue_new(uint64_t capacity)
{
    return (struct queue){ .heap = work_resize(NULL, capacity * sizeof(struct event)),
                           .capacity = capacity };
}

void queue_push(struct queue *q, struct event e)
{
    uint64_t i = q->count++;

    if (i == q->capacity) {
        q->capacity *= 2;
        q->heap = work_resize(q->heap, q->capacity * sizeof *q->heap);
    }
    for (; i && q->heap[(i - 1) / 2].when > e.when; i = (i - 1) / 2)
        q->heap[i] = q->heap[(i - 1) / 2];
    q->heap[i] = e;
}

struct event queue_pop(struct queue *q)
{
    const struct event first = q->heap[0], last = q->heap[--q->count];
    uint64_t i = 0;

    for (uint64_t child; (child = 2 * i + 1) < q->count; i = child) {
        if (child + 1 < q->count && q->heap[child + 1].when < q->heap[child].when)
            child++;
        if (q->heap[child].when >= last.when)
            break;
        q->heap[i] = q->heap[child];
    }
    q->heap[i] = last;
    return first;
}
