/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * overlay_measure.h - what the graph is like that the views of a run make at an instant.
 *
 * Degrees are exact, and so is all else up to 10 000 live nodes, as long as that takes no more than
 * some tenths of a second; above, paths are those from 1024 nodes, and where views are so large
 * that it would take longer, paths and clustering are those of fewer nodes, evenly spread.  The
 * bounds are counts of steps, so that the same views give the same on every machine.  Where live
 * views have more than 2^25 live entries (full lists of 5800 members), there are only degrees: each
 * is asked for then, but not kept.
 *
 * Source of the search from 64 nodes at once: M. Then et al., The more the merrier: efficient
 * multi-source graph traversal, PVLDB 8(4), 2014.
 */
#ifndef EXPERIMENT_TOPOLOGY_OVERLAY_MEASURE_H
#define EXPERIMENT_TOPOLOGY_OVERLAY_MEASURE_H

#include "sim/sim.h"

enum { OVERLAY_LINKS_MAX = 1 << 25, OVERLAY_EXACT_MAX = 10000 };

/* O(entries), and for paths a step a link, level of the search and 64 nodes. */
sim_overlay_measure overlay_measure;

#endif
