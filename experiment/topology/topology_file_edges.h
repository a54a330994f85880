/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * topology_file_edges.h - what the readers of the three formats share: a text read character by
 * character, with the place where it is, and the edges that they find.  For topology_file*.c only.
 */
#ifndef EXPERIMENT_TOPOLOGY_TOPOLOGY_FILE_EDGES_H
#define EXPERIMENT_TOPOLOGY_TOPOLOGY_FILE_EDGES_H

#include "experiment/topology/topology_file.h"

#include <glib.h>

enum { FILE_EDGES_MAX = 1 << 26 };

#define NO_LATENCY ((sim_time)-1)

/* A node that the file declares, and its access link, bit/s; 0: not told. */
struct declared {
    uint64_t number;
    int64_t up, down;
    int line, column;
};

struct edge {
    uint64_t a, b; /* as the file numbers nodes */
    sim_time latency;
    float loss;
    int line, column;
    bool is_directed;
};

struct graph_file {
    FILE *in;
    const char *name;
    sim_time unit;
    struct errors *errors;
    bool has_failed;  /* an error was told: reading ends */
    int line, column; /* of the character that file_peek() sees, from 1 */
    int peeked;       /* that character, or EOF */

    GArray *edges; /* of struct edge */
    GArray *nodes; /* of struct declared, where the format declares nodes; NULL: it does not */
    char access_why[TOPOLOGY_WHY_MAX]; /* why its bandwidths cannot be used */
    struct topology_notes notes;
    bool has_losses; /* of edges, above 0 */
};

/* An error at a line and column; line 0: about the whole file.  Always false. */
bool file_fail(struct graph_file *file, int line, int column, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

int file_peek(const struct graph_file *file); /* the next character, or EOF */
void file_skip(struct graph_file *file);      /* goes on to the one after it */

/* A node's number: digits only; false and an error. */
bool file_number(struct graph_file *file, const char *text, int line, int column, uint64_t *number);

/* The latency that a weight stands for, or NO_LATENCY; false and an error. */
bool file_weight(struct graph_file *file, const char *text, int line, int column,
                 sim_time *latency);

/* A share of messages that a link loses; false and an error. */
bool file_loss(struct graph_file *file, const char *text, int line, int column, float *loss);

/* A node's bandwidth: up, down or both, as its key ends.  What it cannot read it notes: it matters
 * only to who asks for it. */
void file_bandwidth(struct graph_file *file, const char *key, const char *text, int line,
                    int column, struct declared *node);

/* The access links of the nodes, by their places. */
void file_access(struct graph_file *file, const GArray *numbers, struct topology_access *access);

/* The place of a node's number among all, ascending; false if it is none of them. */
bool file_place(const GArray *numbers, uint64_t number, uint32_t *place);

/* Keeps an edge; false and an error if it does not go with the others. */
bool file_edge(struct graph_file *file, const struct edge *edge);

/* The three formats: false, after an error, if the text is none of it. */
bool file_read_list(struct graph_file *file);
bool file_read_gml(struct graph_file *file);
bool file_read_graphml(struct graph_file *file);

#endif
