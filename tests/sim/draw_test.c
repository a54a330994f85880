/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Random numbers are those of Squares, its keys obey the rules of its author, and whatever two
 * draws have in common (node, number, purpose, replication, seed) shows in neither their
 * distribution nor their correlation.
 */
#include "law.h"
#include "sim/value/draw.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

/* From the test data of the Python package randomgen (K. Sheppard), made with the C code that
 * Widynski published: key 0x3bc8bca4d301945b, counters from 0. */
static void draws_are_those_of_the_published_code(void **state)
{
    static const struct {
        uint32_t counter;
        uint64_t value;
    } known[] = {
        { 0, 0x5167ea8b7923d95b },   { 1, 0x0e03102be2db8c20 },   { 2, 0xe59f61d7beb27f5d },
        { 3, 0x943ac4d08e1a4431 },   { 4, 0x55a666125bf71ba4 },   { 5, 0x8de3053858a91018 },
        { 100, 0x3b0c6364a1d5ec63 }, { 255, 0x11842f3f0eda9c7a }, { 256, 0x953aa32a3c4e4174 },
        { 499, 0x9a73c8ce36d6615d }, { 500, 0x2d6834039a5acc37 }, { 671, 0x475fbb9cc461eba6 },
    };

    (void)state;
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        assert_true(draw(0x3bc8bca4d301945b, 0, known[i].counter) == known[i].value);
}

/* Product modulo 2^64, digit by digit in base 2^16: nothing that draw.h relies on. */
static uint64_t product(uint64_t a, uint64_t b)
{
    uint64_t sum = 0;

    for (int i = 0; i < 4; i++)
        for (int j = 0; i + j < 4; j++)
            sum += ((a >> 16 * i & 0xffff) * (b >> 16 * j & 0xffff)) << 16 * (i + j);
    return sum;
}

/* Figure 3 of arXiv:2004.06278: five rounds, the output of the fourth mixed into the last. */
static uint64_t five_rounds(uint64_t counter, uint64_t key)
{
    uint64_t x = product(counter, key), y = x, z = y + key, fourth = 0;

    for (int round = 1; round <= 5; round++) {
        x = product(x, x) + (round % 2 ? y : z);
        if (round == 4)
            fourth = x;
        if (round < 5)
            x = (x % 0x100000000) * 0x100000000 + x / 0x100000000;
    }
    return fourth ^ x / 0x100000000;
}

static void the_counter_is_entity_and_number(void **state)
{
    (void)state;
    for (uint32_t i = 0; i < 20000; i++) {
        uint64_t key = draw_key(i, i / 7, (enum purpose)(i % PURPOSE_COUNT));
        uint32_t entity = i * 2654435761u, number = i * 40503u + (i % 3 == 0) * 0xffff0000u;

        assert_true(draw(key, entity, number) ==
                    five_rounds((uint64_t)entity * 0x100000000 + number, key));
    }
    assert_true(draw(0x1f, UINT32_MAX, UINT32_MAX) == five_rounds(UINT64_MAX, 0x1f));
    assert_true(draw(0x1f, 0, 0) == five_rounds(0, 0x1f));
}

/* Each half of a key has eight different digits, none of them 0. */
static void assert_digits(uint32_t half)
{
    unsigned seen = 0;

    for (int i = 0; i < 8; i++) {
        unsigned digit = half >> 4 * i & 15;

        assert_true(digit != 0);
        assert_false(seen >> digit & 1);
        seen |= 1u << digit;
    }
}

static int compare_keys(const void *a, const void *b)
{
    const uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

    return (x > y) - (x < y);
}

static void keys_are_odd_and_irregular_and_all_different(void **state)
{
    enum { SEEDS = 40, REPLICATIONS = 100, KEYS = SEEDS * REPLICATIONS * PURPOSE_COUNT };
    uint64_t *keys = malloc(KEYS * sizeof *keys);
    size_t count = 0;

    (void)state;
    for (uint64_t seed = 0; seed < SEEDS; seed++)
        for (uint32_t replication = 0; replication < REPLICATIONS; replication++)
            for (int purpose = 0; purpose < PURPOSE_COUNT; purpose++) {
                uint64_t key =
                    draw_key(seed < 20 ? seed : seed - 40, replication, (enum purpose)purpose);

                assert_true(key % 2 == 1);
                assert_digits((uint32_t)key);
                assert_digits((uint32_t)(key >> 32));
                keys[count++] = key;
            }
    qsort(keys, count, sizeof *keys, compare_keys);
    for (size_t i = 1; i < count; i++)
        assert_true(keys[i] != keys[i - 1]);
    free(keys);
}

static void every_digit_comes_equally_often_at_every_place(void **state)
{
    uint32_t counts[15];

    (void)state;
    /* the low half of a key ends in an odd digit, so its digits are not evenly spread */
    for (unsigned place = 8; place < 16; place++) {
        for (int i = 0; i < 15; i++)
            counts[i] = 0;
        for (uint32_t i = 0; i < 15000; i++)
            counts[(draw_key(5, i, PURPOSE_LINK) >> 4 * place & 15) - 1]++;
        assert_true(fabs(law_even(counts, 15)) < LAW_Z);
    }
}

/* Every window of 8 bits, over nodes and numbers that interleave as they do in a run. */
static void draws_are_uniform(void **state)
{
    static const unsigned windows[] = { 0, 12, 24, 28, 32, 44, 56 };

    (void)state;
    for (uint32_t purpose = 0; purpose < PURPOSE_COUNT; purpose++) {
        uint64_t key = draw_key(1, 0, (enum purpose)purpose);

        for (size_t w = 0; w < sizeof windows / sizeof *windows; w++) {
            uint32_t counts[256] = { 0 };

            for (uint32_t i = 0; i < 1 << 16; i++)
                counts[draw(key, i & 255, i >> 8) >> windows[w] & 255]++;
            assert_true(fabs(law_even(counts, 256)) < LAW_Z);
        }
    }
}

/* What two draws that stand side by side have in common. */
enum { NODE, NUMBER, PURPOSE, REPLICATION, SEED, NEIGHBOURS };

static double uniform(uint64_t bits)
{
    return (double)(bits >> 11) * 0x1p-53;
}

static void neighbours_know_nothing_of_each_other(void **state)
{
    enum { N = 1 << 15 };
    double *x = malloc(N * sizeof *x), *y = malloc(N * sizeof *y);

    (void)state;
    for (int kind = 0; kind < NEIGHBOURS; kind++) {
        uint32_t pairs[256] = { 0 };

        for (uint32_t i = 0; i < N; i++) {
            const uint32_t node = i % 1000, number = i / 1000;
            const enum purpose purpose = (enum purpose)(i % (PURPOSE_COUNT - 1));
            const uint64_t here = draw_key(3, i / 512, purpose);
            const uint64_t there = draw_key(3 + (kind == SEED), i / 512 + (kind == REPLICATION),
                                            purpose + (kind == PURPOSE));
            const uint64_t a = draw(here, node, number);
            const uint64_t b = draw(there, node + (kind == NODE), number + (kind == NUMBER));

            x[i] = uniform(a);
            y[i] = uniform(b);
            pairs[(a >> 60) << 4 | b >> 60]++;
        }
        assert_true(fabs(law_correlation(x, y, N)) < LAW_Z);
        assert_true(fabs(law_even(pairs, 256)) < LAW_Z);
    }
    free(x);
    free(y);
}

/* A link draw uses its halves for loss and latency: they must not depend on each other. */
static void halves_of_a_draw_are_independent(void **state)
{
    enum { N = 1 << 16 };
    uint32_t pairs[256] = { 0 };
    const uint64_t key = draw_key(1, 0, PURPOSE_LINK);

    (void)state;
    for (uint32_t i = 0; i < N; i++) {
        uint64_t bits = draw(key, i & 1023, i >> 10);

        pairs[(bits >> 60) << 4 | (bits >> 28 & 15)]++;
    }
    assert_true(fabs(law_even(pairs, 256)) < LAW_Z);
}

static void scaling_keeps_to_its_range(void **state)
{
    static const uint64_t limits[] = { 1, 2, 3, 999, 1ull << 32, 1ull << 63, UINT64_MAX };
    uint32_t counts[7] = { 0 };
    const uint64_t key = draw_key(1, 0, PURPOSE_PEER);

    (void)state;
    for (size_t i = 0; i < sizeof limits / sizeof *limits; i++) {
        assert_true(draw_below(0, limits[i]) == 0);
        assert_true(draw_below(UINT64_MAX, limits[i]) == limits[i] - 1);
    }
    for (uint32_t i = 0; i < 70000; i++)
        counts[draw_below(draw(key, i, 0), 7)]++;
    assert_true(fabs(law_even(counts, 7)) < LAW_Z);
}

static void a_chance_is_as_great_as_it_says(void **state)
{
    static const double chances[] = { 0.001, 0.05, 0.5, 0.9, 0.999 };
    const uint64_t key = draw_key(1, 0, PURPOSE_STORE);

    (void)state;
    for (size_t k = 0; k < sizeof chances / sizeof *chances; k++) {
        uint32_t found = 0;

        for (uint32_t i = 0; i < 100000; i++)
            found += (uint32_t)draw_chance(draw(key, i, 0), chances[k]);
        assert_true(fabs(law_share(found, 100000, chances[k])) < LAW_Z);
    }
    assert_false(draw_chance(0, 0));
    assert_true(draw_chance(UINT64_MAX, 1));
    assert_true(draw_chance(0, 0x1p-53));
    assert_false(draw_chance(UINT64_MAX, 1 - 0x1p-53));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(draws_are_those_of_the_published_code),
        cmocka_unit_test(the_counter_is_entity_and_number),
        cmocka_unit_test(keys_are_odd_and_irregular_and_all_different),
        cmocka_unit_test(every_digit_comes_equally_often_at_every_place),
        cmocka_unit_test(draws_are_uniform),
        cmocka_unit_test(neighbours_know_nothing_of_each_other),
        cmocka_unit_test(halves_of_a_draw_are_independent),
        cmocka_unit_test(scaling_keeps_to_its_range),
        cmocka_unit_test(a_chance_is_as_great_as_it_says),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
