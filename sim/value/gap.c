/* SPDX-License-Identifier: GPL-3.0-or-later */
/* gap.c - see gap.h. */
#include "sim/value/gap.h"

#include <math.h>

bool gap_init(struct gap *gap, double mean)
{
    int shift = 0;

    while (shift < 20 && ldexp(mean, shift) < 0x1p40)
        shift++;
    *gap = (struct gap){ .shift = shift };
    gap->law = distribution_new(
        &(struct distribution_spec){ .kind = DISTRIBUTION_EXPONENTIAL, .a = ldexp(mean, shift) });
    return gap->law;
}

void gap_clear(struct gap *gap)
{
    distribution_free(gap->law);
}
