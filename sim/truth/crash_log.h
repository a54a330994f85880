/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * crash_log.h - the crashes of a run one by one, and how word of them spreads: beside the figures
 * of detection.h.
 *
 * Of each of the first CRASHES_MAX crashes is kept when it reached its milestones.  Over all of
 * them is kept, in the bins of log_bin.h by the time since a crash, how the share of live nodes
 * that hold the crashed one dead changes: O(1) a change, 30 KiB a run that has crashes.
 */
#ifndef SIM_TRUTH_CRASH_LOG_H
#define SIM_TRUTH_CRASH_LOG_H

#include "sim/node.h"
#include "sim/sim.h"
#include "sim/value/log_bin.h"
#include "sim/value/memory.h"

enum { CRASHES_MAX = SIM_DETECTIONS_MAX }; /* kept one by one */

/* Of a node that is down, among what detection.h keeps of it; all 0: it has not crashed. */
struct crashed {
    uint32_t row; /* its crash in the log, 1 up; CRASH_UNLISTED: beyond those kept; 0: none */
    double share; /* of the live nodes hold it dead */
};
#define CRASH_UNLISTED UINT32_MAX

/* Changes so long after a crash. */
struct crash_bin {
    double share;      /* of the sum of shares, */
    int64_t crashes;   /* of how many are not over */
    uint64_t mistakes; /* verdicts about nodes that were up */
    sim_time last;     /* when the last of them came */
};

struct crash_log {
    struct sim_detection *rows; /* subject: the engine's number; crashed: SIM_NEVER if it was over
                                   at once */
    size_t count, capacity;
    struct crash_bin *bins; /* LOG_BINS; NULL: there was no crash yet */
    sim_time latest;        /* crash; SIM_NEVER: there was none */
    struct memory *memory;
};

/* Takes no memory before the first crash; if that is short then, nothing is kept. */
void crash_log_init(struct crash_log *log, struct memory *memory);

/* A node crashes: `share` of the live nodes hold it dead already. */
void crash_log_begin(struct crash_log *log, struct crashed *crashed, node_id node, double share,
                     sim_time now);

/* What the log has of a crash that is kept; NULL otherwise. */
struct sim_detection *crash_log_row(struct crash_log *log, const struct crashed *crashed);

/* So many of the live nodes hold it dead now, `time` after its crash. */
void crash_log_spread(struct crash_log *log, struct crashed *crashed, double share, sim_time time);

/* The crash is over, `time` after it began, or the run is. */
void crash_log_end(struct crash_log *log, struct crashed *crashed, sim_time time);

/* A node that is up comes to be held dead. */
void crash_log_mistake(struct crash_log *log, sim_time now);

/* The curve: the points at which it changes, for `points`, which has room for CRASH_POINTS_MAX;
 * returns how many. */
enum { CRASH_POINTS_MAX = 2 * LOG_BINS + 1 };
size_t crash_log_curve(const struct crash_log *log, struct sim_spread *points);

#endif
