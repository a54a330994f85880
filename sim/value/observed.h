/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * observed.h - the distribution of what is observed one by one, in logarithmic bins.
 *
 * Sixteen bins to a doubling, from 2^-32 to 2^32, and one below and one above: whatever the unit,
 * seconds, bytes or a number, a quantile is right to a sixteenth of it (the first four binary
 * digits of a value number its bin, as in HdrHistogram, G. Tene).  8 KiB, an increment a value;
 * count, mean and the extremes are exact.
 */
#ifndef SIM_VALUE_OBSERVED_H
#define SIM_VALUE_OBSERVED_H

#include <stdint.h>
#include <string.h>

enum {
    OBSERVED_OCTAVES = 64, /* doublings */
    OBSERVED_BINS = OBSERVED_OCTAVES * 16 + 2,
};

struct observed { /* all zero: nothing yet */
    uint64_t count;
    double sum, min, max;
    uint64_t bins[OBSERVED_BINS];
};

/* The bin of a value >= 0. */
static inline uint32_t observed_bin(double value)
{
    const uint64_t first = (1023 - OBSERVED_OCTAVES / 2) << 4; /* the first bits of 2^-32 */
    uint64_t bits;

    memcpy(&bits, &value, sizeof bits);
    bits >>= 48;
    if (bits < first)
        return 0;
    return bits - first < OBSERVED_BINS - 2 ? (uint32_t)(bits - first) + 1 : OBSERVED_BINS - 1;
}

/* Adds a value >= 0. */
static inline void observed_add(struct observed *o, double value)
{
    if (o->count++ == 0)
        o->min = value;
    o->sum += value;
    o->min = value < o->min ? value : o->min;
    o->max = value > o->max ? value : o->max;
    o->bins[observed_bin(value)]++;
}

/* The value that a share of those observed, 0..1, is not above; there must be some. */
double observed_quantile(const struct observed *o, double share);

#endif
