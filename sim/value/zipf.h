/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * zipf.h - ranks by Zipf's law: rank k of 0 .. count-1 with a probability that goes as
 * (k + 1)^-exponent; with exponent 0 all are alike.
 *
 * By inversion of the sums of the probabilities, whose terms are rounded to 24 significant bits, so
 * that every machine draws the same ranks whatever its libm; to that the law is exact.  It is
 * monotone in the draw: with a larger exponent the same draw gives no larger rank.  8 bytes a rank,
 * O(log count) a draw.
 *
 * Source: L. Devroye, Non-Uniform Random Variate Generation, Springer 1986, section III.2
 * (inversion by search in a table of sums).
 */
#ifndef SIM_VALUE_ZIPF_H
#define SIM_VALUE_ZIPF_H

#include <stdint.h>

#define ZIPF_EXPONENT_MAX 10.0

struct zipf {
    double *sums; /* of the weights of the ranks up to each, its own with them */
    uint32_t count;
};

/* Fills `sums`, room for `count` of them, which stays the caller's; exponent 0..ZIPF_EXPONENT_MAX.
 */
struct zipf zipf_new(double *sums, uint32_t count, double exponent);

/* The rank of 64 random bits. */
uint32_t zipf_rank(const struct zipf *zipf, uint64_t bits);

#endif
