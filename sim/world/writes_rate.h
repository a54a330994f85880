/* SPDX-License-Identifier: GPL-3.0-or-later */
/* writes_rate.h - a clock of writes that runs at a rate that changes; a part of writes.c. */
#ifndef SIM_WORLD_WRITES_RATE_H
#define SIM_WORLD_WRITES_RATE_H

#include "sim/world/run.h"

#define WRITES_TICKS 1e9 /* of the clock a write */

struct writes_clock {
    double ticks;   /* at which the next write is, never fewer than before */
    size_t step;    /* of the rates, the one that it falls into */
    double by_step; /* the ticks as that begins */
};

/* When the clock has come to its ticks; false: it never does, or not before the end. */
bool writes_clock_time(const struct run *run, struct writes_clock *clock, sim_time *time);

#endif
