/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * gap.h - the times of a Poisson process, on a clock of whole nanoseconds.
 *
 * Gaps are drawn in fractions of a nanosecond and what is left of one is carried over to the next,
 * so that the rate is right however high it is: above 1e9 a second several events share a
 * nanosecond, and the least gap is 0.
 */
#ifndef SIM_VALUE_GAP_H
#define SIM_VALUE_GAP_H

#include "sim/value/distribution.h"

struct gap {
    struct distribution *law; /* in units of 2^-shift ns; NULL: no process */
    int shift;
    sim_time rest; /* of the time, below 1 ns, in these units */
};

/* Of a process with gaps of `mean` ns; false if memory is short. */
bool gap_init(struct gap *gap, double mean);
void gap_clear(struct gap *gap);

/* The next gap, ns, from 32 random bits. */
static inline sim_time gap_next(struct gap *gap, uint32_t bits)
{
    const sim_time whole = gap->rest + distribution_value(gap->law, bits);

    gap->rest = whole & (((sim_time)1 << gap->shift) - 1);
    return whole >> gap->shift;
}

#endif
