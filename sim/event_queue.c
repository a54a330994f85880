/* SPDX-License-Identifier: GPL-3.0-or-later */
/* event_queue.c - the monotone bucket ring; see event_queue.h. */
#include "sim/event_queue.h"

enum {
    BUCKET_LOAD = 2048, /* events a bucket is meant to hold: what stays in the L1 cache */
    RING_MIN_LOG2 = 8,
    RING_MAX_LOG2 = 16,
    SHIFT_MIN = 6,
    SHIFT_MAX = 22,         /* 4 ms */
    BUCKET_SPARSE = 2,      /* events a bucket may always hold: walking over empty ones costs more
                               than inserting into the open one */
    CHUNK_BATCH_MIN = 8,    /* chunks taken from memory at once: doubles each time, so that */
    CHUNK_BATCH_MAX = 4096, /* large runs have them in huge pages */
    FINE_SLOTS_MAX = 4096,
    FINE_SLOT_CROWDED = 64, /* more events in one slot: radix sort instead */
    RADIX_BITS = 8,
};

static bool make_chunks(struct event_queue *queue)
{
    /* One chunk more than asked for makes room to start on a multiple of the size. */
    char *batch = memory_get(queue->memory, queue->batch + 1, sizeof(struct chunk));

    if (!batch)
        return false;
    batch += (uintptr_t) - (uintptr_t)batch & (CHUNK_BYTES - 1);
    for (size_t i = queue->batch; i-- > 0;) {
        struct chunk *chunk = (struct chunk *)(void *)batch + i;

        chunk->next = queue->spare;
        queue->spare = chunk;
    }
    if (queue->batch < CHUNK_BATCH_MAX)
        queue->batch *= 2;
    return true;
}

/* The chunk that the next event of a bucket goes to, or that is full. */
static struct chunk *last_chunk(struct event *end)
{
    return (struct chunk *)((uintptr_t)end & ~(uintptr_t)(CHUNK_BYTES - 1));
}

struct event *event_queue_extend(struct event_queue *queue, struct event **end)
{
    struct chunk *chunk;

    if (!queue->spare && !make_chunks(queue))
        return *end = queue->shortage->events;
    chunk = queue->spare;
    queue->spare = chunk->next;
    chunk->next = NULL;
    chunk->first = chunk;
    if (*end) {
        last_chunk(*end)->next = chunk;
        chunk->first = last_chunk(*end)->first;
    }
    return *end = chunk->events;
}

void event_queue_init(struct event_queue *queue, struct memory *memory, double rate,
                      double usual_delay, double short_delay)
{
    int log2 = RING_MIN_LOG2;
    double widest = short_delay > usual_delay / 64 ? short_delay : usual_delay / 64;

    if (rate > 0 && widest < BUCKET_SPARSE * 1e9 / rate)
        widest = BUCKET_SPARSE * 1e9 / rate;
    *queue = (struct event_queue){
        .memory = memory, .shift = SHIFT_MAX, .open_bucket = -1, .batch = CHUNK_BATCH_MIN
    };
    while (queue->shift > SHIFT_MIN && ((double)(1 << queue->shift) > widest ||
                                        rate * 1e-9 * (double)(1 << queue->shift) > BUCKET_LOAD))
        queue->shift--;
    while (log2 < RING_MAX_LOG2 && (double)(1 << log2) * (1 << queue->shift) < 16 * usual_delay)
        log2++;
    queue->mask = ((int64_t)1 << log2) - 1;
    queue->ring = memory_get(memory, (size_t)1 << log2, sizeof *queue->ring);
    memory_grow(memory, &queue->open, &queue->open_capacity, 1 + EVENTS_AHEAD, sizeof *queue->open);
    if (queue->open)
        queue->open[0].when = UINT32_MAX;
    if (make_chunks(queue)) {
        queue->shortage = queue->spare;
        queue->spare = queue->spare->next;
    }
}

/* ---- events beyond the ring ---- */

static bool far_is_before(const struct far_event *a, const struct far_event *b)
{
    uint32_t class_a = a->event.when >> 8 & 1, class_b = b->event.when >> 8 & 1;

    if (a->time != b->time)
        return a->time < b->time;
    return class_a != class_b ? class_a < class_b : a->number < b->number;
}

static void far_push(struct event_queue *queue, struct far_event far)
{
    size_t i = queue->far_count;

    if (!memory_grow(queue->memory, &queue->far, &queue->far_capacity, i + 1, sizeof far))
        return;
    queue->far_count++;
    for (; i > 0 && far_is_before(&far, &queue->far[(i - 1) / 2]); i = (i - 1) / 2)
        queue->far[i] = queue->far[(i - 1) / 2];
    queue->far[i] = far;
}

static struct far_event far_pop(struct event_queue *queue)
{
    struct far_event *heap = queue->far, top = heap[0], last = heap[--queue->far_count];
    size_t i = 0, count = queue->far_count;

    for (size_t child = 1; child < count; child = 2 * i + 1) {
        if (child + 1 < count && far_is_before(&heap[child + 1], &heap[child]))
            child++;
        if (!far_is_before(&heap[child], &last))
            break;
        heap[i] = heap[child];
        i = child;
    }
    heap[i] = last;
    return top;
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

void event_queue_put_outside(struct event_queue *queue, sim_time time, struct event event)
{
    if (time >> queue->shift > queue->open_bucket) {
        far_push(queue, (struct far_event){ time, queue->far_number++, event });
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

/* The chunks of a bucket, in scheduling order. */
struct bucket {
    struct chunk *first;
    const struct event *end; /* of the events in the last one */
};

static size_t chunk_count(const struct bucket *bucket, const struct chunk *chunk)
{
    return chunk->next ? CHUNK_EVENTS : (size_t)(bucket->end - chunk->events);
}

static size_t bucket_count(const struct bucket *bucket)
{
    size_t count = 0;

    for (const struct chunk *chunk = bucket->first; chunk; chunk = chunk->next)
        count += chunk_count(bucket, chunk);
    return count;
}

/* Gives the chunks of a bucket back. */
static void free_chunks(struct event_queue *queue, const struct bucket *bucket)
{
    for (struct chunk *chunk = bucket->first, *next; chunk; chunk = next) {
        next = chunk->next;
        chunk->next = queue->spare;
        queue->spare = chunk;
    }
}

/*
 * Stable sort of a bucket into `to` by a counting sort into about two slots an event, then an
 * insertion sort of what is left.  False if a slot is crowded (many events close together in a
 * wide bucket), where insertion would be quadratic.
 */
static bool slot_sort(const struct bucket *bucket, struct event *to, size_t count, int bits)
{
    uint32_t place[FINE_SLOTS_MAX], sum = 0, fullest = 0;
    int fine = 0;

    while (fine < 12 && fine < bits && ((size_t)1 << fine) < 2 * count)
        fine++;
    const int low = 8 + bits - fine;

    memset(place, 0, sizeof *place << fine);
    for (const struct chunk *chunk = bucket->first; chunk; chunk = chunk->next)
        for (size_t i = 0, in_chunk = chunk_count(bucket, chunk); i < in_chunk; i++)
            place[chunk->events[i].when >> low]++;
    for (size_t k = 0; k < (size_t)1 << fine; k++) {
        uint32_t these = place[k];

        place[k] = sum;
        sum += these;
        fullest = these > fullest ? these : fullest;
    }
    if (fullest > FINE_SLOT_CROWDED)
        return false;
    for (const struct chunk *chunk = bucket->first; chunk; chunk = chunk->next)
        for (size_t i = 0, in_chunk = chunk_count(bucket, chunk); i < in_chunk; i++)
            to[place[chunk->events[i].when >> low]++] = chunk->events[i];
    for (size_t i = 1; i < count; i++) {
        struct event event = to[i];
        size_t j = i;

        for (; j > 0 && to[j - 1].when >> 8 > event.when >> 8; j--)
            to[j] = to[j - 1];
        to[j] = event;
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

/* Stable sort of a bucket into the open one, whatever its load: least digit first. */
static bool radix_sort(struct event_queue *queue, const struct bucket *bucket, size_t count)
{
    struct event *from = queue->open, *to;
    size_t copied = 0;

    if (!memory_grow(queue->memory, &queue->room, &queue->room_capacity, count, sizeof *to))
        return false;
    to = queue->room;
    for (const struct chunk *chunk = bucket->first; chunk; chunk = chunk->next) {
        memcpy(from + copied, chunk->events, chunk_count(bucket, chunk) * sizeof *from);
        copied += chunk_count(bucket, chunk);
    }
    for (int low = 8; low < 9 + queue->shift; low += RADIX_BITS) {
        struct event *swapped = from;

        radix_pass(from, to, count, low);
        from = to;
        to = swapped;
    }
    if (from != queue->open)
        memcpy(queue->open, from, count * sizeof *from);
    return true;
}

static void open_bucket(struct event_queue *queue)
{
    struct event **end = &queue->ring[queue->open_bucket & queue->mask];
    const struct bucket bucket = { *end ? last_chunk(*end)->first : NULL, *end };
    size_t count = bucket_count(&bucket);

    queue->next = 0;
    if (count > 0) {
        queue->waiting -= count;
        if (!reserve_open(queue, count) ||
            (!slot_sort(&bucket, queue->open, count, queue->shift + 1) &&
             !radix_sort(queue, &bucket, count)))
            count = 0; /* memory is short: the run is about to stop */
        free_chunks(queue, &bucket);
        *end = NULL;
    }
    close_open(queue, count);
}

/* Lets in what has come within reach of the ring, which reaches `mask` buckets beyond the open one.
 */
static void take_far_in(struct event_queue *queue)
{
    while (queue->far_count &&
           (queue->far[0].time >> queue->shift) - queue->open_bucket <= queue->mask) {
        struct far_event far = far_pop(queue);
        struct event **end = &queue->ring[far.time >> queue->shift & queue->mask], *place = *end;

        if (!event_queue_has_room(place))
            place = event_queue_extend(queue, end);
        *place = far.event;
        *end = place + 1;
        queue->waiting++;
    }
}

void event_queue_advance(struct event_queue *queue, sim_time until)
{
    const int64_t last = until >> queue->shift;
    int64_t target = queue->open_bucket + 1;

    if (queue->waiting == 0) { /* nothing is near: go straight to what comes first */
        int64_t far = queue->far_count ? queue->far[0].time >> queue->shift : INT64_MAX;
        int64_t first = far < last ? far : last;

        target = first > target ? first : target;
    } else /* what is far comes later than what waits */
        while (target < last && !queue->ring[target & queue->mask]) /* speed only */
            target++;
    queue->open_bucket = target;
    take_far_in(queue);
    open_bucket(queue);
}

uint64_t event_queue_count(const struct event_queue *queue)
{
    return queue->waiting + queue->far_count + (queue->open_count - queue->next);
}
