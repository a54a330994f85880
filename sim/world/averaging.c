/* SPDX-License-Identifier: GPL-3.0-or-later */
/* averaging.c - see averaging.h. */
#include "sim/world/averaging.h"

#include "sim/world/measure.h"

#include <assert.h>

void averaging_init(struct run *run)
{
    const struct sim_config *config = run->config;

    for (int i = 0; i < config->stack_count; i++) {
        const struct sim_layer *layer = &config->stack[i];

        if (layer->model->cycle)
            average_init(&run->average, &run->memory, run->nodes,
                         layer->model->cycle(layer->config),
                         config->stop.when == STOP_ESTIMATED ? config->estimate_error : 0);
    }
}

/* What the node starts with that is called so in the scenario. */
static double start_value(const struct run *run, node_id outside)
{
    const struct sim_config *config = run->config;

    switch (config->values) {
    case VALUES_LINEAR:
        break;
    case VALUES_UNIFORM:
        return (double)(draw(run->keys[PURPOSE_VALUE], outside, 0) >> 11) * 0x1p-53;
    case VALUES_PEAK:
        return outside == 0 ? run->nodes : 0;
    case VALUES_GIVEN:
        return config->value_of[outside];
    }
    return (double)outside + 1;
}

double node_value(const struct node *n)
{
    const struct run *run = run_of_const(n);

    return start_value(run, numbering_outside(&run->numbering, n->id));
}

/* All estimates are right, and nothing is to come that could change them. */
static void look(struct run *run)
{
    struct average *a = &run->average;

    if (!average_is_near(a) || run->faults_left > 0 || run->members.joined < run->members.to_join)
        return;
    a->near_at = run_credit(run, run->node.now);
    run_stop(run, "estimated");
}

void node_estimate(struct node *n, double sum, double weight)
{
    struct run *run = run_of(n);
    struct average *a = &run->average;

    assert(n->layer->model->cycle);
    if (!average_has(a, n->id))
        average_come(a, n->id, node_value(n));
    average_hold(a, n->id, sum, weight);
    if (!run->round) /* a round ends with all of its messages */
        look(run);
}

/* When the next cycle is over; under `timing: rounds` after all messages of its last round. */
static void await_end(struct run *run)
{
    agenda_add(&run->agenda, run_credit(run, run->node.now) + run->average.cycle + run->round / 2,
               AGENDA_WINDOW, WINDOW_CYCLE);
}

void averaging_start(struct run *run)
{
    if (!run->average.held)
        return;
    average_end_cycle(&run->average);
    await_end(run);
    look(run);
}

void averaging_end_cycle(struct run *run)
{
    average_end_cycle(&run->average);
    await_end(run);
    look(run);
}
