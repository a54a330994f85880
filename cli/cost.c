/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cost.c - see cost.h. */
#include "cli/cost.h"

#include "cli/options.h"
#include "experiment/runner/pool.h"

enum {
    ESTIMATES_MAX = 16,   /* not so many points are tried that there are more estimates */
    EVENTS_MAX = 6400000, /* of all pilots: a second at most */
    EVENTS_MIN = 20000,   /* of one estimate's */
};

/* Refuses what the machine cannot hold. */
static bool fits(const char *strategy, uint64_t memory, struct errors *errors)
{
    const uint64_t available = pool_memory_available();
    char needed[QUANTITY_TEXT_MAX], left[QUANTITY_TEXT_MAX];

    if (memory <= available)
        return true;
    quantity_write_memory((double)memory, needed);
    quantity_write_memory((double)available, left);
    errors_add(errors, ERROR_SCENARIO, "a run of '%s' needs about %s of memory; %s are available",
               strategy, needed, left);
    return false;
}

static void note_given_back(struct cost_estimate *estimate, struct sim_given_back back)
{
    estimate->given_back.entries = MAX(estimate->given_back.entries, back.entries);
    estimate->given_back.shards = MAX(estimate->given_back.shards, back.shards);
}

/* Estimates of all strategies at one of `points` points. */
static void estimate_point(const struct plan *plan, size_t point, size_t points,
                           struct cost_estimate *estimate, struct errors *errors)
{
    const double share = (double)EVENTS_MAX / ((double)points * plan->strategy_count);
    const double budget = CLAMP(share, EVENTS_MIN, SIM_ESTIMATE_BUDGET);
    struct setup *setup = plan_setup(plan, point);

    if (setup == NULL) {
        errors_add(errors, ERROR_IO, "out of memory");
        return;
    }
    for (int i = 0; i < plan->strategy_count; i++) {
        const struct sim_config *config = setup_config(setup, i);
        struct cost *sum = &estimate->strategies[i];
        struct sim_estimate run;

        sim_estimate(config, budget, &run);
        if (!fits(plan->strategies[i], run.memory, errors))
            continue;
        sum->events += run.events / (double)points;
        sum->seconds += run.seconds / (double)points;
        sum->memory = MAX(sum->memory, (double)run.memory);
        note_given_back(estimate, sim_given_back(config));
        estimate->nodes_min = MIN(estimate->nodes_min, config->nodes);
        estimate->nodes_max = MAX(estimate->nodes_max, config->nodes);
    }
    if (topology_look(setup, point, &estimate->topologies[estimate->topology_count]))
        estimate->topology_count++;
    setup_free(setup);
}

bool cost_estimate(const struct plan *plan, struct cost_estimate *estimate, struct errors *errors)
{
    const int points_max = CLAMP(ESTIMATES_MAX / plan->strategy_count, 1, COST_POINTS_MAX);
    size_t points = MIN(plan->point_count, (size_t)points_max);
    double each = (double)plan->point_count * plan->replications.max, most = 0, different;

    *estimate = (struct cost_estimate){ .nodes_min = INT64_MAX, .threads = options_threads(0) };
    estimate->strategies = g_new0(struct cost, (size_t)plan->strategy_count);
    for (size_t i = 0; i < points && errors->count == 0; i++)
        estimate_point(plan, points == 1 ? 0 : i * (plan->point_count - 1) / (points - 1), points,
                       estimate, errors);
    estimate->runs = each * plan->strategy_count;
    estimate->made = (double)plan->cell_count * plan->replications.max;
    different = estimate->made / estimate->runs;
    estimate->threads = (int)MIN(estimate->threads, estimate->made);
    for (int i = 0; i < plan->strategy_count; i++) {
        estimate->events += different * each * estimate->strategies[i].events;
        estimate->seconds += different * each * estimate->strategies[i].seconds / estimate->threads;
        most = MAX(most, estimate->strategies[i].memory);
    }
    estimate->memory = most * estimate->threads;
    return errors->count == 0;
}

void cost_clear(struct cost_estimate *estimate)
{
    g_free(estimate->strategies);
}

char *cost_seconds_text(double seconds)
{
    if (seconds < 0.0995)
        return g_strdup_printf("%.2g ms", MAX(seconds * 1000, 0.1));
    if (seconds < 99.5)
        return g_strdup_printf("%.2g s", seconds);
    if (seconds < 6000)
        return g_strdup_printf("%.0f min", seconds / 60);
    return seconds < 100 * 3600 ? g_strdup_printf("%.0f h", seconds / 3600)
                                : g_strdup_printf("%.0f days", seconds / 86400);
}
