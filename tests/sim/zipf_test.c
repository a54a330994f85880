/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Ranks have the probabilities of Zipf's law, for exponents from 0, where all are alike, to large
 * ones, and for one rank as for a million; and every machine draws the same.
 */
#include "sim/value/draw.h"
#include "sim/value/zipf.h"
#include "tests/sim/law.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

enum { RANKS_MAX = 1 << 20, DRAWS = 1000000 };

static double sums[RANKS_MAX];
static uint64_t key;

static int setup(void **state)
{
    (void)state;
    key = draw_key(1, 0, PURPOSE_WORKLOAD);
    return 0;
}

/* What the definition says, by itself. */
static double probability(uint32_t rank, uint32_t count, double exponent)
{
    double all = 0;

    for (uint32_t i = count; i > 0; i--)
        all += exp(-exponent * log(i));
    return exp(-exponent * log(rank + 1.0)) / all;
}

static void draw_counts(const struct zipf *zipf, uint32_t *counts)
{
    for (uint32_t i = 0; i < DRAWS; i++) {
        const uint32_t rank = zipf_rank(zipf, draw(key, i, 0));

        assert_true(rank < zipf->count);
        counts[rank]++;
    }
}

static void ranks_come_as_often_as_the_law_says(void **state)
{
    static const struct {
        uint32_t count;
        double exponent;
    } laws[] = { { 2, 0 }, { 1000, 0 }, { 100, 0.5 }, { 1000, 1 }, { 1000, 1.1 }, { 20, 2 } };

    (void)state;
    for (size_t k = 0; k < sizeof laws / sizeof *laws; k++) {
        const struct zipf zipf = zipf_new(sums, laws[k].count, laws[k].exponent);
        uint32_t counts[1000] = { 0 };
        double shares[1000];

        for (uint32_t i = 0; i < laws[k].count; i++)
            shares[i] = probability(i, laws[k].count, laws[k].exponent);
        draw_counts(&zipf, counts);
        assert_true(fabs(law_counts(counts, shares, laws[k].count)) < LAW_Z);
        assert_true(fabs(law_share(counts[0], DRAWS, shares[0])) < LAW_Z);
    }
}

static void a_million_ranks_are_no_other_law(void **state)
{
    const struct zipf zipf = zipf_new(sums, RANKS_MAX, 0.9);
    uint32_t *counts = calloc(RANKS_MAX, sizeof *counts), tail = 0;
    double share = 0;

    (void)state;
    draw_counts(&zipf, counts);
    for (uint32_t i = RANKS_MAX / 2; i < RANKS_MAX; i++)
        tail += counts[i];
    for (uint32_t i = RANKS_MAX / 2; i < RANKS_MAX; i++)
        share += exp(-0.9 * log(i + 1.0));
    share *= probability(0, RANKS_MAX, 0.9);
    assert_true(fabs(law_share(tail, DRAWS, share)) < LAW_Z);
    assert_true(fabs(law_share(counts[0], DRAWS, probability(0, RANKS_MAX, 0.9))) < LAW_Z);
    free(counts);
}

static void one_rank_and_the_ends_of_the_draw(void **state)
{
    struct zipf zipf = zipf_new(sums, 1, 1);

    (void)state;
    assert_int_equal(zipf_rank(&zipf, UINT64_MAX), 0);
    zipf = zipf_new(sums, RANKS_MAX, ZIPF_EXPONENT_MAX);
    assert_int_equal(zipf_rank(&zipf, 0), 0);
    assert_true(zipf_rank(&zipf, UINT64_MAX) < RANKS_MAX);
    zipf = zipf_new(sums, RANKS_MAX, 0);
    assert_int_equal(zipf_rank(&zipf, UINT64_MAX), RANKS_MAX - 1);
}

/* More skew makes no rank larger: what is compared at two exponents has its draws in common. */
static void skew_only_lowers_ranks(void **state)
{
    static double others[1000];
    const struct zipf flat = zipf_new(sums, 1000, 0.8), skew = zipf_new(others, 1000, 1.2);

    (void)state;
    for (uint32_t i = 0; i < 10000; i++)
        assert_true(zipf_rank(&skew, draw(key, i, 0)) <= zipf_rank(&flat, draw(key, i, 0)));
}

/* So that a draw that another libm moved would show. */
static void every_machine_draws_the_same(void **state)
{
    const struct zipf zipf = zipf_new(sums, 1000, 1.1);
    uint64_t sum = 0;

    (void)state;
    for (uint32_t i = 0; i < 100000; i++)
        sum = sum * 31 + zipf_rank(&zipf, draw(key, i, 0));
    assert_int_equal(sum, 0x2a53b343f1fb8db6);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ranks_come_as_often_as_the_law_says),
        cmocka_unit_test(a_million_ranks_are_no_other_law),
        cmocka_unit_test(one_rank_and_the_ends_of_the_draw),
        cmocka_unit_test(skew_only_lowers_ranks),
        cmocka_unit_test(every_machine_draws_the_same),
    };

    return cmocka_run_group_tests(tests, setup, NULL);
}
