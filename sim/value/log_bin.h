/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * log_bin.h - logarithmic bins of whole numbers: sixteen to a doubling, and one for each number
 * below 32.
 *
 * The first five binary digits of a number give its bin, as in HdrHistogram, G. Tene; observed.h
 * has the same of real numbers.
 */
#ifndef SIM_VALUE_LOG_BIN_H
#define SIM_VALUE_LOG_BIN_H

#include <stdint.h>

enum { LOG_BINS = 60 * 16 }; /* of numbers below 2^63 */

/* The bin of a number, below 2^63. */
static inline uint32_t log_bin(uint64_t number)
{
    const uint32_t shift = number < 32 ? 0 : 59 - (uint32_t)__builtin_clzll(number);

    return 16 * shift + (uint32_t)(number >> shift);
}

/* The least number of a bin, 0..LOG_BINS: of the last, 2^63. */
static inline uint64_t log_bin_start(uint32_t bin)
{
    return bin < 32 ? bin : (uint64_t)(16 + bin % 16) << (bin / 16 - 1);
}

#endif
