/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fault_node.c - see fault_node.h. */
#include "sim/world/fault_node.h"

#include "sim/fault_kind.h"
#include "sim/world/fault.h"
#include "sim/world/mute.h"
#include "sim/world/network_pause.h"
#include "sim/world/presence.h"
#include "sim/world/selection.h"

/* What is done to each node that a fault means; true if it changed anything. */
typedef bool change_node(struct run *run, node_id node, sim_time until);

/* Which nodes of a fault: those drawn at `drawn`, from the first-th to before the last-th. */
struct share {
    sim_time drawn;
    uint64_t first, last;
};

/* All that are drawn as the fault happens, or happened. */
static struct share all_of(const struct run *run, uint32_t fault, sim_time instant)
{
    return (struct share){ fault_drawn(&run->config->faults[fault], instant), 0, UINT64_MAX };
}

/* Those of a step. */
static struct share batch_of(const struct run *run, uint32_t fault, uint32_t step)
{
    const uint64_t batch = (uint64_t)run->config->faults[fault].batch;

    return (struct share){ run->fault_steps[fault].began, step * batch, (step + 1) * batch };
}

/* Those of the step that begins now. */
static struct share next_batch(const struct run *run, uint32_t fault)
{
    return batch_of(run, fault, run->fault_steps[fault].begun);
}

/* Changes one after another, and returns how many it changed. */
static uint32_t change_each(struct run *run, uint32_t fault, struct share share,
                            change_node *change, sim_time until)
{
    struct selection selection;
    uint32_t changed = 0;

    selection_init(&selection, run, share.drawn, SELECTED_NODES, &run->config->faults[fault].of);
    for (uint64_t i = share.first; i < share.last && i < selection.count; i++)
        changed += change(run, selection_node(&selection, (uint32_t)i), until);
    return changed;
}

/* The same of nodes that go or come; `what` is noted, which is another kind when the fault ends. */
static void change_nodes(struct run *run, uint32_t fault, struct share share, change_node *change,
                         sim_time until, enum sim_fault_kind what)
{
    uint32_t changed;

    presence_begin_change(run);
    changed = change_each(run, fault, share, change, until);
    presence_end_change(run);
    fault_note(run, fault_kinds[what].name, changed);
}

/* ---- a node ---- */

static bool crash_node(struct run *run, node_id node, sim_time until)
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

static bool recover_node(struct run *run, node_id node, sim_time until)
{
    (void)until;
    if (!presence_is_away(run, node, ABSENT_FAULT))
        return false;
    presence_return(run, node, ABSENT_FAULT);
    return true;
}

static bool recover_unless_held(struct run *run, node_id node, sim_time until)
{
    return run->crashed_until[node] <= run->node.now && recover_node(run, node, until);
}

static bool wipe_node(struct run *run, node_id node, sim_time until)
{
    (void)until;
    presence_wipe(run, node);
    return true;
}

static bool join_node(struct run *run, node_id node, sim_time until)
{
    (void)until;
    if (!presence_is_away(run, node, ABSENT_YET))
        return false;
    presence_return(run, node, ABSENT_YET);
    return true;
}

static bool leave_node(struct run *run, node_id node, sim_time until)
{
    (void)until;
    if (presence_is_away(run, node, ABSENT_LEFT))
        return false;
    presence_leave(run, node, ABSENT_LEFT, FAREWELL_GRACEFUL, true);
    return true;
}

static bool stop_node(struct run *run, node_id node, sim_time until)
{
    return pause_begin(run, node, until, TIMERS_LATE);
}

static bool cut_off_node(struct run *run, node_id node, sim_time until)
{
    return pause_begin(run, node, until, TIMERS_RUN);
}

static bool block_node(struct run *run, node_id node, sim_time until)
{
    return pause_begin(run, node, until, TIMERS_BLOCK);
}

static bool let_node_go_on(struct run *run, node_id node, sim_time until)
{
    (void)until;
    return pause_end(run, node);
}

static bool let_node_forward(struct run *run, node_id node, sim_time until)
{
    (void)until;
    return mute_end(run, node);
}

/* ---- faults ---- */

/* Those of its nodes that have something to be undone. */
static struct share began_of(const struct run *run, uint32_t fault)
{
    return all_of(run, fault, run->node.now - run->config->faults[fault].lasts);
}

void fault_pause(struct run *run, uint32_t fault, sim_time until)
{
    static bool (*const begin[])(struct run *, node_id, sim_time) = {
        [TIMERS_LATE] = stop_node, [TIMERS_BLOCK] = block_node, [TIMERS_RUN] = cut_off_node
    };

    run->faults_left += until != INT64_MAX;
    fault_note(run, fault_kinds[FAULT_PAUSE].name,
               change_each(run, fault, all_of(run, fault, run->node.now),
                           begin[run->config->faults[fault].timers], until));
}

void fault_end_pause(struct run *run, uint32_t fault)
{
    run->faults_left--;
    fault_note(run, "go_on", change_each(run, fault, began_of(run, fault), let_node_go_on, 0));
}

void fault_mute(struct run *run, uint32_t fault, sim_time until)
{
    run->faults_left += until != INT64_MAX;
    fault_note(run, fault_kinds[FAULT_MUTE].name,
               change_each(run, fault, all_of(run, fault, run->node.now), mute_begin, until));
}

void fault_end_mute(struct run *run, uint32_t fault)
{
    run->faults_left--;
    fault_note(run, "unmute", change_each(run, fault, began_of(run, fault), let_node_forward, 0));
}

void fault_crash(struct run *run, uint32_t fault, sim_time until)
{
    run->faults_left += until != INT64_MAX;
    change_nodes(run, fault, all_of(run, fault, run->node.now), crash_node, until, FAULT_CRASH);
}

void fault_end_crash(struct run *run, uint32_t fault)
{
    run->faults_left--;
    change_nodes(run, fault, began_of(run, fault), recover_unless_held, 0, FAULT_RECOVER);
}

void fault_recover(struct run *run, uint32_t fault, sim_time until)
{
    change_nodes(run, fault, all_of(run, fault, run->node.now), recover_node, until, FAULT_RECOVER);
}

void fault_recover_step(struct run *run, uint32_t fault)
{
    change_nodes(run, fault, next_batch(run, fault), recover_node, 0, FAULT_RECOVER);
}

void fault_wipe(struct run *run, uint32_t fault, sim_time until)
{
    change_nodes(run, fault, all_of(run, fault, run->node.now), wipe_node, until, FAULT_WIPE);
}

void fault_restart_step(struct run *run, uint32_t fault)
{
    change_nodes(run, fault, next_batch(run, fault), crash_node,
                 run->node.now + run->config->faults[fault].down, FAULT_RESTART);
}

void fault_end_restart_step(struct run *run, uint32_t fault)
{
    change_nodes(run, fault, batch_of(run, fault, run->fault_steps[fault].ended),
                 recover_unless_held, 0, FAULT_RECOVER);
}

void fault_join(struct run *run, uint32_t fault, sim_time until)
{
    change_nodes(run, fault, all_of(run, fault, run->node.now), join_node, until, FAULT_JOIN);
}

void fault_join_step(struct run *run, uint32_t fault)
{
    change_nodes(run, fault, next_batch(run, fault), join_node, 0, FAULT_JOIN);
}

void fault_leave(struct run *run, uint32_t fault, sim_time until)
{
    change_nodes(run, fault, all_of(run, fault, run->node.now), leave_node, until, FAULT_LEAVE);
}

void fault_leave_step(struct run *run, uint32_t fault)
{
    change_nodes(run, fault, next_batch(run, fault), leave_node, 0, FAULT_LEAVE);
}
