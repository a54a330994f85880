/* SPDX-License-Identifier: GPL-3.0-or-later */
/* world.h - a run's world in the terms of equations, as far as it has some. */
#ifndef ANALYSIS_THEORY_WORLD_H
#define ANALYSIS_THEORY_WORLD_H

#include "sim/sim.h"

/* Below so many nodes the mean field says nothing. */
enum { WORLD_NODES_MIN = 100 };

/* False if no equation knows such a world; `why` then says what is in the way. */
bool world_of(const struct sim_config *config, struct theory_world *world,
              char why[THEORY_TEXT_MAX]);

/* Whether one update is written that spreads from one node. */
bool world_has_update(const struct sim_config *config, char why[THEORY_TEXT_MAX]);

/* Whether churn is as the equations have it: sessions of exponential length. */
bool world_is_memoryless(const struct sim_config *config);

/* How long so many messages one after another take: as many durations, in s, each as likely as
 * another.  The same of one if all take the same time. */
enum { WORLD_DELAYS = 24 };
struct world_delays {
    int count;
    double of[THEORY_LEGS_MAX + 1][WORLD_DELAYS];
};
void world_delays(const struct sim_config *config, struct world_delays *delays);

/* How long a message takes, in s: that many values, sorted, each as likely as another. */
void world_latencies(const struct sim_config *config, int count, double *latencies);

#endif
