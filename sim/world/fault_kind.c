/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * fault_kind.c - the kinds of faults; see fault_kind.h.
 *
 * Some change nodes, each node that they mean in turn; others stand in the way of messages, as
 * net/obstacle.h has it, where each says what a message meets.
 */
#include "sim/fault_kind.h"

#include "sim/world/fault.h"
#include "sim/world/fault_obstacle.h"
#include "sim/world/presence.h"
#include "sim/world/selection.h"

/* ---- what happens to nodes ---- */

/* What is done to each node that a fault means; true if it changed anything. */
typedef bool change_node(struct run *run, node_id node, sim_time until);

/* The nodes are those that the fault meant at `drawn`, when it happened; `what` is noted, which is
 * another kind when the fault ends. */
static void change_nodes(struct run *run, uint32_t fault, sim_time drawn, change_node *change,
                         sim_time until, enum sim_fault_kind what)
{
    const sim_time now = run_credit(run, run->node.now);
    struct selection selection;
    uint32_t changed = 0;

    selection_init(&selection, run, drawn, SELECTED_NODES, &run->config->faults[fault].of);
    census_begin_change(&run->census);
    for (uint32_t i = 0; i < selection.count; i++)
        changed += change(run, selection_node(&selection, i), until);
    census_end_change(&run->census, now);
    fault_note(run, fault_kinds[what].name, changed);
}

/* Where crashes overlap, a node comes back when the last of them is over. */
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

static void crash(struct run *run, uint32_t fault, sim_time until)
{
    run->faults_left += until != INT64_MAX;
    change_nodes(run, fault, run->node.now, crash_node, until, FAULT_CRASH);
}

static void end_crash(struct run *run, uint32_t fault)
{
    const sim_time began = run->node.now - run->config->faults[fault].lasts;

    run->faults_left--;
    change_nodes(run, fault, began, recover_unless_held, 0, FAULT_RECOVER);
}

static void recover(struct run *run, uint32_t fault, sim_time until)
{
    change_nodes(run, fault, run->node.now, recover_node, until, FAULT_RECOVER);
}

static void wipe(struct run *run, uint32_t fault, sim_time until)
{
    change_nodes(run, fault, run->node.now, wipe_node, until, FAULT_WIPE);
}

/* ---- what messages meet ---- */

static void begin_obstacle(struct run *run, uint32_t fault, sim_time until)
{
    const char *name = fault_kinds[run->config->faults[fault].kind].name;

    fault_note(run, name, obstacle_begin(run, fault, until));
}

static void end_obstacle(struct run *run, uint32_t fault)
{
    const uint32_t healed = obstacle_end(run, fault);

    if (healed > 0) /* otherwise it was healed before, or put up anew */
        fault_note(run, fault_kinds[FAULT_HEAL].name, healed);
}

static void heal(struct run *run, uint32_t fault, sim_time until)
{
    const enum sim_fault_kind kind = run->config->faults[fault].kind;

    (void)until;
    fault_note(run, fault_kinds[kind].name, obstacles_end(run, fault_kinds[kind].ends));
}

static void worsen(struct fate *fate, enum passage met)
{
    if (met > fate->passage)
        fate->passage = met;
}

static void meet_partition(struct obstacle *obstacle, const struct departure *message,
                           struct fate *fate)
{
    const uint8_t a = obstacle->sides[message->from], b = obstacle->sides[message->to];

    if (a && b && a != b)
        worsen(fate, PASSAGE_CUT);
}

static void meet_one_way(struct obstacle *obstacle, const struct departure *message,
                         struct fate *fate)
{
    if ((obstacle->sides[message->from] & SIDE_FROM) && (obstacle->sides[message->to] & SIDE_TO))
        worsen(fate, PASSAGE_CUT);
}

static void put_up_loss(struct run *run, struct obstacle *obstacle)
{
    if (!obstacle->bursts.links)
        bursts_init(&obstacle->bursts, &run->memory, run->nodes, obstacle->plan->loss,
                    obstacle->plan->loss_burst);
    if (obstacle->bursts.links)
        memset(obstacle->bursts.links, LINK_NEW, run->nodes);
}

static void meet_loss(struct obstacle *obstacle, const struct departure *message, struct fate *fate)
{
    if (obstacle->sides[message->from] &&
        bursts_lose(&obstacle->bursts, message->from,
                    (uint32_t)draw(obstacle->key, message->from, message->number)))
        worsen(fate, PASSAGE_LOST);
}

static void meet_latency(struct obstacle *obstacle, const struct departure *message,
                         struct fate *fate)
{
    if (obstacle->sides[message->from])
        fate->factor *= obstacle->plan->factor;
}

/* ---- what they take ---- */

static const struct param loss_params[] = {
    PARAM_NAMED("mean", FRACTION, struct sim_obstacle, loss, NULL, "0..1", NULL,
                "share of the messages that are lost"),
    PARAM_NAMED("burst", REAL, struct sim_obstacle, loss_burst, NULL, "1..1e9", NULL,
                "mean number of them lost in a row"),
    PARAM_END,
};
enum { LOSS_MEAN, LOSS_BURST }; /* their positions */

static bool check_loss(const struct sim_obstacle *plan, char why[PARAM_WHY_MAX])
{
    return plan->loss_burst <= 0 || bursts_are_possible(plan->loss, plan->loss_burst, why);
}

static const struct param latency_params[] = {
    PARAM_REAL(struct sim_obstacle, factor, NULL, "0.001..1e6", "how many times as long it takes"),
    PARAM_END,
};

/* ---- all of them ---- */

#define EACH_NODE 1.0 /* byte: its side */

const struct fault_kind fault_kinds[FAULT_KINDS] = {
    [FAULT_CRASH] = {
        .name = "crash",
        .example = "eu",
        .summary = "the nodes go down without a word and keep their data; with `for` they come "
                   "back after that time.",
        .about = ABOUT_NODES,
        .can_end = true,
        .happen = crash,
        .end = end_crash,
    },
    [FAULT_RECOVER] = {
        .name = "recover",
        .example = "all",
        .summary = "those of the nodes that a fault crashed come back.",
        .about = ABOUT_NODES,
        .ends = 1u << FAULT_CRASH,
        .happen = recover,
    },
    [FAULT_WIPE] = {
        .name = "wipe",
        .example = "{count: 3}",
        .summary = "the nodes lose their data and what their models remember, and start afresh.",
        .about = ABOUT_NODES,
        .happen = wipe,
    },
    [FAULT_PARTITION] = {
        .name = "partition",
        .example = "{groups: [[eu], [us]]}",
        .summary = "no message passes between its sides, lists of groups or, as in `{shares: "
                   "[40%, 60%]}`, shares of all nodes; nodes on no side reach all. With `for` it "
                   "ends after that time.",
        .about = ABOUT_SIDES,
        .can_end = true,
        .node_bytes = EACH_NODE,
        .happen = begin_obstacle,
        .end = end_obstacle,
        .meet = meet_partition,
    },
    [FAULT_ONE_WAY] = {
        .name = "one_way",
        .example = "{from: eu, to: us}",
        .summary = "no message passes from the nodes `from` to the nodes `to`; likewise.",
        .about = ABOUT_WAY,
        .can_end = true,
        .node_bytes = EACH_NODE,
        .happen = begin_obstacle,
        .end = end_obstacle,
        .meet = meet_one_way,
    },
    [FAULT_HEAL] = {
        .name = "heal",
        .example = "all",
        .summary = "every partition and one-way cut ends.",
        .about = ABOUT_ALL,
        .ends = 1u << FAULT_PARTITION | 1u << FAULT_ONE_WAY,
        .happen = heal,
    },
    [FAULT_LOSS] = {
        .name = "loss",
        .example = "{mean: 30%, of: eu}",
        .summary = "of the messages that the nodes `of` send, this share is lost, beside what is "
                   "lost anyway (`dropped_loss`); `burst` as in `network.loss`, or none. With "
                   "`for` it ends.",
        .about = ABOUT_SENDERS,
        .can_end = true,
        .params = loss_params,
        .optional = 1u << LOSS_BURST,
        .check = check_loss,
        .idle = { "mean", "0", "loses no message" },
        .node_bytes = EACH_NODE + sizeof(uint8_t),
        .happen = begin_obstacle,
        .end = end_obstacle,
        .put_up = put_up_loss,
        .meet = meet_loss,
    },
    [FAULT_LATENCY] = {
        .name = "latency",
        .example = "{factor: 10, of: eu}",
        .summary = "the messages that the nodes `of` send take so many times as long; likewise.",
        .about = ABOUT_SENDERS,
        .can_end = true,
        .params = latency_params,
        .idle = { "factor", "1", "changes no latency" },
        .takes_time = true,
        .node_bytes = EACH_NODE,
        .happen = begin_obstacle,
        .end = end_obstacle,
        .meet = meet_latency,
    },
};
