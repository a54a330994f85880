/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * ridge.h - linear regression on columns that may say nearly the same, and distances likewise.
 *
 * Columns are scaled by their spread, and a small multiple of the unit matrix is added to their
 * correlations (A. Hoerl and R. Kennard, Ridge regression, Technometrics 12, 1970).  A column
 * without spread takes no part.
 */
#ifndef ANALYSIS_FITTING_RIDGE_H
#define ANALYSIS_FITTING_RIDGE_H

#include <stddef.h>

struct ridge;

/*
 * `rows`: a matrix of `columns` columns, of which those rows that `order` lists take part, `count`
 * of them, with weights that add up to 1 (NULL: all alike).  `amount`: of the ridge, above 0.  All
 * but `amount` is borrowed.
 */
struct ridge *ridge_new(const double *rows, size_t columns, const size_t *order,
                        const double *weights, size_t count, double amount);
void ridge_free(struct ridge *ridge);

/* Fits target[row * stride] of the same rows. */
void ridge_fit(struct ridge *ridge, const double *target, size_t stride);

/* What the last fit says at a row; and of the i-th row that took part, had it not. */
double ridge_at(const struct ridge *ridge, const double *row);
double ridge_without(const struct ridge *ridge, size_t i);

/* The standard deviation of every `stride`-th value, of the rows that `order` lists (NULL: the
 * first ones). */
double ridge_spread(const double *values, size_t stride, const size_t *order, size_t count);

/* Fills distances[order[i]] with the square of P. Mahalanobis' distance of the i-th row of
 * differences from 0, their spread being about their mean. */
void ridge_distances(const double *differences, size_t count, size_t columns, double amount,
                     const size_t *order, double *distances);

#endif
