/* SPDX-License-Identifier: GPL-3.0-or-later */
/* harness.c - see harness.h. */
#include "tests/models/harness.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static void fail(const char *what, const char *which)
{
    fprintf(stderr, "harness: %s: %s\n", what, which);
    abort();
}

void setup_init(struct setup *setup, int64_t nodes)
{
    const struct distribution_spec latency = { .kind = DISTRIBUTION_CONSTANT,
                                               .a = (double)(10 * SIM_MILLISECOND) };

    memset(setup, 0, sizeof *setup);
    setup->latency = distribution_new(&latency);
    setup->config = (struct sim_config){
        .nodes = nodes,
        .seed = 1,
        .timing = TIMING_EVENTS,
        .round = SIM_SECOND,
        .peers = PEERS_ALL,
        .network = { .latency = setup->latency, .header_bytes = 28 },
        .churn = { .share = 1 },
        .workload = { .updates = 1, .keys = 1, .size_bytes = 100, .origin = ORIGIN_RANDOM },
        .stop = { .at = 3600 * SIM_SECOND, .when = STOP_CONVERGED, .events = 1000000000000 },
        .stack = setup->layers,
    };
}

void setup_clear(struct setup *setup)
{
    for (int i = 0; i < setup->config.stack_count; i++)
        free(setup->configs[i]);
    distribution_free(setup->latency);
}

void setup_rounds(struct setup *setup)
{
    setup->config.timing = TIMING_ROUNDS;
    setup->config.round = SIM_SECOND;
    setup->config.stop.when = STOP_QUIET;
}

const struct model *model_called(const char *name)
{
    for (const struct model *const *m = model_registry; *m; m++)
        if (strcmp((*m)->name, name) == 0)
            return *m;
    fail("no model is called", name);
    return NULL;
}

static uint64_t set_parameters(const struct model *model, void *config, const char *parameters)
{
    char text[512], why[PARAM_WHY_MAX], *rest = text;
    uint64_t given = 0;

    if (snprintf(text, sizeof text, "%s", parameters) >= (int)sizeof text)
        fail("too long", parameters);
    for (char *name; (name = strsep(&rest, " ")) != NULL;) {
        const struct param *row;
        char *value = strchr(name, '=');

        if (!*name)
            continue;
        if (!value)
            fail("a parameter without a value", parameters);
        *value++ = '\0';
        row = param_find(model->params, name);
        if (!row)
            fail("no such parameter", parameters);
        if (!param_set(row, config, value, why))
            fail(parameters, why);
        given |= (uint64_t)1 << (row - model->params);
    }
    return given;
}

bool setup_add_model(struct setup *setup, const struct model *model, const char *parameters)
{
    void *config = calloc(1, model->config_size + 1);
    char why[PARAM_WHY_MAX];
    uint64_t given;

    param_defaults(model->params, config);
    given = set_parameters(model, config, parameters);
    if (model->check && !model->check(config, given, why)) {
        free(config);
        return false;
    }
    if (setup->config.stack_count == SETUP_LAYERS_MAX)
        fail("too many layers", model->name);
    setup->configs[setup->config.stack_count] = config;
    setup->layers[setup->config.stack_count++] =
        (struct sim_layer){ .model = model, .config = config };
    return true;
}

bool setup_add(struct setup *setup, const char *model, const char *parameters)
{
    return setup_add_model(setup, model_called(model), parameters);
}

static const struct sim_metric *find_metric(const struct sim_result *result, const char *name)
{
    for (size_t i = 0; i < result->metric_count; i++)
        if (strcmp(result->metrics[i].name, name) == 0)
            return &result->metrics[i];
    return NULL;
}

bool has_metric(const struct sim_result *result, const char *name)
{
    return find_metric(result, name) != NULL;
}

double metric(const struct sim_result *result, const char *name)
{
    const struct sim_metric *m = find_metric(result, name);

    if (!m)
        fail("the run has no metric", name);
    return m->never ? NAN : m->value;
}
