/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * delays.h - how long it took until a node first knew an update: of all nodes, measured updates and
 * runs of a strategy at a point together, from the histograms that `record.nodes` stores.
 *
 * A live replica that does not know an update at the end of its run counts as one that never came;
 * one that is gone by then and never knew it does not count.
 */
#ifndef ANALYSIS_STUDY_DELAYS_H
#define ANALYSIS_STUDY_DELAYS_H

#include "analysis/study/study.h"

/* Those from `low` on to below `high`, in seconds. */
struct delay_bin {
    double low, high, count;
};

struct delays {
    struct delay_bin *bins; /* ascending */
    size_t bin_count;       /* 0: no run has stored any */
    double never, all;      /* how many never came, and how many there are with those */
};

/* For delays_clear().  False and errors if the database cannot be read. */
bool delays_read(const struct study *study, size_t point, const char *strategy,
                 struct delays *delays, struct errors *errors);
void delays_clear(struct delays *delays);

#endif
