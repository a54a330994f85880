/* SPDX-License-Identifier: GPL-3.0-or-later */
/* probe.c - see probe.h. */
#include "sim/world/probe.h"

/* Of an array that grows by doubling: between half its capacity and all of it. */
static double usual_peak(size_t capacity)
{
    return 0.75 * (double)capacity;
}

/* Rows that were ever in use: a row that never was has neither references nor members. */
static double count_rows(const struct set_pool *pool)
{
    uint32_t used = 0;

    for (uint32_t i = 0; i < pool->made; i++) {
        const struct set *row = set_of_handle(pool, i << 1);

        used += row->refs > 0 || row->count > 0;
    }
    return used;
}

static double record_bytes(const struct run *run)
{
    double bytes = 0;

    for (uint32_t i = 0; i < run->layer_count; i++) {
        const struct layer *layer = &run->layers[i];

        for (node_id n = 0; n < run->nodes && layer->records && !layer->model->knows_all; n++)
            bytes += usual_peak(layer->records[n].capacity) * (double)layer->model->record_size;
        for (size_t k = 0; k < (size_t)run->nodes * (size_t)layer->list_count; k++) {
            const size_t list = k % (size_t)layer->list_count;

            if (!model_lists_all(layer->model, layer->config, (int)list))
                bytes +=
                    usual_peak(layer->lists[k].capacity) * (double)layer->model->list_sizes[list];
        }
    }
    return bytes;
}

static double count_messages(const struct run *run)
{
    double messages = 0;

    for (uint32_t k = 0; k < KINDS; k++)
        messages += (double)run->traffic[k].messages;
    return messages;
}

static double count_learned(const struct run *run)
{
    double learned = 0;

    for (update_id i = 0; i < run->census.begun; i++)
        learned += (double)run->census.tracks[i].learned;
    return learned;
}

static void take_reading(const struct run *run, struct probe_reading *reading)
{
    const struct event_queue *queue = &run->queue;

    *reading = (struct probe_reading){
        .at = run->node.now,
        .figures = {
            [PROBE_WORK] = (double)run_work(run),
            [PROBE_MESSAGES] = count_messages(run),
            [PROBE_LEARNED] = count_learned(run),
            [PROBE_OPS] = (double)run->pool.taken,
            [PROBE_QUEUED] = (double)run->config->probe->queued,
            [PROBE_CROWD] = usual_peak(queue->open_capacity) + usual_peak(queue->room.capacity),
            [PROBE_WAITING] = run->effects.uplinks.count + run->effects.downlinks.count +
                              usual_peak(run->effects.fair.places),
            [PROBE_INBOXED] = run->inboxes.count,
            [PROBE_KEPT] = run->pauses.count,
            [PROBE_PARCELS] = run->parcel_count,
            [PROBE_ITEMS] = (double)run->bodies.bytes,
            [PROBE_TRANSFERS] = run->transfer_count,
            [PROBE_ROWS] = count_rows(&run->pool),
            [PROBE_RECORDS] = record_bytes(run),
        },
    };
}

void probe_look(struct run *run)
{
    struct sim_probe *probe = run->config->probe;
    const uint64_t queued = event_queue_count(&run->queue);

    if (queued > probe->queued)
        probe->queued = queued;
    if (probe->half_work == 0 || run_work(run) < probe->half_work)
        return;
    take_reading(run, &probe->half);
    probe->half_work = 0;
}

/* Messages in inboxes now. */
static uint64_t count_inboxed(const struct run *run)
{
    uint64_t count = 0;

    for (node_id i = 0; i < run->nodes && run->inboxes.nodes; i++)
        count += run->inboxes.nodes[i].count + (run->inboxes.nodes[i].serving > 0);
    return count;
}

void probe_conclude(struct run *run)
{
    probe_look(run);
    run->config->probe->copied = run->effects.copied;
    run->config->probe->inboxed = count_inboxed(run);
    take_reading(run, &run->config->probe->end);
}
