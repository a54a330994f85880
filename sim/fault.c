/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * fault.c - see fault.h.
 *
 * Nodes are drawn without replacement as the first of a random permutation of all nodes, keyed by
 * the instant of the fault: equal selectors at one instant pick the same nodes.  Where crashes
 * overlap, a node comes back when the last of them is over.
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
    if (config->fault_count > 0)
        run->crashed_until = memory_get(&run->memory, run->nodes, sizeof *run->crashed_until);
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
    }
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

static void apply(struct run *run, const struct sim_fault *fault, const struct change *change)
{
    const uint32_t count = selected_count(&fault->of, run->nodes);
    const uint64_t key = run->keys[PURPOSE_FAULT];
    struct numbering order;
    uint32_t changed = 0;

    numbering_init(&order, run->nodes,
                   draw_key(draw(key, (uint32_t)(change->drawn >> 32), (uint32_t)change->drawn), 0,
                            PURPOSE_FAULT));
    census_begin_change(&run->census);
    for (uint32_t i = 0; i < count; i++) {
        node_id node = fault->of.kind == SELECT_RANGE
                           ? numbering_inside(&run->numbering, (node_id)fault->of.first + i)
                           : numbering_inside(&order, i);

        changed += change_node(run, change, node);
    }
    census_end_change(&run->census, run_credit(run, run->node.now));
    note(run, change->kind, changed);
}

void fault_happen(struct run *run, uint32_t about)
{
    const struct sim_fault *fault = &run->config->faults[about / 2];
    const sim_time now = run->node.now;

    if (about % 2) { /* undone; it was drawn when it happened */
        run->faults_left--;
        apply(
            run, fault,
            &(struct change){ .kind = FAULT_RECOVER, .drawn = now - fault->lasts, .undoes = true });
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
    apply(run, fault,
          &(struct change){ .kind = fault->kind,
                            .drawn = now,
                            .until = fault->lasts > 0 ? now + fault->lasts : INT64_MAX });
}
