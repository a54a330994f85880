/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * dice.h - draws for random scenarios.  Each place of a scenario has dice of its own, so that a key
 * that is added to the language changes little of what the others get.
 */
#ifndef TESTS_RANDOM_DICE_H
#define TESTS_RANDOM_DICE_H

#include "sim/value/draw.h"

#include <stdbool.h>

struct dice {
    uint64_t key;
    uint32_t thrown;
};

struct dice dice_new(uint64_t number, uint32_t attempt);

/* Those of a place that is called so within the place of `dice`. */
struct dice dice_of(const struct dice *dice, const char *place);

bool dice_chance(struct dice *dice, double probability);
uint64_t dice_below(struct dice *dice, uint64_t limit); /* 0 .. limit-1 */
double dice_unit(struct dice *dice);                    /* 0 <= x < 1 */

/* Between low and high, each power of ten as likely as the next; both at least 0. */
double dice_scale(struct dice *dice, double low, double high);

#endif
