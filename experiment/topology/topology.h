/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * topology.h - the topologies that a scenario may name: their parameters, and the graphs they are.
 *
 * A graph is made once for a point, from its seed, and shared by all of its runs, as tables of
 * latencies are: strategies meet the same graph, and what is measured of it (topology_measure.h)
 * is one row a point.  Intervals are therefore about that graph; who wants them over graphs sweeps
 * `seed`.  Random graphs are drawn by the engine's own keyed draws, so that no library changes
 * them.
 */
#ifndef EXPERIMENT_TOPOLOGY_TOPOLOGY_H
#define EXPERIMENT_TOPOLOGY_TOPOLOGY_H

#include "base/param.h"
#include "sim/sim.h"

enum {
    TOPOLOGY_PARAMS_MAX = 64,     /* bytes of the parameters of a kind */
    TOPOLOGY_LINKS_MAX = 1 << 28, /* of a graph */
    TOPOLOGY_SPATIAL_MAX = 10000, /* nodes among which calls by distance in hops are affordable */
};

struct links;

struct topology_kind {
    const char *name;           /* as in a scenario; NULL closes the table */
    const char *help;           /* lower case, no full stop */
    const struct param *params; /* closed by PARAM_END; what has a fallback may be left out */
    bool takes_file;            /* a file's graph, beside the parameters */

    /* Whether there is such a graph of so many nodes; if not, `why` says so.  NULL: there is. */
    bool (*check)(const void *params, int64_t nodes, char why[PARAM_WHY_MAX]);

    /* About how many links it has; exact enough to bound memory. */
    double (*count)(const void *params, int64_t nodes);

    /* Adds its links, drawn by `key`; false: memory is short. */
    bool (*draw)(const void *params, uint32_t nodes, uint64_t key, struct links *links);
};

/* `complete` is none of them: it needs no graph. */
extern const struct topology_kind topology_kinds[];

/* Checks what `check` says and that the graph is not too large. */
bool topology_check(const struct topology_kind *kind, const void *params, int64_t nodes,
                    char why[PARAM_WHY_MAX]);

/* Of the parameters of `edges`: what a plain weight of 1 stands for; 0: nothing. */
sim_time topology_edges_unit(const void *params);

/* The graph of a kind that takes no file, for sim_graph_free(); NULL: memory is short.  The
 * parameters have passed topology_check(). */
struct sim_graph *topology_make(const struct topology_kind *kind, const void *params,
                                uint32_t nodes, uint64_t seed);

#endif
