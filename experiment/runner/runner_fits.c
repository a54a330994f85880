/* SPDX-License-Identifier: GPL-3.0-or-later */
/* runner_fits.c - whether any run of a plan fits into memory; see runner.h. */
#include "experiment/runner/runner.h"

#include "base/quantity.h"

#include <glib.h>

bool runner_fits(const struct plan *plan, int threads, struct errors *errors)
{
    const uint64_t available = pool_memory_available();
    uint64_t least = UINT64_MAX;
    const char *strategy = plan->strategies[0];
    char needed[QUANTITY_TEXT_MAX], left[QUANTITY_TEXT_MAX];

    for (size_t point = 0; point < plan->point_count && least > available; point++) {
        struct setup *setup = plan_setup(plan, point);
        for (int i = 0; setup && i < plan->strategy_count; i++) {
            uint64_t estimate = setup_memory(setup, i, available / (uint64_t)threads);
            if (estimate < least)
                strategy = plan->strategies[i];
            least = MIN(least, estimate);
        }
        setup_free(setup);
    }
    if (least <= available || least == UINT64_MAX) /* no setup fits: runs will tell */
        return true;
    quantity_write_memory((double)least, needed);
    quantity_write_memory((double)available, left);
    errors_add(errors, ERROR_SCENARIO,
               "no run fits into memory: the smallest, of '%s', needs about %s; %s are available",
               strategy, needed, left);
    return false;
}
