/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * measure.h - the metrics of a run that has ended.
 */
#ifndef SIM_WORLD_MEASURE_H
#define SIM_WORLD_MEASURE_H

#include "sim/world/run.h"

/* What AGENDA_WINDOW is about. */
enum window_about {
    WINDOW_BEGIN,        /* measuring begins */
    WINDOW_END_AVERAGES, /* averages over time end */
    WINDOW_CYCLE,        /* a cycle of averaging.h is over */
};

/* Sets up what is measured of the run. */
void measure_init(struct run *run);

/* Measuring begins: what has been spent so far does not count. */
void measure_begin(struct run *run);

/* Averages over time are complete. */
void measure_end_averages(struct run *run);

/* One more metric of *result, which has room for it, without a name yet; NAN: it never came. */
struct sim_metric *measure_add(struct sim_result *result, double value);

/* Fills the metrics of *result: those of sim/metric.h that apply, in the order of their table, then
 * the models' own.  Leaves them NULL if memory is short. */
void measure(struct run *run, struct sim_result *result);

#endif
