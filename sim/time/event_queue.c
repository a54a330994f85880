/* SPDX-License-Identifier: GPL-3.0-or-later */
/* event_queue.c - the monotone bucket ring; see event_queue.h. */
#include "sim/time/event_queue.h"

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
    FEW = 8,                /* events of a bucket that are sorted by insertion alone */
    SLOTS_LOG2_MAX = 12,    /* for sorting more: */
    SLOTS_EVENTS_MAX = UINT16_MAX, /* places are counted in 16 bits */
    MOVES_PER_EVENT_MAX = 16,      /* more: radix sort instead */
    RADIX_BITS = 8,
};

_Static_assert((int)SHIFT_MAX < (int)EVENT_OFFSET_BITS, "the closing event lies beyond its bucket");

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
    return (struct chunk *)((uintptr_t)(end - 1) & ~(uintptr_t)(CHUNK_BYTES - 1));
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

/* Makes bucket `number` the open one. */
static void open_number(struct event_queue *queue, int64_t number)
{
    queue->horizon = (number + 1) << queue->shift;
    queue->start = queue->horizon - ((sim_time)1 << queue->shift);
}

void event_queue_init(struct event_queue *queue, struct memory *memory, double rate,
                      double usual_delay, double short_delay)
{
    int log2 = RING_MIN_LOG2;
    double widest = short_delay > usual_delay / 64 ? short_delay : usual_delay / 64;

    if (rate > 0 && widest < BUCKET_SPARSE * 1e9 / rate)
        widest = BUCKET_SPARSE * 1e9 / rate;
    *queue = (struct event_queue){ .memory = memory, .shift = SHIFT_MAX, .batch = CHUNK_BATCH_MIN };
    while (queue->shift > SHIFT_MIN && ((double)(1 << queue->shift) > widest ||
                                        rate * 1e-9 * (double)(1 << queue->shift) > BUCKET_LOAD))
        queue->shift--;
    while (log2 < RING_MAX_LOG2 && (double)(1 << log2) * (1 << queue->shift) < 16 * usual_delay)
        log2++;
    queue->mask = ((uint64_t)1 << log2) - 1;
    queue->reach = (sim_time)queue->mask << queue->shift;
    queue->offset_mask = ((uint32_t)1 << queue->shift) - 1;
    open_number(queue, -1);
    for (int i = 0; i < EVENTS_BEHIND; i++)
        queue->late[i].place = &queue->nowhere;
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
    if (time >= queue->horizon) {
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

/* The events of a bucket, one after another. */
static void copy_events(const struct bucket *bucket, struct event *to)
{
    for (const struct chunk *chunk = bucket->first; chunk; chunk = chunk->next) {
        const size_t count = chunk_count(bucket, chunk);

        memcpy(to, chunk->events, count * sizeof *to);
        to += count;
    }
}

/* Turns the counts of slots into places: each becomes the sum of those before it. */
static void sum_counts(uint16_t *place, size_t slots)
{
    uint16_t sum = 0;

    for (size_t k = 0; k < slots; k++) {
        const uint16_t these = place[k];

        place[k] = sum;
        sum = (uint16_t)(sum + these);
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

/* Sorts the open bucket stably, whatever its load: least digit first. */
static bool radix_sort(struct event_queue *queue, size_t count)
{
    struct event *from = queue->open, *to;

    if (!memory_grow(queue->memory, &queue->room, &queue->room_capacity, count, sizeof *to))
        return false;
    to = queue->room;
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

/*
 * Sorts a bucket stably into the open one: by counting into about two slots an event, then by
 * insertion of what is left.  Many events close together in a wide bucket, where insertion would
 * be quadratic, take the radix sort.
 */
static bool sort_bucket(struct event_queue *queue, const struct bucket *bucket, size_t count)
{
    const int key_bits = queue->shift + 1;
    int bits = 0;

    if (count <= FEW || count > SLOTS_EVENTS_MAX) {
        copy_events(bucket, queue->open);
        if (count <= FEW) /* which takes no more moves than are allowed */
            return insertion_sort(queue->open, count);
    } else {
        while (bits < SLOTS_LOG2_MAX && bits < key_bits && ((size_t)1 << bits) < 2 * count)
            bits++;
        scatter(bucket, queue->open, 8 + key_bits - bits, bits);
        if (insertion_sort(queue->open, count))
            return true;
    }
    return radix_sort(queue, count);
}

static void open_bucket(struct event_queue *queue)
{
    struct event **end = &queue->ring[(uint64_t)queue->start >> queue->shift & queue->mask];
    size_t count = 0;

    queue->next = 0;
    if (*end) { /* maybe with lost messages only: their chunk serves others, too */
        const struct bucket bucket = { last_chunk(*end)->first, *end };

        count = bucket_count(&bucket);
        queue->waiting -= count;
        if (!reserve_open(queue, count) || !sort_bucket(queue, &bucket, count))
            count = 0; /* memory is short: the run is about to stop */
        free_chunks(queue, &bucket);
        *end = NULL;
    }
    close_open(queue, count);
}

/* Lets in what has come within reach of the ring. */
static void take_far_in(struct event_queue *queue)
{
    while (queue->far_count && queue->far[0].time - queue->horizon < queue->reach) {
        struct far_event far = far_pop(queue);
        struct event **end = &queue->ring[(uint64_t)far.time >> queue->shift & queue->mask];
        struct event *place = *end;

        if (!event_queue_has_room(place))
            place = event_queue_extend(queue, end);
        *place = far.event;
        *end = place + 1;
        queue->waiting++;
    }
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

void event_queue_advance(struct event_queue *queue, sim_time until)
{
    const int64_t last = until >> queue->shift;
    int64_t target = queue->horizon >> queue->shift;

    if (queue->waiting == 0) { /* nothing is near: go straight to what comes first */
        int64_t far = queue->far_count ? queue->far[0].time >> queue->shift : INT64_MAX;
        int64_t first = far < last ? far : last;

        target = first > target ? first : target;
    } else /* what is far comes later than what waits */
        while (target < last && !queue->ring[(uint64_t)target & queue->mask]) /* speed only */
            target++;
    write_late(queue); /* before others use the places of lost ones */
    open_number(queue, target);
    take_far_in(queue);
    open_bucket(queue);
}

uint64_t event_queue_count(const struct event_queue *queue)
{
    return queue->waiting + queue->far_count + (queue->open_count - queue->next);
}
