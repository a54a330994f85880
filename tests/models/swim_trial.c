/* SPDX-License-Identifier: GPL-3.0-or-later */
/* swim_trial.c - see swim_trial.h. */
#include "tests/models/swim_trial.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

void swim_open(struct setup *setup, int64_t nodes, const char *parameters, int seconds)
{
    setup_init(setup, nodes);
    assert_true(setup_add(setup, "swim", parameters));
    setup->config.seeds = SWIM_SEEDS;
    setup->config.workload = (struct sim_workload){ 0 };
    setup->config.stop.when = STOP_NEVER;
    setup->config.stop.at = seconds * SIM_SECOND;
}

double swim_accuracy_after(struct setup *setup, int seconds)
{
    struct sim_result r;
    double accuracy;

    setup->config.warmup = seconds * SIM_SECOND;
    sim_run(&setup->config, &r);
    assert_int_equal(r.status, SIM_DONE);
    accuracy = metric(&r, "accuracy");
    assert_true(accuracy < 1 || metric(&r, "false_dead") == 0);
    sim_result_clear(&r);
    return accuracy;
}
