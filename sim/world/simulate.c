/* SPDX-License-Identifier: GPL-3.0-or-later */
/* simulate.c - one run from its start to its end; see sim.h. */
#include "sim/sim.h"

#include "sim/world/agreement.h"
#include "sim/world/loop.h"
#include "sim/world/observation.h"
#include "sim/world/probe.h"
#include "sim/world/result.h"
#include "sim/world/setup.h"

#include <inttypes.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

/* Whether its models can stand in one stack: what one alone may do only one does. */
static bool check_stack(const struct sim_config *config, struct sim_result *result)
{
    const struct model *judge = NULL, *provider = NULL, *estimator = NULL;

    for (int i = 0; i < config->stack_count; i++) {
        const struct model *model = config->stack[i].model;

        if (model->believes && judge) {
            snprintf(result->error, sizeof result->error,
                     "the model %.40s believes something of other nodes, and so does %.40s",
                     model->name, judge->name);
            return false;
        }
        if (model->view_count && provider) {
            snprintf(result->error, sizeof result->error,
                     "the model %.40s has a view, and so has %.40s", model->name, provider->name);
            return false;
        }
        if (model->cycle && estimator) {
            snprintf(result->error, sizeof result->error,
                     "the model %.40s estimates a mean, and so does %.40s", model->name,
                     estimator->name);
            return false;
        }
        estimator = model->cycle ? model : estimator;
        judge = model->believes ? model : judge;
        provider = model->view_count ? model : provider;
    }
    if (config->peers == PEERS_VIEW && !provider)
        snprintf(result->error, sizeof result->error, "no model of the stack has a view");
    return config->peers != PEERS_VIEW || provider;
}

/* Whether its models can be run at all; the scenario cannot make them otherwise. */
static bool check_models(const struct sim_config *config, struct sim_result *result)
{
    char why[PARAM_WHY_MAX];

    for (int i = 0; i < config->stack_count; i++) {
        const struct model *model = config->stack[i].model;

        if (model_check(model, why))
            continue;
        snprintf(result->error, sizeof result->error, "the model %.40s %.100s",
                 model->name ? model->name : "without a name", why);
        return false;
    }
    return check_stack(config, result);
}

static void conclude(struct run *run, struct sim_result *result)
{
    const char *reason = run->stop_reason ? run->stop_reason : "memory";

    result->status = SIM_DONE;
    if (run->memory.is_short) {
        result->status = SIM_FAILED;
        reason = "memory";
        snprintf(result->error, sizeof result->error, "memory is short after %" PRIu64 " MB",
                 run->memory.bytes >> 20);
    } else if (strcmp(reason, "events") == 0) {
        result->status = SIM_FAILED;
        snprintf(result->error, sizeof result->error,
                 "more than %" PRIu64 " events after %.3f s of simulated time (stop.events)",
                 run->config->stop.events, (double)run->node.now / 1e9);
    } else if (strcmp(reason, "samples") == 0) {
        result->status = SIM_FAILED;
        snprintf(result->error, sizeof result->error,
                 "more than %d samples after %.3f s of simulated time (record.every)",
                 SIM_SAMPLES_MAX, (double)run->node.now / 1e9);
    } else if (strcmp(reason, "cancelled") == 0)
        result->status = SIM_CANCELLED;
    result->stop_reason = reason;
}

/* All but the lanes, which are many; lanes_init() sees to them. */
static void clear(struct run *run)
{
    const size_t end = offsetof(struct run, lanes) + sizeof run->lanes;

    memset(run, 0, offsetof(struct run, lanes));
    memset((char *)run + end, 0, sizeof *run - end);
}

void sim_run(const struct sim_config *config, struct sim_result *result)
{
    struct run *run;

    *result = (struct sim_result){ .status = SIM_FAILED,
                                   .stop_reason = "memory",
                                   .error = "memory is short" };
    if (!check_models(config, result)) {
        result->stop_reason = "model";
        return;
    }
    run = aligned_alloc(_Alignof(struct run), sizeof *run);
    if (!run)
        return;
    result->error[0] = '\0';
    clear(run);
    if (setup(run, config)) {
        agreement_look(run);
        loop_until_over(run);
        if (run_is_cancelled(run)) /* at the very end, too: filling may take long */
            run->stop_reason = "cancelled";
        else
            result_fill(run, result);
    }
    conclude(run, result);
    if (config->probe)
        probe_conclude(run);
    observation_free(run->observation);
    lanes_clear(&run->lanes);
    gap_clear(&run->gap);
    memory_clear(&run->memory);
    free(run);
}

void sim_result_clear(struct sim_result *result)
{
    free(result->metrics);
    free(result->samples);
    free(result->figures);
    free(result->outcomes);
    free(result->detections);
    free(result->spread);
    free(result->overlay);
    free(result->bins);
    free(result->faults);
    *result = (struct sim_result){ 0 };
}
