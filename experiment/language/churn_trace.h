/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * churn_trace.h - records of nodes that came and went, from files as people have them:
 *
 *     node,time,up|down      a line for each change, of each node in the order of time; what is not
 *     a17,3600,down          up or down in the third field of the first line is a heading
 *
 *     3600 U                 a folder with a file for each node, likewise (the form of the Failure
 *     7200 D                 Trace Archive); in the order of the files' names, 2 before 10
 *
 *     3600 600 1800          a line for each node: how long it was up, away, up, ...; 0 first: it
 *     0 300 1200             began away
 *
 * Nodes with plain numbers for names are in their order, others in that of their first lines.  A
 * node was before its first change what it was not after it.
 *
 * A change takes 8 B, while it is read 40 B.
 */
#ifndef EXPERIMENT_LANGUAGE_CHURN_TRACE_H
#define EXPERIMENT_LANGUAGE_CHURN_TRACE_H

#include "base/errors.h"
#include "sim/sim.h"

enum {
    TRACE_NODES_MAX = 10000000,
    TRACE_CHANGES_MAX = 100000000,
};

/* How its times are meant. */
struct trace_meaning {
    sim_time unit; /* ns; 0: each has its own */
    int64_t skip;  /* lines at the start of each file */
    sim_time from; /* of the record, where it is to begin, in ns */
    bool repeats;  /* each node is to end as it begins: it changes at the end if it does not */
};

struct churn_trace {
    struct sim_trace trace;
    char sha256[65]; /* of what is in it */
};

/* Reads a file or folder; NULL and an error with its place. */
struct churn_trace *churn_trace_read(const char *path, const struct trace_meaning *meaning,
                                     struct errors *errors);
void churn_trace_free(struct churn_trace *trace);

/* The share of the time until `end` that its first `nodes` recorded nodes, at least 1, were up. */
double churn_trace_availability(const struct sim_trace *trace, uint32_t nodes, bool repeats,
                                sim_time end);

#endif
