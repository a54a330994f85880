/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The scenario's node numbers and the engine's are two names of the same nodes: one to one, there
 * and back, and over replications a scenario's node may be any of the engine's, equally often.
 */
#include "law.h"
#include "sim/truth/numbering.h"
#include "sim/value/draw.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void assert_bijection(uint32_t nodes, uint32_t replication)
{
    struct numbering numbering;
    bool *seen = calloc(nodes, sizeof *seen);

    numbering_init(&numbering, nodes, draw_key(1, replication, PURPOSE_NUMBERING));
    for (node_id i = 0; i < nodes; i++) {
        node_id inside = numbering_inside(&numbering, i);

        assert_in_range(inside, 0, nodes - 1);
        assert_false(seen[inside]);
        seen[inside] = true;
        assert_int_equal(numbering_outside(&numbering, inside), i);
    }
    free(seen);
}

static void every_node_has_one_number(void **state)
{
    (void)state;
    for (uint32_t nodes = 1; nodes <= 300; nodes++)
        assert_bijection(nodes, nodes);
    assert_bijection(1023, 0);
    assert_bijection(1024, 0);
    assert_bijection(1025, 0);
    assert_bijection(65537, 3);
}

static void the_largest_systems_have_numbers_too(void **state)
{
    static const uint32_t sizes[] = { 1u << 30, (1u << 28) + 1, 10000019, 1u << 20 };
    struct numbering numbering;

    (void)state;
    for (size_t s = 0; s < sizeof sizes / sizeof *sizes; s++) {
        numbering_init(&numbering, sizes[s], draw_key(9, 0, PURPOSE_NUMBERING));
        for (uint32_t i = 0; i < 2000; i++) {
            node_id node = i < 1000 ? i : sizes[s] - 1 - (i - 1000);
            node_id inside = numbering_inside(&numbering, node);

            assert_true(inside < sizes[s]);
            assert_int_equal(numbering_outside(&numbering, inside), node);
        }
    }
}

/* Over replications the images of two neighbours are uniform, alone and as a pair. */
static void any_node_may_be_the_first(void **state)
{
    static const uint32_t sizes[] = { 2, 3, 5, 10, 16, 17, 20 };

    (void)state;
    for (size_t s = 0; s < sizeof sizes / sizeof *sizes; s++) {
        const uint32_t nodes = sizes[s], trials = 200 * nodes;
        uint32_t first[20] = { 0 }, last[20] = { 0 };

        for (uint32_t r = 0; r < trials; r++) {
            struct numbering numbering;

            numbering_init(&numbering, nodes, draw_key(1, r, PURPOSE_NUMBERING));
            first[numbering_inside(&numbering, 0)]++;
            last[numbering_inside(&numbering, nodes - 1)]++;
        }
        assert_true(fabs(law_even(first, nodes)) < LAW_Z);
        assert_true(fabs(law_even(last, nodes)) < LAW_Z);
    }
}

/* A fault that picks nodes by chance takes the first few of such an order: pairs matter. */
static void neighbours_do_not_stay_neighbours(void **state)
{
    static const uint32_t sizes[] = { 3, 4, 8, 12, 16, 17, 40, 64 };
    enum { TRIALS = 20000 };

    (void)state;
    for (size_t s = 0; s < sizeof sizes / sizeof *sizes; s++) {
        const uint32_t nodes = sizes[s];
        uint32_t distance[64] = { 0 };

        for (uint32_t r = 0; r < TRIALS; r++) {
            struct numbering numbering;

            numbering_init(&numbering, nodes, draw_key(2, r, PURPOSE_NUMBERING));
            distance[(numbering_inside(&numbering, nodes / 2) + nodes -
                      numbering_inside(&numbering, nodes / 2 - 1)) %
                     nodes]++;
        }
        assert_int_equal(distance[0], 0);
        assert_true(fabs(law_even(distance + 1, nodes - 1)) < LAW_Z);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_node_has_one_number),
        cmocka_unit_test(the_largest_systems_have_numbers_too),
        cmocka_unit_test(any_node_may_be_the_first),
        cmocka_unit_test(neighbours_do_not_stay_neighbours),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
