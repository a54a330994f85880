/* SPDX-License-Identifier: GPL-3.0-or-later */
/* runner_precise.c - whether runs are enough for their mean; see runner.h. */
#include "experiment/runner/runner.h"

#include "base/statistics.h"

#include <math.h>

bool runner_is_precise(const double *values, uint32_t count, bool is_share, double half_width,
                       double confidence)
{
    struct estimate e;
    uint32_t equal = 0;

    for (uint32_t i = 0; i < count; i++) {
        if (!isfinite(values[i]))
            return false;
        equal += values[i] == values[0];
    }
    if (count > 0 && equal == count)
        return true;
    e = statistics_mean(values, count, is_share, confidence);
    return fmax(e.upper - e.value, e.value - e.lower) <= half_width * fabs(e.value) &&
           isfinite(e.lower);
}
