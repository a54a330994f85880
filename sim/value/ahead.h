/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * ahead.h - draws made before their turn, many at a time; speed only.
 *
 * A draw depends on nothing but a node and how many of its kind the node has made, so those that
 * the next timers of a lane will ask for are made together, where the processor multiplies eight
 * 64-bit numbers at once (AVX-512; elsewhere this is off).  Each is kept with the counter it was
 * made from: where the node has drawn in between, the counters differ and the draw is made anew, so
 * no result depends on it.  Worth 7 % of W1 and 5 % of W2.
 */
#ifndef SIM_VALUE_AHEAD_H
#define SIM_VALUE_AHEAD_H

#include "sim/value/draw.h"

#include <stdbool.h>

enum { AHEAD = 16 }; /* draws made together */

/* Draws of one purpose for AHEAD places of a lane. */
struct ahead_draws {
    uint64_t counters[AHEAD], bits[AHEAD];
};

struct ahead {
    bool is_on;
    uint32_t from; /* the places drawn for: from .. from + AHEAD - 1 */
    uint32_t turn; /* whose turn it is among these */
    struct ahead_draws links, peers;
};

/* Whether this processor gains by it. */
bool ahead_is_worthwhile(void);

/* Off, and nothing is drawn yet. */
void ahead_init(struct ahead *ahead);

/* Makes the draws whose counters are set.  Only where it is worthwhile. */
void ahead_make(struct ahead_draws *draws, uint64_t key);

/* draw(key, entity, number), maybe made before. */
static inline uint64_t ahead_draw(const struct ahead_draws *draws, uint32_t turn, uint64_t key,
                                  uint32_t entity, uint32_t number)
{
    if (__builtin_expect(draws->counters[turn] == draw_counter(entity, number), 1))
        return draws->bits[turn];
    return draw(key, entity, number);
}

#endif
