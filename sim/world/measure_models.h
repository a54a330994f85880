/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * measure_models.h - what a run tells of its models: their shares of the deliveries and their own
 * figures.
 */
#ifndef SIM_WORLD_MEASURE_MODELS_H
#define SIM_WORLD_MEASURE_MODELS_H

#include "sim/world/run.h"

enum { MEASURE_MODEL_MAX = 4 * MODEL_FIGURES_MAX + 1 }; /* metrics of one model */

/* Measuring begins: what was counted so far does not count; gauges stay as they stand. */
void measure_models_begin(struct run *run);

/* Adds their metrics to those of *result, which has room for MEASURE_MODEL_MAX a model. */
void measure_models(const struct run *run, struct sim_result *result);

/* How many gauges its models have; how they stand now, the mean of the live nodes, NAN if there are
 * none, each into its place of `values`; and the name of one, as that of its metric. */
uint32_t measure_gauge_count(const struct run *run);
void measure_gauges(const struct run *run, double *values);
void measure_gauge_name(const struct run *run, uint32_t index, char name[METRIC_NAME_MAX + 1]);

#endif
