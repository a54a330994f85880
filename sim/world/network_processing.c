/* SPDX-License-Identifier: GPL-3.0-or-later */
/* network_processing.c - see network_processing.h. */
#include "sim/world/network_processing.h"
#include "sim/world/network.h"
#include "sim/world/network_connection.h"
#include "sim/world/network_delivery.h"
#include "sim/world/network_tally.h"
#include "sim/world/observation.h"

void processing_init(struct run *run)
{
    const struct sim_network *network = &run->config->network;

    if (network->processing || run->pauses.nodes)
        inboxes_init(&run->inboxes, &run->memory, run->nodes,
                     !network->processing || network->inbox_max < 0 ? UINT64_MAX
                                                                    : (uint64_t)network->inbox_max);
}

/* How long a message of the node whose turn it is takes. */
static sim_time draw_time(const struct run *run, uint32_t number)
{
    const sim_time left = SIM_TIME_MAX - run->node.now;
    uint64_t bits;
    sim_time time;

    if (!run->config->network.processing)
        return 0;
    bits = draw(run->keys[PURPOSE_PROCESSING], run->node.id, number);
    time = distribution_value(run->config->network.processing, (uint32_t)(bits >> 32));
    return time < left ? time : left;
}

static void show(struct run *run, const struct inboxed *message, enum why why)
{
    struct opened opened;

    if (LIKELY(!run->is_noted))
        return;
    if (why == WHY_NONE && run->tally)
        tally_handle(run->tally, run, message->tag, message->load);
    if (!run->observation)
        return;
    network_open(run, message->load, message->from, message->tag & 15, &opened);
    observation_handle(run, message, &opened.message, why);
}

/* The inbox has no room for a message, or is lost with it.  Over a connection it is sent again. */
static void drop(struct run *run, const struct inboxed *message)
{
    run->dropped_inbox++;
    show(run, message, WHY_INBOX);
    if (handle_is_transfer(message->load))
        connection_miss(run, message->load);
    else
        network_release(run, message->load);
}

/* The message that was taken up is handled. */
static void handle(struct run *run)
{
    const struct inboxed message = inbox_finish(&run->inboxes, run->node.id);

    show(run, &message, WHY_NONE);
    run_layer(run, message.tag >> 4);
    delivery_make(run, message.tag, message.from, message.load);
}

/* Messages that take no time are handled at once. */
void processing_go_on(struct run *run)
{
    const node_id node = run->node.id;
    sim_time time;

    while (inbox_may_take(&run->inboxes, node)) {
        time = draw_time(run, run->inboxes.nodes[node].taken);
        inbox_take(&run->inboxes, node, run->node.now, run->node.now + time);
        if (time > 0) {
            event_queue_put(
                &run->queue, run->node.now + time,
                (struct event){ .when = EVENT_TIMER << 8 | LAYER_ENGINE << 4 | ENGINE_HANDLED,
                                .to = node,
                                .from = run_life(run, node) },
                1);
            return;
        }
        handle(run);
    }
}

void processing_arrive(struct run *run, struct event event)
{
    const struct inboxed message = { .from = event.from,
                                     .load = event.load,
                                     .came = run->node.now,
                                     .message = run->observation ? observation_land(run, event) : 0,
                                     .tag = (uint8_t)event.when };

    run->arrivals++;
    if (inbox_put(&run->inboxes, event.to, &message))
        processing_go_on(run);
    else
        drop(run, &message);
}

void processing_finish(struct run *run, uint32_t life)
{
    if (run_life(run, run->node.id) != life || run->inboxes.nodes[run->node.id].is_held)
        return;
    handle(run);
    processing_go_on(run);
}

void processing_catch_up(struct run *run)
{
    const struct inbox *inbox = &run->inboxes.nodes[run->node.id];

    if (inbox->serving && inbox->until < run->node.now)
        handle(run);
    processing_go_on(run);
}

sim_time processing_left(const struct run *run)
{
    if (!run->config->network.processing)
        return 0;
    const struct inbox *inbox = &run->inboxes.nodes[run->node.id];
    sim_time left = inbox_rest(inbox, run->node.now);

    for (uint32_t i = 0; i < inbox->count && left < SIM_TIME_MAX - run->node.now; i++)
        left += draw_time(run, inbox->taken + i);
    return left;
}

void processing_empty(struct run *run)
{
    struct inboxed message;

    while (run->inboxes.nodes && inbox_drop(&run->inboxes, run->node.id, run->node.now, &message))
        drop(run, &message);
}
