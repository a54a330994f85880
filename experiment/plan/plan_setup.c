/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * plan_setup.c - one point in the engine's terms: tables of distributions, one configuration for
 * each strategy.
 */
#include "experiment/language/scenario_keys.h"
#include "experiment/language/scenario_weights.h"
#include "experiment/language/weight_table.h"
#include "experiment/plan/plan_groups.h"
#include "experiment/plan/plan_source.h"
#include "experiment/plan/plan_workload.h"
#include "experiment/topology/overlay_measure.h"
#include "sim/fault_kind.h"

#include <stdatomic.h>
#include <string.h>

struct setup {
    const struct plan *plan; /* borrowed */
    size_t point;
    struct scenario scenario;   /* owns the models' configurations */
    struct plan_tables *tables; /* borrowed from the plan; owns the next ones */
    const struct distribution *latency, *session, *downtime, *processing, *sizes;
    struct plan_groups *groups; /* NULL: they have no network of their own */
    uint32_t *group_ends;       /* of each group, for who picks by them, */
    const char **group_names;   /* of each, if there are metrics by group; NULL: there are none */
    struct sim_graph *graph;    /* that was made here; NULL: none */
    GHashTable *weights;        /* as written -> struct weights */
    struct sim_config *configs; /* by index into plan->strategies */
    struct sim_layer (*stacks)[MODEL_STACK_MAX];
    struct sim_fault *faults;
    struct sim_obstacle *obstacles; /* of each fault, if it has one */
    int count;
};

/* The table of a random quantity; NULL also if it was not given. */
static const struct distribution *table(struct plan_tables *tables, const struct random_time *time)
{
    struct distribution_spec spec;

    if (time->family == NULL)
        return NULL;
    random_time_spec(time, &spec);
    return plan_tables_take(tables, &spec);
}

/* The sizes of what is written. */
static const struct random_time *sizes_of(const struct scenario *s)
{
    return s->renewal.is_given ? &s->renewal.size : &s->size;
}

static bool make_tables(struct setup *setup)
{
    const struct scenario *s = &setup->scenario;

    setup->latency = table(setup->tables, &s->latency.all);
    setup->session = table(setup->tables, &s->session);
    setup->downtime = table(setup->tables, &s->downtime);
    setup->processing = table(setup->tables, &s->processing.time);
    setup->sizes = table(setup->tables, sizes_of(s));
    if (!plan_groups_new(s, setup->tables, &setup->groups))
        return false;
    return (setup->latency != NULL || s->latency.regions.is_given) &&
           (s->processing.time.family == NULL || setup->processing != NULL) &&
           setup->sizes != NULL &&
           (s->session.family == NULL || (setup->session != NULL && setup->downtime != NULL));
}

/* The graph of a topology that no file has. */
static bool make_graph(struct setup *setup)
{
    const struct scenario *s = &setup->scenario;

    if (s->topology.kind == NULL || s->topology.kind->takes_file)
        return true;
    setup->graph = topology_make(s->topology.kind, s->topology.params, (uint32_t)s->config.nodes,
                                 s->config.seed);
    return setup->graph != NULL;
}

/* What a fault puts in the way of messages. */
static void make_obstacle(struct sim_obstacle *obstacle, const struct scenario_fault *written)
{
    struct sim_side *sides = g_new0(struct sim_side, (size_t)written->count);

    *obstacle = written->plan;
    obstacle->sides = sides;
    obstacle->side_count = (size_t)written->count;
    for (int i = 0; i < written->count; i++) {
        const struct scenario_side *side = &written->sides[i];
        struct sim_selector *parts = g_new0(struct sim_selector, (size_t)side->count);

        for (int k = 0; k < side->count; k++)
            parts[k] = side->parts[k].nodes;
        sides[i] = (struct sim_side){ .parts = parts,
                                      .part_count = (size_t)side->count,
                                      .share = side->share };
    }
}

static void make_faults(struct setup *setup)
{
    const struct scenario_faults *faults = &setup->scenario.faults;

    setup->faults = g_new0(struct sim_fault, (size_t)faults->count);
    setup->obstacles = g_new0(struct sim_obstacle, (size_t)faults->count);
    for (int i = 0; i < faults->count; i++) {
        const struct scenario_fault *fault = &faults->list[i];
        struct sim_fault *made = &setup->faults[i];

        *made = (struct sim_fault){
            .kind = fault->kind,
            .at = fault->at,
            .lasts = fault->lasts,
            .every = fault->every,
            .keeps = (fault->said & WORD_REDRAW) && !fault->redraw,
            .batch = fault->batch,
            .pace = fault->pace,
            .down = fault->down,
            .timers = (enum sim_timers)fault->timers,
        };
        if (fault_kinds[fault->kind].about == ABOUT_NODES) {
            made->of = fault->sides[0].parts[0].nodes;
        } else if (fault->count > 0) {
            make_obstacle(&setup->obstacles[i], fault);
            made->obstacle = &setup->obstacles[i];
        }
    }
}

static void make_group_ends(struct setup *setup)
{
    const struct scenario_groups *groups = &setup->scenario.groups;

    setup->group_ends = g_new(uint32_t, (size_t)groups->count + 1);
    for (int i = 0; i < groups->count; i++)
        setup->group_ends[i] = (uint32_t)(groups->list[i].first + groups->list[i].nodes);
    if (!setup->scenario.record_groups.is_on)
        return;
    setup->group_names = g_new(const char *, (size_t)groups->count + 1);
    for (int i = 0; i < groups->count; i++)
        setup->group_names[i] = groups->list[i].name;
}

/* All that does not depend on the strategy: what the engine takes as it is written, and the rest in
 * its terms. */
static struct sim_config common_config(const struct setup *setup)
{
    const struct scenario *s = &setup->scenario;
    const struct topology_access access = scenario_access_of(s);
    struct sim_config config = s->config;

    config.timing = (enum sim_timing)s->timing.mode;
    config.round = s->timing.mode == TIMING_ROUNDS ? s->timing.round : 0;
    config.group_ends = setup->group_ends;
    config.group_count = (size_t)s->groups.count;
    config.group_names = setup->group_names;
    config.node_counts = config.node_histograms;
    config.overlay = overlay_measure;
    config.graph = s->topology.read != NULL ? s->topology.read->graph : setup->graph;
    config.network.latency = setup->latency;
    config.network.loss = s->loss.all.mean;
    config.network.loss_burst = s->loss.all.burst;
    if (setup->groups != NULL) {
        config.network.groups = plan_groups_of(setup->groups);
        if (s->latency.regions.is_given)
            config.network.latency = plan_groups_latency(setup->groups);
    }
    config.network.access = access.classes;
    config.network.access_count = access.count;
    config.network.access_of = access.of;
    config.network.processing = setup->processing;
    config.network.inbox_max = s->processing.queue;
    config.values = (enum sim_values)s->values.how;
    config.value_of = s->values.read != NULL ? s->values.read->each : NULL;
    config.churn.session = setup->session;
    config.churn.downtime = setup->downtime;
    scenario_give_churn_trace(&s->churn_trace, &config.churn);
    plan_workload(s, setup->sizes, &config.workload);
    config.absent_first = (node_id)s->absent.nodes.first;
    config.absent_nodes = s->absent.group ? s->absent.nodes.nodes : 0;
    config.faults = setup->faults;
    config.fault_count = (size_t)s->faults.count;
    return config;
}

/* The table of what a layer's partners weigh, one for all that write the same; NULL if it has no
 * weights, or memory is short. */
static struct weights *weights_for(const struct setup *setup, const struct scenario_layer *layer)
{
    struct weights *table;
    GString *text;
    double *each;

    if (layer->weights == NULL)
        return NULL;
    text = g_string_new(NULL);
    scenario_write_weights(text, layer->weights, true);
    table = g_hash_table_lookup(setup->weights, text->str);
    if (table == NULL) {
        each = scenario_weigh(layer->weights, &setup->scenario);
        table = weights_new(each, (uint32_t)setup->scenario.config.nodes);
        g_free(each);
        if (table != NULL)
            g_hash_table_insert(setup->weights, g_strdup(text->str), table);
    }
    g_string_free(text, TRUE);
    return table;
}

static bool make_weights(struct setup *setup)
{
    const struct scenario_strategies *strategies = &setup->scenario.strategies;

    for (int i = 0; i < strategies->count; i++)
        for (int k = 0; k < strategies->list[i].count; k++)
            if (strategies->list[i].layers[k].weights != NULL &&
                weights_for(setup, &strategies->list[i].layers[k]) == NULL)
                return false;
    return true;
}

static void free_weights(gpointer weights)
{
    weights_free(weights);
}

static void fill_config(struct setup *setup, int index, const struct scenario_strategy *strategy)
{
    struct sim_layer *stack = setup->stacks[index];

    for (int i = 0; i < strategy->count; i++)
        stack[i] = (struct sim_layer){ .model = strategy->layers[i].model,
                                       .config = strategy->layers[i].config,
                                       .weights = weights_for(setup, &strategy->layers[i]) };
    setup->configs[index] = common_config(setup);
    setup->configs[index].peers = scenario_peers_of(&setup->scenario, strategy)->source;
    setup->configs[index].stack = stack;
    setup->configs[index].stack_count = strategy->count;
}

struct setup *plan_setup(const struct plan *plan, size_t point)
{
    struct setup *setup = g_new0(struct setup, 1);
    struct errors errors = { 0 };
    bool is_good;

    g_assert(point < plan->point_count);
    is_good = scenario_source_read(plan->source, point, &errors, &setup->scenario);
    g_assert(is_good); /* plan_read() has read every point */
    setup->plan = plan;
    setup->point = point;
    setup->tables = plan->source->tables;
    setup->count = plan->strategy_count;
    setup->configs = g_new0(struct sim_config, (size_t)setup->count);
    setup->stacks = g_malloc0_n((gsize)setup->count, sizeof *setup->stacks);
    setup->weights = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, free_weights);
    make_faults(setup);
    make_group_ends(setup);
    if (!make_tables(setup) || !make_graph(setup) || !make_weights(setup)) {
        setup_free(setup);
        return NULL;
    }
    for (int i = 0; i < setup->scenario.strategies.count; i++) {
        const struct scenario_strategy *strategy = &setup->scenario.strategies.list[i];
        for (int j = 0; j < plan->strategy_count; j++)
            if (strcmp(plan->strategies[j], strategy->name) == 0)
                fill_config(setup, j, strategy);
    }
    return setup;
}

static void free_obstacle(struct sim_obstacle *obstacle)
{
    for (size_t i = 0; i < obstacle->side_count; i++)
        g_free((struct sim_selector *)(uintptr_t)obstacle->sides[i].parts);
    g_free((struct sim_side *)(uintptr_t)obstacle->sides);
}

void setup_free(struct setup *setup)
{
    if (setup == NULL)
        return;
    plan_groups_free(setup->groups, setup->tables);
    plan_tables_return(setup->tables, setup->latency);
    plan_tables_return(setup->tables, setup->session);
    plan_tables_return(setup->tables, setup->downtime);
    plan_tables_return(setup->tables, setup->processing);
    plan_tables_return(setup->tables, setup->sizes);
    sim_graph_free(setup->graph);
    g_hash_table_destroy(setup->weights);
    g_free(setup->group_ends);
    g_free(setup->group_names);
    g_free(setup->configs);
    g_free(setup->stacks);
    for (int i = 0; i < setup->scenario.faults.count; i++)
        free_obstacle(&setup->obstacles[i]);
    g_free(setup->obstacles);
    g_free(setup->faults);
    scenario_clear(&setup->scenario);
    g_free(setup);
}

const struct sim_config *setup_config(const struct setup *setup, int strategy)
{
    g_assert(strategy >= 0 && strategy < setup->count);
    return &setup->configs[strategy];
}

uint64_t setup_memory(const struct setup *setup, int strategy, uint64_t enough)
{
    const size_t cell = plan_cell(setup->plan, setup->point, strategy);
    _Atomic uint64_t *known = &setup->plan->memory[cell];
    uint64_t memory = atomic_load(known);

    if (memory == 0) {
        memory = sim_memory_estimate(setup_config(setup, strategy), enough);
        atomic_store(known, memory);
    }
    return memory;
}

bool setup_was_given(const struct setup *setup, const char *path)
{
    return scenario_was_given(&setup->scenario, scenario_find_key(path));
}

const char *setup_group(const struct setup *setup, size_t group)
{
    g_assert(group < (size_t)setup->scenario.groups.count);
    return setup->scenario.groups.list[group].name;
}

char *setup_fault(const struct setup *setup, size_t fault)
{
    const struct scenario_fault *found = &setup->scenario.faults.list[fault];
    GString *text = g_string_new(NULL);

    g_string_append_printf(text, "%s: ", fault_kinds[found->kind].name);
    scenario_write_action(text, found, false);
    return g_string_free(text, FALSE);
}

const struct topology_notes *setup_topology_notes(const struct setup *setup)
{
    const struct topology_file *read = setup->scenario.topology.read;

    return read != NULL ? &read->notes : NULL;
}
