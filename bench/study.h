/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * study.h - gossipsim as a benchmark runs it: a scenario into a database, which is then asked.
 */
#ifndef BENCH_STUDY_H
#define BENCH_STUDY_H

#include "bench/launch.h"

#include <stdint.h>

struct study {
    const char *scenario, *database;
    long nodes, replications;
    int seed, threads;
    bool pinned;
};

/* Runs it, into what the database has already.  False: the program refuses the scenario. */
bool study_run(const struct program *p, const struct study *study, struct cost *cost);

void study_remove(const struct study *study);

/* The first row that `sql` gives, with `parameter` for ?1; there must be one. */
void study_row(const struct study *study, const char *sql, int64_t parameter, double *values,
               int count);

#endif
