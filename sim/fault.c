/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * fault.c - see fault.h.
 *
 * Nodes are drawn without replacement as the first of a random permutation of all nodes, keyed by
 * the instant of the fault: equal selectors at one instant pick the same nodes.
 */
#include "sim/fault.h"
#include "sim/presence.h"

static const char *const kinds[] = {
    [FAULT_CRASH] = "crash", [FAULT_RECOVER] = "recover", [FAULT_WIPE] = "wipe"
};

void fault_init(struct run *run)
{
    const struct sim_config *config = run->config;

    run->faults_left = (uint32_t)config->fault_count;
    for (uint32_t i = 0; i < config->fault_count; i++)
        agenda_add(&run->agenda, config->faults[i].at, AGENDA_FAULT, 2 * i);
}

/* How many nodes a selector means. */
static uint32_t selected_count(const struct sim_selector *of, uint32_t nodes)
{
    int64_t count = nodes;

    switch (of->kind) {
    case SELECT_ALL:
        break;
    case SELECT_SHARE:
        count = (int64_t)(of->share * nodes + 0.5);
        break;
    case SELECT_COUNT:
        count = of->count;
        break;
    case SELECT_ALL_BUT:
        count = nodes - of->count;
        break;
    case SELECT_RANGE:
        count = of->nodes;
        break;
    }
    return count < 0 ? 0 : count > nodes ? nodes : (uint32_t)count;
}

static bool change_node(struct run *run, enum sim_fault_kind kind, node_id node)
{
    const bool was_away = presence_is_away(run, node, ABSENT_FAULT);

    if (kind == FAULT_WIPE)
        presence_wipe(run, node);
    else if (kind == FAULT_CRASH && !was_away)
        presence_leave(run, node, ABSENT_FAULT, FAREWELL_NONE, false);
    else if (kind == FAULT_RECOVER && was_away)
        presence_return(run, node, ABSENT_FAULT);
    else
        return false;
    return true;
}

static void note(struct run *run, enum sim_fault_kind kind, uint32_t changed)
{
    if (!memory_grow(&run->memory, &run->fault_events, &run->fault_event_capacity,
                     run->fault_event_count + 1, sizeof *run->fault_events))
        return;
    run->fault_events[run->fault_event_count++] =
        (struct sim_fault_event){ run_credit(run, run->node.now), kinds[kind], changed };
    run->fault_end = run_credit(run, run->node.now);
    run->agreed_at = SIM_NEVER;
}

/* Does `kind` to the nodes that the fault's selector meant at time `drawn`. */
static void apply(struct run *run, const struct sim_fault *fault, enum sim_fault_kind kind,
                  sim_time drawn)
{
    const uint32_t count = selected_count(&fault->of, run->nodes);
    const uint64_t key = run->keys[PURPOSE_FAULT];
    struct numbering order;
    uint32_t changed = 0;

    numbering_init(&order, run->nodes,
                   draw_key(draw(key, (uint32_t)(drawn >> 32), (uint32_t)drawn), 0, PURPOSE_FAULT));
    for (uint32_t i = 0; i < count; i++) {
        node_id node = fault->of.kind == SELECT_RANGE
                           ? numbering_inside(&run->numbering, (node_id)fault->of.first + i)
                           : numbering_inside(&order, i);

        changed += change_node(run, kind, node);
    }
    note(run, kind, changed);
}

void fault_happen(struct run *run, uint32_t about)
{
    const struct sim_fault *fault = &run->config->faults[about / 2];
    const sim_time now = run->node.now;

    if (about % 2) { /* undone; it was drawn when it happened */
        run->faults_left--;
        apply(run, fault, FAULT_RECOVER, now - fault->lasts);
        return;
    }
    if (now == fault->at)
        run->faults_left--;
    if (fault->lasts > 0) {
        run->faults_left++;
        agenda_add(&run->agenda, now + fault->lasts, AGENDA_FAULT, about + 1);
    }
    if (fault->every > 0)
        agenda_add(&run->agenda, now + fault->every, AGENDA_FAULT, about);
    apply(run, fault, fault->kind, now);
}
