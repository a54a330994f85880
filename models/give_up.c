/* SPDX-License-Identifier: GPL-3.0-or-later */
/* give_up.c - see give_up.h. */
#include "models/give_up.h"

#include <math.h>

bool give_up(const struct give_up *rule, struct stillness *still, double estimate)
{
    const bool stands = still->has_acted && fabs(estimate - still->before) < rule->change;

    if (!rule->is_on)
        return false;
    still->rounds = stands ? still->rounds + 1 : 0;
    still->before = estimate;
    still->has_acted = true;
    still->has_given_up |= still->rounds >= rule->rounds;
    return still->has_given_up;
}
