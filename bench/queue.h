/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * queue.h - a binary heap of all that is to come, timers and messages alike.
 *
 * The plain way to keep events: O(log n) each, and from some 1e5 nodes on most of the steps miss
 * the cache.
 */
#ifndef BENCH_QUEUE_H
#define BENCH_QUEUE_H

#include <stdint.h>

struct event {
    int64_t when;  /* ns */
    uint32_t node; /* whose timer fires, or who gets the message */
    uint32_t from; /* who sent it */
    uint32_t kind; /* the program's own */
    uint32_t load; /* what the message carries, to the program */
};

struct queue {
    struct event *heap; /* heap[i] is no later than heap[2i+1] and heap[2i+2] */
    uint64_t count, capacity;
};

struct queue queue_new(uint64_t capacity); /* grows by itself */
void queue_push(struct queue *q, struct event e);
struct event queue_pop(struct queue *q); /* the earliest; there must be one */

#endif
