/* SPDX-License-Identifier: GPL-3.0-or-later */
/* bucket.c - see bucket.h. */
#include "sim/time/bucket.h"

#include <string.h>

enum {
    FEW = 8,                       /* events that are sorted by insertion alone */
    SLOTS_LOG2_MAX = 12,           /* for sorting more: */
    SLOTS_EVENTS_MAX = UINT16_MAX, /* places are counted in 16 bits */
    MOVES_PER_EVENT_MAX = 16,      /* more: radix sort instead */
    RADIX_BITS = 8,
};

static size_t chunk_count(const struct bucket *bucket, const struct chunk *chunk)
{
    return chunk->next ? CHUNK_EVENTS : (size_t)(bucket->end - chunk->events);
}

size_t bucket_count(const struct bucket *bucket)
{
    size_t count = 0;

    for (const struct chunk *chunk = bucket->first; chunk; chunk = chunk->next)
        count += chunk_count(bucket, chunk);
    return count;
}

/* The events of a bucket, one after another. */
static void copy_events(const struct bucket *bucket, struct event *to)
{
    for (const struct chunk *chunk = bucket->first; chunk; chunk = chunk->next) {
        const size_t count = chunk_count(bucket, chunk);

        memcpy(to, chunk->events, count * sizeof *to);
        to += count;
    }
}

/* Turns the counts of slots, a multiple of four, into places: each becomes the sum of those before
 * it.  Four a turn take half the instructions. */
static void sum_counts(uint16_t *place, size_t slots)
{
    uint16_t sum = 0;

    for (uint16_t *four = place; four < place + slots; four += 4) {
        const uint16_t first = sum, second = (uint16_t)(first + four[0]);
        const uint16_t third = (uint16_t)(second + four[1]), fourth = (uint16_t)(third + four[2]);

        sum = (uint16_t)(fourth + four[3]);
        four[0] = first;
        four[1] = second;
        four[2] = third;
        four[3] = fourth;
    }
}

/* Puts the events of a bucket into `to` in the order of `bits` bits from `low` on, stably. */
static void scatter(const struct bucket *bucket, struct event *to, int low, int bits)
{
    uint16_t place[1 << SLOTS_LOG2_MAX];

    memset(place, 0, sizeof *place << bits);
    for (const struct chunk *chunk = bucket->first; chunk; chunk = chunk->next)
        for (size_t i = 0, in_chunk = chunk_count(bucket, chunk); i < in_chunk; i++)
            place[chunk->events[i].when >> low]++;
    sum_counts(place, (size_t)1 << bits);
    for (const struct chunk *chunk = bucket->first; chunk; chunk = chunk->next)
        for (size_t i = 0, in_chunk = chunk_count(bucket, chunk); i < in_chunk; i++)
            to[place[chunk->events[i].when >> low]++] = chunk->events[i];
}

/* Sorts stably what is nearly sorted; false, and not done, if it takes too many moves. */
static bool insertion_sort(struct event *events, size_t count)
{
    size_t moves = 0;
    uint32_t before = 0; /* the key of the one before */
    for (size_t i = 0; i < count; i++) {
        if (__builtin_expect(before <= events[i].when >> 8, 1)) {
            before = events[i].when >> 8;
            continue;
        }
        const struct event event = events[i];
        size_t k = i;

        for (; k > 0 && events[k - 1].when >> 8 > event.when >> 8; k--)
            events[k] = events[k - 1];
        events[k] = event;
        moves += i - k;
        if (moves > MOVES_PER_EVENT_MAX * count)
            return false;
    }
    return true;
}

/* One pass of a radix sort: `from` to `to`, stable, by the digit at bit `low`. */
static void radix_pass(const struct event *from, struct event *to, size_t count, int low)
{
    size_t place[1 << RADIX_BITS] = { 0 }, sum = 0;

    for (size_t i = 0; i < count; i++)
        place[from[i].when >> low & ((1 << RADIX_BITS) - 1)]++;
    for (int k = 0; k < 1 << RADIX_BITS; k++) {
        size_t these = place[k];

        place[k] = sum;
        sum += these;
    }
    for (size_t i = 0; i < count; i++)
        to[place[from[i].when >> low & ((1 << RADIX_BITS) - 1)]++] = from[i];
}

/* Sorts stably whatever the load: least digit first. */
static bool radix_sort(struct event *events, size_t count, int shift, struct sort_room *room)
{
    struct event *from = events, *to;

    if (!memory_grow(room->memory, &room->events, &room->capacity, count, sizeof *to))
        return false;
    to = room->events;
    for (int low = 8; low < 9 + shift; low += RADIX_BITS) {
        struct event *swapped = from;

        radix_pass(from, to, count, low);
        from = to;
        to = swapped;
    }
    if (from != events)
        memcpy(events, from, count * sizeof *from);
    return true;
}

bool bucket_sort(const struct bucket *bucket, struct event *to, size_t count, int shift,
                 struct sort_room *room)
{
    const int key_bits = shift + 1;
    int bits = 0;

    if (count <= FEW || count > SLOTS_EVENTS_MAX) {
        copy_events(bucket, to);
        if (count <= FEW) /* which takes no more moves than are allowed */
            return insertion_sort(to, count);
    } else {
        while (bits < SLOTS_LOG2_MAX && bits < key_bits && ((size_t)1 << bits) < 2 * count)
            bits++;
        scatter(bucket, to, 8 + key_bits - bits, bits);
        if (insertion_sort(to, count))
            return true;
    }
    return radix_sort(to, count, shift, room);
}
