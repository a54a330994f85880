/* SPDX-License-Identifier: GPL-3.0-or-later */
/* check_stop.c - see check_stop.h. */
#include "cli/check_stop.h"

#include "base/printable.h"

static bool believes(const struct sim_config *config)
{
    for (int i = 0; i < config->stack_count; i++)
        if (config->stack[i].model->believes)
            return true;
    return false;
}

static bool has_crashes(const struct sim_config *config)
{
    const struct sim_churn *churn = &config->churn;

    for (size_t i = 0; i < config->fault_count; i++)
        if (config->faults[i].kind == FAULT_CRASH || config->faults[i].kind == FAULT_RESTART)
            return true;
    return (churn->session != NULL || churn->trace != NULL) && churn->leave == LEAVE_CRASH;
}

void check_stop_warn(const struct plan *plan, const struct setup *setup)
{
    const struct sim_config *config;

    for (int i = 0; i < plan->strategy_count && !setup_was_given(setup, "stop.when"); i++) {
        config = setup_config(setup, i);
        if (config->stop.when != STOP_CONVERGED || !believes(config) || !has_crashes(config))
            continue;
        printable_line(stderr,
                       "gossipsim: warning: '%s' judges who is up, but its runs end as soon as all "
                       "live nodes know all updates, maybe before a crash is detected: "
                       "`detect_first` and the like are then \"never\"",
                       plan->strategies[i]);
        printable_line(stderr, "to measure detection, write `workload: {updates: 0}`, or with "
                               "updates `stop: {when: never}`: runs then go on to `stop.at`; to "
                               "measure how updates spread, `stop: {when: converged}`");
        return;
    }
}
