/* SPDX-License-Identifier: GPL-3.0-or-later */
/* network_connection.c - see network_connection.h. */
#include "sim/world/network_connection.h"

#include "sim/world/network.h"

enum { TRANSMISSIONS_MAX = 1 + RETRANSMISSIONS_MAX };

static struct transfer *transfer_of(const struct run *run, uint32_t handle)
{
    return &run->transfers[handle >> 3];
}

uint32_t connection_load(const struct run *run, uint32_t handle)
{
    return transfer_of(run, handle)->load;
}

void connection_close(struct run *run, uint32_t handle)
{
    struct transfer *transfer = transfer_of(run, handle);

    network_release(run, transfer->load);
    transfer->load = run->transfer_free;
    run->transfer_free = (handle >> 3) + 1;
}

/* ---- transmissions ---- */

/* The latest transmission's number among the messages of the sender. */
static uint32_t number_of(const struct transfer *transfer)
{
    const uint32_t repeated = transfer->tries - 1;

    return repeated ? ~(TRANSMISSIONS_MAX * transfer->number + repeated) : transfer->number;
}

static const struct set *set_of_load(struct run *run, uint32_t load)
{
    struct opened opened;

    network_open(run, load, 0, 0, &opened);
    return opened.message.set;
}

static void transmit(struct run *run, uint32_t handle)
{
    struct transfer *transfer = transfer_of(run, handle);

    transfer->sent = run->node.now;
    transfer->tries++;
    run->traffic[transfer->tag].beside += transfer->beside;
    effects_transmit(run, transfer->to, transfer->tag, number_of(transfer),
                     set_of_load(run, transfer->load), handle);
}

/* Room for one more, 1 up; 0 if memory is short, or a handle too short for one more. */
static uint32_t new_place(struct run *run)
{
    const uint32_t place = run->transfer_free;

    if (place) {
        run->transfer_free = run->transfers[place - 1].load;
        return place;
    }
    if (run->transfer_count >= HANDLE_PLACES_MAX) {
        run->memory.is_short = true;
        return 0;
    }
    if (!memory_grow(&run->memory, &run->transfers, &run->transfer_capacity,
                     run->transfer_count + 1, sizeof *run->transfers))
        return 0;
    return ++run->transfer_count;
}

void connection_send(struct run *run, node_id to, int kind, uint32_t load, uint64_t beside)
{
    const uint32_t place = new_place(run);
    const struct node *node = &run->node;

    if (!place) {
        network_release(run, load);
        return;
    }
    run->transfers[place - 1] = (struct transfer){ .load = load,
                                                   .from = node->id,
                                                   .to = to,
                                                   .life = run_life(run, node->id),
                                                   .number = node->me->sent++,
                                                   .tag = (uint8_t)network_tag(node, kind),
                                                   .beside = beside };
    transmit(run, (place - 1) << 3 | 7);
}

bool connection_open(struct run *run, struct letter *letter)
{
    const uint32_t place = new_place(run);

    if (!place) {
        network_release(run, letter->load);
        return false;
    }
    run->transfers[place - 1] = (struct transfer){ .load = letter->load,
                                                   .from = run->node.id,
                                                   .to = letter->to,
                                                   .life = run_life(run, run->node.id),
                                                   .number = letter->number,
                                                   .tries = 1,
                                                   .tag = letter->tag,
                                                   .sent = run->node.now };
    letter->load = (place - 1) << 3 | 7;
    return true;
}

/* ---- what comes of them ---- */

/* The sender will look after its transfer. */
static void expect(struct run *run, uint32_t handle, sim_time at)
{
    event_queue_put(
        &run->queue, at,
        (struct event){ .when = EVENT_TIMER << 8 | LAYER_ENGINE << 4 | ENGINE_TRANSFER_DUE,
                        .to = transfer_of(run, handle)->from,
                        .load = handle },
        1);
}

void connection_miss(struct run *run, uint32_t handle)
{
    const struct transfer *transfer = transfer_of(run, handle);
    const sim_time first = run->config->network.retransmit;
    const sim_time timeout = (first ? first : SIM_RETRANSMIT) << (transfer->tries - 1);
    const sim_time left = transfer->sent + timeout - run->node.now;

    expect(run, handle, run_after(run, left > 0 ? left : 0));
}

void connection_meet_down(struct run *run, uint32_t handle, bool refuses)
{
    struct transfer *transfer = transfer_of(run, handle);
    const uint64_t bits =
        draw(run->keys[PURPOSE_COPY], transfer->from, number_of(transfer)); /* it has no copy */

    if (!refuses) {
        connection_miss(run, handle);
        return;
    }
    transfer->tries = TRANSMISSIONS_MAX;
    expect(run, handle,
           run->node.now + network_latency_of(run, transfer->to, transfer->from,
                                              (uint32_t)(bits >> 32), (uint32_t)bits));
}

/* The model that sent is told, and then the one whose view that may have come from. */
static void fail(struct run *run, const struct transfer *transfer)
{
    const uint32_t layer = transfer->tag >> 4;
    const struct model *model = run_layer(run, layer);
    struct opened opened;

    if (model->on_failed) {
        network_open(run, transfer->load, transfer->from, transfer->tag & 15, &opened);
        model->on_failed(&run->node, transfer->to, &opened.message);
    }
    if (!run->provider || run->provider->index == layer || !run->provider->model->on_unreachable)
        return;
    run->node.layer = run->provider;
    run->provider->model->on_unreachable(&run->node, transfer->to);
}

void connection_continue(struct run *run, uint32_t handle)
{
    const struct transfer transfer = *transfer_of(run, handle); /* the array may move */
    const bool is_alive = run_life(run, transfer.from) == transfer.life;

    if (is_alive && transfer.tries < TRANSMISSIONS_MAX) {
        transmit(run, handle);
        return;
    }
    if (is_alive)
        fail(run, &transfer);
    connection_close(run, handle);
}
