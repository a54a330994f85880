/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What is put into the wheel comes out before its block does, whatever the distance, those of one
 * bucket in the order in which they were put.
 */
#include "sim/time/far_wheel.h"
#include "sim/value/draw.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

enum { EVENTS = 20000 };

struct trial {
    struct memory memory;
    struct chunk_pool chunks;
    struct far_wheel wheel;
    uint64_t buckets[EVENTS]; /* by number */
    uint32_t put_count, taken_count;
    bool is_taken[EVENTS];
};

static struct trial *open_trial(int block_log2)
{
    struct trial *t = calloc(1, sizeof *t);

    assert_non_null(t);
    chunk_pool_init(&t->chunks, &t->memory);
    far_wheel_init(&t->wheel, &t->chunks, block_log2);
    return t;
}

static void close_trial(struct trial *t)
{
    assert_int_equal(t->taken_count, t->put_count);
    assert_int_equal(t->wheel.count, 0);
    assert_true(far_wheel_first(&t->wheel) == UINT64_MAX);
    assert_false(t->memory.is_short);
    memory_clear(&t->memory);
    free(t);
}

static void put(struct trial *t, uint64_t bucket)
{
    t->buckets[t->put_count] = bucket;
    far_wheel_put(&t->wheel, bucket, (struct event){ .load = t->put_count++ });
}

/* Takes what lies before `block`: all of it and no more, and equals in order. */
static void take(struct trial *t, uint64_t block)
{
    const int log2 = t->wheel.block_log2;
    uint64_t before = t->wheel.base;
    uint32_t *last = calloc((size_t)1 << log2, sizeof *last); /* of each bucket, in a block: 1 up */

    assert_non_null(last);
    for (struct chunk *chunk; (chunk = far_wheel_take(&t->wheel, block));) {
        for (uint32_t i = 0; i < chunk->count; i++) {
            const uint32_t number = chunk->far[i].event.load;
            const uint64_t bucket = far_bucket(chunk, i);
            uint32_t *latest = &last[bucket & (((uint64_t)1 << log2) - 1)];

            assert_true(bucket == t->buckets[number]);
            assert_true(bucket >> log2 >= before && bucket >> log2 < block);
            if (bucket >> log2 > before) { /* another block */
                before = bucket >> log2;
                for (size_t k = 0; k < (size_t)1 << log2; k++)
                    last[k] = 0;
            }
            assert_true(number + 1 > *latest);
            *latest = number + 1;
            assert_false(t->is_taken[number]);
            t->is_taken[number] = true;
            t->taken_count++;
        }
        chunk_pool_give(&t->chunks, chunk);
    }
    free(last);
    assert_true(t->wheel.base == block);
    for (uint32_t i = 0; i < t->put_count; i++)
        assert_true(t->is_taken[i] == (t->buckets[i] >> log2 < block));
}

/* Distances of all magnitudes, while base moves by steps of all magnitudes. */
static void all_come_out_in_time_and_in_order(void **state)
{
    (void)state;
    for (int log2 = 0; log2 <= 8; log2 += 4) {
        struct trial *t = open_trial(log2);

        for (uint32_t turn = 0; t->put_count < EVENTS; turn++) {
            const uint64_t step = draw(1, (uint32_t)log2, turn);
            const uint64_t from = t->wheel.base << log2;

            for (int i = 0; i < 100; i++) {
                const uint64_t some = draw(2, (uint32_t)log2, t->put_count);

                put(t, from + (some >> (22 + some % 42)));
            }
            take(t, t->wheel.base + (step >> (30 + step % 34)));
            assert_true(far_wheel_first(&t->wheel) >= t->wheel.base);
        }
        take(t, (uint64_t)1 << 50);
        close_trial(t);
    }
}

/* Equals put from afar and from near: the far ones have come down before. */
static void equals_keep_their_order(void **state)
{
    struct trial *t = open_trial(2);
    const uint64_t bucket = ((uint64_t)3 << 30 | 5 << 12 | 7 << 6 | 1) << 2;

    (void)state;
    for (int level = 5; level >= 0; level--) {
        for (int i = 0; i < 100; i++)
            put(t, bucket);
        take(t, bucket >> 2 >> level * FAR_DIGIT_BITS << level * FAR_DIGIT_BITS);
    }
    put(t, bucket);
    take(t, (bucket >> 2) + 1);
    close_trial(t);
}

/* A wheel takes the memory of what is in it, and gives it back to the pool. */
static void chunks_go_round(void **state)
{
    struct trial *t = open_trial(6);
    uint64_t before = 0;

    (void)state;
    for (uint64_t turn = 0; turn < 100; turn++) {
        for (int i = 0; i < 200; i++)
            put(t, ((t->wheel.base + 70) << 6) + (uint64_t)i % 64);
        take(t, t->wheel.base + 100);
        if (turn == 0)
            before = t->memory.bytes;
    }
    assert_int_equal(t->memory.bytes, before);
    close_trial(t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_come_out_in_time_and_in_order),
        cmocka_unit_test(equals_keep_their_order),
        cmocka_unit_test(chunks_go_round),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
