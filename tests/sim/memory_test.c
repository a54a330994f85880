/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The memory of a run is zeroed, aligned and nobody else's, whatever the sizes asked for; a request
 * that cannot be met says so and does no harm.
 */
#include "sim/value/draw.h"
#include "sim/value/memory.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void assert_zero(const unsigned char *piece, size_t bytes)
{
    for (size_t i = 0; i < bytes; i++)
        assert_int_equal(piece[i], 0);
}

/* Small, of a block's size, alone in a block, mapped. */
static const size_t sizes[] = { 1,     63,    64,     65,     1000,    65535,   65536,
                                65537, 70000, 200000, 262144, 1048575, 1048576, 3000000 };

static void pieces_are_zeroed_aligned_and_apart(void **state)
{
    enum { PIECES = 200 };
    struct memory memory = { 0 };
    unsigned char *pieces[PIECES];
    size_t bytes[PIECES], sum = 0;

    (void)state;
    for (uint32_t i = 0; i < PIECES; i++) {
        size_t kinds = i < 20 ? sizeof sizes / sizeof *sizes : 5; /* most are small */

        bytes[i] = sizes[draw_below(draw(draw_key(1, 0, 0), 0, i), kinds)];
        pieces[i] = memory_get(&memory, 1, bytes[i]);
        assert_non_null(pieces[i]);
        assert_int_equal((uintptr_t)pieces[i] % 64, 0);
        assert_zero(pieces[i], bytes[i]);
        memset(pieces[i], (int)i + 1, bytes[i]);
        sum += bytes[i];
    }
    for (uint32_t i = 0; i < PIECES; i++)
        for (size_t k = 0; k < bytes[i]; k++)
            if (pieces[i][k] != (unsigned char)(i + 1))
                fail_msg("piece %u was overwritten", i);
    assert_false(memory.is_short);
    assert_true(memory.bytes >= sum);
    assert_true(memory.bytes < 2 * sum + (1 << 20));
    memory_clear(&memory);
    assert_int_equal(memory.bytes, 0);
    assert_null(memory.blocks);
}

static void nothing_is_a_piece_too(void **state)
{
    struct memory memory = { 0 };
    char *a = memory_get(&memory, 0, 8), *b = memory_get(&memory, 8, 0);

    (void)state;
    assert_non_null(a);
    assert_non_null(b);
    assert_ptr_not_equal(a, b);
    memory_clear(&memory);
    memory_clear(&memory);
}

static void impossible_sizes_are_refused(void **state)
{
    static const struct {
        size_t count, size;
    } wild[] = {
        { SIZE_MAX, 2 },        { SIZE_MAX / 2, 1 },     { (size_t)1 << 32, (size_t)1 << 32 },
        { SIZE_MAX, SIZE_MAX }, { (size_t)1 << 50, 64 },
    };

    (void)state;
    for (size_t i = 0; i < sizeof wild / sizeof *wild; i++) {
        struct memory memory = { 0 };

        assert_null(memory_get(&memory, wild[i].count, wild[i].size));
        assert_true(memory.is_short);
        assert_non_null(memory_get(&memory, 1, 100)); /* what there is still serves */
        assert_true(memory.is_short);
        memory_clear(&memory);
        assert_false(memory.is_short);
    }
}

static void arrays_keep_their_items_as_they_grow(void **state)
{
    struct memory memory = { 0 };
    uint32_t *array = NULL;
    size_t capacity = 0;

    (void)state;
    for (size_t i = 0; i < 300000; i++) {
        size_t before = capacity;

        assert_true(memory_grow(&memory, &array, &capacity, i + 1, sizeof *array));
        assert_true(capacity > i);
        if (capacity != before)
            for (size_t k = before; k < capacity; k++)
                assert_true(array[k] == 0);
        array[i] = (uint32_t)i * 2654435761u;
    }
    for (size_t i = 0; i < 300000; i++)
        assert_true(array[i] == (uint32_t)i * 2654435761u);
    memory_clear(&memory);
}

static void an_array_that_cannot_grow_stays_as_it_was(void **state)
{
    struct memory memory = { 0 };
    uint64_t *array = NULL, *before;
    size_t capacity = 0, held;

    (void)state;
    assert_true(memory_grow(&memory, &array, &capacity, 10, sizeof *array));
    array[9] = 4711;
    before = array;
    held = capacity;
    assert_false(memory_grow(&memory, &array, &capacity, (size_t)1 << 60, sizeof *array));
    assert_true(memory.is_short);
    assert_ptr_equal(array, before);
    assert_int_equal(capacity, held);
    assert_int_equal(array[9], 4711);
    memory_clear(&memory);
}

static void no_more_is_given_than_the_limit(void **state)
{
    struct memory memory = { .limit = 1 << 20 };

    (void)state;
    assert_non_null(memory_get(&memory, 1000, 512));
    assert_false(memory.is_short);
    assert_null(memory_get(&memory, 1000, 1024));
    assert_true(memory.is_short);
    memory_clear(&memory);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_more_is_given_than_the_limit),
        cmocka_unit_test(pieces_are_zeroed_aligned_and_apart),
        cmocka_unit_test(nothing_is_a_piece_too),
        cmocka_unit_test(impossible_sizes_are_refused),
        cmocka_unit_test(arrays_keep_their_items_as_they_grow),
        cmocka_unit_test(an_array_that_cannot_grow_stays_as_it_was),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
