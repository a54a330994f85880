/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * validation_trial.c - the world of a trial, and what is kept of its runs; see validation.h.
 *
 * Each trial has random numbers of its own, so that rows err independently.
 */
#include "analysis/validation/validation.h"

#include "experiment/topology/topology.h"

#include <glib.h>
#include <math.h>
#include <string.h>

struct validation_world {
    struct sim_config config;
    struct sim_layer layer;
    struct distribution *latency;
    struct sim_graph *graph; /* NULL: none */
    struct sim_fault crash;
    uint64_t memory; /* 0: not estimated yet */
    void *parameters;
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

static void add_model(struct validation_world *w, const struct validation_trial *trial)
{
    const struct model *model = model_called(trial->model);
    char why[PARAM_WHY_MAX];
    uint64_t given;

    w->parameters = g_malloc0(model->config_size + 1);
    param_defaults(model->params, w->parameters);
    given = set_parameters(model->name, model->params, w->parameters, trial->parameters);
    if (model->check && !model->check(w->parameters, given, why))
        g_error("validation: %s: %s: %s", model->name, trial->parameters, why);
    w->layer = (struct sim_layer){ .model = model, .config = w->parameters };
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
        w->crash.at = SIM_SECOND / 3;
    }
    w->config.faults = &w->crash;
    w->config.fault_count = 1;
}

struct validation_world *validation_world_new(const struct validation_trial *trial, uint64_t seed)
{
    struct validation_world *w = g_new0(struct validation_world, 1);
    const struct distribution_spec at_once = { .kind = DISTRIBUTION_CONSTANT, .a = 1 };
    const bool is_preloaded = trial->preload > 0;

    w->latency = distribution_new(&at_once);
    if (!w->latency)
        g_error("validation: no memory for a constant");
    add_model(w, trial);
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
        .sample_every = is_preloaded ? SIM_SECOND : 0,
        .stack = &w->layer,
        .stack_count = 1,
    };
    if (trial->topology)
        make_graph(w, trial);
    if (trial->down > 0 || trial->crashes)
        add_crash(w, trial);
    return w;
}

void validation_world_free(struct validation_world *w)
{
    distribution_free(w->latency);
    sim_graph_free(w->graph);
    g_free(w->parameters);
    g_free(w);
}

const struct sim_config *validation_world_config(const struct validation_world *w)
{
    return &w->config;
}

uint64_t validation_world_memory(struct validation_world *w, uint64_t enough)
{
    if (w->memory == 0)
        w->memory = sim_memory_estimate(&w->config, enough);
    return w->memory;
}

/* Times that never came are infinite, what the strategy does not have is 0. */
static double metric(const struct sim_result *result, const char *name)
{
    for (size_t i = 0; i < result->metric_count; i++)
        if (strcmp(result->metrics[i].name, name) == 0)
            return result->metrics[i].never ? INFINITY : result->metrics[i].value;
    return 0;
}

void validation_keep(const struct validation_trial *trial, const struct sim_result *result,
                     struct validation_run *run)
{
    *run = (struct validation_run){
        .residue = metric(result, "residue"),
        .m = metric(result, "m"),
        .t_last = metric(result, "t_last"),
        .t_all = metric(result, "t_all"),
        .messages = metric(result, "messages"),
        .sends = metric(result, "ring-repair.sends"),
        .sent_again = metric(result, "direct-mail.retransmissions"),
        .probes = metric(result, "swim.probes"),
        .probes_failed = metric(result, "swim.probes_failed"),
        .detect_first = metric(result, "detect_first"),
        .suspect_first = metric(result, "suspect_first"),
    };
    for (size_t i = 0; i < result->sample_count; i++) {
        const sim_time at = result->samples[i].at;

        if (at % SIM_SECOND == 0 && at / SIM_SECOND < VALIDATION_ROUNDS_KEPT)
            run->lacking[at / SIM_SECOND] = 1 - result->samples[i].informed / (double)trial->nodes;
    }
}
