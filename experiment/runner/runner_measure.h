/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * runner_measure.h - what the topology of a point is like, measured and stored once.
 */
#ifndef EXPERIMENT_RUNNER_RUNNER_MEASURE_H
#define EXPERIMENT_RUNNER_RUNNER_MEASURE_H

#include "experiment/store/results.h"

struct runner_measuring {
    bool *is_done; /* of each point */
    char *notice;  /* about the first that is not connected, still to be told, owned; or NULL */
};

/* Measures the graph of a point, if it has one, and stores that, unless it is done or the file has
 * it; within a transaction.  False: the database failed, or memory is short. */
bool runner_measure(struct runner_measuring *measuring, struct results *results, size_t point,
                    const struct sim_graph *graph, struct errors *errors);

#endif
