/* SPDX-License-Identifier: GPL-3.0-or-later */
/* measure_average.c - see measure_average.h. */
#include "sim/world/measure_average.h"

#include <math.h>

/* What is too large for a number is none. */
static double or_never(double value)
{
    return isfinite(value) ? value : NAN;
}

void measure_average(const struct run *run, struct values *values)
{
    const struct average *a = &run->average;
    const struct average_state state = average_look(a);
    const double factor = average_factor(a);

    if (run->config->stop.when == STOP_ESTIMATED)
        set_value(values, METRIC_ESTIMATE_TIME,
                  a->near_at == SIM_NEVER ? NAN : (double)a->near_at / 1e9);
    if (!isnan(factor))
        set_value(values, METRIC_VARIANCE_FACTOR, factor);
    if (state.live == 0)
        return;
    set_value(values, METRIC_ESTIMATE_ERROR, or_never(state.error));
    set_value(values, METRIC_ESTIMATE_ERROR_RMS, or_never(state.rms));
    set_value(values, METRIC_VARIANCE, or_never(state.variance));
    set_value(values, METRIC_MASS_KEPT, or_never(state.mass));
    set_value(values, METRIC_WEIGHT_KEPT, state.weight);
}
