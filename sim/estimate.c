/* SPDX-License-Identifier: GPL-3.0-or-later */
/* estimate.c - what a run will need, before it starts. */
#include "sim/run.h"

enum {
    LANE_BYTES = 12,      /* per node: phase, node and place of a further lane */
    BUILDING_BYTES = 16,  /* per node, while a lane is sorted */
    AGENDA_BYTES = 20,    /* per node that churns: its entry, chunks mostly full */
    IN_FLIGHT_BYTES = 32, /* per message in flight: its event, chunks half full */
    FIXED_BYTES = 4 << 20,
};

/* Bytes a node for the state of one model. */
static double layer_bytes(const struct sim_layer *layer)
{
    const struct model *model = layer->model;
    double bytes = 0;

    if (!model->needs_state || model->needs_state(layer->config))
        bytes += (double)model->state_size;
    if (model->sets)
        bytes += 8.0 * model->sets(layer->config);
    if (model->record_size > 0)
        bytes += sizeof(struct records);
    for (const struct param *row = model->params; row->type != PARAM_TYPE_END; row++)
        if (row->type == PARAM_TYPE_INTERVAL)
            return bytes + LANE_BYTES + 0.125;
    return bytes;
}

/* Bytes of the sets of updates of each shard. */
static double placement_bytes(const struct sim_config *config, double updates)
{
    const struct sim_store *store = &config->store;

    if (store->shards <= 1 && (store->replicas == 0 || store->replicas == config->nodes))
        return 0;
    return (double)(store->shards > 1 ? store->shards : 1) *
           (updates > SET_INLINE_MAX ? sizeof(struct set) + updates / 8 : sizeof(struct set *));
}

/* Bytes a node for the weather. */
static double weather_bytes(const struct sim_config *config)
{
    double bytes = 0;

    if (config->network.loss_burst > 0)
        bytes += sizeof(uint8_t);
    if (config->network.bandwidth > 0) /* and a message that waits, at every second node */
        bytes += sizeof(struct uplink) + sizeof(struct waiting) / 2.0;
    for (size_t i = 0; i < config->fault_count; i++)
        if (config->faults[i].obstacle)
            bytes += config->faults[i].kind == FAULT_LOSS ? 2 : 1;
    return bytes;
}

uint64_t sim_memory_estimate(const struct sim_config *config)
{
    const double nodes = (double)config->nodes;
    const double updates = (double)(config->workload.updates + config->store.preload);
    const double latency = distribution_mean(config->network.latency) / 1e9;
    double a_node = sizeof(struct replica) + BUILDING_BYTES + IN_FLIGHT_BYTES * 2 * latency;
    double total = FIXED_BYTES + updates * sizeof(struct track);

    for (int i = 0; i < config->stack_count; i++)
        a_node += layer_bytes(&config->stack[i]);
    if (config->churn.session)
        a_node += 2 * sizeof(uint32_t) + sizeof(uint8_t) + AGENDA_BYTES;
    if (updates > SET_INLINE_MAX) /* what it knows, and as much again in models and messages */
        a_node += 2 * (sizeof(struct set) + updates / 8 + 64);
    if (config->fault_count > 0 && !config->churn.session)
        a_node += sizeof(uint32_t);
    if (config->peers == PEERS_ALIVE && (config->fault_count > 0 || config->churn.session))
        a_node += sizeof(node_id) + sizeof(uint32_t); /* live.h */
    a_node += weather_bytes(config);
    total += placement_bytes(config, updates);
    if (nodes * updates <= CENSUS_HOPS_MAX)
        a_node += updates;
    for (int i = 0; i < config->stack_count; i++)
        if (config->stack[i].model->record_size > 0) /* one writer keeps a record a peer */
            total += 3 * nodes * (double)config->stack[i].model->record_size;
    total += nodes * a_node;
    return total < 0x1p63 ? (uint64_t)total : UINT64_MAX;
}
