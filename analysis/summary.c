/* SPDX-License-Identifier: GPL-3.0-or-later */
/* summary.c - see summary.h. */
#include "analysis/summary.h"

#include <glib.h>
#include <math.h>

struct summary summary_make(const struct series *series, bool median)
{
    struct summary summary = { { NAN, NAN, NAN }, 0, 0 };
    double *values = g_new(double, series->count + 1);
    size_t used = 0;

    for (size_t i = 0; i < series->count; i++) {
        double value = series->values[i];
        summary.runs += isnan(value) ? 0 : 1;
        summary.never += isinf(value) ? 1 : 0;
        if (isfinite(value) || (median && isinf(value)))
            values[used++] = value;
    }
    if (median)
        summary.estimate = statistics_quantile(values, used, 0.5, SUMMARY_CONFIDENCE);
    else
        summary.estimate = statistics_mean(values, used, series->is_share, SUMMARY_CONFIDENCE);
    if (!median && used == 0 && summary.runs > 0)
        summary.estimate.value = INFINITY;
    g_free(values);
    return summary;
}
