/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * measure.h - the metrics of a run that has ended.
 */
#ifndef SIM_MEASURE_H
#define SIM_MEASURE_H

#include "sim/run.h"

/* Fills the metrics of *result: those of sim/metric.h that apply, in the order of their table, then
 * the models' own.  Leaves them NULL if memory is short. */
void measure(struct run *run, struct sim_result *result);

#endif
