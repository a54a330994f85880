/* SPDX-License-Identifier: GPL-3.0-or-later */
/* zipf.c - see zipf.h. */
#include "sim/value/zipf.h"

#include <math.h>

/* To 24 significant bits. */
static double rounded(double x)
{
    int exponent;
    const double part = frexp(x, &exponent);

    return ldexp(floor(part * 0x1p24 + 0.5), exponent - 24);
}

struct zipf zipf_new(double *sums, uint32_t count, double exponent)
{
    double sum = 0;

    for (uint32_t i = 0; i < count; i++)
        sums[i] = sum += rounded(pow((double)i + 1, -exponent));
    return (struct zipf){ sums, count };
}

uint32_t zipf_rank(const struct zipf *zipf, uint64_t bits)
{
    const double at = (double)(bits >> 11) * 0x1p-53 * zipf->sums[zipf->count - 1];
    uint32_t low = 0, high = zipf->count - 1;

    while (low < high) {
        const uint32_t middle = low + (high - low) / 2;

        if (at < zipf->sums[middle])
            high = middle;
        else
            low = middle + 1;
    }
    return low;
}
