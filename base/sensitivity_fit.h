/* SPDX-License-Identifier: GPL-3.0-or-later */
/* sensitivity_fit.h - what each axis of a design explains of the means of its points.  For
 * sensitivity.c. */
#ifndef BASE_SENSITIVITY_FIT_H
#define BASE_SENSITIVITY_FIT_H

#include "base/sensitivity.h"

/* Whether the points are all combinations of the values of their axes, each once. */
bool sensitivity_is_grid(const struct sensitivity_data *data);

/*
 * Of points[0..count-1] of the data, whose means are `values`: the variance that each axis
 * explains, and that of all, without noise, which is `noise` in a mean.
 */
enum sensitivity_fate sensitivity_fit(const struct sensitivity_data *data, const size_t *points,
                                      const double *values, size_t count, bool is_grid,
                                      double noise, double *explained, double *all);

#endif
