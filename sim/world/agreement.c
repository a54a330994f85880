/* SPDX-License-Identifier: GPL-3.0-or-later */
/* agreement.c - see agreement.h. */
#include "sim/world/agreement.h"

void agreement_look(struct run *run)
{
    if (census_is_repaired(&run->census)) {
        run->census.struck = run->census.awaited = UPDATE_NONE;
        run->repaired_at = run_credit(run, run->node.now);
    }
    if (run->config->stop.when == STOP_CONVERGED && run_has_converged(run))
        run_stop(run, "converged");
}
