/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * run_lines.h - single runs beside their mean, as thin lines: how far runs differ, and in what.
 *
 * Not more than a page can show: the first replications, which are a random sample as all are.
 */
#ifndef ANALYSIS_FIGURE_RUN_LINES_H
#define ANALYSIS_FIGURE_RUN_LINES_H

#include "analysis/figure/figure_parts.h"
#include "analysis/study/curve.h"

/* What makes a sample a point of the panel. */
struct run_axes {
    double start, end;                            /* seconds that are shown */
    double factor;                                /* to what gnuplot sees */
    double (*shown)(void *context, double value); /* of y */
    void *context;
    const char *columns;
};

/* Adds the line of a series; before that of the mean, which is to lie above it.  Nothing without
 * --runs, or if there is a single run. */
void run_lines_add(const struct figure *figure, const struct run_axes *axes, size_t series,
                   const struct trajectories *trajectories, struct lines *lines);

/* "; thin: each run", "; thin: the first 30 runs" if there are more, or ""; `most` is how many
 * runs a line has at most.  g_free() it. */
char *run_lines_words(const struct figure *figure, size_t most);

#endif
