/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * distance.h - distances on a ring that are drawn less often the longer they are.
 *
 * A table of the cumulated weights d^-exponent, made at the first draw of its exponent and ring; a
 * draw is a binary search.  The law is about nodes: on a ring of even size the distance right
 * across, where there is one node instead of two, has half its weight; exponent 0 is uniform.
 * Weights are rounded to 24 significant bits, so that libm's last bits reach no result.  Source of
 * the law: Demers et al., PODC 1987, section 3.
 */
#ifndef SIM_VALUE_DISTANCE_H
#define SIM_VALUE_DISTANCE_H

#include "sim/value/memory.h"

enum { DISTANCE_LAWS_MAX = 16 }; /* one a model of the stack, and shards of one size */

struct distance_law {
    double exponent;
    uint32_t size;       /* of the ring: distances 1 .. size / 2 */
    uint64_t *cumulated; /* [d - 1]: weight of 1 .. d */
};

struct distances {
    struct distance_law laws[DISTANCE_LAWS_MAX];
    int count;
};

/* A distance 1 .. size / 2 by the law, on a ring of `size` >= 2; `bits` is the draw, its lowest bit
 * unused. */
uint32_t distances_draw(struct distances *distances, struct memory *memory, double exponent,
                        uint32_t size, uint64_t bits);

/* Whom the same law picks among the nodes `from` .. `to` steps up the ring, 1 .. size - 1, alone:
 * so many steps up; 0 if all of them weigh too little to be drawn. */
uint32_t distances_draw_between(struct distances *distances, struct memory *memory, double exponent,
                                uint32_t size, uint32_t from, uint32_t to, uint64_t bits);

/* The weight by that law of a node `steps` up the ring, 1 .. size - 1. */
double distances_weight(struct distances *distances, struct memory *memory, double exponent,
                        uint32_t size, uint32_t steps);

#endif
