/* SPDX-License-Identifier: GPL-3.0-or-later */
/* summary.c - see summary.h. */
#include "analysis/study/summary.h"

#include <glib.h>
#include <math.h>

/* Counts the runs and collects the values that are finite or, with `never`, infinite. */
static double *collect(const struct series *series, bool never, struct summary *summary,
                       size_t *used)
{
    double *values = g_new(double, series->count + 1);

    *summary = (struct summary){ .estimate = { NAN, NAN, NAN } };
    *used = 0;
    for (size_t i = 0; i < series->count; i++) {
        double value = series->values[i];
        summary->runs += isnan(value) ? 0 : 1;
        summary->never += isinf(value) ? 1 : 0;
        if (isfinite(value) || (never && isinf(value)))
            values[(*used)++] = value;
    }
    return values;
}

struct summary summary_quantile(const struct series *series, double quantile)
{
    struct summary summary;
    size_t used;
    double *values = collect(series, true, &summary, &used);

    summary.estimate = statistics_quantile(values, used, quantile, SUMMARY_CONFIDENCE);
    g_free(values);
    return summary;
}

struct summary summary_mean(const struct series *series)
{
    struct summary summary;
    size_t used;
    double *values = collect(series, false, &summary, &used);

    summary.estimate = statistics_mean(values, used, series->is_share, SUMMARY_CONFIDENCE);
    if (used == 0 && summary.runs > 0)
        summary.estimate.value = INFINITY;
    g_free(values);
    return summary;
}
