/* SPDX-License-Identifier: GPL-3.0-or-later */
/* obstacle.c - see obstacle.h. */
#include "sim/net/obstacle.h"

#include "sim/fault_kind.h"

void obstacles_meet(struct obstacles *obstacles, const struct departure *message, struct fate *fate)
{
    for (uint32_t i = 0; i < obstacles->standing_count; i++)
        fault_kinds[obstacles->standing[i]->kind].meet(obstacles->standing[i], message, fate);
}
