/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * validation_trial.c - the world of a trial; see validation.h.
 *
 * Each trial has random numbers of its own, so that rows err independently.
 */
#include "analysis/validation/validation.h"

#include "experiment/topology/overlay_measure.h"
#include "experiment/topology/topology.h"

#include <glib.h>

#include <math.h>
#include <string.h>

struct validation_world {
    struct sim_config config;                     /* of the first part */
    struct sim_layer layers[VALIDATION_VARIANTS]; /* NULL models: there are no more variants */
    struct distribution *latency, *processing;    /* NULL: at once */
    struct sim_graph *graph;                      /* NULL: none */
    struct sim_fault crash;
    uint32_t ends[2]; /* of the groups: those that stall, and the others */
    struct part *parts;
};

/* A simulation of a run. */
struct part {
    struct sim_config config;
    struct sim_fault stall;
    uint64_t memory; /* 0: not estimated yet */
};

static const struct model *model_called(const char *name)
{
    for (const struct model *const *m = model_registry; *m; m++)
        if (strcmp((*m)->name, name) == 0)
            return *m;
    g_error("validation: there is no model '%s'", name);
    return NULL;
}

/* Sets "name=value name=value" of what is called `name`, and returns which rows it gave. */
static uint64_t set_parameters(const char *name, const struct param *rows, void *config,
                               const char *parameters)
{
    char **words = g_strsplit(parameters, " ", -1);
    char why[PARAM_WHY_MAX];
    uint64_t given = 0;

    for (char **word = words; *word; word++) {
        char *value = strchr(*word, '=');
        const struct param *row = NULL;

        if (value) {
            *value++ = '\0';
            row = param_find(rows, *word);
        }
        if (!row || !param_set(row, config, value, why))
            g_error("validation: %s refuses '%s'", name, parameters);
        given |= (uint64_t)1 << (row - rows);
    }
    g_strfreev(words);
    return given;
}

static struct sim_layer layer_of(const char *name, const char *parameters)
{
    const struct model *model = model_called(name);
    void *config = g_malloc0(model->config_size + 1);
    char why[PARAM_WHY_MAX];
    uint64_t given;

    param_defaults(model->params, config);
    given = set_parameters(model->name, model->params, config, parameters);
    if (model->check && !model->check(config, given, why))
        g_error("validation: %s: %s: %s", model->name, parameters, why);
    return (struct sim_layer){ .model = model, .config = config };
}

static void make_graph(struct validation_world *w, const struct validation_trial *trial)
{
    const struct topology_kind *kind = topology_kinds;
    const char *const end = strchrnul(trial->topology, ' ');
    _Alignas(max_align_t) char params[TOPOLOGY_PARAMS_MAX];
    char why[PARAM_WHY_MAX];

    while (kind->name && strncmp(kind->name, trial->topology, (size_t)(end - trial->topology)) != 0)
        kind++;
    if (!kind->name)
        g_error("validation: there is no topology '%s'", trial->topology);
    param_defaults(kind->params, params);
    set_parameters(kind->name, kind->params, params, *end ? end + 1 : end);
    if (!topology_check(kind, params, trial->nodes, why))
        g_error("validation: %s: %s", trial->topology, why);
    w->graph = topology_make(kind, params, (uint32_t)trial->nodes, w->config.seed);
    if (!w->graph)
        g_error("validation: no memory for a topology");
    w->config.graph = w->graph;
}

/* FNV-1a (G. Fowler, L. C. Noll, K.-P. Vo): what tells trials apart makes their seeds. */
static uint64_t seed_of(const struct validation_trial *trial, uint64_t seed)
{
    char *name = g_strdup_printf("%" G_GUINT64_FORMAT " %s %s %" G_GINT64_FORMAT " %d %g %g", seed,
                                 trial->model, trial->parameters, trial->nodes, trial->rounds,
                                 trial->loss, trial->missing);
    char *whole = trial->topology ? g_strdup_printf("%s %s %g", name, trial->topology, trial->down)
                                  : g_strdup(name);
    uint64_t hash = 14695981039346656037u;

    if (trial->gossip) {
        char *longer = g_strdup_printf("%s gossip %s %d %g", whole, trial->gossip, trial->updates,
                                       trial->down);

        g_free(whole);
        whole = longer;
    }
    if (trial->view) {
        char *longer =
            g_strdup_printf("%s over %s %d %d %d %g %d", whole, trial->view, trial->joins,
                            trial->updates, trial->every, trial->fails, trial->fails_every);

        g_free(whole);
        whole = longer;
    }
    if (trial->mesh) {
        char *longer = g_strdup_printf("%s in a mesh %d", whole, trial->mesh->bytes);

        g_free(whole);
        whole = longer;
    }
    if (trial->own_keys > 0) {
        char *longer = g_strdup_printf("%s own %d", whole, trial->own_keys);

        g_free(whole);
        whole = longer;
    }
    if (trial->stalls) {
        char *longer = g_strdup_printf("%s stalled %d", whole, trial->stalled);

        g_free(whole);
        whole = longer;
    }
    for (const char *c = whole; *c; c++)
        hash = (hash ^ (unsigned char)*c) * 1099511628211u;
    g_free(name);
    g_free(whole);
    return hash >> 1;
}

static sim_time latest_end(const struct validation_trial *trial)
{
    const int seconds = trial->rounds > 0 ? trial->rounds : trial->seconds;

    return (seconds > 0 ? seconds : 3600) * SIM_SECOND + 1;
}

/* The nodes that are down from the start, or the one that crashes. */
static void add_crash(struct validation_world *w, const struct validation_trial *trial)
{
    w->crash = (struct sim_fault){ .kind = FAULT_CRASH,
                                   .of = { .kind = SELECT_SHARE, .share = trial->down } };
    if (trial->crashes) {
        w->crash.of = (struct sim_selector){ .kind = SELECT_COUNT, .count = 1 };
        w->crash.at = SIM_SECOND / 3 + trial->crash_after * SIM_SECOND;
    }
    w->config.faults = &w->crash;
    w->config.fault_count = 1;
}

static struct distribution *constant(sim_time time)
{
    const struct distribution_spec spec = { .kind = DISTRIBUTION_CONSTANT, .a = (double)time };
    struct distribution *distribution = distribution_new(&spec);

    if (!distribution)
        g_error("validation: no memory for a constant");
    return distribution;
}

static struct distribution *spread_evenly(sim_time from, sim_time to)
{
    const struct distribution_spec spec = { .kind = DISTRIBUTION_UNIFORM,
                                            .a = (double)from,
                                            .b = (double)to };
    struct distribution *distribution = distribution_new(&spec);

    if (!distribution)
        g_error("validation: no memory for a uniform law");
    return distribution;
}

/* What is measured is the last update alone, and the graph that it goes through. */
static void end_with_last(struct sim_config *c)
{
    const sim_time last = c->workload.at + (c->workload.updates - 1) * c->workload.every;

    c->overlay = overlay_measure;
    c->overlay_every = last;
    c->warmup = last;
    c->stop.at = last + 10 * SIM_MILLISECOND;
}

/* Views, and how they come about; who fails. */
static void add_view(struct validation_world *w, const struct validation_trial *trial)
{
    struct sim_config *c = &w->config;

    distribution_free(w->latency);
    w->latency = constant(SIM_MICROSECOND);
    w->layers[1] = layer_of("hyparview", trial->view);
    c->stack_count = 2;
    c->peers = PEERS_VIEW;
    c->network.latency = w->latency;
    c->network.retransmit = SIM_MICROSECOND;
    c->seeds = 1;
    c->members = trial->joins ? MEMBERS_JOIN : MEMBERS_JOINED;
    c->join_rate = (double)trial->nodes / 0.1;
    c->workload.updates = c->workload.keys = trial->updates;
    c->workload.at = 150 * SIM_MILLISECOND;
    c->workload.arrival = ARRIVAL_EVERY;
    c->workload.every = trial->every * SIM_SECOND;
    if (trial->ends_with_last)
        end_with_last(c);
    if (trial->fails <= 0)
        return;
    w->crash = (struct sim_fault){ .kind = FAULT_CRASH,
                                   .of = { .kind = trial->fails < 1 ? SELECT_SHARE : SELECT_COUNT,
                                           .share = trial->fails,
                                           .count = (int64_t)trial->fails },
                                   .at = 100 * SIM_MILLISECOND,
                                   .every = trial->fails_every * SIM_SECOND };
    c->faults = &w->crash;
    c->fault_count = 1;
}

static const struct sim_access_class narrow[] = {
    { 0.2, 40000000, 40000000 },   { 0.2, 80000000, 80000000 },   { 0.2, 120000000, 120000000 },
    { 0.2, 160000000, 160000000 }, { 0.2, 200000000, 200000000 },
};

static void add_mesh(struct validation_world *w, const struct validation_trial *trial)
{
    const struct validation_mesh *mesh = trial->mesh;
    struct sim_config *c = &w->config;

    distribution_free(w->latency);
    w->latency =
        spread_evenly(mesh->latency_min * SIM_MILLISECOND, mesh->latency_max * SIM_MILLISECOND);
    c->network.latency = w->latency;
    c->network.jitter = mesh->jitter;
    if (mesh->is_narrow) {
        c->network.access = narrow;
        c->network.access_count = sizeof narrow / sizeof *narrow;
        c->network.sharing = SHARING_FAIR;
        c->network.queue_bytes = -1;
    }
    c->workload.updates = c->workload.keys = trial->updates;
    c->workload.size_bytes = mesh->bytes;
    c->workload.at = mesh->at * SIM_SECOND;
    c->workload.arrival = ARRIVAL_EVERY;
    c->workload.every = trial->every * SIM_SECOND;
    c->workload.origin = mesh->origins > 0 ? ORIGIN_RANGE : c->workload.origin;
    c->workload.origin_nodes = mesh->origins;
    c->sample_every = SIM_SECOND / 10;
}

/* The network of the nodes of a data centre, the first of which stall: all else is in the parts. */
static void add_stalling(struct validation_world *w, const struct validation_trial *trial)
{
    static const char *const names[] = { "slow", "well" };

    distribution_free(w->latency);
    w->latency = constant(SIM_MILLISECOND);
    w->processing = constant(50 * SIM_MICROSECOND);
    w->ends[0] = (uint32_t)trial->stalled;
    w->ends[1] = (uint32_t)trial->nodes;
    w->config.network.latency = w->latency;
    w->config.network.processing = w->processing;
    w->config.network.inbox_max = -1;
    w->config.group_names = names;
    w->config.group_ends = w->ends;
    w->config.group_count = 2;
    w->config.workload.updates = 0;
    for (int i = 0; i + 1 < VALIDATION_VARIANTS && trial->besides[i]; i++)
        w->layers[i + 1] = layer_of(trial->model, trial->besides[i]);
}

/* Rumors over the views of a cluster that has formed. */
static void add_gossip(struct validation_world *w, const struct validation_trial *trial)
{
    struct sim_config *config = &w->config;

    w->layers[1] = layer_of("rumor-mongering", trial->gossip);
    config->stack_count = 2;
    config->peers = PEERS_VIEW;
    config->members = MEMBERS_JOIN;
    config->seeds = 1;
    config->join_rate = 1e6;
    config->stop.at = (trial->seconds + 1) * SIM_SECOND;
    config->overlay = overlay_measure;
    config->overlay_every = trial->seconds * SIM_SECOND;
    config->workload.updates = config->workload.keys = trial->updates;
    config->workload.at = trial->seconds * SIM_SECOND;
    w->crash.at = config->workload.at;
}

/* How far nodes are behind is sampled. */
static void add_own_keys(struct validation_world *w, const struct validation_trial *trial)
{
    static const struct sim_rate rates[] = {
        { 0, 1 }, { 25 * SIM_SECOND, 2 }, { 75 * SIM_SECOND, 1 }, { 120 * SIM_SECOND, 0 }
    };
    struct sim_config *c = &w->config;

    distribution_free(w->latency);
    w->latency = constant(10 * SIM_MILLISECOND);
    c->network.latency = w->latency;
    c->network.mtu = SIM_MTU_MAX;
    c->workload = (struct sim_workload){ .arrival = ARRIVAL_OWN,
                                         .own_keys = trial->own_keys,
                                         .keys = trial->nodes * trial->own_keys,
                                         .size_bytes = 100,
                                         .rates = rates,
                                         .rate_count = sizeof rates / sizeof *rates };
    c->workload.updates = sim_rated_updates_max(&c->workload, trial->nodes, c->stop.at);
    c->lags = true;
    c->sample_every = SIM_SECOND;
}

int validation_parts(const struct validation_trial *trial)
{
    int variants = 1;

    if (!trial->stalls)
        return 1;
    while (variants < VALIDATION_VARIANTS && trial->besides[variants - 1])
        variants++;
    return trial->stall_count * variants;
}

static void make_parts(struct validation_world *w, const struct validation_trial *trial)
{
    const int count = validation_parts(trial);

    w->parts = g_new0(struct part, (size_t)count);
    for (int i = 0; i < count; i++) {
        struct part *part = &w->parts[i];
        const struct validation_stall *stall;

        part->config = w->config;
        if (!trial->stalls)
            continue;
        stall = &trial->stalls[i % trial->stall_count];
        part->stall = (struct sim_fault){
            .kind = FAULT_PAUSE,
            .of = { .kind = SELECT_RANGE, .nodes = trial->stalled },
            .at = 15 * SIM_SECOND,
            .lasts = stall->stops * SIM_MILLISECOND,
            .every = (stall->stops + stall->runs) * SIM_MILLISECOND,
            .timers = TIMERS_BLOCK,
        };
        part->config.faults = &part->stall;
        part->config.fault_count = 1;
        part->config.stack = &w->layers[i / trial->stall_count];
    }
}

struct validation_world *validation_world_new(const struct validation_trial *trial, uint64_t seed)
{
    struct validation_world *w = g_new0(struct validation_world, 1);
    const bool is_preloaded = trial->preload > 0;

    w->latency = constant(1);
    w->layers[0] = layer_of(trial->model, trial->parameters);
    w->config = (struct sim_config){
        .seed = seed_of(trial, seed),
        .nodes = trial->nodes,
        .timing = trial->rounds > 0 ? TIMING_ROUNDS : TIMING_EVENTS,
        .round = SIM_SECOND,
        .peers = PEERS_ALL,
        .network = { .latency = w->latency, .loss = trial->loss },
        .churn = { .share = 1 },
        .workload = { .updates = !is_preloaded, .keys = 1, .size_bytes = 100 },
        .store = { .preload = trial->preload, .missing = trial->missing },
        .stop = { .at = latest_end(trial), .when = trial->stop, .events = 1000000000000 },
        .warmup = trial->warmup * SIM_SECOND,
        .sample_every = is_preloaded ? SIM_SECOND : 0,
        .stack = w->layers,
        .stack_count = 1,
    };
    if (trial->topology)
        make_graph(w, trial);
    if (trial->down > 0 || trial->crashes)
        add_crash(w, trial);
    if (trial->gossip)
        add_gossip(w, trial);
    if (trial->stalls)
        add_stalling(w, trial);
    if (trial->view)
        add_view(w, trial);
    if (trial->mesh)
        add_mesh(w, trial);
    if (trial->own_keys > 0)
        add_own_keys(w, trial);
    make_parts(w, trial);
    return w;
}

void validation_world_free(struct validation_world *w)
{
    distribution_free(w->latency);
    distribution_free(w->processing);
    sim_graph_free(w->graph);
    for (int i = 0; i < VALIDATION_VARIANTS; i++)
        g_free((void *)(uintptr_t)w->layers[i].config);
    g_free(w->parts);
    g_free(w);
}

const struct sim_config *validation_world_config(const struct validation_world *w, int part)
{
    return &w->parts[part].config;
}

uint64_t validation_world_memory(struct validation_world *w, int part, uint64_t enough)
{
    if (w->parts[part].memory == 0)
        w->parts[part].memory = sim_memory_estimate(&w->parts[part].config, enough);
    return w->parts[part].memory;
}
