/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * topology_file.h - graphs from files, in three formats by the ending of their names.
 *
 *   .gml       as Shadow writes it: `node [ id 0 host_bandwidth_up "76200 Kibit" ]`,
 *              `edge [ source 0 target 1 latency "5 ms" ]`
 *   .graphml   nodes, edges, and their data: what has `bandwidth` in its name, of nodes; of edges
 *              what is called latency, weight or packet_loss
 *   any other  an edge list: two node numbers a line, and a weight if there is a third column;
 *              blanks, tabs, commas or semicolons between them, comments from # or %, and a first
 *              line of names is passed over
 *
 * Nodes are numbered from 0 in the order of their numbers in the file, which may start anywhere and
 * have gaps; those of GraphML, whose names are no numbers, in the order in which they appear.
 * Edges are links in both directions.  A weight with a unit, `40ms` or "118555 us", is a latency,
 * and a plain one where it is said what 1 stands for; then all edges must have one.  Where a
 * directed file gives both directions, each has its own latency.
 *
 * Files are read as streams: 60 bytes an edge are held, and at most 2^26 edges.
 */
#ifndef EXPERIMENT_TOPOLOGY_TOPOLOGY_FILE_H
#define EXPERIMENT_TOPOLOGY_TOPOLOGY_FILE_H

#include "base/errors.h"
#include "experiment/topology/topology.h"

enum { TOPOLOGY_WHY_MAX = 200, ACCESS_CLASSES_MAX = UINT16_MAX };

/* What a file has that the graph does not. */
struct topology_notes {
    uint64_t loops, repeated; /* edges */
    bool has_weights;         /* plain numbers that stand for no latency */
    bool has_units;           /* plain numbers that stand for a latency, by the unit given */
    bool has_bandwidths;      /* of nodes */
};

/* The access links of its nodes, where the file tells of them. */
struct topology_access {
    struct sim_access_class *classes; /* NULL: `why` says what is wrong with them */
    size_t count;
    uint16_t *of; /* the class of each node */
    char sha256[65];
    char why[TOPOLOGY_WHY_MAX];
};

struct topology_file {
    struct sim_graph *graph;
    struct topology_access access;
    char sha256[65]; /* of the graph */
    struct topology_notes notes;
};

/*
 * Reads `path`, a regular file, which errors call `name`; plain weights of 1 are latencies of
 * `unit`, unless that is 0.  NULL: `why` says what is wrong with the file as such, or if it is ""
 * errors with their places have been added.
 */
struct topology_file *topology_file_read(const char *path, const char *name, sim_time unit,
                                         char why[TOPOLOGY_WHY_MAX], struct errors *errors);
void topology_file_free(struct topology_file *file);

#endif
