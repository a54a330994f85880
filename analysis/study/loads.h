/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * loads.h - how many nodes bear how much, and how evenly, from a histogram over nodes that
 * `record.nodes` stores: its bins, and means over the runs of M. O. Lorenz's curve and C. Gini's
 * coefficient.
 */
#ifndef ANALYSIS_STUDY_LOADS_H
#define ANALYSIS_STUDY_LOADS_H

#include "analysis/study/study.h"

enum { LOADS_GRID = 100 }; /* places of a Lorenz curve */

/* Nodes with a whole number from `low` on to below `high`. */
struct load_bin {
    double low, high, nodes;
};

/* The nodes of a strategy at a point. */
struct loads {
    struct load_bin *bins; /* of all runs together, ascending */
    size_t bin_count;
    double nodes;                  /* in these */
    double lorenz[LOADS_GRID + 1]; /* sum over the runs that were loaded at all */
    double gini;                   /* likewise */
    double spread; /* what it is more if the loads of a bin are spread evenly over it */
    size_t runs, lorenz_runs;
};

/* Reads the histogram of that name, for loads_clear(); no bins where no run has it.  False and
 * errors if the database cannot be read. */
bool loads_read(const struct study *study, size_t point, const char *strategy,
                const char *histogram, struct loads *loads, struct errors *errors);
void loads_clear(struct loads *loads);

#endif
