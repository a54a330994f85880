/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is on a frontier: all that nothing beats, one of equals, nothing that is unknown. */
#include "base/pareto.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void marks_what_nothing_beats(void **state)
{
    struct pareto_offer offers[] = {
        { .x = 1, .y = 9 },     { .x = 2, .y = 4 },   { .x = 3, .y = 4 },
        { .x = 5, .y = 1 },     { .x = 2, .y = 4 },   { .x = 1, .y = 10 },
        { .x = 6, .y = 2 },     { .x = NAN, .y = 0 }, { .x = INFINITY, .y = 0.5 },
        { .x = 0.5, .y = NAN },
    };
    static const bool expected[] = { true,  true,  false, true,  false,
                                     false, false, false, false, false };

    (void)state;
    pareto_mark(offers, sizeof offers / sizeof *offers);
    for (size_t i = 0; i < sizeof offers / sizeof *offers; i++)
        assert_int_equal(offers[i].is_on_frontier, expected[i]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(marks_what_nothing_beats),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
