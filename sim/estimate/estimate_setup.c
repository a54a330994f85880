/* SPDX-License-Identifier: GPL-3.0-or-later */
/* estimate_setup.c - see estimate_setup.h. */
#include "sim/estimate/estimate_setup.h"
#include "sim/estimate/implied.h"

#include "sim/fault_kind.h"
#include "sim/world/holding.h"
#include "sim/world/network.h"
#include "sim/world/network_tally.h"
#include "sim/world/recording.h"
#include "sim/world/run.h"

#include <math.h>

enum {
    LANE_BYTES = 12, /* per node: phase, node and place; the first lane has phases only */
    FIRST_LANE_BYTES = 4,
    TRAIL_BYTES = 16,  /* per node that follows a trace */
    AGENDA_BYTES = 20, /* per node that churns: its entry, chunks mostly full */
    FIXED_BYTES = 150 << 10,
    MEMORY_BLOCK = 256 << 10, /* of memory.c, and from where on a piece has one of its own */
    MEMORY_ALONE = 64 << 10,
};

/* Whether nodes act at intervals. */
static bool has_lane(const struct model *model)
{
    for (const struct param *row = model->params; row->type != PARAM_TYPE_END; row++)
        if (row->type == PARAM_TYPE_INTERVAL)
            return true;
    return false;
}

/* Whether its configuration keeps state and records. */
static bool remembers(const struct sim_layer *layer)
{
    return !layer->model->needs_state || layer->model->needs_state(layer->config);
}

/* Bytes a node for a model's gauges. */
static double gauge_bytes(const struct model *model)
{
    double bytes = 0;

    for (const struct model_figure *f = model->figures; f && f->name; f++)
        bytes += f->kind == FIGURE_GAUGE ? sizeof(double) : 0;
    return bytes;
}

/* Bytes of a run for the distributions that a model observes. */
static double observed_bytes(const struct model *model)
{
    double bytes = 0;

    for (const struct model_figure *f = model->figures; f && f->name; f++)
        bytes += f->kind == FIGURE_OBSERVED ? sizeof(struct observed) : 0;
    return bytes;
}

/* Bytes a node for records of all nodes: an array, and what is left of a block of memory.c that no
 * further one fits into. */
static double members_bytes(size_t record_size, double nodes)
{
    const double array = exp2(ceil(log2(fmax(nodes, RECORDS_MIN)))) * (double)record_size;

    return array < MEMORY_ALONE ? array * (1 + array / MEMORY_BLOCK) : array;
}

static double lists_bytes(const struct sim_layer *layer, double nodes)
{
    const struct model *model = layer->model;
    double bytes = 0;

    if (model->needs_lists && !model->needs_lists(layer->config))
        return 0;
    for (int list = 0; model->list_sizes && model->list_sizes[list] > 0; list++) {
        bytes += sizeof(struct records);
        if (model_lists_all(model, layer->config, list))
            bytes += members_bytes(model->list_sizes[list], nodes);
    }
    return bytes;
}

/* Bytes a node for the state of one model. */
static double layer_bytes(const struct sim_layer *layer, double nodes)
{
    const struct model *model = layer->model;
    double bytes = 0;

    if (remembers(layer))
        bytes += (double)model->state_size;
    if (model->sets)
        bytes += 8.0 * model->sets(layer->config);
    if (model->record_size > 0 && remembers(layer))
        bytes += sizeof(struct records);
    if (remembers(layer))
        bytes += lists_bytes(layer, nodes) +
                 (model->knows_all ? members_bytes(model->record_size, nodes) : 0);
    return bytes;
}

bool estimate_has_links(const struct sim_network *network, bool is_down)
{
    const struct sim_groups *groups = network->groups;

    for (size_t i = 0; i < network->access_count; i++)
        if ((is_down ? network->access[i].downlink : network->access[i].bandwidth) > 0)
            return true;
    if (network->access_count > 0)
        return false;
    for (size_t i = 0; groups && i < groups->count; i++)
        if ((is_down ? groups->list[i].downlink : groups->list[i].bandwidth) > 0)
            return true;
    return !groups && (is_down ? network->downlink : network->bandwidth) > 0;
}

/* Bytes of what is recorded beyond the usual, see recording.h; without rows of bits. */
static double recording_bytes(const struct sim_config *config, double updates)
{
    const double groups = config->group_names ? (double)config->group_count : 0;
    const double nodes = (double)config->nodes;
    double bytes = sizeof(struct recording), part = sizeof(struct part);

    if (!config->node_counts && !config->ages && !config->group_names)
        return 0;
    part += updates * (sizeof(struct track) + sizeof(update_id) + sizeof(double)); /* its census */
    if (config->store.shards > 1 || config->store.replicas > 0)
        part += (double)config->store.shards * 2 * sizeof(uint32_t);
    if (config->ages) {
        bytes += (groups + 1) * LOG_BINS * sizeof(struct age_bin);
        bytes += (groups + 1) * updates * sizeof(uint32_t);
    }
    if (groups > 0 && updates > 1 && nodes <= CENSUS_LOGS_MAX)
        bytes += (nodes + groups) * sizeof(double);
    if (groups > 0 || config->node_counts)
        bytes += nodes * sizeof(struct tally_node);
    return bytes + groups * part + groups * groups * sizeof(struct tally_sums) +
           (groups > 0 ? nodes * sizeof(uint16_t) : 0);
}

/* Bytes a node for what the network does beyond delay and loss. */
static double effects_bytes(const struct sim_config *config)
{
    double bytes = regions_node_bytes(&config->network);

    if (config->network.loss_burst > 0)
        bytes += sizeof(uint8_t);
    if (config->network.access)
        bytes += sizeof(uint16_t);
    for (int is_down = 0; is_down < 2; is_down++)
        bytes += estimate_has_links(&config->network, is_down) ? sizeof(struct uplink) : 0;
    if (config->network.sharing == SHARING_FAIR)
        bytes += sizeof(struct fair_link);
    if (config->network.processing)
        bytes += sizeof(struct inbox);
    for (size_t i = 0; i < config->fault_count; i++)
        bytes += fault_kinds[config->faults[i].kind].node_bytes;
    return bytes;
}

static bool has_churn(const struct sim_config *config)
{
    return config->churn.session || config->churn.trace;
}

/* Whether nodes may be away. */
static bool comes_and_goes(const struct sim_config *config)
{
    return has_churn(config) || config->fault_count > 0 || config->absent_nodes > 0 ||
           config->members == MEMBERS_JOIN;
}

static double node_bytes(const struct sim_config *config, double updates)
{
    const double nodes = (double)config->nodes;
    double lanes = 0, bytes = sizeof(struct replica) + effects_bytes(config);

    for (int i = 0; i < config->stack_count; i++) {
        bytes += layer_bytes(&config->stack[i], nodes);
        lanes += has_lane(config->stack[i].model);
        if (config->stack[i].model->believes)
            bytes += sizeof(struct believed) + sizeof(node_id);
        if (config->stack[i].model->view_count)
            bytes += sizeof(uint32_t) + 1.0 / 8; /* view_sizes.h */
        bytes += gauge_bytes(config->stack[i].model);
        if (config->stack[i].model->cycle)
            bytes += sizeof(struct held) + sizeof(uint8_t);
    }
    if (lanes > 0)
        bytes += FIRST_LANE_BYTES + (lanes - 1) * LANE_BYTES + lanes / 8;
    if (comes_and_goes(config))
        bytes += sizeof(uint32_t) + sizeof(uint8_t);
    if (config->churn.trace)
        bytes += TRAIL_BYTES + AGENDA_BYTES * config->churn.share;
    else if (config->churn.session)
        bytes += sizeof(uint32_t) + AGENDA_BYTES * config->churn.share;
    if (config->fault_count > 0)
        bytes += sizeof(sim_time);
    if (config->peers == PEERS_ALIVE && comes_and_goes(config))
        bytes += sizeof(node_id) + sizeof(uint32_t); /* live.h */
    if (config->graph)
        bytes += sizeof(node_id) + sizeof(uint32_t); /* the numbering in tables */
    if (nodes * updates <= CENSUS_HOPS_MAX)
        bytes += updates * (config->store.replicas ? (double)config->store.replicas / nodes : 1);
    if (updates > 1 && nodes <= CENSUS_LOGS_MAX)
        bytes += sizeof(double);
    return bytes;
}

/* Bytes of a run for what is kept of its crashes, by models that judge. */
static double crash_bytes(const struct sim_config *config)
{
    double crashes = implied_changes(config, (double)config->stop.at) / 2;

    for (size_t i = 0; i < config->fault_count; i++) {
        const struct sim_fault *fault = &config->faults[i];
        const double times =
            fault->every > 0 ? 1 + (double)(config->stop.at - fault->at) / (double)fault->every : 1;

        if (fault->kind == FAULT_CRASH || fault->kind == FAULT_RESTART)
            crashes += times * fault_nodes(&fault->of, (uint32_t)config->nodes);
    }
    return (crashes > 0 ? LOG_BINS * sizeof(struct crash_bin) : 0) +
           DOUBLED * sizeof(struct sim_detection) * fmin(crashes, CRASHES_MAX);
}

/* What is known of updates before they are written (writes.h). */
static double writes_bytes(const struct sim_config *config)
{
    const struct sim_workload *workload = &config->workload;
    const double written = (double)workload->updates;
    const double updates = written + (double)config->store.preload;
    const bool is_trace = workload->arrival == ARRIVAL_TRACE;
    double bytes = 0;

    if (workload->sizes || is_trace)
        bytes += updates * sizeof(uint32_t) + KINDS * sizeof(uint64_t);
    if (workload->draws_keys || is_trace)
        bytes += written * sizeof(uint32_t);
    if (workload->arrival == ARRIVAL_RENEWAL)
        bytes += (double)config->nodes * (sizeof(node_id) + sizeof(sim_time));
    if (workload->arrival == ARRIVAL_OWN)
        bytes += written * (sizeof(struct own_write) + sizeof(uint32_t));
    if (workload->arrival == ARRIVAL_RATES)
        bytes += written * sizeof(sim_time);
    for (int i = 0; i < config->stack_count; i++)
        if (model_holds_back(config->stack[i].model, config->stack[i].config))
            return bytes + updates * 2 * sizeof(uint32_t) +
                   (double)config->nodes * sizeof(struct client_queue);
    return bytes;
}

double estimate_setup_bytes(const struct sim_config *config)
{
    const double updates = (double)(config->workload.updates + config->store.preload);
    double bytes = FIXED_BYTES;

    for (int i = 0; i < config->stack_count; i++)
        bytes += observed_bytes(config->stack[i].model) +
                 (config->stack[i].model->believes ? crash_bytes(config) : 0);
    bytes += updates * (sizeof(struct track) + sizeof(update_id) + sizeof(double));
    bytes += COPY_PLANES * ceil(updates / 64) * 8;
    bytes += writes_bytes(config);
    if (config->store.shards > 1 || config->store.replicas > 0) /* placement.h, and holders */
        bytes += (double)config->store.shards * (4 * sizeof(struct set *) + 2 * sizeof(uint32_t)) +
                 updates * 2 * sizeof(uint32_t);
    if (config->graph)
        bytes += (double)sim_graph_bytes(config->graph);
    bytes += (double)sim_weights_bytes(config);
    return bytes + recording_bytes(config, updates) +
           (double)config->nodes * node_bytes(config, updates);
}
