/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * merge.h - joins databases of shards, or of machines, into one.
 *
 * Studies, worlds and stacks are the same by their hashes, runs by these and their replication;
 * what is not there yet is added in the order of the file it comes from, so that the shards of a
 * study make the file that the study would have made in one go.  Nothing is replaced: a run that is
 * there must have the same rows.  All is one transaction: what goes wrong, or a process that dies,
 * leaves the file as it was.
 *
 * What does not join: a run with other results; a study made by another version of the program;
 * a shard whose study is not the study of that name there, having another scenario, seed or
 * strategies.  Whole studies that differ stand in one file side by side.
 */
#ifndef EXPERIMENT_STORE_MERGE_H
#define EXPERIMENT_STORE_MERGE_H

#include "base/errors.h"

#include <stdbool.h>
#include <stdint.h>

struct merge;

struct merge_counts {
    uint64_t added;    /* runs */
    uint64_t shared;   /* runs that were there */
    uint64_t studies;  /* added */
    bool is_same_file; /* the database is the one that others go into: nothing was to be done */
    bool is_being_written;
};

/*
 * Opens or makes the database `path` and begins.  `command` makes of a study's command line one
 * that goes on with it in `path`; the text that it returns is freed with g_free().  NULL and an
 * error.
 */
struct merge *merge_begin(const char *path, char *(*command)(const char *argv, const char *path),
                          struct errors *errors);

/* Adds what the database `path` has; false and errors, after which only merge_end() may come. */
bool merge_add(struct merge *merge, const char *path, struct merge_counts *counts,
               struct errors *errors);

/* Keeps what was added, or leaves no trace of it; frees all.  False and an error if it cannot be
 * written. */
bool merge_end(struct merge *merge, bool is_good, struct errors *errors);

#endif
