/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * measure_values.h - the values of the table's metrics as they are found, of a run or of a part of
 * its nodes.  For measure.c and its parts.
 */
#ifndef SIM_WORLD_MEASURE_VALUES_H
#define SIM_WORLD_MEASURE_VALUES_H

#include "sim/metric.h"

/* One without a value does not apply. */
struct values {
    double of[METRICS]; /* NAN: it never came */
    bool has[METRICS];
};

static inline void set_value(struct values *values, enum metric_id id, double value)
{
    values->of[id] = value;
    values->has[id] = true;
}

#endif
