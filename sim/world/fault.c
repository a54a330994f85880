/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fault.c - see fault.h. */
#include "sim/world/fault.h"

#include "sim/fault_kind.h"
#include "sim/world/fault_obstacle.h"

void fault_init(struct run *run)
{
    const struct sim_config *config = run->config;

    run->faults_left = (uint32_t)config->fault_count;
    if (config->fault_count > 0)
        run->crashed_until = memory_get(&run->memory, run->nodes, sizeof *run->crashed_until);
    for (uint32_t i = 0; i < config->fault_count; i++)
        agenda_add(&run->agenda, config->faults[i].at, AGENDA_FAULT, 2 * i);
    obstacles_init(run);
}

void fault_note(struct run *run, const char *what, uint32_t changed)
{
    if (!memory_grow(&run->memory, &run->fault_events, &run->fault_event_capacity,
                     run->fault_event_count + 1, sizeof *run->fault_events))
        return;
    run->fault_events[run->fault_event_count++] =
        (struct sim_fault_event){ run_credit(run, run->node.now), what, changed };
    run->fault_end = run_credit(run, run->node.now);
    run->repaired_at = SIM_NEVER;
    census_strike(&run->census);
}

void fault_happen(struct run *run, uint32_t about)
{
    const struct sim_fault *fault = &run->config->faults[about / 2];
    const sim_time now = run->node.now;
    const sim_time until = fault->lasts > 0 ? now + fault->lasts : INT64_MAX;

    if (about % 2) {
        fault_kinds[fault->kind].end(run, about / 2);
        return;
    }
    if (now == fault->at)
        run->faults_left--;
    if (fault->lasts > 0)
        agenda_add(&run->agenda, until, AGENDA_FAULT, about + 1);
    if (fault->every > 0)
        agenda_add(&run->agenda, now + fault->every, AGENDA_FAULT, about);
    fault_kinds[fault->kind].happen(run, about / 2, until);
}
