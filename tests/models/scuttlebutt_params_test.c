/* SPDX-License-Identifier: GPL-3.0-or-later */
/* scuttlebutt_params_test.c - what has no effect is refused, and what has one is not. */
#include "tests/models/harness.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static bool is_taken(const char *parameters)
{
    struct setup setup;
    bool taken;

    setup_init(&setup, 4);
    taken = setup_add(&setup, "scuttlebutt", parameters);
    setup_clear(&setup);
    return taken;
}

static void an_order_needs_a_limit_or_other_digests(void **state)
{
    (void)state;
    assert_false(is_taken("first=breadth"));
    assert_false(is_taken("first=depth"));
    assert_true(is_taken("first=breadth limit=5"));
    assert_true(is_taken("preset=chitchat first=breadth")); /* it has a limit */
    assert_true(is_taken("first=oldest"));
    assert_true(is_taken("first=newest"));
}

static void what_is_said_of_the_dead_and_gone_needs_them(void **state)
{
    (void)state;
    assert_false(is_taken("limit_from=3s"));
    assert_false(is_taken("heartbeats=false phi=true"));
    assert_false(is_taken("heartbeats=false phi_window=9"));
    assert_true(is_taken("heartbeats=false remove_dead=9s")); /* dead until it has answered */
    assert_false(is_taken("remove_left=0s quarantine=9s"));
    assert_false(is_taken("silent_after=9s remove_dead=9s"));
    assert_true(is_taken("silent_after=9s remove_dead=10s"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_order_needs_a_limit_or_other_digests),
        cmocka_unit_test(what_is_said_of_the_dead_and_gone_needs_them),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
