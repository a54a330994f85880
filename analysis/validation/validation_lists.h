/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * validation_lists.h - the lists of rows, a file or a part of one each, in the order of printing.
 */
#ifndef ANALYSIS_VALIDATION_VALIDATION_LISTS_H
#define ANALYSIS_VALIDATION_VALIDATION_LISTS_H

#include "analysis/validation/validation.h"

extern const struct validation_row validation_tables[];      /* of Demers et al. */
extern const struct validation_row validation_residues[];    /* what rumors leave */
extern const struct validation_row validation_cycles[];      /* of anti-entropy */
extern const struct validation_row validation_spreading[];   /* times */
extern const struct validation_row validation_medians[];     /* of the median counter */
extern const struct validation_row validation_counts[];      /* of messages */
extern const struct validation_row validation_floods[];      /* of topologies */
extern const struct validation_row validation_averages[];    /* of estimates of a mean */
extern const struct validation_row validation_members[];     /* of swim */
extern const struct validation_row validation_silences[];    /* of heartbeat and its detectors */
extern const struct validation_row validation_cyclons[];     /* of views swapped at random */
extern const struct validation_row validation_stalls[];      /* of swim and Lifeguard */
extern const struct validation_row validation_overlays[];    /* broadcast over views */
extern const struct validation_row validation_meshes[];      /* of gossipsub */
extern const struct validation_row validation_scuttlebutt[]; /* of orders under overload */

/* Figures of the graph of views that several lists have. */
double validation_clustering(const struct validation_row *row, const struct validation_run *run);
double validation_path_length(const struct validation_row *row, const struct validation_run *run);

#endif
