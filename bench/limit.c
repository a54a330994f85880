/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * limit.c - W1 and W2 as fast as a program can do them that can do nothing else.
 *
 * The yardstick of the benchmark: what a general simulator pays for being general is its ratio to
 * this.  The events and their order are those of heap.c; only the work to get at them differs.
 *
 *   lane      timers are never queued: nodes are numbered by phase, so that the timers of the
 *             next stretch of time are the nodes of the next stretch of numbers
 *   buckets   messages are appended to the bucket of their arrival, a stretch of time each, and
 *             put in order (W2) only when their bucket comes
 *   order     a bucket's timers are handled before its arrivals.  The two touch only if a node
 *             learns the rumor in the bucket in which its own timer fires; only there are times
 *             compared.  In W1 arrivals commute even with each other, so nothing is sorted:
 *             worth 1.3
 *   draws     random peers and delays are made ahead, many at a time, in vectors
 *   branches  what is random (lost or not, call or answer) is computed, not branched on: a
 *             mispredicted branch costs as much as a whole event
 *
 * The clock ticks 2^30 times a second (the interval of the timers), so that buckets divide it.
 * Cost: O(1) an event; 4 bytes and a bit a node, 8 (W1) or 12 bytes (W2) a message in flight.
 * Each trick gives its worth in ns an event at 1e6 nodes, W1 / W2, measured by doing without
 * on a 2025 server core with gcc 12.
 *
 * tests/bench/programs.bats checks that it agrees with heap.c.
 */
#include "bench/draws.h"
#include "bench/work.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#define LIKELY(x)   __builtin_expect(!!(x), 1)
#define UNLIKELY(x) __builtin_expect(!!(x), 0)

/* ---- Messages in flight ---- */

struct rumor {
    uint32_t when; /* offset in the bucket */
    uint32_t to;
};

struct exchange {
    uint32_t when; /* offset in the bucket << 2 | CALL | KNOWS */
    uint32_t to;
    uint32_t from; /* who is to be answered */
};

enum { KNOWS = 1, CALL = 2 };

enum {
    CHUNK = 1024, /* bytes; at a multiple of it */
    ROOM = CHUNK - sizeof(char *),
    LOAD = 2048, /* messages that a bucket shall hold: 16 or 24 kB of the first cache */
    WIDTH_BITS_MIN = 12,
    WIDTH_BITS_MAX = 22,
    SLOT_BITS_MAX = 13,
};

/*
 * A bucket is a list of chunks, oldest first, each ending in a pointer to the next; chunks are
 * reused last in, first out.  Arrays of full size would cost 60 bytes a node.
 */
struct bucket {
    char *first;
    char *end; /* where the next message goes; NULL: the bucket is empty */
};

struct run {
    struct draws draws;
    uint32_t nodes, informed;
    uint64_t *knows; /* a bit a node.  A byte: -0.2 / 0.5 more, at 1e7 nodes 1.4 / 9 */
    uint32_t *phase; /* ticks, by node, ascending; a sentinel behind the last */
    uint64_t messages, timers, arrivals;

    int width_bits; /* a bucket is 2^width_bits ticks long */
    struct bucket *bucket;
    uint64_t bucket_mask;
    char *spare; /* chunks not in use */

    uint64_t now;              /* number of the bucket in hand */
    uint32_t from, to;         /* its timers are those of the nodes from .. to-1 */
    uint32_t begin;            /* phase at which it begins */
    struct rumor *rumors;      /* its arrivals in W1, in order of sending */
    struct exchange *open;     /* its arrivals in W2, in order of arrival */
    struct exchange *unsorted; /* the same as they came */
    uint32_t count, capacity;  /* of these arrays */
    uint32_t *slot;            /* 2^SLOT_BITS_MAX, for sorting */
    void **call;               /* W2: the places of the calls of its timers, NULL: lost */
    uint32_t *sender;          /* W1: the nodes that knew when it began, in order of time */
    bool *has_sent;            /* W1: by timer */
    uint32_t *news;            /* W1: those of `rumors` that were the first at their node */
    uint32_t timers_max;       /* capacity of call, sender and has_sent */
};

static inline bool is_informed(const struct run *r, uint32_t node)
{
    return r->knows[node >> 6] >> (node & 63) & 1;
}

static __attribute__((noinline)) char *bucket_grow(struct run *r, struct bucket *b)
{
    enum { SLAB = 256 };

    if (!r->spare) {
        char *slab = aligned_alloc(CHUNK, SLAB * CHUNK);

        if (!slab)
            abort();
        for (int i = SLAB; i--; r->spare = slab + i * CHUNK)
            memcpy(slab + i * CHUNK, &r->spare, sizeof r->spare);
    }
    char *chunk = r->spare, *const none = NULL;

    memcpy(&r->spare, chunk, sizeof r->spare);
    memcpy(chunk + ROOM, &none, sizeof none);
    if (b->end)
        memcpy((char *)((uintptr_t)(b->end - 1) & ~(uintptr_t)(CHUNK - 1)) + ROOM, &chunk,
               sizeof chunk);
    else
        b->first = chunk;
    return chunk;
}

/*
 * Writes a message of `size` bytes; a lost one is written too but its place not taken, because a
 * branch on the loss would be mispredicted one time in 20: worth 0.1 / 1.8.  Returns the place.
 */
static inline void *bucket_put(struct run *r, uint64_t number, const void *message, size_t size,
                               bool keep)
{
    struct bucket *b = &r->bucket[number & r->bucket_mask];
    char *end = b->end;

    if (UNLIKELY(!end || ((uintptr_t)end & (CHUNK - 1)) + size > ROOM))
        end = bucket_grow(r, b);
    memcpy(end, message, size);
    b->end = end + (keep ? size : 0);
    return end;
}

/* Empties the bucket in hand into `out`; the caller has made room for bucket_count() messages. */
static inline void bucket_take(struct run *r, char *out, size_t size)
{
    struct bucket *b = &r->bucket[r->now & r->bucket_mask];
    char *chunk = b->end ? b->first : NULL, *next;

    for (; chunk; chunk = next) {
        memcpy(&next, chunk + ROOM, sizeof next);
        const size_t bytes = next ? ROOM / size * size : (size_t)(b->end - chunk);

        memcpy(out, chunk, bytes);
        out += bytes;
        memcpy(chunk, &r->spare, sizeof r->spare);
        r->spare = chunk;
    }
    b->end = NULL;
}

static uint32_t bucket_count(const struct run *r, size_t size)
{
    const struct bucket *b = &r->bucket[r->now & r->bucket_mask];
    const char *chunk = b->end ? b->first : NULL, *next;
    size_t count = 0;

    for (; chunk; chunk = next) {
        memcpy(&next, chunk + ROOM, sizeof next);
        count += next ? ROOM / size : (size_t)(b->end - chunk) / size;
    }
    return (uint32_t)count;
}

/* Room for `count` arrivals, half as many again and those that are sent and arrive meanwhile. */
static void arrivals_reserve(struct run *r, uint32_t count)
{
    if (count + count / 2 + 64 <= r->capacity)
        return;
    r->capacity = 2 * count + 128;
    r->rumors = work_resize(r->rumors, r->capacity * sizeof *r->rumors);
    r->news = work_resize(r->news, r->capacity * sizeof *r->news);
    r->open = work_resize(r->open, r->capacity * sizeof *r->open);
    r->unsorted = work_resize(r->unsorted, r->capacity * sizeof *r->unsorted);
}

/* Number and offset of the bucket in which a message sent at `offset` of this one arrives. */
struct arrival {
    uint64_t bucket;
    uint32_t offset;
    bool keep; /* not lost */
};

static inline struct arrival arrival_of(const struct run *r, uint32_t offset, int32_t delay)
{
    const uint64_t after = (uint64_t)offset + ((uint32_t)delay & INT32_MAX);

    return (struct arrival){ .bucket = r->now + (after >> r->width_bits),
                             .offset = (uint32_t)after & ((1u << r->width_bits) - 1),
                             .keep = delay >= 0 };
}

/* Finds the timers of bucket `now`. */
static void lane_advance(struct run *r)
{
    r->begin = (uint32_t)(r->now << r->width_bits) & ((1u << 30) - 1);
    r->from = r->begin ? r->to : 0;
    for (r->to = r->from; r->phase[r->to] < r->begin + (1u << r->width_bits); r->to++)
        continue;
    r->timers += r->to - r->from;
    if (r->to - r->from > r->timers_max) {
        r->timers_max = 2 * (r->to - r->from);
        r->call = work_resize(r->call, r->timers_max * sizeof *r->call);
        r->sender = work_resize(r->sender, r->timers_max * sizeof *r->sender);
        r->has_sent = work_resize(r->has_sent, r->timers_max * sizeof *r->has_sent);
    }
}

/* Number of a fresh draw. */
static inline uint32_t draw_next(struct draws *d)
{
    if (UNLIKELY(d->next == BATCH))
        draws_fill(d);
    return d->next++;
}

/* ---- W1 ---- */

static inline void rumor_send(struct run *r, uint32_t node)
{
    const uint32_t i = draw_next(&r->draws), peer = r->draws.peer[i];
    const struct arrival a = arrival_of(r, r->phase[node] - r->begin, r->draws.delay[i]);
    const struct rumor m = { a.offset, peer + (peer >= node) };

    bucket_put(r, a.bucket, &m, sizeof m, a.keep);
}

/* Writing every node and keeping those that know needs no branch: worth 0.1. */
static void w1_timers(struct run *r)
{
    uint32_t senders = 0;

    for (uint32_t node = r->from; node < r->to; node++) {
        const bool knows = is_informed(r, node);

        r->has_sent[node - r->from] = knows;
        r->sender[senders] = node;
        senders += knows;
    }
    r->messages += senders;
    for (uint32_t i = 0; i < senders; i++)
        rumor_send(r, r->sender[i]);
}

/* A rumor reaches a node whose own timer is in this bucket: does it fire later, and now sends? */
static __attribute__((noinline)) void w1_own_timer(struct run *r, struct rumor m)
{
    bool *has_sent = &r->has_sent[m.to - r->from];

    if (*has_sent || r->phase[m.to] - r->begin < m.when)
        return;
    *has_sent = true;
    r->messages++;
    rumor_send(r, m.to);
}

/* Handles the rumors from `i` on.  Returns how many were news; r->news lists them. */
static uint32_t w1_arrivals(struct run *r, uint32_t i, uint32_t news)
{
    uint64_t *const knows = r->knows;
    const uint32_t from = r->from, timers = r->to - r->from;

    for (; i < r->count; i++) {
        const struct rumor m = r->rumors[i];
        uint64_t *word = &knows[m.to >> 6];
        const bool old = *word >> (m.to & 63) & 1;

        *word |= (uint64_t)1 << (m.to & 63);
        r->news[news] = i;
        news += !old;
        if (UNLIKELY(m.to - from < timers))
            w1_own_timer(r, m);
    }
    return news;
}

/* All know now: when in this bucket was it, and what of its events came after? */
static uint32_t w1_finish(struct run *r, uint32_t news)
{
    uint32_t last = 0;

    for (uint32_t k = 0; k < news; k++) {
        const struct rumor *first = &r->rumors[r->news[k]];
        uint32_t when = first->when;

        for (uint32_t i = 0; i < r->count; i++)
            if (r->rumors[i].to == first->to && r->rumors[i].when < when)
                when = r->rumors[i].when;
        last = when > last ? when : last;
    }
    for (uint32_t i = 0; i < r->count; i++)
        r->arrivals -= r->rumors[i].when > last;
    return last;
}

/* Returns the offset at which all know, or -1 if they do not yet. */
static int64_t w1_bucket(struct run *r)
{
    uint32_t news = 0;

    w1_timers(r);
    r->count = 0;
    for (uint32_t more; (more = bucket_count(r, sizeof(struct rumor))) > 0;) {
        arrivals_reserve(r, r->count + more);
        bucket_take(r, (char *)(r->rumors + r->count), sizeof(struct rumor));
        r->count += more;
        news = w1_arrivals(r, r->count - more, news); /* may send into this bucket again */
    }
    r->arrivals += r->count;
    r->informed += news;
    return r->informed == r->nodes ? (int64_t)w1_finish(r, news) : -1;
}

/* ---- W2 ---- */

static void w2_timers(struct run *r)
{
    for (uint32_t node = r->from; node < r->to; node++) {
        const uint32_t i = draw_next(&r->draws), peer = r->draws.peer[i];
        const struct arrival a = arrival_of(r, r->phase[node] - r->begin, r->draws.delay[i]);
        const struct exchange m = { a.offset << 2 | CALL | is_informed(r, node),
                                    peer + (peer >= node), node };
        void *place = bucket_put(r, a.bucket, &m, sizeof m, a.keep);

        r->call[node - r->from] = a.keep && a.bucket != r->now ? place : NULL;
    }
    r->messages += r->to - r->from;
}

/*
 * Arrivals in order of time: by counting into as many fine stretches as there are arrivals, then
 * by insertion, which moves few and none far.
 */
static void w2_sort(struct run *r)
{
    int bits = 1;

    while (1u << bits < r->count && bits < SLOT_BITS_MAX)
        bits++;
    const int shift = r->width_bits + 2 - bits;
    uint32_t sum = 0, *slot = r->slot;

    memset(slot, 0, sizeof *slot << bits);
    for (uint32_t i = 0; i < r->count; i++)
        slot[r->unsorted[i].when >> shift]++;
    for (uint32_t k = 0; k < 1u << bits; k++) {
        const uint32_t here = slot[k];

        slot[k] = sum;
        sum += here;
    }
    for (uint32_t i = 0; i < r->count; i++)
        r->open[slot[r->unsorted[i].when >> shift]++] = r->unsorted[i];
    for (uint32_t i = 1; i < r->count; i++) {
        const struct exchange e = r->open[i];
        uint32_t j = i;

        for (; j && r->open[j - 1].when > e.when; j--)
            r->open[j] = r->open[j - 1];
        r->open[j] = e;
    }
}

/* A node learns the rumor before its own timer of this bucket: its call, sent already, has it. */
static __attribute__((noinline)) void w2_own_timer(struct run *r, uint32_t node, uint32_t i)
{
    struct exchange *call = r->call[node - r->from];

    if (r->phase[node] - r->begin < r->open[i].when >> 2)
        return;
    for (; !call && i < r->count; i++)
        if (r->open[i].from == node && r->open[i].when & CALL)
            call = &r->open[i];
    if (call)
        call->when |= KNOWS;
}

/* An answer that arrives in this bucket still. */
static __attribute__((noinline)) void w2_insert(struct run *r, struct exchange m)
{
    arrivals_reserve(r, r->count + 1);
    uint32_t j = r->count++;

    for (; r->open[j - 1].when >> 2 > m.when >> 2; j--)
        r->open[j] = r->open[j - 1];
    r->open[j] = m;
}

/*
 * A call to a node that knew is answered, an answer is not; which of them comes next is random.
 * So all are treated alike, and the answer that is none is treated like a lost one: worth 1.2.
 */
static int64_t w2_arrivals(struct run *r)
{
    uint64_t *const knows = r->knows;

    for (uint32_t i = 0; i < r->count; i++) {
        const struct exchange e = r->open[i];
        const uint32_t told = e.when & KNOWS;
        uint64_t *word = &knows[e.to >> 6];
        const uint32_t old = *word >> (e.to & 63) & 1, answers = old & e.when >> 1;

        *word |= (uint64_t)told << (e.to & 63);
        if (UNLIKELY(told > old)) {
            r->informed++;
            if (e.to - r->from < r->to - r->from)
                w2_own_timer(r, e.to, i);
            if (r->informed == r->nodes) {
                r->arrivals += i + 1;
                return e.when >> 2;
            }
        }
        if (UNLIKELY(r->draws.next == BATCH))
            draws_fill(&r->draws);
        const struct arrival a = arrival_of(r, e.when >> 2, r->draws.delay[r->draws.next]);
        const struct exchange m = { a.offset << 2 | KNOWS, e.from, e.to };

        r->draws.next += answers;
        r->messages += answers;
        if (LIKELY(a.bucket != r->now))
            bucket_put(r, a.bucket, &m, sizeof m, a.keep & answers);
        else if (a.keep & answers)
            w2_insert(r, m);
    }
    r->arrivals += r->count;
    return -1;
}

static int64_t w2_bucket(struct run *r)
{
    w2_timers(r);
    r->count = bucket_count(r, sizeof(struct exchange));
    arrivals_reserve(r, r->count);
    bucket_take(r, (char *)r->unsorted, sizeof(struct exchange));
    w2_sort(r);
    return w2_arrivals(r);
}

/* ---- The run ---- */

static void start(struct run *r, const struct work *w)
{
    const double rate = w->nodes * (1 - WORK_LOSS) * (w->number == 1 ? 1 : 2 - WORK_LOSS);

    r->nodes = w->nodes;
    for (r->width_bits = WIDTH_BITS_MAX;
         r->width_bits > WIDTH_BITS_MIN && rate / TICKS_S * (1u << r->width_bits) > LOAD;)
        r->width_bits--;
    r->bucket_mask = ((uint64_t)1 << (31 - r->width_bits)) - 1;
    r->bucket = work_allocate((r->bucket_mask + 1) * sizeof *r->bucket);
    r->slot = work_allocate(sizeof *r->slot << SLOT_BITS_MAX);
    r->knows = work_allocate(w->nodes / 8 + 8);
    /* Delays end at 2^31 ticks, 20 mean latencies: one in 5e8 would be longer. */
    draws_start(&r->draws, w->seed, w->nodes, (int32_t)((1u << 31) - (2u << r->width_bits)));
    r->phase = work_allocate((r->nodes + 1) * sizeof *r->phase);
    draws_phases(&r->draws, r->phase, r->nodes);
    const uint64_t origin = r->draws.state[0][0] % w->nodes;

    r->knows[origin >> 6] |= (uint64_t)1 << (origin & 63);
    r->informed = 1;
}

static struct outcome run(struct run *r, int workload)
{
    int64_t end;

    for (lane_advance(r); (end = workload == 1 ? w1_bucket(r) : w2_bucket(r)) < 0;) {
        r->now++;
        lane_advance(r);
    }
    uint32_t after = 0; /* timers of the last bucket that did not fire any more */

    for (uint32_t node = r->from; node < r->to; node++)
        after += r->phase[node] - r->begin > end;
    return (struct outcome){
        .events = r->timers - after + r->arrivals,
        .messages = r->messages - after,
        .t_last_s = (double)((r->now << r->width_bits) + (uint64_t)end) / TICKS_S,
    };
}

int main(int argc, char **argv)
{
    const struct work w = work_begin(argc, argv, "W1 W2");
    struct run r = { 0 };

    start(&r, &w);
    const struct outcome o = run(&r, w.number);
    work_end(&w, &o);
    return 0;
}
