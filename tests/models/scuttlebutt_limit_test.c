/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * scuttlebutt_limit_test.c - a message brings a delta also where its limit has no room for the
 * heartbeats before it: else nothing would ever be told.
 */
#include "tests/models/harness.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

static void one_delta_goes_in_any_case(void **state)
{
    static const char *const orders[] = { "depth", "breadth", "oldest", "newest" };

    (void)state;
    for (size_t i = 0; i < sizeof orders / sizeof *orders; i++) {
        char parameters[100];
        struct setup setup;
        struct sim_result r;

        snprintf(parameters, sizeof parameters, "limit=20B first=%s", orders[i]);
        setup_init(&setup, 12);
        assert_true(setup_add(&setup, "scuttlebutt", parameters));
        setup.config.workload.updates = setup.config.workload.keys = 8;
        setup.config.workload.arrival = ARRIVAL_EVERY;
        setup.config.workload.every = SIM_SECOND;
        setup.config.stop.when = STOP_NEVER;
        setup.config.stop.at = 100 * SIM_SECOND;
        sim_run(&setup.config, &r);
        assert_int_equal(r.status, SIM_DONE);
        assert_true(metric(&r, "residue") == 0);
        sim_result_clear(&r);
        setup_clear(&setup);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(one_delta_goes_in_any_case) };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
