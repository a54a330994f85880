/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * bucket.h - the events of one bucket, and how they are put in order once it opens.
 */
#ifndef SIM_TIME_BUCKET_H
#define SIM_TIME_BUCKET_H

#include "sim/time/event_chunk.h"

/* The chunks of a bucket, in scheduling order. */
struct bucket {
    struct chunk *first;
    const struct event *end; /* of the events in the last one */
};

/* For sorting a crowded bucket. */
struct sort_room {
    struct event *events;
    size_t capacity;
    struct memory *memory;
};

size_t bucket_count(const struct bucket *bucket);

/*
 * Copies the `count` events of a bucket of 2^shift ns in the order of time and class, stably: by
 * counting into about two slots an event, then by insertion of what is left.  Many events close
 * together in a wide bucket, where insertion would be quadratic, take a radix sort.  False if
 * memory is short.
 */
bool bucket_sort(const struct bucket *bucket, struct event *to, size_t count, int shift,
                 struct sort_room *room);

#endif
