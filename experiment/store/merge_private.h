/* SPDX-License-Identifier: GPL-3.0-or-later */
/* merge_private.h - what the files of the merge share: merge.c has the runs, merge_study.c what
 * they are runs of. */
#ifndef EXPERIMENT_STORE_MERGE_PRIVATE_H
#define EXPERIMENT_STORE_MERGE_PRIVATE_H

#include "experiment/store/merge.h"
#include "experiment/store/results_private.h"
#include "experiment/store/run_rows.h"

struct merge {
    struct results *results; /* the database that others go into */
    char *(*command)(const char *argv, const char *path);
    GPtrArray *paths; /* of what was added */
    struct run_reader reader;
    struct run_adder adder;
};

/* A database that is being added. */
struct merge_source {
    struct merge *merge;
    sqlite3 *database;
    const char *path;
    struct run_reader reader;
    GHashTable *points, *strategies; /* int64_t to int64_t: its numbers to those there */
    struct merge_counts *counts;
};

/* Adds its studies, worlds and stacks, and fills the tables of numbers. */
bool merge_studies(struct merge_source *source, struct errors *errors);

/* The number there of one of the source's; 0: it has none. */
int64_t merge_number(GHashTable *numbers, int64_t number);

#endif
