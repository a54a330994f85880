/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * evenly.h - what was sampled of runs, at evenly spaced times: series for base/steady.h.
 *
 * The samples of a run lie a period apart but for some early ones and those at faults; between two
 * of them a series has the value on the straight line.  Of runs with different periods the longest
 * counts.  Counts since the start become rates: what was added from one time to the next.
 */
#ifndef ANALYSIS_STUDY_EVENLY_H
#define ANALYSIS_STUDY_EVENLY_H

#include "analysis/study/study.h"

/* What there are series of. */
struct evenly_kind {
    const char *name;
    const char *sql; /* of a sample */
    bool is_count;   /* since the start */
    bool per_node;
    bool has_headers; /* samples count the headers of messages apart */
};

/* NULL and an error that lists them if there is no such series. */
const struct evenly_kind *evenly_find(const char *name, struct errors *errors);

struct evenly {
    double *values; /* run by run */
    size_t runs;
    size_t count; /* values of a run: up to the end of the shortest */
    double step;  /* seconds between two; the first is at one step, of rates from 0 to there */
};

/* Reads the series of all runs of a strategy at a point, for evenly_clear(); runs of 0 if none has
 * samples of it.  False and errors if the database cannot be read. */
bool evenly_read(const struct study *study, size_t point, const char *strategy,
                 const struct evenly_kind *kind, struct evenly *evenly, struct errors *errors);
void evenly_clear(struct evenly *evenly);

#endif
