/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * result.h - what a run leaves behind: samples on its way, and at its end metrics,
 * outcomes of updates and histograms.
 */
#ifndef SIM_WORLD_RESULT_H
#define SIM_WORLD_RESULT_H

#include "sim/world/run.h"

/* Called before an injection or a fault: notes how things stand, so that curves, which are straight
 * between samples, do not show its effect early.  Only for the first of them. */
void result_sample_before(struct run *run);

/* Takes a sample stamped `at`, as a step of the agenda.  Automatic sampling drops every other
 * sample when there are too many. */
void result_sample(struct run *run, sim_time at);

/* Fills *result from a run that has ended; the caller has zeroed it. */
void result_fill(struct run *run, struct sim_result *result);

#endif
