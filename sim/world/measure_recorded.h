/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * measure_recorded.h - the metrics of what a run was asked to record beyond the usual: by node, by
 * group and between groups, ages.
 */
#ifndef SIM_WORLD_MEASURE_RECORDED_H
#define SIM_WORLD_MEASURE_RECORDED_H

#include "sim/world/measure_values.h"
#include "sim/world/recording.h"

/* How many metrics of groups a run has at most. */
size_t measure_recorded_max(const struct run *run);

/* Sets those of all nodes; adds those of groups, of a run that has a recording, to *result, which
 * has room for them. */
void measure_recorded(struct run *run, struct values *values);
void measure_parts(struct run *run, struct sim_result *result);

#endif
