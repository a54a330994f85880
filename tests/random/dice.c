/* SPDX-License-Identifier: GPL-3.0-or-later */
/* dice.c - see dice.h. */
#include "tests/random/dice.h"

#include <math.h>

struct dice dice_new(uint64_t number, uint32_t attempt)
{
    return (struct dice){ .key = draw_key(number, attempt, PURPOSE_MODEL) };
}

/* FNV-1a; keys of draws are odd. */
struct dice dice_of(const struct dice *dice, const char *place)
{
    uint64_t hash = dice->key ^ 0xcbf29ce484222325u;

    for (; *place; place++)
        hash = (hash ^ (unsigned char)*place) * 0x100000001b3u;
    return (struct dice){ .key = draw(dice->key, (uint32_t)(hash >> 32), (uint32_t)hash) | 1 };
}

static uint64_t throw(struct dice * dice)
{
    return draw(dice->key, 0, ++dice->thrown);
}

bool dice_chance(struct dice *dice, double probability)
{
    return draw_chance(throw(dice), probability);
}

uint64_t dice_below(struct dice *dice, uint64_t limit)
{
    return draw_below(throw(dice), limit);
}

double dice_unit(struct dice *dice)
{
    return (double)(throw(dice) >> 11) * 0x1p-53;
}

double dice_scale(struct dice *dice, double low, double high)
{
    const double share = dice_unit(dice);

    if (high <= low)
        return low;
    return fmin(high, (low + 1e-9) * pow((high + 1e-9) / (low + 1e-9), share));
}
