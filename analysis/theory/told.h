/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * told.h - the informed share where the writer alone tells all the others, each by a message of
 * its own.
 *
 * Nothing is solved: what the law says of a node that was told is averaged over the latency.  No
 * beginning has to take off, so runs differ by each node's own luck alone: how many are informed is
 * binomial, and 5 % of the runs are more than 1.64 standard deviations behind the mean.
 */
#ifndef ANALYSIS_THEORY_TOLD_H
#define ANALYSIS_THEORY_TOLD_H

#include "analysis/theory/predicted.h"
#include "analysis/theory/world.h"

/* The mean over runs, from the law's `told`; the curve is from g_malloc(). */
void told_curve(const struct theory *law, const struct sim_config *config,
                const struct theory_world *world, struct theory_curve *mean);

/* That of runs which are so many standard deviations ahead of it. */
void told_shifted(const struct theory_curve *mean, double nodes, double deviations,
                  struct theory_curve *curve);

#endif
