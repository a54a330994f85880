/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Whatever is scheduled comes out in the order of (time, class, number), none missing and none
 * twice, for every shape of the buckets and every kind of delay: within the open bucket, within
 * the ring, beyond it, all at one instant, years apart; while there are few, in buckets, and while
 * the ones turn into the others.
 */
#include "sim/time/event_queue.h"
#include "sim/value/draw.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

enum { EVENTS = 3000 };

enum delays { CONSTANT, EXPONENTIAL, HEAVY, TINY, FAR, MIXED, BURST, DELAYS };

/* A queue under test beside a list of all that was put into it. */
struct trial {
    struct memory memory;
    struct event_queue queue;
    enum delays delays;
    double scale; /* of the delays, ns */
    uint64_t key; /* of the trial's own draws */
    uint32_t drawn;
    sim_time now, tick; /* tick: when somebody outside the queue schedules next */
    double tick_every;  /* mean, ns */
    double births;      /* events that one schedules are fewer */

    struct record {
        sim_time time;
        uint32_t class, number;
    } * put;
    uint32_t put_count, *popped, popped_count;
    uint64_t outstanding;
};

/* So many that a queue that was empty has buckets from now on; at time 1. */
static void make_buckets(struct event_queue *queue)
{
    for (uint32_t i = 0; i < 1000; i++)
        event_queue_put(queue, 1, (struct event){ .load = i }, 1);
    assert_null(queue->keys);
    while (event_queue_count(queue) > 0)
        if (queue->open[queue->next].when == UINT32_MAX)
            event_queue_advance(queue, SIM_TIME_MAX, 1);
        else
            queue->next++;
}

/* What the loop of a run does after an event. */
static void end_event(struct event_queue *queue)
{
    if (queue->next >= queue->pause)
        event_queue_pause(queue);
}

static double uniform(struct trial *t)
{
    return ((double)(draw(t->key, 0, t->drawn++) >> 11) + 0.5) * 0x1p-53;
}

static sim_time any_delay(struct trial *t)
{
    enum delays kind = t->delays == MIXED ? (enum delays)(uniform(t) * MIXED) : t->delays;

    switch (kind) {
    case CONSTANT:
        return (sim_time)t->scale;
    case EXPONENTIAL:
        return (sim_time)(-log(uniform(t)) * t->scale);
    case HEAVY: /* a Pareto tail of shape 0.3 */
        return (sim_time)fmin(t->scale * pow(uniform(t), -1 / 0.3), 1e15);
    case TINY:
        return (sim_time)(uniform(t) * 3);
    case FAR:
        return (sim_time)(t->scale * 3000 * uniform(t));
    case BURST: { /* to the next instant of a coarse grid */
        sim_time grid = (sim_time)(t->scale * 4) + 1;

        return grid - t->now % grid;
    }
    default:
        return 1;
    }
}

/* Schedules a few events; a timer may be for now, an arrival is not. */
static void put_some(struct trial *t, int count)
{
    for (int i = 0; i < count && t->put_count < EVENTS; i++) {
        const uint32_t class = uniform(t) < 0.3 ? EVENT_TIMER : EVENT_ARRIVAL;
        const uint32_t keep = uniform(t) < 0.9;
        sim_time time = t->now + any_delay(t);

        time += time == t->now && class == EVENT_ARRIVAL;
        event_queue_put(&t->queue, time,
                        (struct event){ .when = class << 8 | (t->put_count & 255),
                                        .to = t->put_count * 7,
                                        .from = ~t->put_count,
                                        .load = t->put_count },
                        keep);
        if (keep) {
            t->put[t->put_count] = (struct record){ time, class, t->put_count };
            t->put_count++;
            t->outstanding++;
        }
        assert_int_equal(event_queue_count(&t->queue), t->outstanding);
    }
}

static void pop(struct trial *t, struct event event, sim_time time)
{
    const struct record *record = &t->put[event.load];

    t->queue.next++;
    assert_true(time >= t->now);
    t->now = time;
    assert_int_equal(time, record->time);
    assert_int_equal(event_class(event), record->class);
    assert_int_equal(event.to, record->number * 7);
    assert_int_equal(event.from, ~record->number);
    assert_int_equal(event.when & 255, record->number & 255);
    t->popped[t->popped_count++] = event.load;
    t->outstanding--;
}

/* The loop of a run, the lanes and the agenda being one clock that ticks at random. */
static void drive(struct trial *t)
{
    while (t->outstanding > 0 || t->put_count < EVENTS) {
        const struct event event = t->queue.open[t->queue.next];
        const sim_time time = event_queue_time(&t->queue, event);
        const bool is_end = time >= t->queue.horizon;

        assert_true(is_end || event.when != UINT32_MAX);
        assert_true(!is_end || event.when == UINT32_MAX || t->queue.keys);
        if (t->tick < (is_end ? t->queue.horizon : time)) {
            t->now = t->tick;
            t->tick += 1 + (sim_time)(-log(uniform(t)) * t->tick_every);
            put_some(t, 3);
        } else if (!is_end) {
            pop(t, event, time);
            put_some(t, (int)(uniform(t) * t->births));
            end_event(&t->queue);
        } else
            event_queue_advance(&t->queue, t->tick, (int64_t)(1 + uniform(t) * 100));
        if (t->put_count == EVENTS) /* no more ticks: the queue runs dry by itself */
            t->tick = SIM_TIME_MAX;
    }
}

static int compare_records(const void *a, const void *b)
{
    const struct record *x = a, *y = b;

    if (x->time != y->time)
        return x->time < y->time ? -1 : 1;
    if (x->class != y->class)
        return x->class < y->class ? -1 : 1;
    return x->number < y->number ? -1 : x->number > y->number;
}

static void open_trial(struct trial *t, double rate, double usual, double shortest)
{
    event_queue_init(&t->queue, &t->memory, rate, usual, shortest);
    t->put = malloc((EVENTS + 8) * sizeof *t->put);
    t->popped = malloc((EVENTS + 8) * sizeof *t->popped);
    assert_non_null(t->put);
    assert_non_null(t->popped);
}

static void close_trial(struct trial *t)
{
    assert_int_equal(t->popped_count, t->put_count);
    assert_int_equal(event_queue_count(&t->queue), 0);
    assert_false(t->memory.is_short);
    qsort(t->put, t->put_count, sizeof *t->put, compare_records);
    for (uint32_t i = 0; i < t->put_count; i++)
        assert_int_equal(t->popped[i], t->put[i].number);
    memory_clear(&t->memory);
    free(t->put);
    free(t->popped);
}

/* Shapes of buckets: narrowest, widest, and what common runs have. */
static const struct {
    double rate, usual, shortest;
} shapes[] = {
    { 1e-3, 1e6, 1e6 }, { 1e13, 1e6, 1e6 },  { 1e3, 1e9, 0 },   { 1e6, 1e3, 10 },
    { 0, 0, 0 },        { 1e6, 1e12, 1e12 }, { 1e9, 5e7, 1e5 }, { 1e18, 1e18, 1e18 },
};

static void try_order(double births, bool has_buckets)
{
    static const double scales[] = { 1, 3e3, 1e6, 7e9 };

    for (uint32_t s = 0; s < sizeof shapes / sizeof *shapes; s++)
        for (uint32_t d = 0; d < DELAYS; d++)
            for (uint32_t k = 0; k < sizeof scales / sizeof *scales; k++) {
                struct trial t = { .delays = (enum delays)d,
                                   .scale = scales[k],
                                   .tick_every = scales[k] / 3,
                                   .births = births,
                                   .key = draw_key(s, d, (enum purpose)k) };

                open_trial(&t, shapes[s].rate, shapes[s].usual, shapes[s].shortest);
                if (has_buckets)
                    make_buckets(&t.queue);
                drive(&t);
                close_trial(&t);
            }
}

/* Few for a while, then in buckets. */
static void order_is_that_of_time_class_and_number(void **state)
{
    (void)state;
    try_order(2.1, false);
}

static void order_is_kept_in_buckets_from_the_start(void **state)
{
    (void)state;
    try_order(2.1, true);
}

/* Each event schedules less than half a one. */
static void order_is_kept_while_there_are_few(void **state)
{
    (void)state;
    try_order(1.4, false);
    try_order(1.4, true);
}

/* Thousands in one bucket, some at the same nanosecond: the buckets' other sort. */
static void a_crowded_bucket_is_sorted_too(void **state)
{
    (void)state;
    for (int shift = 6; shift <= 22; shift++)
        for (int width = 0; width <= shift; width += shift > 8 ? 4 : 2) {
            struct trial t = { .delays = TINY,
                               .tick = SIM_TIME_MAX,
                               .key = draw_key((uint64_t)shift, (uint32_t)width, 0) };

            open_trial(&t, ldexp(1e12, -shift), 1, ldexp(1, shift)); /* 1000 a bucket */
            assert_int_equal(t.queue.shift, shift);
            for (uint32_t i = 0; i < EVENTS; i++) {
                const uint32_t class = uniform(&t) < 0.5;
                const sim_time time =
                    ((sim_time)3 << shift) + (sim_time)ldexp(uniform(&t), i % 8 ? width : shift);

                event_queue_put(
                    &t.queue, time,
                    (struct event){
                        .when = class << 8 | (i & 255), .to = i * 7, .from = ~i, .load = i },
                    1);
                t.put[t.put_count++] = (struct record){ time, class, i };
                t.outstanding++;
            }
            drive(&t);
            close_trial(&t);
        }
}

/* As many as 16 bits count, and one more. */
static void a_bucket_beyond_16_bits_is_sorted_too(void **state)
{
    (void)state;
    for (uint32_t count = UINT16_MAX; count <= UINT16_MAX + 2; count++) {
        struct memory memory = { 0 };
        struct event_queue queue;
        uint32_t key = 0;

        event_queue_init(&queue, &memory, 1e3, 1e9, 1e9);
        make_buckets(&queue);
        for (uint32_t i = 0; i < count; i++) {
            const uint32_t offset = (uint32_t)draw(1, 0, i) & queue.offset_mask;

            event_queue_put(&queue, queue.horizon + queue.offset_mask + 1 + offset,
                            (struct event){ .load = offset }, 1);
        }
        event_queue_advance(&queue, SIM_TIME_MAX, 1);
        assert_int_equal(queue.open_count, count);
        for (uint32_t i = 0; i < count; i++) {
            assert_true(queue.open[i].load >= key);
            key = queue.open[i].load;
        }
        memory_clear(&memory);
    }
}

/* What waits beyond the ring enters it before anything can be put behind it. */
static void far_events_keep_their_place_among_their_equals(void **state)
{
    (void)state;
    for (int64_t beyond = 1; beyond < 4; beyond++) {
        struct trial t = { .tick = SIM_TIME_MAX, .key = 1, .scale = 1 };
        uint32_t i = 0;

        open_trial(&t, 1e3, 1e6, 1e6);
        make_buckets(&t.queue);
        const sim_time far = t.queue.horizon + t.queue.reach + (beyond << t.queue.shift);

        while (t.queue.horizon < far) {
            const sim_time next = t.queue.horizon;

            event_queue_put(&t.queue, far, (struct event){ .when = i & 255, .load = i }, 1);
            event_queue_put(&t.queue, next, (struct event){ .load = UINT32_MAX }, 1);
            event_queue_advance(&t.queue, SIM_TIME_MAX, 1); /* one bucket on */
            assert_int_equal(t.queue.open[0].load, UINT32_MAX);
            t.queue.next++;
            i++;
        }
        event_queue_advance(&t.queue, SIM_TIME_MAX, 1);
        for (uint32_t k = 0; k < i; k++)
            assert_int_equal(t.queue.open[k].load, k);
        t.queue.next += i;
        close_trial(&t);
    }
}

static void one_event_after_a_hundred_years(void **state)
{
    (void)state;
    for (uint32_t s = 0; s < sizeof shapes / sizeof *shapes; s++) {
        struct trial t = { .tick = SIM_TIME_MAX };
        static const sim_time times[] = { SIM_TIME_MAX, SIM_TIME_MAX - 1, 1, SIM_DAY };

        open_trial(&t, shapes[s].rate, shapes[s].usual, shapes[s].shortest);
        for (uint32_t i = 0; i < 4; i++) {
            event_queue_put(&t.queue, times[i],
                            (struct event){ .when = i, .to = i * 7, .from = ~i, .load = i }, 1);
            t.put[t.put_count++] = (struct record){ times[i], EVENT_ARRIVAL, i };
            t.outstanding++;
        }
        t.put_count = EVENTS; /* nobody puts more */
        drive(&t);
        t.put_count = 4;
        close_trial(&t);
    }
}

static void an_empty_queue_goes_where_it_is_told(void **state)
{
    (void)state;
    for (int has_buckets = 0; has_buckets < 2; has_buckets++) {
        struct memory memory = { 0 };
        struct event_queue queue;
        sim_time until = 0;

        event_queue_init(&queue, &memory, 1e3, 1e6, 1e6);
        if (has_buckets)
            make_buckets(&queue);
        for (int i = 0; i < 60; i++) {
            until += (sim_time)1 << i % 55;
            while (queue.horizon <= until)
                event_queue_advance(&queue, until, 1);
            assert_true(queue.open[queue.next].when == UINT32_MAX);
            assert_true(queue.horizon - ((sim_time)1 << queue.shift) <= until);
            assert_int_equal(event_queue_count(&queue), 0);
        }
        memory_clear(&memory);
    }
}

/* Lost messages cost a slot's write and nothing else: no memory is taken for them. */
static void what_is_lost_leaves_nothing(void **state)
{
    (void)state;
    for (int has_buckets = 0; has_buckets < 2; has_buckets++) {
        struct memory memory = { 0 };
        struct event_queue queue;
        uint64_t before = 0;

        event_queue_init(&queue, &memory, 1e3, 1e6, 1e6);
        if (has_buckets)
            make_buckets(&queue);
        for (uint32_t i = 0; i < 100000; i++) {
            event_queue_put(&queue, 1 + i % 3, (struct event){ .load = i }, 0);
            event_queue_put(&queue, 3000000, (struct event){ .load = i }, 0);
            event_queue_put(&queue, SIM_DAY, (struct event){ .load = i }, 0);
            if (i == 0)
                before = memory.bytes;
        }
        assert_int_equal(memory.bytes, before);
        assert_int_equal(event_queue_count(&queue), 0);
        while (queue.horizon < SIM_SECOND) {
            event_queue_advance(&queue, SIM_SECOND, 1);
            assert_true(queue.open[queue.next].when == UINT32_MAX);
        }
        memory_clear(&memory);
    }
}

/* A bucket that its events keep filling pauses now and then, few as they are. */
static void an_endless_bucket_pauses(void **state)
{
    (void)state;
    for (int has_buckets = 0; has_buckets < 2; has_buckets++) {
        struct memory memory = { 0 };
        struct event_queue queue;
        uint32_t pauses = 0;

        event_queue_init(&queue, &memory, 1e3, 1e9, 1e9);
        if (has_buckets)
            make_buckets(&queue);
        event_queue_put(&queue, 2, (struct event){ .load = 0 }, 1);
        if (queue.horizon == 0)
            event_queue_advance(&queue, SIM_TIME_MAX, 1);
        const sim_time horizon = queue.horizon;

        for (uint32_t i = 0; i < 10 * EVENTS_CHECKED; i++) {
            const sim_time now = event_queue_time(&queue, queue.open[queue.next]);

            assert_true(now < horizon);
            queue.next++;
            event_queue_put(&queue, now + i % 2, (struct event){ .load = i }, 1);
            if (queue.next >= queue.pause)
                pauses += event_queue_pause(&queue);
        }
        assert_in_range(pauses, 9, 11);
        assert_int_equal(queue.horizon, horizon);
        memory_clear(&memory);
    }
}

/* Chunks go round: a steady stream needs no more memory after a while. */
static void a_steady_stream_needs_no_more_memory(void **state)
{
    struct memory memory = { 0 };
    struct event_queue queue;
    uint64_t after_a_tenth = 0;
    sim_time now = 0;

    (void)state;
    event_queue_init(&queue, &memory, 1e6, 1e6, 1e6);
    for (uint32_t i = 0; i < 1000; i++) /* a thousand events, each scheduling the next */
        event_queue_put(&queue, 1 + i, (struct event){ .load = i }, 1);
    for (uint32_t popped = 0; popped < 200000;) {
        const struct event event = queue.open[queue.next];

        if (event.when == UINT32_MAX) {
            event_queue_advance(&queue, SIM_TIME_MAX, 1);
            continue;
        }
        now = event_queue_time(&queue, event);
        queue.next++;
        event_queue_put(&queue, now + 1000000 + event.load % 7, (struct event){ .load = popped },
                        1);
        if (++popped == 20000)
            after_a_tenth = memory.bytes;
    }
    assert_int_equal(event_queue_count(&queue), 1000);
    assert_int_equal(memory.bytes, after_a_tenth);
    memory_clear(&memory);
}

/* Whatever their delays, a million events take at most 26 bytes each. */
static void memory_is_flat_in_the_delays(void **state)
{
    (void)state;
    for (double usual = 1e9; usual <= 1e15; usual *= 10) {
        struct trial t = { .delays = EXPONENTIAL, .scale = usual, .key = (uint64_t)usual };
        const uint32_t count = 1000000;

        event_queue_init(&t.queue, &t.memory, count / usual * 1e9, usual, usual / 100);
        for (uint32_t i = 0; i < count; i++)
            event_queue_put(&t.queue, 1 + any_delay(&t), (struct event){ .load = i }, 1);
        assert_int_equal(event_queue_count(&t.queue), count);
        assert_true(t.memory.bytes < 26 * count);
        memory_clear(&t.memory);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(order_is_that_of_time_class_and_number),
        cmocka_unit_test(order_is_kept_in_buckets_from_the_start),
        cmocka_unit_test(order_is_kept_while_there_are_few),
        cmocka_unit_test(a_crowded_bucket_is_sorted_too),
        cmocka_unit_test(a_bucket_beyond_16_bits_is_sorted_too),
        cmocka_unit_test(far_events_keep_their_place_among_their_equals),
        cmocka_unit_test(one_event_after_a_hundred_years),
        cmocka_unit_test(an_empty_queue_goes_where_it_is_told),
        cmocka_unit_test(what_is_lost_leaves_nothing),
        cmocka_unit_test(an_endless_bucket_pauses),
        cmocka_unit_test(a_steady_stream_needs_no_more_memory),
        cmocka_unit_test(memory_is_flat_in_the_delays),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
