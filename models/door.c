/* SPDX-License-Identifier: GPL-3.0-or-later */
/* door.c - see door.h. */
#include "models/door.h"

bool door_admits(struct door *door, sim_time now, sim_time interval, int64_t limit)
{
    if (door->accepted == 0 || now - door->opened >= interval)
        *door = (struct door){ .opened = now };
    if (door->accepted >= limit)
        return false;
    door->accepted++;
    return true;
}
