/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * runner_measure.h - what the topology of a point is like, measured and stored once.
 */
#ifndef EXPERIMENT_RUNNER_RUNNER_MEASURE_H
#define EXPERIMENT_RUNNER_RUNNER_MEASURE_H

#include "experiment/store/results.h"

/* Measures the graph of a point and stores it, unless the file has it; within a transaction.
 * *notice, for g_free(), becomes a line about a graph that is not connected.  False: the database
 * failed, or memory is short. */
bool runner_measure(struct results *results, size_t point, const struct sim_graph *graph,
                    char **notice, struct errors *errors);

#endif
