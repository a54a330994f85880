/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Bodies hold what was put in, of any number and size, aligned; one that is given back serves
 * again, so that any number of them one after another takes no more memory than those there at a
 * time; where memory is short there is none.
 */
#include "sim/value/body.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { HELD = 100 };

static void fill(char *items, size_t bytes, unsigned seed)
{
    for (size_t i = 0; i < bytes; i++)
        items[i] = (char)(seed * 31 + i * 7);
}

static void bodies_keep_what_they_are_given(void **state)
{
    static const size_t sizes[] = { 1, 3, 8, 12, 24, 100, 5000 };
    struct memory memory = { 0 };
    struct body_pool pool;
    struct body *held[HELD];
    char *items = malloc(5000 * HELD), *expected = malloc(5000 * HELD);

    (void)state;
    body_pool_init(&pool, &memory);
    for (size_t s = 0; s < sizeof sizes / sizeof *sizes; s++) {
        for (unsigned i = 0; i < HELD; i++) {
            fill(items, sizes[s] * (i + 1), i);
            held[i] = body_new(&pool, items, i + 1, sizes[s]);
            assert_int_equal(held[i]->count, i + 1);
            assert_int_equal((uintptr_t)held[i]->items % sizeof(uint64_t), 0);
        }
        for (unsigned i = 0; i < HELD; i++) {
            fill(expected, sizes[s] * (i + 1), i);
            assert_memory_equal(held[i]->items, expected, sizes[s] * (i + 1));
            body_free(&pool, held[i]);
        }
    }
    free(items);
    free(expected);
    memory_clear(&memory);
}

static void bodies_given_back_serve_again(void **state)
{
    static const char items[4000];
    struct memory memory = { 0 };
    struct body_pool pool;
    uint64_t first = 0;

    (void)state;
    body_pool_init(&pool, &memory);
    for (int round = 0; round < 1000; round++) {
        struct body *held[HELD];

        for (uint32_t i = 0; i < HELD; i++)
            held[i] = body_new(&pool, items, 1 + i % 40, 100);
        for (uint32_t i = HELD; i-- > 0;)
            body_free(&pool, held[i]);
        if (round == 0)
            first = pool.bytes;
        assert_int_equal(pool.bytes, first);
    }
    /* Powers of two, with 8 B of their own: less than twice what is in them, and a slab a class. */
    assert_true((double)first < 2 * (HELD * 20.5 * 100 + HELD * 8) + 8 * 4096);
    memory_clear(&memory);
}

static void there_is_none_where_memory_is_short(void **state)
{
    static const char items[100];
    struct memory memory = { .limit = 100 << 10 };
    struct body_pool pool;
    int made = 0;

    (void)state;
    body_pool_init(&pool, &memory);
    while (body_new(&pool, items, 1, 100))
        made++;
    assert_true(memory.is_short);
    assert_true(made > 300 && made < 1000);
    memory_clear(&memory);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bodies_keep_what_they_are_given),
        cmocka_unit_test(bodies_given_back_serve_again),
        cmocka_unit_test(there_is_none_where_memory_is_short),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
