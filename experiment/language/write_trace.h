/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * write_trace.h - what clients were seen to write, from a table in a file:
 *
 *     time,node,key,bytes,delete
 *     0.5,12,user:17,480,
 *     0.7,3,user:4,,true
 *
 * The columns are found by their names in the first row, others are passed over, and `delete` may
 * be missing.  Keys are any texts.  Rows may come in any order of their times; those of one time
 * happen in the order of the file.
 */
#ifndef EXPERIMENT_LANGUAGE_WRITE_TRACE_H
#define EXPERIMENT_LANGUAGE_WRITE_TRACE_H

#include "base/csv.h"
#include "sim/sim.h"

#include <glib.h>

struct write_trace {
    struct sim_write *writes; /* in the order of their times; keys count from 0 as they come up */
    int *lines;               /* of the file, of each */
    size_t count;             /* 1..SIM_UPDATES_MAX */
    int64_t keys, deletes;    /* how many there are */
    char sha256[65];          /* of the writes, so that a changed file is another point */
};

/* Reads all of it: times are numbers of `unit` ns, or have units of their own if it is 0, times
 * `scale`.  NULL and an error of the table, which may be NULL. */
struct write_trace *write_trace_read(struct csv *csv, int64_t skip, sim_time unit, double scale);

void write_trace_free(struct write_trace *trace);

#endif
