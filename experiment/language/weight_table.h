/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * weight_table.h - weights of nodes, from files as people have them:
 *
 *     3.5              a weight a line, of the scenario's nodes in order, perhaps under a heading
 *
 *     node,weight      a node's number, from 0, and its weight: without a heading the two alone
 *     17,3.5
 *
 *     name,city,stake  a column by name or number: of the nodes in order, or of the numbers in a
 *     a,Oslo,3.5       column that is called `node`
 */
#ifndef EXPERIMENT_LANGUAGE_WEIGHT_TABLE_H
#define EXPERIMENT_LANGUAGE_WEIGHT_TABLE_H

#include "base/csv.h"

enum { WEIGHT_NODES_MAX = 10000000 };
#define WEIGHT_MAX 1e15

struct weight_table {
    double *each; /* of each node, 0..WEIGHT_MAX; < 0: it has none */
    uint32_t count;
    char sha256[65]; /* of them */
};

/* Reads the rest of `csv`, which the caller closes; NULL and an error if it is no such file, or
 * NULL itself.  `column`: by name or number; NULL: none is named.  `what` it is that nodes have:
 * "weight", or something else that is a number >= 0. */
struct weight_table *weight_table_read(struct csv *csv, const char *column, const char *what);
void weight_table_free(struct weight_table *table);

#endif
