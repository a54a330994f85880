/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * harness.h - runs of models without a scenario file.
 *
 * A setup is a run's configuration with defaults fit for tests: one update of 100 B written at 0 s
 * by a random node, a constant latency of 10 ms, no loss, no churn, an end after an hour or when
 * every live replica knows everything.  Tests change fields of `config` as they like.  What a test
 * gives wrongly aborts it.
 */
#ifndef TESTS_MODELS_HARNESS_H
#define TESTS_MODELS_HARNESS_H

#include "sim/sim.h"

enum { SETUP_LAYERS_MAX = MODEL_STACK_MAX };

struct setup {
    struct sim_config config;
    struct sim_layer layers[SETUP_LAYERS_MAX];
    void *configs[SETUP_LAYERS_MAX]; /* of the layers, owned */
    struct distribution *latency;    /* owned */
};

void setup_init(struct setup *setup, int64_t nodes);
void setup_clear(struct setup *setup);

/* Synchronous rounds of a second; the run goes on until nothing is to be done. */
void setup_rounds(struct setup *setup);

/* Adds a model to the stack with parameters as in "mode=pull k=3"; all others have their
 * defaults.  False, and nothing added, if the model's check() refuses them. */
bool setup_add(struct setup *setup, const char *model, const char *parameters);

/* The same of a model that may be none of the build's. */
bool setup_add_model(struct setup *setup, const struct model *model, const char *parameters);

const struct model *model_called(const char *name);

/* A metric of a finished run; times in seconds, NAN if it never came. */
double metric(const struct sim_result *result, const char *name);
bool has_metric(const struct sim_result *result, const char *name);

#endif
