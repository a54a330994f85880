/* SPDX-License-Identifier: GPL-3.0-or-later */
/* burst.c - see burst.h. */
#include "sim/net/burst.h"

#include <stdio.h>

#define TOLERANCE 1e-9 /* of shares as people round them */

bool bursts_are_possible(double mean, double burst, char why[QUANTITY_WHY_MAX])
{
    char text[QUANTITY_TEXT_MAX], remedy[64] = "to lose all, give no burst";

    if (mean * (1 + burst) <= burst * (1 + TOLERANCE))
        return true;
    quantity_write_real(burst, text);
    if (mean < 1)
        snprintf(remedy, sizeof remedy, "for this mean they must be at least %.6g long",
                 mean / (1 - mean));
    snprintf(why, QUANTITY_WHY_MAX, "bursts of %s messages lose at most %.4g%% of them; %s", text,
             100 * burst / (1 + burst), remedy);
    return false;
}

static uint64_t bound(double probability)
{
    return (uint64_t)(probability * 0x1p32 + 0.5);
}

void bursts_bounds(double mean, double burst, uint64_t lost_below[LINK_STATES])
{
    for (int i = 0; i < LINK_STATES; i++)
        lost_below[i] = bound(mean);
    if (burst <= 0)
        return;
    /* As many links turn bad as turn good: (1 - mean) p = mean / burst. */
    lost_below[LINK_GOOD] = mean > 0 ? bound(mean / (burst * (1 - mean))) : 0;
    lost_below[LINK_BAD] = bound(1 - 1 / burst);
}

void bursts_init(struct bursts *bursts, struct memory *memory, uint32_t nodes, double mean,
                 double burst)
{
    bursts->links = memory_get(memory, nodes, sizeof *bursts->links);
    bursts_bounds(mean, burst, bursts->lost_below);
}
