/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * measure_average.h - the metrics of estimates of a mean.
 */
#ifndef SIM_WORLD_MEASURE_AVERAGE_H
#define SIM_WORLD_MEASURE_AVERAGE_H

#include "sim/world/measure_values.h"
#include "sim/world/run.h"

/* Of a run that has a model which estimates. */
void measure_average(const struct run *run, struct values *values);

#endif
