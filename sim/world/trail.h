/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * trail.h - where a node is in a record of comings and goings (struct sim_trace).
 *
 * A node follows one of the recorded nodes, from some moment of the record on.  Where the record
 * repeats, laps follow one another without a gap.  16 B a node and O(1) a change.
 */
#ifndef SIM_WORLD_TRAIL_H
#define SIM_WORLD_TRAIL_H

#include "sim/sim.h"

struct trail {
    sim_time lap;    /* when the lap began, ns; before 0 for one that began within the record */
    uint32_t record; /* of which recorded node */
    uint32_t done;   /* changes of it in this lap that are past, or are to come next */
};

/* Begins to follow a recorded node `from` ns after the beginning of the record; whether it is up
 * then. */
bool trail_begin(const struct sim_trace *trace, struct trail *trail, uint32_t record,
                 sim_time from);

/* When it comes or goes next; SIM_NEVER if it does not until `end`. */
sim_time trail_next(const struct sim_trace *trace, struct trail *trail, bool repeats, sim_time end);

#endif
