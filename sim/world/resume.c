/* SPDX-License-Identifier: GPL-3.0-or-later */
/* resume.c - see resume.h. */
#include "sim/world/resume.h"

#include "sim/world/deliver.h"
#include "sim/world/network.h"
#include "sim/world/network_connection.h"
#include "sim/world/observation.h"
#include "sim/world/network_pause.h"
#include "sim/world/processing.h"

static void fire(struct run *run, uint32_t layer, int tag, uint32_t value)
{
    const struct model *model = run_layer(run, layer);

    run->timers++;
    if (run->observation)
        observation_fire(run, model, tag);
    model->on_timer(&run->node, tag, value);
}

static void go_on_with(struct run *run, const struct kept *kept)
{
    const struct letter *letter = &kept->letter;
    const struct lane *lane = &run->lanes.list[letter->number];

    if (kept->as == KEPT_LETTER)
        effects_set_out(run, letter, 0);
    else if (kept->as == KEPT_TICK)
        fire(run, (uint32_t)lane->model, lane->tag, 0);
    else if (letter->tag >> 4 == LAYER_ENGINE)
        connection_continue(run, letter->load);
    else
        fire(run, letter->tag >> 4, letter->tag & 15, letter->load);
}

/* The message that the node was at is handled. */
static void finish(struct run *run)
{
    struct inboxed message;

    if (!processing_finish(run, run_life(run, run->node.id), &message))
        return;
    run_layer(run, message.tag >> 4);
    deliver_with_care(run, message.tag, message.from, message.load);
}

/* It is done at once with what it would have been done with, and goes on. */
static void work_off(struct run *run)
{
    const node_id node = run->node.id;
    const struct inbox *inbox = &run->inboxes.nodes[node];

    if (inbox->serving && inbox->until < run->node.now)
        finish(run);
    while (!run->config->network.processing && inbox_may_take(&run->inboxes, node)) {
        inbox_take(&run->inboxes, node, run->node.now, run->node.now);
        finish(run);
    }
    processing_go_on(run);
}

bool resume_node(struct run *run, node_id node)
{
    const struct pausing *pausing = &run->pauses.nodes[node];
    struct kept kept;

    if (!pausing->is_paused || pausing->until > run->node.now)
        return false;
    run_turn(run, node);
    pause_clear(run);
    while (pause_take(run, &kept))
        go_on_with(run, &kept);
    work_off(run);
    return true;
}
