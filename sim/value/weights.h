/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * weights.h - draws by weight: of so many things each with a probability in proportion to its own.
 *
 * A table of sums, in whole units of about 2^-60 of them all, so that what a stretch of the things
 * weighs is exact, and one that weighs nothing is never drawn.  8 bytes a thing; a draw takes a
 * search by halves.  A table never changes and may be shared.
 */
#ifndef SIM_VALUE_WEIGHTS_H
#define SIM_VALUE_WEIGHTS_H

#include <stdint.h>

struct weights {
    uint32_t count;
    uint64_t below[]; /* [i]: what those before the i-th weigh; count + 1 of them */
};

/* Of `count` weights, finite and >= 0; NULL if memory is short. */
struct weights *weights_new(const double *each, uint32_t count);
void weights_free(struct weights *weights);

uint64_t weights_bytes(const struct weights *weights);

/* A table of fewer things, each of which stands for as many of these as another; NULL if memory is
 * short. */
struct weights *weights_scaled(const struct weights *weights, uint32_t count);

/* What the things from `begin` up to `end`, without that, weigh. */
static inline uint64_t weights_of(const struct weights *weights, uint32_t begin, uint32_t end)
{
    return weights->below[end] - weights->below[begin];
}

/* The thing at so many units from the start, less than all weigh. */
uint32_t weights_find(const struct weights *weights, uint64_t at);

#endif
