/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * fault_kind.c - the kinds of faults; see fault_kind.h.
 *
 * Some change nodes, each node that they mean in turn; others stand in the way of messages, as
 * net/obstacle.h has it, where each says what a message meets.
 */
#include "sim/fault_kind.h"

#include "sim/world/fault.h"
#include "sim/world/fault_node.h"
#include "sim/world/fault_obstacle.h"

/* ---- how many, and how long ---- */

uint32_t fault_nodes(const struct sim_selector *of, uint32_t nodes)
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

uint32_t fault_steps(const struct sim_fault *fault, uint32_t nodes)
{
    const uint64_t count = fault_nodes(&fault->of, nodes);

    if (fault->batch <= 0)
        return 0;
    return (uint32_t)((count + (uint64_t)fault->batch - 1) / (uint64_t)fault->batch);
}

sim_time fault_length(const struct sim_fault *fault, uint32_t nodes)
{
    const uint32_t steps = fault_steps(fault, nodes);
    sim_time length = fault->lasts;

    if (steps == 0)
        return length;
    if (__builtin_mul_overflow(steps - 1, fault->pace, &length) ||
        __builtin_add_overflow(length, fault->down, &length) || length > SIM_TIME_MAX)
        return SIM_TIME_MAX;
    return length;
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
        .takes = WORD_FOR | WORD_REDRAW,
        .happen = fault_crash,
        .end = fault_end_crash,
    },
    [FAULT_RECOVER] = {
        .name = "recover",
        .example = "all",
        .summary = "those of the nodes that a fault crashed come back; with `batch` and `pace` "
                   "not all at once.",
        .about = ABOUT_NODES,
        .takes = WORD_REDRAW | WORD_BATCH | WORD_PACE,
        .ends = 1u << FAULT_CRASH,
        .happen = fault_recover,
        .step = fault_recover_step,
    },
    [FAULT_WIPE] = {
        .name = "wipe",
        .example = "{count: 3}",
        .summary = "the nodes lose their data and what their models remember, and start afresh.",
        .about = ABOUT_NODES,
        .takes = WORD_REDRAW,
        .happen = fault_wipe,
    },
    [FAULT_PARTITION] = {
        .name = "partition",
        .example = "{groups: [[eu], [us]]}",
        .summary = "no message passes between its sides, lists of groups or, as in `{shares: "
                   "[40%, 60%]}`, shares of all nodes; nodes on no side reach all. With `for` it "
                   "ends after that time.",
        .about = ABOUT_SIDES,
        .takes = WORD_FOR | WORD_REDRAW,
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
        .takes = WORD_FOR | WORD_REDRAW,
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
        .takes = WORD_FOR | WORD_REDRAW,
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
        .takes = WORD_FOR | WORD_REDRAW,
        .params = latency_params,
        .idle = { "factor", "1", "changes no latency" },
        .takes_time = true,
        .node_bytes = EACH_NODE,
        .happen = begin_obstacle,
        .end = end_obstacle,
        .meet = meet_latency,
    },
    [FAULT_RESTART] = {
        .name = "restart",
        .example = "all",
        .summary = "a rolling restart: `batch` of the nodes crash, again so many `pace` later, "
                   "until all have; each comes back after `down`, with its data.",
        .about = ABOUT_NODES,
        .takes = WORD_REDRAW,
        .needs = WORD_BATCH | WORD_PACE | WORD_DOWN,
        .step = fault_restart_step,
        .end_step = fault_end_restart_step,
    },
    [FAULT_JOIN] = {
        .name = "join",
        .example = "crowd",
        .summary = "those of the nodes come that were not there from the start "
                   "(`members.absent`); with `batch` and `pace` not all at once.",
        .about = ABOUT_NODES,
        .takes = WORD_REDRAW | WORD_BATCH | WORD_PACE,
        .happen = fault_join,
        .step = fault_join_step,
    },
    [FAULT_LEAVE] = {
        .name = "leave",
        .example = "eu",
        .summary = "the nodes go for good, and their data with them; their models say goodbye "
                   "first. With `batch` and `pace` not all at once.",
        .about = ABOUT_NODES,
        .takes = WORD_REDRAW | WORD_BATCH | WORD_PACE,
        .happen = fault_leave,
        .step = fault_leave_step,
    },
    [FAULT_PAUSE] = {
        .name = "pause",
        .example = "20%",
        .summary = "the nodes stand still: they neither send nor handle anything, and what comes "
                   "waits. With `timers: late`, the default, their processes are stopped; with "
                   "`run` only their network is blocked, and what they send waits; with `block` "
                   "it waits, too, and whoever sends waits with it: of each periodic timer one "
                   "tick is in time. With `for` they go on after that time.",
        .about = ABOUT_NODES,
        .takes = WORD_FOR | WORD_REDRAW | WORD_TIMERS,
        .node_bytes = sizeof(struct pausing) + sizeof(struct inbox),
        .happen = fault_pause,
        .end = fault_end_pause,
    },
    [FAULT_MUTE] = {
        .name = "mute",
        .example = "30%",
        .summary = "the nodes hear and ask but forward nothing: of the updates in their messages "
                   "only those that they wrote themselves are sent. With `for` it ends.",
        .about = ABOUT_NODES,
        .takes = WORD_FOR | WORD_REDRAW,
        .node_bytes = sizeof(sim_time),
        .happen = fault_mute,
        .end = fault_end_mute,
    },
};
