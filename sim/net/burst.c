/* SPDX-License-Identifier: GPL-3.0-or-later */
/* burst.c - see burst.h. */
#include "sim/net/burst.h"

static uint64_t bound(double probability)
{
    return (uint64_t)(probability * 0x1p32 + 0.5);
}

void bursts_init(struct bursts *bursts, struct memory *memory, uint32_t nodes, double mean,
                 double burst)
{
    bursts->links = memory_get(memory, nodes, sizeof *bursts->links);
    for (int i = 0; i < LINK_STATES; i++)
        bursts->lost_below[i] = bound(mean);
    if (burst <= 0)
        return;
    /* As many links turn bad as turn good: (1 - mean) p = mean / burst. */
    bursts->lost_below[LINK_GOOD] = mean > 0 ? bound(mean / (burst * (1 - mean))) : 0;
    bursts->lost_below[LINK_BAD] = bound(1 - 1 / burst);
}
