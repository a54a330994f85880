/* SPDX-License-Identifier: GPL-3.0-or-later */
/* event_queue.c - the monotone bucket ring; see event_queue.h. */
#include "sim/time/event_queue.h"

#include <math.h>

enum {
    BUCKET_LOAD = 2048, /* events a bucket is meant to hold: what stays in the L1 cache */
    RING_MIN_LOG2 = 8,
    RING_LIGHT_LOG2 = 11,
    RING_SHORT_LOG2 = 12,
    RING_MAX_LOG2 = 16,
    SHIFT_MIN = 6,
    SHIFT_MAX = 22,    /* 4 ms */
    BUCKET_SPARSE = 2, /* events a bucket may always hold: walking over empty ones costs more
                          than inserting into the open one */
    BLOCKS_LOG2 = 2,   /* of the ring: blocks of the wheel beyond it */
    FEW_MAX = 96,      /* events that may wait without buckets */
    FEW_ROOM = 2 * FEW_MAX,
};

#define FEW_END (INT64_MAX - ((sim_time)1 << (EVENT_OFFSET_BITS + 1))) /* later than any event */

_Static_assert((int)SHIFT_MAX < (int)EVENT_OFFSET_BITS, "the closing event lies beyond its bucket");

/* The chunk that the next event of a bucket goes to, or that is full. */
static struct chunk *last_chunk(struct event *end)
{
    return (struct chunk *)((uintptr_t)(end - 1) & ~(uintptr_t)(CHUNK_BYTES - 1));
}

struct event *event_queue_extend(struct event_queue *queue, struct event **end)
{
    struct chunk *chunk = chunk_pool_take(&queue->chunks);

    if (!chunk)
        return *end = queue->shortage->events;
    chunk->next = NULL;
    chunk->first = chunk;
    if (*end) {
        last_chunk(*end)->next = chunk;
        chunk->first = last_chunk(*end)->first;
    }
    return *end = chunk->events;
}

/* Makes bucket `number` the open one. */
static void open_number(struct event_queue *queue, int64_t number)
{
    queue->horizon = (number + 1) << queue->shift;
    queue->start = queue->horizon - ((sim_time)1 << queue->shift);
    queue->reach =
        (sim_time)(queue->far->base << queue->far->block_log2 << queue->shift) - queue->horizon;
}

/* Width of a bucket, by its logarithm. */
static int shape_bucket(double rate, double usual_delay, double short_delay)
{
    double widest = short_delay > usual_delay / 64 ? short_delay : usual_delay / 64;
    int shift = SHIFT_MAX;

    if (rate > 0 && widest < BUCKET_SPARSE * 1e9 / rate)
        widest = BUCKET_SPARSE * 1e9 / rate;
    while (shift > SHIFT_MIN &&
           (ldexp(1, shift) > widest || rate * 1e-9 * ldexp(1, shift) > BUCKET_LOAD))
        shift--;
    return shift;
}

/*
 * Buckets in the ring, by their logarithm: nearly all delays lie within its reach, or if it would
 * be too long for that, most beyond, and then a short one stays in the cache.  A long one also
 * needs buckets that fill their chunks, so that memory is that of the events.
 */
static int shape_ring(double rate, double usual_delay, int shift)
{
    const double load = rate * 1e-9 * ldexp(1, shift);
    int log2 = RING_MIN_LOG2;

    while (log2 <= RING_MAX_LOG2 && ldexp(1, log2 + shift) < 8 * usual_delay)
        log2++;
    if (load < BUCKET_LOAD / 4 && log2 > RING_LIGHT_LOG2)
        return RING_LIGHT_LOG2;
    return log2 <= RING_MAX_LOG2 ? log2 : RING_SHORT_LOG2;
}

void event_queue_init(struct event_queue *queue, struct memory *memory, double rate,
                      double usual_delay, double short_delay)
{
    const int shift = shape_bucket(rate, usual_delay, short_delay);

    *queue =
        (struct event_queue){ .memory = memory,
                              .room.memory = memory,
                              .shift = shift,
                              .mask = ((uint64_t)1 << shape_ring(rate, usual_delay, shift)) - 1,
                              .start = FEW_END };
    chunk_pool_init(&queue->chunks, memory);
    for (int i = 0; i < EVENTS_BEHIND; i++)
        queue->late[i].place = &queue->nowhere;
    queue->open = memory_get(memory, FEW_ROOM + 1 + EVENTS_AHEAD, sizeof *queue->open);
    queue->keys = memory_get(memory, FEW_ROOM + 1, sizeof *queue->keys);
    if (!memory->is_short) {
        queue->open[0].when = UINT32_MAX;
        queue->keys[0] = (uint64_t)FEW_END << 1;
    }
}

/* ---- the open bucket ---- */

/* Room for `count` events, the closing one, and a look ahead. */
static bool reserve_open(struct event_queue *queue, size_t count)
{
    return memory_grow(queue->memory, &queue->open, &queue->open_capacity, count + 1 + EVENTS_AHEAD,
                       sizeof *queue->open);
}

static void close_open(struct event_queue *queue, size_t count)
{
    queue->open_count = count;
    queue->open[count] = (struct event){ .when = UINT32_MAX };
}

/* Gives the chunks of a bucket back. */
static void free_chunks(struct event_queue *queue, const struct bucket *bucket)
{
    for (struct chunk *chunk = bucket->first, *next; chunk; chunk = next) {
        next = chunk->next;
        chunk_pool_give(&queue->chunks, chunk);
    }
}

static void open_bucket(struct event_queue *queue)
{
    struct event **end = &queue->ring[(uint64_t)queue->start >> queue->shift & queue->mask];
    size_t count = 0;

    queue->next = 0;
    queue->pause = EVENTS_CHECKED;
    if (*end) { /* maybe with lost messages only: their chunk serves others, too */
        const struct bucket bucket = { last_chunk(*end)->first, *end };

        count = bucket_count(&bucket);
        queue->waiting -= count;
        if (count > 0 && (!reserve_open(queue, count) ||
                          !bucket_sort(&bucket, queue->open, count, queue->shift, &queue->room)))
            count = 0; /* memory is short: the run is about to stop */
        free_chunks(queue, &bucket);
        *end = NULL;
    }
    close_open(queue, count);
}

/* Writes all events that are late. */
static void write_late(struct event_queue *queue)
{
    const uint32_t number = queue->late_next - queue->late_written;
    const uint32_t count = number < EVENTS_BEHIND ? number : EVENTS_BEHIND;

    for (uint32_t i = queue->late_next - count; i != queue->late_next; i++) {
        struct late_event *late = &queue->late[i % EVENTS_BEHIND];

        *late->place = late->event;
        late->place = &queue->nowhere;
    }
    queue->late_written = queue->late_next;
}

/* Lets in what comes within reach of the ring when it begins at bucket `first`. */
static void let_in(struct event_queue *queue, uint64_t first)
{
    const uint64_t limit = (first + queue->mask + 1) >> queue->far->block_log2;

    if (limit == queue->far->base)
        return;
    for (struct chunk *chunk; (chunk = far_wheel_take(queue->far, limit));) {
        for (uint32_t i = 0; i < chunk->count; i++) {
            struct event **end = &queue->ring[far_bucket(chunk, i) & queue->mask];
            struct event *place = *end;

            if (!event_queue_has_room(place))
                place = event_queue_extend(queue, end);
            *place = chunk->far[i].event;
            *end = place + 1;
        }
        queue->waiting += chunk->count;
        chunk_pool_give(&queue->chunks, chunk);
    }
}

/* ---- few events ---- */

/* Drops what has happened but for the last of it. */
static void drop_passed(struct event_queue *queue)
{
    const size_t passed = queue->next - 1, left = queue->open_count + 1 - passed;

    memmove(queue->open, queue->open + passed, left * sizeof *queue->open);
    memmove(queue->keys, queue->keys + passed, left * sizeof *queue->keys);
    queue->next -= passed;
    queue->open_count -= passed;
    queue->passed += passed;
}

/* Makes buckets, the first behind the open one being the present, and puts the few into them.
 * False, and nothing is done, if memory is short. */
static bool turn_to_buckets(struct event_queue *queue)
{
    const struct event *few = queue->open;
    const uint64_t *keys = queue->keys;
    const size_t next = queue->next, end = queue->open_count;
    const int64_t number = next > 0 ? (int64_t)(keys[next - 1] >> 1 >> queue->shift) : 0;
    struct event *open = NULL;

    if (queue->memory->is_short) /* already, and the run is about to stop */
        return false;
    memory_grow(queue->memory, &open, &queue->open_capacity, 1 + EVENTS_AHEAD, sizeof *open);
    queue->ring = memory_get(queue->memory, queue->mask + 1, sizeof *queue->ring);
    queue->far = memory_get(queue->memory, 1, sizeof *queue->far);
    queue->shortage = chunk_pool_take(&queue->chunks);
    if (queue->memory->is_short)
        return false;
    far_wheel_init(queue->far, &queue->chunks, 63 - __builtin_clzll(queue->mask + 1) - BLOCKS_LOG2);
    queue->keys = NULL;
    queue->offset_mask = ((uint32_t)1 << queue->shift) - 1;
    queue->open = open;
    queue->next = 0;
    queue->pause = EVENTS_CHECKED;
    close_open(queue, 0);
    let_in(queue, (uint64_t)number);
    open_number(queue, number - 1);
    if (queue->until >= queue->horizon)
        queue->until = queue->horizon - 1;
    for (size_t i = next; i < end; i++)
        event_queue_put(queue, (sim_time)(keys[i] >> 1), few[i], 1);
    return true;
}

static void put_few(struct event_queue *queue, sim_time time, struct event event)
{
    if (queue->open_count - queue->next == FEW_MAX) {
        if (turn_to_buckets(queue))
            event_queue_put(queue, time, event, 1);
        return;
    }
    if (queue->open_count == FEW_ROOM)
        drop_passed(queue);
    struct event *const open = queue->open;
    uint64_t *const keys = queue->keys;
    const uint64_t key = (uint64_t)time << 1 | event_class(event);
    size_t i = ++queue->open_count;

    open[i] = open[i - 1]; /* what closes them */
    keys[i] = keys[i - 1];
    for (i--; i > queue->next && keys[i - 1] > key; i--) {
        open[i] = open[i - 1];
        keys[i] = keys[i - 1];
    }
    open[i] = event;
    keys[i] = key;
    queue->start = (sim_time)(keys[queue->next] >> 1);
}

void event_queue_put_outside(struct event_queue *queue, sim_time time, struct event event)
{
    if (queue->keys) {
        put_few(queue, time, event);
        return;
    }
    if (time >= queue->horizon) {
        far_wheel_put(queue->far, (uint64_t)time >> queue->shift, event);
        return;
    }
    size_t i = queue->open_count;

    if (!reserve_open(queue, i + 1))
        return;
    for (; i > queue->next && queue->open[i - 1].when >> 8 > event.when >> 8; i--)
        queue->open[i] = queue->open[i - 1];
    queue->open[i] = event;
    close_open(queue, queue->open_count + 1);
}

bool event_queue_pause(struct event_queue *queue)
{
    if (queue->keys) {
        queue->start = (sim_time)(queue->keys[queue->next] >> 1);
        return (queue->passed + queue->next) % EVENTS_CHECKED == 0;
    }
    queue->pause += EVENTS_CHECKED;
    return true;
}

void event_queue_advance(struct event_queue *queue, sim_time until, int64_t buckets)
{
    const uint64_t last = (uint64_t)until >> queue->shift;
    uint64_t target = (uint64_t)queue->horizon >> queue->shift;

    if (queue->keys) {
        const int64_t first = (queue->start < until ? queue->start : until) >> queue->shift;

        queue->horizon = ((first > (int64_t)target ? first : (int64_t)target) + buckets)
                         << queue->shift;
        queue->passed = 0 - queue->next;
        return;
    }
    write_late(queue);                             /* before others use the places of lost ones */
    while (queue->waiting == 0 && target < last) { /* nothing is near: go on to what is far */
        const uint64_t first = far_wheel_first(queue->far);

        if (first > last >> queue->far->block_log2)
            target = last;
        else if (first << queue->far->block_log2 > target)
            target = first << queue->far->block_log2;
        let_in(queue, target);
    }
    while (target < last && !queue->ring[target & queue->mask]) /* speed only */
        target++;
    let_in(queue, target);
    open_number(queue, (int64_t)target);
    open_bucket(queue);
}

uint64_t event_queue_count(const struct event_queue *queue)
{
    return queue->waiting + (queue->far ? queue->far->count : 0) +
           (queue->open_count - queue->next);
}
