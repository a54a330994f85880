/* SPDX-License-Identifier: GPL-3.0-or-later */
/* pilot.c - see pilot.h. */
#include "sim/estimate/pilot.h"
#include "sim/estimate/implied.h"
#include "sim/estimate/pilot_graph.h"

#include "sim/truth/set_row.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
    PILOT_BYTES_MAX = 48 << 20,
    SEEDS_FEW = 3, /* contact points that pilots have, too */
    OP_WORDS = 16, /* words of a row on which an operation takes as long as an event */
};
#define NODE_COST 2.0 /* of setting up a node, and more for each entry that it may lack: */
#define LACK_COST 0.2

bool pilot_has_renewals(const struct sim_config *config)
{
    return config->workload.arrival == ARRIVAL_RENEWAL || config->workload.arrival == ARRIVAL_OWN;
}

struct pilot_size pilot_whole(const struct sim_config *config)
{
    const int64_t updates = config->workload.updates, preload = config->store.preload;

    int64_t entries = updates > preload ? updates : preload;

    if (pilot_has_renewals(config))
        entries = updates / config->nodes;
    return (struct pilot_size){ .nodes = config->nodes,
                                .entries = entries,
                                .shards = config->store.shards > 1 ? config->store.shards : 1 };
}

bool pilot_has_parts(const struct sim_config *config)
{
    return config->store.replicas > 0 && config->store.replicas < config->nodes;
}

static int64_t least(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

static int64_t most(int64_t a, int64_t b)
{
    return a > b ? a : b;
}

int64_t pilot_updates(const struct sim_config *config, struct pilot_size size)
{
    if (pilot_has_renewals(config))
        return size.nodes * size.entries;
    return least(config->workload.updates, size.entries);
}

/* How many nodes `count` are on the small scale: some, if it was some. */
static int64_t scaled_count(int64_t count, double scale)
{
    const int64_t scaled = (int64_t)((double)count / scale);

    return count > 0 && scaled == 0 ? 1 : scaled;
}

/* ---- faults ---- */

static void scale_selector(struct sim_selector *of, double scale, int64_t nodes)
{
    of->count = scaled_count(of->count, scale);
    of->first = (int64_t)((double)of->first / scale);
    of->nodes = least(scaled_count(of->nodes, scale), nodes - of->first);
}

static void *copy_of(const void *items, size_t count, size_t size)
{
    void *copy = malloc(count * size + 1);

    if (copy && count > 0)
        memcpy(copy, items, count * size);
    return copy;
}

static struct sim_obstacle *scaled_obstacle(const struct sim_obstacle *obstacle, double scale,
                                            int64_t nodes)
{
    struct sim_obstacle *scaled = copy_of(obstacle, 1, sizeof *obstacle);
    struct sim_side *sides = copy_of(obstacle->sides, obstacle->side_count, sizeof *sides);

    if (!scaled || !sides) {
        free(scaled);
        free(sides);
        return NULL;
    }
    for (size_t i = 0; i < obstacle->side_count; i++) {
        struct sim_selector *parts =
            copy_of(sides[i].parts, sides[i].part_count, sizeof *sides[i].parts);

        for (size_t k = 0; k < sides[i].part_count && parts; k++)
            scale_selector(&parts[k], scale, nodes);
        sides[i].part_count = parts ? sides[i].part_count : 0;
        sides[i].parts = parts;
    }
    scaled->sides = sides;
    return scaled;
}

/* The faults of `config` among `nodes` nodes, for free_faults(); *count becomes how many. */
static struct sim_fault *scaled_faults(const struct sim_config *config, int64_t nodes,
                                       size_t *count)
{
    const double scale = (double)config->nodes / (double)nodes;
    struct sim_fault *faults = copy_of(config->faults, config->fault_count, sizeof *faults);

    *count = 0;
    for (size_t i = 0; i < config->fault_count && faults; i++) {
        scale_selector(&faults[i].of, scale, nodes);
        faults[i].batch = scaled_count(faults[i].batch, scale);
        if (faults[i].obstacle)
            faults[i].obstacle = scaled_obstacle(faults[i].obstacle, scale, nodes);
        if (config->faults[i].obstacle && !faults[i].obstacle)
            break; /* memory is short: the pilot does without */
        (*count)++;
    }
    return faults;
}

static void free_faults(struct sim_fault *faults, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const struct sim_obstacle *obstacle = faults[i].obstacle;

        for (size_t k = 0; obstacle && k < obstacle->side_count; k++)
            free((void *)(uintptr_t)obstacle->sides[k].parts);
        if (obstacle)
            free((void *)(uintptr_t)obstacle->sides);
        free((void *)(uintptr_t)obstacle);
    }
    free(faults);
}

/* ---- groups ---- */

/* The groups of `config` among `nodes` nodes, each with its share of them; a list to be freed. */
static struct sim_group *scaled_groups(const struct sim_config *config, int64_t nodes)
{
    const struct sim_groups *groups = config->network.groups;
    const double scale = (double)config->nodes / (double)nodes;
    struct sim_group *list = groups ? copy_of(groups->list, groups->count, sizeof *list) : NULL;
    int64_t before = 0, given = 0;

    for (size_t i = 0; list && i < groups->count; i++) {
        before += groups->list[i].nodes;
        list[i].nodes = (int64_t)((double)before / scale + 0.5) - given;
        given += list[i].nodes;
    }
    return list;
}

/* The same of the groups of whom nodes pick as of their own. */
static uint32_t *scaled_ends(const struct sim_config *config, int64_t nodes)
{
    const double scale = (double)config->nodes / (double)nodes;
    uint32_t *ends = copy_of(config->group_ends, config->group_count, sizeof *ends);

    for (size_t i = 0; ends && i < config->group_count; i++)
        ends[i] = (uint32_t)((double)ends[i] / scale + 0.5);
    return ends;
}

/* ---- weights ---- */

/* The stack of `config` with weights of so many nodes, for free_weights(); where memory is short
 * all weigh the same. */
static void scale_weights(const struct sim_config *config, int64_t nodes,
                          struct sim_layer stack[MODEL_STACK_MAX])
{
    for (int i = 0; i < config->stack_count; i++) {
        stack[i] = config->stack[i];
        if (stack[i].weights)
            stack[i].weights = weights_scaled(stack[i].weights, (uint32_t)nodes);
    }
}

static void free_weights(const struct sim_config *small)
{
    for (int i = 0; i < small->stack_count; i++)
        weights_free((struct weights *)(uintptr_t)small->stack[i].weights);
}

/* ---- the pilot ---- */

/* `config` at another size; the faults are as they were. */
static struct sim_config resized(const struct sim_config *config, struct pilot_size size)
{
    const double scale = (double)config->nodes / (double)size.nodes;
    struct sim_config small = *config;

    small.nodes = size.nodes;
    small.workload.updates = pilot_updates(config, size);
    if (!config->workload.draws_keys)
        small.workload.keys = least(config->workload.keys, small.workload.updates);
    if (pilot_has_renewals(config))
        small.workload.keys = size.nodes * most(config->workload.own_keys, 1);
    else
        small.store.preload = least(config->store.preload, size.entries);
    small.store.shards = least(config->store.shards, size.shards);
    small.store.replicas = least(config->store.replicas, size.nodes);
    small.absent_first = (node_id)((double)config->absent_first / scale);
    small.absent_nodes =
        least(scaled_count(config->absent_nodes, scale), size.nodes - (int64_t)small.absent_first);
    small.seeds = most(scaled_count(config->seeds, scale), least(config->seeds, SEEDS_FEW));
    small.join_rate = config->join_rate / scale; /* all have come when all would have */
    small.workload.origin_node = (node_id)((double)config->workload.origin_node / scale);
    small.workload.origin_nodes = least(scaled_count(config->workload.origin_nodes, scale),
                                        size.nodes - (int64_t)small.workload.origin_node);
    return small;
}

/* The first of a trace, among fewer nodes, to be freed; NULL: there is none, or memory is short. */
static struct sim_write *scaled_writes(const struct sim_config *config,
                                       const struct sim_config *small)
{
    const double scale = (double)config->nodes / (double)small->nodes;
    const size_t count = (size_t)small->workload.updates;
    struct sim_write *writes = NULL;

    if (config->workload.arrival == ARRIVAL_TRACE)
        writes = copy_of(config->workload.writes, count, sizeof *writes);
    for (size_t i = 0; writes && i < count; i++)
        writes[i].node = (node_id)((double)writes[i].node / scale);
    return writes;
}

/* What it took, in plain events. */
static double cost_of(const struct sim_config *small, const struct sim_probe *probe)
{
    const double *figures = probe->end.figures;
    const double updates = pilot_has_renewals(small) ? implied_updates(small, (double)probe->end.at)
                                                     : (double)small->workload.updates;
    const double words = (updates + (double)small->store.preload) / 64;
    const double nodes = (double)small->nodes;
    const bool draws = small->store.missing > 0 || small->store.missing_shards > 0;

    return figures[PROBE_WORK] + figures[PROBE_LEARNED] / 2 +
           figures[PROBE_OPS] * (1 + words / OP_WORDS) + nodes * NODE_COST +
           (draws ? nodes * (double)small->store.preload * LACK_COST : 0);
}

/* Events for so much work.  Where every node writes, rows of bits grow all the time: the work goes
 * with the square of the events in the end. */
static double events_for(const struct sim_config *config, struct pilot_size size, double budget)
{
    const double words = (double)pilot_updates(config, size) / 64;
    const double all = 3 * implied_sends(config) * (double)size.nodes *
                       ((double)config->stop.at / 1e9); /* that acts and is answered */

    budget = fmax(budget, 0);
    if (pilot_has_renewals(config))
        return 2 * budget / (1 + sqrt(1 + 2 * words / (all + 1) * budget / OP_WORDS));
    return budget / (1 + words / OP_WORDS);
}

struct pilot pilot_run(const struct sim_config *config, struct pilot_size size, double budget)
{
    const uint64_t cap = (uint64_t)events_for(config, size, budget) + 2;
    const int64_t updates = config->workload.updates + config->store.preload;
    struct pilot pilot = { .size = size,
                           .probe.half_work = cap / 2,
                           .probe.row_bytes = set_row_bytes((uint32_t)((updates + 63) / 64)) };
    struct sim_config small = resized(config, size);
    struct sim_result result;
    struct sim_fault *faults = scaled_faults(config, size.nodes, &small.fault_count);
    struct sim_write *writes = scaled_writes(config, &small);
    struct sim_graph *piece = NULL;
    struct sim_layer stack[MODEL_STACK_MAX];
    struct sim_groups groups;
    uint32_t *ends = config->group_count > 0 ? scaled_ends(config, size.nodes) : NULL;

    if (config->workload.arrival == ARRIVAL_TRACE) {
        small.workload.writes = writes;
        small.workload.updates = writes ? small.workload.updates : 0;
    }
    small.group_ends = ends;
    small.group_count = ends ? config->group_count : 0;
    if (config->graph && size.nodes < config->nodes)
        small.graph = piece = pilot_graph(config->graph, (uint32_t)size.nodes);
    if (size.nodes < config->nodes)
        small.network.access_of = NULL; /* drawn: as many of each class in proportion */
    if (config->network.groups) {
        groups = *config->network.groups;
        groups.list = scaled_groups(config, size.nodes);
        small.network.groups = groups.list ? &groups : NULL; /* memory is short: without them */
    }
    scale_weights(config, size.nodes, stack);
    small.stack = stack;
    small.faults = faults;
    small.watch = NULL;
    small.observer = NULL;
    small.overlay_every = 0;
    small.node_counts = small.ages = small.lags = small.figures =
        false; /* what they take is known */
    small.group_names = NULL;
    small.probe = &pilot.probe;
    small.memory_max = PILOT_BYTES_MAX;
    small.stop.events = config->stop.events < cap ? config->stop.events : cap;
    sim_run(&small, &result);
    pilot.is_cut = result.status == SIM_FAILED;
    pilot.cost = cost_of(&small, &pilot.probe);
    sim_result_clear(&result);
    free_faults(faults, small.fault_count);
    sim_graph_free(piece);
    free_weights(&small);
    if (small.network.groups)
        free((void *)(uintptr_t)groups.list);
    free(writes);
    free(ends);
    return pilot;
}
