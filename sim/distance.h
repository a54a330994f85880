/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * distance.h - distances that are drawn less often the longer they are.
 *
 * A table of the cumulated weights d^-exponent, made at the first draw of its exponent and reach;
 * a draw is a binary search.  Weights are rounded to 24 significant bits, so that libm's last bits
 * reach no result.  Source of the law: Demers et al., PODC 1987, section 3.
 */
#ifndef SIM_DISTANCE_H
#define SIM_DISTANCE_H

#include "sim/memory.h"

enum { DISTANCE_LAWS_MAX = 16 }; /* one a model of the stack, and shards of one size */

struct distance_law {
    double exponent;
    uint32_t reach;      /* the longest distance, at least 1 */
    uint64_t *cumulated; /* [d - 1]: weight of 1 .. d */
};

struct distances {
    struct distance_law laws[DISTANCE_LAWS_MAX];
    int count;
};

/* A distance 1 .. reach (1 if reach is 0) by the law; `bits` is the draw, its lowest bit unused. */
uint32_t distances_draw(struct distances *distances, struct memory *memory, double exponent,
                        uint32_t reach, uint64_t bits);

#endif
