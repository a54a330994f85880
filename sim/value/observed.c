/* SPDX-License-Identifier: GPL-3.0-or-later */
/* observed.c - see observed.h. */
#include "sim/value/observed.h"

#include <math.h>

/* Where a bin begins. */
static double start_of(uint32_t bin)
{
    if (bin == 0)
        return 0;
    return ldexp(1 + (bin - 1) % 16 / 16., (int)((bin - 1) / 16) - OBSERVED_OCTAVES / 2);
}

/* Within a bin the values are taken to lie evenly. */
double observed_quantile(const struct observed *o, double share)
{
    const double rank = share * (double)o->count;
    double before = 0, value;
    uint32_t bin = 0;

    while (bin < OBSERVED_BINS - 1 && before + (double)o->bins[bin] < rank)
        before += (double)o->bins[bin++];
    if (bin == OBSERVED_BINS - 1)
        return o->max;
    value = start_of(bin);
    if (o->bins[bin] > 0)
        value += (start_of(bin + 1) - value) * (rank - before) / (double)o->bins[bin];
    return fmin(fmax(value, o->min), o->max);
}
