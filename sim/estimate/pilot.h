/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * pilot.h - a small run in place of a large one, within a bound of work.
 *
 * A pilot has fewer nodes, updates and shards than its configuration, and everything else scaled to
 * match; it ends where the run would, or is cut off when its budget of work is spent.  What it did
 * and held is in its probe.
 */
#ifndef SIM_ESTIMATE_PILOT_H
#define SIM_ESTIMATE_PILOT_H

#include "sim/sim.h"

/* The size of a run.  Updates written and entries preloaded are limited to `entries` each. */
struct pilot_size {
    int64_t nodes, entries, shards;
};

struct pilot {
    struct pilot_size size;
    struct sim_probe probe;
    double cost; /* like the work it is bounded by: an event of few updates is 1 */
    bool is_cut;
};

/* Whether every node writes: then `entries` are those of a node, and all of these are tried. */
bool pilot_has_renewals(const struct sim_config *config);

/* Updates that are written at a size. */
int64_t pilot_updates(const struct sim_config *config, struct pilot_size size);

/* The size of the configuration itself; as few shards as there are count as 1. */
struct pilot_size pilot_whole(const struct sim_config *config);

/* Whether each node holds only some of the shards or updates: then these follow the nodes. */
bool pilot_has_parts(const struct sim_config *config);

/* Runs `config` at `size`, up to about `budget`. */
struct pilot pilot_run(const struct sim_config *config, struct pilot_size size, double budget);

#endif
