/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * fault.c - see fault.h.
 *
 * Where crashes overlap, a node comes back when the last of them is over.  What stands in the way
 * of messages is obstacle.h's.
 */
#include "sim/world/fault.h"
#include "sim/world/fault_obstacle.h"
#include "sim/world/presence.h"
#include "sim/world/selection.h"

static const char *const kinds[] = {
    [FAULT_CRASH] = "crash",         [FAULT_RECOVER] = "recover", [FAULT_WIPE] = "wipe",
    [FAULT_PARTITION] = "partition", [FAULT_ONE_WAY] = "one_way", [FAULT_HEAL] = "heal",
    [FAULT_LOSS] = "loss",           [FAULT_LATENCY] = "latency",
};

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

static bool crash(struct run *run, node_id node, sim_time until)
{
    if (presence_is_away(run, node, ABSENT_FAULT)) {
        if (run->crashed_until[node] < until)
            run->crashed_until[node] = until;
        return false;
    }
    run->crashed_until[node] = until;
    presence_leave(run, node, ABSENT_FAULT, FAREWELL_NONE, false);
    return true;
}

static bool recover(struct run *run, node_id node)
{
    if (!presence_is_away(run, node, ABSENT_FAULT))
        return false;
    presence_return(run, node, ABSENT_FAULT);
    return true;
}

/* What happens to the nodes that a fault's selector means. */
struct change {
    enum sim_fault_kind kind;
    sim_time drawn; /* when they were picked */
    sim_time until; /* FAULT_CRASH: it is over then */
    bool undoes;    /* FAULT_RECOVER of what lasted until now */
};

static bool change_node(struct run *run, const struct change *change, node_id node)
{
    switch (change->kind) {
    case FAULT_CRASH:
        return crash(run, node, change->until);
    case FAULT_RECOVER:
        return !(change->undoes && run->crashed_until[node] > run->node.now) && recover(run, node);
    case FAULT_WIPE:
        presence_wipe(run, node);
        return true;
    case FAULT_PARTITION: /* these change the network, not nodes */
    case FAULT_ONE_WAY:
    case FAULT_HEAL:
    case FAULT_LOSS:
    case FAULT_LATENCY:
        break;
    }
    return false;
}

static void note(struct run *run, enum sim_fault_kind kind, uint32_t changed)
{
    if (!memory_grow(&run->memory, &run->fault_events, &run->fault_event_capacity,
                     run->fault_event_count + 1, sizeof *run->fault_events))
        return;
    run->fault_events[run->fault_event_count++] =
        (struct sim_fault_event){ run_credit(run, run->node.now), kinds[kind], changed };
    run->fault_end = run_credit(run, run->node.now);
    run->repaired_at = SIM_NEVER;
    census_strike(&run->census);
}

static void apply(struct run *run, const struct sim_fault *fault, const struct change *change)
{
    struct selection selection;
    uint32_t changed = 0;

    selection_init(&selection, run, change->drawn, SELECTED_NODES, &fault->of);
    census_begin_change(&run->census);
    for (uint32_t i = 0; i < selection.count; i++)
        changed += change_node(run, change, selection_node(&selection, i));
    census_end_change(&run->census, run_credit(run, run->node.now));
    note(run, change->kind, changed);
}

/* What lasted until now is undone. */
static void undo(struct run *run, uint32_t number)
{
    const struct sim_fault *fault = &run->config->faults[number];
    uint32_t healed;

    if (!fault->obstacle) {
        run->faults_left--;
        apply(run, fault,
              &(struct change){ .kind = FAULT_RECOVER,
                                .drawn = run->node.now - fault->lasts, /* when it happened */
                                .undoes = true });
        return;
    }
    healed = obstacle_end(run, number);
    if (healed > 0) /* otherwise it was healed before, or put up anew */
        note(run, FAULT_HEAL, healed);
}

void fault_happen(struct run *run, uint32_t about)
{
    const struct sim_fault *fault = &run->config->faults[about / 2];
    const sim_time now = run->node.now;
    const sim_time until = fault->lasts > 0 ? now + fault->lasts : INT64_MAX;

    if (about % 2) {
        undo(run, about / 2);
        return;
    }
    if (now == fault->at)
        run->faults_left--;
    if (fault->lasts > 0)
        agenda_add(&run->agenda, until, AGENDA_FAULT, about + 1);
    if (fault->every > 0)
        agenda_add(&run->agenda, now + fault->every, AGENDA_FAULT, about);
    if (fault->obstacle)
        note(run, fault->kind, obstacle_begin(run, about / 2, until));
    else if (fault->kind == FAULT_HEAL)
        note(run, FAULT_HEAL, obstacles_heal(run));
    else {
        run->faults_left += fault->lasts > 0;
        apply(run, fault, &(struct change){ .kind = fault->kind, .drawn = now, .until = until });
    }
}
