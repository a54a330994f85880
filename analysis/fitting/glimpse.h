/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * glimpse.h - what a measurement would have seen of a simulated run, in a few numbers.
 *
 * To compare alike with alike, a run is looked at as the file looked at the cluster: at the same
 * times, of shares; of delays, for as many nodes, and if these are not all nodes of the cluster,
 * for a random choice of them.  What is coarse in the file is as coarse in what is compared with
 * it.
 *
 * A run is known at its samples only, and between them on straight lines.  What that changes is
 * taken off again: as much as it changes the file, were this known at the same times only.
 *
 * The numbers: the logarithms of the times at which shares of 1, 2, 5, 10, 20 ... 90, 95, 98, 99,
 * 99.5 and 99.9 % are informed, as far as the file tells these apart, and that of the share that is
 * not informed in the end.  A share that is not reached within twice the time that the file spans
 * counts as reached then.
 */
#ifndef ANALYSIS_FITTING_GLIMPSE_H
#define ANALYSIS_FITTING_GLIMPSE_H

#include "analysis/fitting/measured.h"

#include <stdint.h>

enum { GLIMPSE_NUMBERS_MAX = 20 };

struct glimpse {
    const struct measured *measured; /* borrowed */
    size_t nodes;                    /* of a run */
    size_t broadcasts;               /* runs that were measured together */
    double horizon;                  /* s */
    double shares[GLIMPSE_NUMBERS_MAX];
    size_t count; /* of these; the number of the end comes behind theirs */
};

/* A curve of a run: shares at ascending times in seconds, the first at its update's injection, at
 * 0. */
struct glimpse_curve {
    const double *times, *shares;
    size_t count; /* at least 1 */
};

/* False and an error if the file has more delays than so many runs of so many nodes. */
bool glimpse_init(struct glimpse *glimpse, const struct measured *measured, size_t nodes,
                  size_t broadcasts, const char *path, struct errors *errors);

/* Numbers of a glimpse: at most GLIMPSE_NUMBERS_MAX. */
size_t glimpse_numbers(const struct glimpse *glimpse);

/* The smallest share that is told from another. */
double glimpse_smallest(const struct glimpse *glimpse);

/* Fills numbers[] with those of the file itself. */
void glimpse_of_file(const struct glimpse *glimpse, double *numbers);

/* The same of `broadcasts` runs.  `key` (draw.h) chooses the nodes. */
void glimpse_of_runs(const struct glimpse *glimpse, const struct glimpse_curve *curves,
                     uint64_t key, double *numbers);

#endif
