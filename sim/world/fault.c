/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fault.c - see fault.h. */
#include "sim/world/fault.h"

#include "sim/fault_kind.h"
#include "sim/world/fault_obstacle.h"
#include "sim/world/mute.h"

void fault_init(struct run *run)
{
    const struct sim_config *config = run->config;
    bool has_steps = false;

    run->faults_left += (uint32_t)config->fault_count;
    if (config->fault_count > 0)
        run->crashed_until = memory_get(&run->memory, run->nodes, sizeof *run->crashed_until);
    for (uint32_t i = 0; i < config->fault_count; i++) {
        agenda_add(&run->agenda, config->faults[i].at, AGENDA_FAULT, 2 * i);
        has_steps |= config->faults[i].batch > 0;
    }
    if (has_steps)
        run->fault_steps = memory_get(&run->memory, config->fault_count, sizeof *run->fault_steps);
    mute_init(run);
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

sim_time fault_drawn(const struct sim_fault *fault, sim_time instant)
{
    return fault->keeps ? fault->at : instant;
}

/* ---- steps ---- */

static void step(struct run *run, uint32_t number)
{
    const struct sim_fault *fault = &run->config->faults[number];
    const struct fault_kind *kind = &fault_kinds[fault->kind];
    struct fault_steps *steps = &run->fault_steps[number];
    const sim_time now = run->node.now;

    kind->step(run, number);
    steps->begun++;
    if (kind->end_step)
        agenda_add(&run->agenda, now + fault->down, AGENDA_FAULT,
                   2 * number | FAULT_STEP | FAULT_ENDS);
    if (steps->begun < fault_steps(fault, run->nodes))
        agenda_add(&run->agenda, now + fault->pace, AGENDA_FAULT, 2 * number | FAULT_STEP);
    else if (!kind->end_step)
        run->faults_left--;
}

static void end_step(struct run *run, uint32_t number)
{
    const struct sim_fault *fault = &run->config->faults[number];
    struct fault_steps *steps = &run->fault_steps[number];

    fault_kinds[fault->kind].end_step(run, number);
    steps->ended++;
    if (steps->ended == fault_steps(fault, run->nodes))
        run->faults_left--;
}

/* ---- the timeline ---- */

static void happen(struct run *run, uint32_t number)
{
    const struct sim_fault *fault = &run->config->faults[number];
    const sim_time now = run->node.now;
    const sim_time until = fault->lasts > 0 ? now + fault->lasts : INT64_MAX;

    if (now == fault->at)
        run->faults_left--;
    if (fault->lasts > 0)
        agenda_add(&run->agenda, until, AGENDA_FAULT, 2 * number | FAULT_ENDS);
    if (fault->every > 0)
        agenda_add(&run->agenda, now + fault->every, AGENDA_FAULT, 2 * number);
    if (fault->batch == 0) {
        fault_kinds[fault->kind].happen(run, number, until);
        return;
    }
    run->faults_left++;
    run->fault_steps[number] = (struct fault_steps){ .began = fault_drawn(fault, now) };
    step(run, number);
}

void fault_happen(struct run *run, uint32_t about)
{
    const uint32_t number = fault_number(about);
    const bool is_step = about & FAULT_STEP, ends = about & FAULT_ENDS;

    if (is_step && ends)
        end_step(run, number);
    else if (is_step)
        step(run, number);
    else if (ends)
        fault_kinds[run->config->faults[number].kind].end(run, number);
    else
        happen(run, number);
}
