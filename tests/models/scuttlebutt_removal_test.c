/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * scuttlebutt_removal_test.c - who has removed an owner says nothing of it, so that others tell it
 * all of its keys again.
 */
#include "models/scuttlebutt.h"
#include "sim/observe.h"
#include "tests/models/harness.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

enum { NODES = 8, KEYS = 16 };

/* Deltas that are told when all is known to all. */
static void see_deltas(void *context, const struct sight *sight)
{
    uint32_t *told = context;
    const bool has_deltas = sight->kind == ACK || sight->kind == ACK2;

    if (has_deltas && sight->at > 20 * SIM_SECOND)
        *told += set_count(sight->carried->set);
}

static uint32_t told_again(const char *parameters)
{
    const struct sim_fault crash = { .kind = FAULT_CRASH,
                                     .of = { SELECT_RANGE, .first = 5, .nodes = 1 },
                                     .at = 15 * SIM_SECOND };
    uint32_t told = 0;
    const struct sim_observer observer = { SEEN_SENT, see_deltas, &told };
    struct setup setup;
    struct sim_result r;

    setup_init(&setup, NODES);
    assert_true(setup_add(&setup, "scuttlebutt", parameters));
    setup.config.seeds = 2;
    setup.config.workload.updates = setup.config.workload.keys = KEYS;
    setup.config.workload.arrival = ARRIVAL_EVERY;
    setup.config.workload.every = SIM_SECOND / 4;
    setup.config.workload.origin = ORIGIN_NODE;
    setup.config.workload.origin_node = 5;
    setup.config.stop.when = STOP_NEVER;
    setup.config.stop.at = 60 * SIM_SECOND;
    setup.config.faults = &crash;
    setup.config.fault_count = 1;
    setup.config.observer = &observer;
    sim_run(&setup.config, &r);
    assert_int_equal(r.status, SIM_DONE);
    assert_true(metric(&r, "residue") == 0);
    sim_result_clear(&r);
    setup_clear(&setup);
    return told;
}

static void who_removed_an_owner_is_told_its_keys_again(void **state)
{
    (void)state;
    assert_int_equal(told_again("reply=all phi=false timeout=5s"), 0);
    assert_in_range(told_again("reply=all phi=false timeout=5s remove_dead=3s quarantine=20s"),
                    KEYS, 1000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(who_removed_an_owner_is_told_its_keys_again),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
