/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Records of many nodes behave as lists do, however they grow and shrink; what one node gives back
 * the next one uses, so that they take memory for what all hold at a time; and when memory is short
 * a record can still be written to.
 */
#include "sim/value/draw.h"
#include "sim/value/records.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

enum { NODES = 8, STEPS = 3000, MOST = 300 };

struct record {
    uint32_t number;
    char more[20];
};

struct list {
    struct records records;
    uint32_t numbers[MOST], count;
};

static void add(struct records_pool *pool, struct list *list, uint32_t number)
{
    struct record *added = records_add(pool, &list->records);
    const struct record zero = { 0 };

    assert_memory_equal(added, &zero, sizeof zero);
    added->number = number;
    memset(added->more, (int)(1 + number % 200), sizeof added->more);
    list->numbers[list->count++] = number;
}

static void assert_holds(const struct list *list)
{
    const struct record *items = (const void *)list->records.items;

    assert_int_equal(list->records.count, list->count);
    assert_true(list->count <= list->records.capacity);
    for (uint32_t i = 0; i < list->count; i++) {
        assert_int_equal(items[i].number, list->numbers[i]);
        assert_int_equal((unsigned char)items[i].more[19], 1 + list->numbers[i] % 200);
    }
}

static void records_are_lists(void **state)
{
    const uint64_t key = draw_key(1, 0, PURPOSE_MODEL);
    struct memory memory = { 0 };
    struct records_pool *pool = records_pool_new(&memory, sizeof(struct record));
    static struct list lists[NODES];

    (void)state;
    for (uint32_t step = 0; step < STEPS; step++) {
        const uint64_t bits = draw(key, step, 0);
        struct list *list = &lists[bits % NODES];
        const uint32_t some = (uint32_t)(bits >> 8) % 60;

        if (bits >> 40 & 1)
            for (uint32_t i = 0; i < some && list->count < MOST; i++)
                add(pool, list, step * 64 + i);
        else {
            list->count = bits >> 41 & 1 ? list->count * some / 64 : 0;
            records_keep(pool, &list->records, list->count);
        }
        assert_holds(list);
    }
    for (int i = 0; i < NODES; i++)
        assert_holds(&lists[i]);
    memory_clear(&memory);
}

/* A thousand nodes, one after the other. */
static void what_is_given_back_is_used_again(void **state)
{
    struct memory memory = { 0 };
    struct records_pool *pool = records_pool_new(&memory, sizeof(struct record));
    uint64_t before = 0;

    (void)state;
    for (uint32_t node = 0; node < 1000; node++) {
        struct records records = { 0 };

        for (uint32_t i = 0; i < 1000; i++)
            records_add(pool, &records);
        records_keep(pool, &records, 0);
        if (node == 0)
            before = memory.bytes;
    }
    assert_int_equal(memory.bytes, before);
    memory_clear(&memory);
}

/* What few records remain take a small array; the large one is free for others. */
static void few_that_remain_take_little(void **state)
{
    struct memory memory = { 0 };
    struct records_pool *pool = records_pool_new(&memory, sizeof(struct record));
    struct records records = { 0 };

    (void)state;
    for (uint32_t i = 0; i < 1000; i++)
        ((struct record *)records_add(pool, &records))->number = i;
    records_keep(pool, &records, 257);
    assert_int_equal(records.capacity, 1024);
    records_keep(pool, &records, 20);
    assert_int_equal(records.capacity, 64);
    assert_int_equal(((struct record *)(void *)records.items)[19].number, 19);
    memory_clear(&memory);
}

static void a_shortage_leaves_something_to_write_to(void **state)
{
    struct memory memory = { 0 };
    struct records_pool *pool = records_pool_new(&memory, sizeof(struct record));
    struct records records = { 0 }, others = { 0 };

    (void)state;
    for (uint32_t i = 0; i < RECORDS_MIN; i++)
        records_add(pool, &records);
    memory.limit = 1;
    ((struct record *)records_add(pool, &records))->number = 7;
    ((struct record *)records_add(pool, &others))->number = 7;
    assert_true(memory.is_short);
    assert_int_equal(records.count, RECORDS_MIN);
    assert_int_equal(others.count, 0);
    memory_clear(&memory);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(records_are_lists),
        cmocka_unit_test(what_is_given_back_is_used_again),
        cmocka_unit_test(few_that_remain_take_little),
        cmocka_unit_test(a_shortage_leaves_something_to_write_to),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
