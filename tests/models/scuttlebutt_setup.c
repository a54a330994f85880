/* SPDX-License-Identifier: GPL-3.0-or-later */
/* scuttlebutt_setup.c - see scuttlebutt_setup.h. */
#include "tests/models/scuttlebutt_setup.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

void scuttlebutt_setup(struct setup *setup, int64_t nodes, const char *parameters, int seconds)
{
    setup_init(setup, nodes);
    assert_true(setup_add(setup, "scuttlebutt", parameters));
    setup->config.seeds = 3;
    setup->config.workload.updates = setup->config.workload.keys = 0;
    setup->config.stop.when = STOP_NEVER;
    setup->config.stop.at = seconds * SIM_SECOND;
}

void scuttlebutt_write(struct setup *setup, int64_t updates, int64_t keys, double seconds)
{
    struct sim_workload *workload = &setup->config.workload;

    workload->updates = updates;
    workload->keys = keys;
    workload->arrival = ARRIVAL_EVERY;
    workload->every = (sim_time)(seconds * SIM_SECOND / (double)updates);
}
