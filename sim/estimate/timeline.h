/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * timeline.h - what the timeline of faults holds in memory: it is known before a run, and may come
 * later than any pilot does.
 */
#ifndef SIM_ESTIMATE_TIMELINE_H
#define SIM_ESTIMATE_TIMELINE_H

#include "sim/sim.h"

/* The entries of the log of faults at `end`. */
double timeline_log(const struct sim_config *config, double end);

/* Pauses that stand together. */
struct standstill {
    double waited;  /* nanoseconds that their nodes have paused, summed, at the most */
    double blocked; /* of these, with timers that run */
    double share;   /* of the nodes that are stopped meanwhile */
};

/* Those that hold most by `end`. */
struct standstill timeline_standstill(const struct sim_config *config, double end);

#endif
