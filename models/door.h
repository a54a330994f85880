/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * door.h - a limit on the calls that a node accepts: `limit` in an interval, which begins with the
 * first that it accepts after the last interval is over.  A zeroed door has accepted none.
 */
#ifndef MODELS_DOOR_H
#define MODELS_DOOR_H

#include "base/quantity.h"

struct door {
    sim_time opened;  /* when the interval began */
    int64_t accepted; /* in it */
};

/* Whether a call at `now` is accepted; counts it then. */
bool door_admits(struct door *door, sim_time now, sim_time interval, int64_t limit);

#endif
