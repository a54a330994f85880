/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tables of weights: each found at as many units as it weighs, what weighs nothing at none,
 * whatever the range of the weights; tables of fewer things. */
#include "sim/value/weights.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

enum { COUNT = 8 };

static void each_has_its_share(void **state)
{
    static const double lists[][COUNT] = {
        { 1, 0, 3, 1.5, 2, 0, 0, 0.5 },
        { 1e15, 0, 1e15, 1e15, 0, 1, 1, 1 },
        { 1e-300, 3e-300, 0, 0, 0, 0, 0, 1e-300 },
        { 0, 0, 0, 7, 0, 0, 0, 0 },
    };

    (void)state;
    for (size_t k = 0; k < sizeof lists / sizeof *lists; k++) {
        struct weights *weights = weights_new(lists[k], COUNT);
        const double all = (double)weights_of(weights, 0, COUNT);
        double sum = 0;

        for (int i = 0; i < COUNT; i++)
            sum += lists[k][i];
        for (uint32_t i = 0; i < COUNT; i++) {
            const uint64_t units = weights_of(weights, i, i + 1);

            assert_true(fabs((double)units / all - lists[k][i] / sum) < 1e-15);
            assert_int_equal(units == 0, lists[k][i] == 0);
            if (units == 0)
                continue;
            assert_int_equal(weights_find(weights, weights->below[i]), i);
            assert_int_equal(weights_find(weights, weights->below[i + 1] - 1), i);
        }
        weights_free(weights);
    }
}

static void where_nobody_weighs_anything_there_is_nothing_to_find(void **state)
{
    static const double none[COUNT];
    struct weights *weights = weights_new(none, COUNT);

    (void)state;
    assert_int_equal(weights_of(weights, 0, COUNT), 0);
    weights_free(weights);
}

static void fewer_things_stand_for_all(void **state)
{
    static const double list[COUNT] = { 1, 0, 3, 1, 2, 0, 0, 1 };
    struct weights *weights = weights_new(list, COUNT);

    (void)state;
    for (uint32_t count = 1; count <= COUNT; count++) {
        struct weights *few = weights_scaled(weights, count);

        assert_int_equal(few->count, count);
        assert_int_equal(weights_of(few, 0, count), weights_of(weights, 0, COUNT));
        if (count == 4)
            assert_int_equal(weights_of(few, 1, 2), weights_of(weights, 2, 4));
        weights_free(few);
    }
    weights_free(weights);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_has_its_share),
        cmocka_unit_test(where_nobody_weighs_anything_there_is_nothing_to_find),
        cmocka_unit_test(fewer_things_stand_for_all),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
