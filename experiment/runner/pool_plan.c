/* SPDX-License-Identifier: GPL-3.0-or-later */
/* pool_plan.c - see pool_plan.h. */
#include "experiment/runner/pool_plan.h"

static void *set_up(const void *plan, size_t point)
{
    return plan_setup(plan, point);
}

static const struct sim_config *config_of(const void *setup, int strategy)
{
    return setup_config(setup, strategy);
}

static uint64_t memory_of(void *setup, int strategy, uint64_t enough)
{
    return setup_memory(setup, strategy, enough);
}

static void free_setup(void *setup)
{
    setup_free(setup);
}

struct pool_point *pool_point_of_plan(const struct plan *plan, size_t point)
{
    static const struct pool_source source = { set_up, config_of, memory_of, free_setup };

    return pool_point_new(&source, plan, point);
}
