/* SPDX-License-Identifier: GPL-3.0-or-later */
/* pareto.c - see pareto.h. */
#include "base/pareto.h"

#include <math.h>

static bool is_finite(const struct pareto_offer *offer)
{
    return isfinite(offer->x) && isfinite(offer->y);
}

static bool is_beaten(const struct pareto_offer *offers, size_t count, size_t i)
{
    const struct pareto_offer *offer = &offers[i];

    for (size_t k = 0; k < count; k++) {
        const struct pareto_offer *other = &offers[k];
        const bool is_equal = other->x == offer->x && other->y == offer->y;

        if (k != i && is_finite(other) && other->x <= offer->x && other->y <= offer->y &&
            (!is_equal || k < i))
            return true;
    }
    return false;
}

void pareto_mark(struct pareto_offer *offers, size_t count)
{
    for (size_t i = 0; i < count; i++)
        offers[i].is_on_frontier = is_finite(&offers[i]) && !is_beaten(offers, count, i);
}
