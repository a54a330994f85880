/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * survey.h - what a run will do and hold, from pilots.
 *
 * The figures of probe.h for a configuration too large to try are extrapolated from pilots with
 * fewer nodes, updates and shards; for each of the three, one more pilot has still fewer of it, to
 * see what depends on it:
 *
 *   nodes     a figure a node stays as it is, falls to a constant, or grows as the logarithm, as
 *             the time of an epidemic does; up to the fan-out, or where news creeps along a line,
 *             it grows in proportion; what tells who comes and goes is declared by models
 *   updates   in proportion where they are written one after another; written at once a figure
 *             grows in proportion or, as where messages carry them all, as the logarithm
 *   shards    in proportion, or not at all
 *   time      a pilot that was cut goes on as in the second half of its work, to `stop.at` if all
 *             should have agreed by then; what is under way grows until the latency is over, for
 *             which a heavy tail counts up to the end only
 *
 * All is counted and nothing timed: the same configuration has the same figures everywhere.
 */
#ifndef SIM_ESTIMATE_SURVEY_H
#define SIM_ESTIMATE_SURVEY_H

#include "sim/sim.h"

struct survey {
    double figures[PROBE_FIGURES];
    sim_time end;  /* of the run, simulated */
    bool is_whole; /* a pilot was the run itself */
};

/* Surveys the configuration with pilots of together about `budget` events. */
struct survey survey_run(const struct sim_config *config, double budget);

#endif
