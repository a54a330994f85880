/* SPDX-License-Identifier: GPL-3.0-or-later */
/* predicted.c - see predicted.h. */
#include "analysis/theory/predicted.h"

#include <math.h>

double theory_reached(const struct theory_curve *curve, bool is_rounds, double share)
{
    for (size_t i = 0; i < curve->count; i++)
        if (curve->informed[i] >= share) {
            if (is_rounds || i == 0)
                return curve->times[i];
            return curve->times[i - 1] + (curve->times[i] - curve->times[i - 1]) *
                                             (share - curve->informed[i - 1]) /
                                             (curve->informed[i] - curve->informed[i - 1]);
        }
    return INFINITY;
}

double theory_informed(const struct theory_curve *curve, bool is_rounds, double seconds)
{
    size_t low = 0, high = curve->count;
    double share;

    if (seconds < 0 || curve->count == 0)
        return 0;
    while (high - low > 1) {
        const size_t middle = (low + high) / 2;
        if (curve->times[middle] <= seconds)
            low = middle;
        else
            high = middle;
    }
    share = curve->informed[low];
    if (is_rounds || high == curve->count)
        return share;
    return share + (curve->informed[high] - share) * (seconds - curve->times[low]) /
                       (curve->times[high] - curve->times[low]);
}
