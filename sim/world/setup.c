/* SPDX-License-Identifier: GPL-3.0-or-later */
/* setup.c - see setup.h. */
#include "sim/world/setup.h"

#include "sim/world/averaging.h"
#include "sim/world/churn.h"
#include "sim/world/fault.h"
#include "sim/world/holding.h"
#include "sim/world/measure.h"
#include "sim/world/measure_models.h"
#include "sim/world/members.h"
#include "sim/world/network.h"
#include "sim/world/network_pause.h"
#include "sim/world/network_processing.h"
#include "sim/world/network_tally.h"
#include "sim/world/observation.h"
#include "sim/world/overlay.h"
#include "sim/world/peers.h"
#include "sim/world/presence.h"
#include "sim/world/recording.h"
#include "sim/world/workload.h"
#include "sim/world/writes.h"

#include <assert.h>

static bool has_beliefs(const struct sim_config *config)
{
    for (int i = 0; i < config->stack_count; i++)
        if (config->stack[i].model->believes)
            return true;
    return false;
}

static void init_figures(struct run *run, struct layer *layer)
{
    const struct model_figure *figure = layer->model->figures;

    for (int i = 0; figure && figure[i].name; i++)
        if (figure[i].kind == FIGURE_GAUGE)
            layer->figures[i].gauge = memory_get(&run->memory, run->nodes, sizeof(double));
        else if (figure[i].kind == FIGURE_OBSERVED)
            layer->figures[i].observed = memory_get(&run->memory, 1, sizeof(struct observed));
}

static void init_lists(struct run *run, struct layer *layer)
{
    const size_t *size = layer->model->list_sizes;

    if (layer->model->needs_lists && !layer->model->needs_lists(layer->config))
        return;
    while (size && size[layer->list_count] > 0) {
        layer->list_pools[layer->list_count] =
            records_pool_new(&run->memory, size[layer->list_count]);
        layer->list_count++;
    }
    if (layer->list_count > 0)
        layer->lists = memory_get(&run->memory, (size_t)run->nodes * (size_t)layer->list_count,
                                  sizeof *layer->lists);
}

static void init_layer(struct run *run, uint32_t index)
{
    const struct sim_layer *written = &run->config->stack[index];
    const struct model *model = written->model;
    struct layer *layer = &run->layers[index];
    const size_t nodes = run->nodes;
    const bool remembers = !model->needs_state || model->needs_state(written->config);

    layer->model = model;
    layer->config = written->config;
    layer->weights = written->weights;
    assert(!written->weights || written->weights->count == run->nodes);
    layer->index = index;
    layer->connects = model->connects && model->connects(written->config);
    layer->is_plain = model->is_plain && model->is_plain(written->config);
    run->effects.connects |= layer->connects;
    layer->set_count = model->sets ? model->sets(written->config) : 0;
    if (layer->set_count > 0) {
        size_t count = nodes * (size_t)layer->set_count;

        layer->sets = memory_get(&run->memory, count, sizeof *layer->sets);
        for (size_t i = 0; i < count && layer->sets; i++)
            layer->sets[i] = SET_EMPTY;
    }
    if (model->state_size > 0 && remembers)
        layer->states = memory_get(&run->memory, nodes, model->state_size);
    if (model->record_size > 0 && remembers) {
        layer->records = memory_get(&run->memory, nodes, sizeof *layer->records);
        layer->records_pool = records_pool_new(&run->memory, model->record_size);
    }
    if (remembers)
        init_lists(run, layer);
    init_figures(run, layer);
    for (uint32_t kind = 0; model->messages && model->messages[kind].name; kind++)
        run->carries[index << 4 | kind] = (uint8_t)model->messages[kind].carries;
}

/* Who provides views starts last: the others hear of all peers that it brings. */
static void order_starts(struct run *run)
{
    uint32_t count = 0;

    run->minds_views = run->observation;
    for (uint32_t i = 0; i < run->layer_count; i++) {
        run->minds_views |= run->layers[i].model->on_peer != NULL;
        if (run->layers[i].model->view_count)
            run->provider = &run->layers[i];
        else
            run->starts[count++] = (uint8_t)i;
    }
    if (run->provider)
        run->starts[count] = (uint8_t)run->provider->index;
}

/* What is measured of beliefs, views and estimates, where there are any. */
static void init_membership(struct run *run)
{
    if (has_beliefs(run->config))
        detection_init(&run->detection, &run->memory, run->nodes);
    if (run->provider)
        view_sizes_init(&run->view_sizes, &run->memory, run->nodes);
    averaging_init(run);
}

static sim_time first_sample_every(const struct run *run)
{
    double latency = distribution_mean(run->config->network.latency);

    if (run->round) /* whole rounds: a sample stands at the end of one */
        return run->config->sample_every > run->round
                   ? run_credit(run, run->config->sample_every + run->round - 1)
                   : run->round;
    if (run->config->sample_every > 0)
        return run->config->sample_every;
    sim_time every = 10 * SIM_MILLISECOND;

    while (every > SIM_MICROSECOND && (double)every > latency / 2)
        every /= 10;
    return every;
}

/* True if some key is written more than once. */
static bool init_writes(struct run *run)
{
    holding_init(run);
    return writes_init(run);
}

static void init_census(struct run *run)
{
    const struct sim_config *config = run->config;
    const uint32_t updates = (uint32_t)(config->workload.updates + config->store.preload);
    const uint32_t keys =
        (uint32_t)(config->store.preload + (config->workload.updates ? config->workload.keys : 0));
    const bool has_versions = init_writes(run);
    const uint32_t known = run->writes.clients ? (uint32_t)config->store.preload : updates;
    const uint32_t shards = config->store.shards ? (uint32_t)config->store.shards : 1;

    set_pool_init(&run->pool, &run->memory, updates);
    placement_init(&run->placement, &run->memory, &run->pool, &run->numbering, shards,
                   (uint32_t)config->store.replicas);
    if (run->memory.is_short)
        return;
    for (update_id i = 0; i < known; i++)
        placement_add(&run->placement, i, writes_key(run, i));
    census_init(&run->census, &run->memory, &run->placement,
                &(struct census_config){ .nodes = run->nodes,
                                         .updates = updates,
                                         .keys = keys,
                                         .has_versions = has_versions,
                                         .wants_histograms = config->node_histograms });
}

/* What is recorded beyond the usual, and whom events then have to be shown to. */
static void init_recording(struct run *run)
{
    const struct recording *recording;

    recording_init(run);
    recording = run->recording;
    run->gauge_count = run->config->figures ? measure_gauge_count(run) : 0;
    if (recording && recording->parts)
        run->tally = tally_new(run, recording->group_of, recording->part_count);
    else if (run->config->node_counts)
        run->tally = tally_new(run, NULL, 0);
    run->is_noted = run->observation || run->tally;
    run->minds_learning = run->observation || recording;
}

static void start_nodes(struct run *run)
{
    for (node_id i = 0; i < run->nodes && !run->memory.is_short && !run_is_cancelled(run); i++)
        if (!run_is_down(run, i)) {
            run_turn(run, i);
            presence_start_models(run);
        }
}

/* Nobody knows anything yet. */
static void forget_all(struct run *run)
{
    for (node_id i = 0; i < run->nodes; i++)
        run->replicas[i].known = set_handle(SET_EMPTY);
}

bool setup(struct run *run, const struct sim_config *config)
{
    assert(config->network.retransmit >= 0 && config->network.retransmit <= SIM_RETRANSMIT_MAX);
    assert(config->network.mtu == 0 || config->network.mtu >= SIM_MTU_MIN);
    assert(config->seeds >= 0 && config->seeds <= SIM_NODES_MAX && config->join_rate >= 0);
    run->config = config;
    run->memory.limit = config->memory_max;
    run->nodes = (uint32_t)config->nodes;
    run->round = config->timing == TIMING_ROUNDS ? config->round : 0;
    for (int i = 0; i < PURPOSE_COUNT; i++)
        run->keys[i] = draw_key(config->seed, config->replication, (enum purpose)i);
    numbering_init(&run->numbering, run->nodes, run->keys[PURPOSE_NUMBERING]);
    run->observation = observation_new(run, config->observer);
    peers_init(run);
    agenda_init(&run->agenda, &run->memory);
    lanes_init(&run->lanes, &run->memory, run->nodes, run->round, run->keys[PURPOSE_PHASE],
               run->keys[PURPOSE_CLOCK]);
    run->replicas = memory_get(&run->memory, run->nodes + EVENTS_AHEAD, sizeof *run->replicas);
    run->layer_count = (uint32_t)config->stack_count;
    for (uint32_t i = 0; i < run->layer_count; i++)
        init_layer(run, i);
    order_starts(run);
    init_census(run);
    if (run->memory.is_short)
        return false;
    measure_init(run);
    init_recording(run);
    pause_init(run);
    network_init(run);
    processing_init(run);
    run->learns_plainly = !run->census.has_versions;
    run->sample_every = run->sample_first = first_sample_every(run);
    if (run->memory.is_short)
        return false;
    forget_all(run);
    run->lapsed = SET_EMPTY;
    run->repaired_at = SIM_NEVER;
    if (config->churn.session || config->churn.trace || config->fault_count > 0 ||
        config->absent_nodes > 0 || config->members == MEMBERS_JOIN)
        presence_init(run);
    run->peers = peers_source(run);
    run->all_are_peers = run->peers == &peers_all && run->nodes > 1;
    init_membership(run);
    run->minds_changes = run->live.nodes || run->detection.nodes || run->average.held ||
                         run->observation || run->recording;
    if (!run->memory.is_short)
        presence_begin_absent(run);
    churn_init(run);
    members_begin_away(run);
    workload_init(run);
    fault_init(run);
    members_init(run);
    agenda_add(&run->agenda, run->round / 2, AGENDA_SAMPLE, 0);
    overlay_begin(run);
    agenda_add(&run->agenda, run_credit(run, config->stop.at) + run->round / 2, AGENDA_END, 0);
    ahead_init(&run->ahead);
    if (!run->memory.is_short)
        start_nodes(run);
    averaging_start(run);
    run->ahead.is_on =
        run->lanes.count == 1 && !run->lanes.list[0].gap.law && ahead_is_worthwhile();
    return !run->memory.is_short;
}
