/* SPDX-License-Identifier: GPL-3.0-or-later */
/* measure_models.c - see measure_models.h. */
#include "sim/world/measure_models.h"

#include "sim/world/measure.h"

#include <math.h>
#include <stdio.h>

static void clear_figures(struct layer *layer)
{
    const struct model_figure *figure = layer->model->figures;

    for (int i = 0; figure && figure[i].name; i++)
        if (figure[i].kind == FIGURE_OBSERVED)
            memset(layer->figures[i].observed, 0, sizeof(struct observed));
        else if (figure[i].kind != FIGURE_GAUGE)
            layer->figures[i].count = 0;
}

void measure_models_begin(struct run *run)
{
    for (uint32_t i = 0; i < run->layer_count; i++) {
        run->census.learned_by[i] = 0;
        clear_figures(&run->layers[i]);
    }
}

/* Of a model: FIRST.LAST and the rest of the name. */
static void add_own(struct sim_result *result, double value, const char *first, const char *last,
                    const char *rest)
{
    struct sim_metric *metric = measure_add(result, value);

    snprintf(metric->name, sizeof metric->name, "%s.%s%s", first, last, rest);
}

static double mean_of_live(const struct run *run, const double *gauge)
{
    double sum = 0;

    for (node_id i = 0; i < run->nodes; i++)
        sum += run_is_down(run, i) ? 0 : gauge[i];
    return run->census.alive > 0 ? sum / run->census.alive : NAN;
}

/* The metrics of a model's figure, as model_figure_metrics() names them; a gauge without a live
 * node has none, nor has what was never observed. */
static void add_figure(const struct run *run, struct sim_result *result, const struct layer *layer,
                       int index)
{
    const struct model_figure *figure = &layer->model->figures[index];
    const union figure_value value = layer->figures[index];
    const struct observed *o = figure->kind == FIGURE_OBSERVED ? value.observed : NULL;
    double values[4] = { 0 };

    if (o ? o->count == 0 : figure->kind == FIGURE_GAUGE && run->census.alive == 0)
        return;
    if (o) {
        values[0] = o->sum / (double)o->count;
        values[1] = observed_quantile(o, 0.5);
        values[2] = observed_quantile(o, 0.99);
        values[3] = o->max;
    } else if (figure->kind == FIGURE_GAUGE)
        values[0] = mean_of_live(run, value.gauge);
    else
        values[0] = (double)value.count;
    for (int i = 0; model_figure_metrics(figure->kind)[i]; i++)
        add_own(result, values[i], layer->model->name, figure->name,
                model_figure_metrics(figure->kind)[i]);
}

void measure_models(const struct run *run, struct sim_result *result)
{
    uint64_t deliveries = 0;

    for (uint32_t i = 0; i < run->layer_count; i++)
        deliveries += run->census.learned_by[i];
    for (uint32_t i = 0; i < run->layer_count; i++) {
        const struct layer *layer = &run->layers[i];
        const struct model_figure *figure = layer->model->figures;

        if (deliveries > 0)
            add_own(result, (double)run->census.learned_by[i] / (double)deliveries, "learned_by",
                    layer->model->name, "");
        for (int k = 0; figure && figure[k].name; k++)
            add_figure(run, result, layer, k);
    }
}

/* ---- gauges over time ---- */

uint32_t measure_gauge_count(const struct run *run)
{
    uint32_t count = 0;

    for (uint32_t i = 0; i < run->layer_count; i++)
        for (const struct model_figure *f = run->layers[i].model->figures; f && f->name; f++)
            count += f->kind == FIGURE_GAUGE;
    return count;
}

void measure_gauges(const struct run *run, double *values)
{
    for (uint32_t i = 0; i < run->layer_count; i++) {
        const struct layer *layer = &run->layers[i];
        const struct model_figure *figure = layer->model->figures;

        for (int k = 0; figure && figure[k].name; k++)
            if (figure[k].kind == FIGURE_GAUGE)
                *values++ = mean_of_live(run, layer->figures[k].gauge);
    }
}

void measure_gauge_name(const struct run *run, uint32_t index, char name[METRIC_NAME_MAX + 1])
{
    for (uint32_t i = 0; i < run->layer_count; i++) {
        const struct model *model = run->layers[i].model;

        for (const struct model_figure *f = model->figures; f && f->name; f++)
            if (f->kind == FIGURE_GAUGE && index-- == 0)
                snprintf(name, METRIC_NAME_MAX + 1, "%s.%s", model->name, f->name);
    }
}
