/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A draw is the same whether it was made ahead or not: what was made ahead is given out for its own
 * entity and number only, and is what draw() gives.
 */
#include "sim/value/ahead.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

enum { ENTITY = 1000 };

static void at_first_nothing_is_made(void **state)
{
    struct ahead ahead;
    const uint64_t key = draw_key(1, 0, PURPOSE_LINK);

    (void)state;
    ahead_init(&ahead);
    for (uint32_t turn = 0; turn < AHEAD; turn++)
        assert_true(ahead_draw(&ahead.links, turn, key, 0, 0) == draw(key, 0, 0));
}

/* Bits that draw() would not give show which of the two was asked. */
static void what_is_made_serves_its_counter_alone(void **state)
{
    struct ahead_draws draws;
    const uint64_t key = draw_key(2, 0, PURPOSE_PEER);

    (void)state;
    for (uint32_t turn = 0; turn < AHEAD; turn++) {
        draws.counters[turn] = draw_counter(ENTITY + turn, turn);
        draws.bits[turn] = turn;
    }
    for (uint32_t turn = 0; turn < AHEAD; turn++) {
        const uint32_t entity = ENTITY + turn;

        assert_true(ahead_draw(&draws, turn, key, entity, turn) == turn);
        assert_true(ahead_draw(&draws, turn, key, entity, turn + 1) == draw(key, entity, turn + 1));
        assert_true(ahead_draw(&draws, turn, key, entity + 1, turn) == draw(key, entity + 1, turn));
    }
}

static void what_is_made_is_what_is_drawn(void **state)
{
    struct ahead_draws draws;

    (void)state;
    if (!ahead_is_worthwhile())
        skip();
    for (uint32_t seed = 0; seed < 1000; seed++) {
        const uint64_t key = draw_key(seed, 0, PURPOSE_PEER);

        for (uint32_t turn = 0; turn < AHEAD; turn++)
            draws.counters[turn] = draw_counter(UINT32_MAX - seed * turn, seed << turn);
        ahead_make(&draws, key);
        for (uint32_t turn = 0; turn < AHEAD; turn++)
            assert_true(draws.bits[turn] == draw(key, UINT32_MAX - seed * turn, seed << turn));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(at_first_nothing_is_made),
        cmocka_unit_test(what_is_made_serves_its_counter_alone),
        cmocka_unit_test(what_is_made_is_what_is_drawn),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
