/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ridge.c - see ridge.h. */
#include "analysis/fitting/ridge.h"

#include <glib.h>
#include <gsl/gsl_blas.h>
#include <gsl/gsl_linalg.h>
#include <math.h>

struct ridge {
    const double *rows, *weights;
    const size_t *order;
    size_t columns, count;
    double *means, *spreads; /* of the columns; a spread of 0 takes none in */
    gsl_matrix *scaled;      /* by row that takes part and column */
    gsl_matrix *factor;      /* of the correlations, with the ridge: A. Cholesky's */
    double *leverages;       /* of each row: how much of its own fit it makes */
    gsl_vector *slopes;
    double mean; /* of the target */
    const double *target;
    size_t stride;
};

double ridge_spread(const double *values, size_t stride, const size_t *order, size_t count)
{
    double mean = 0, squares = 0;

    for (size_t i = 0; i < count; i++)
        mean += values[(order ? order[i] : i) * stride] / (double)count;
    for (size_t i = 0; i < count; i++)
        squares += pow(values[(order ? order[i] : i) * stride] - mean, 2) / (double)count;
    return squares > 1e-18 * (1 + mean * mean) ? sqrt(squares) : 0;
}

static double weight_of(const struct ridge *ridge, size_t i)
{
    return ridge->weights ? ridge->weights[i] : 1 / (double)ridge->count;
}

static double scale(const struct ridge *ridge, const double *row, size_t k)
{
    return ridge->spreads[k] > 0 ? (row[k] - ridge->means[k]) / ridge->spreads[k] : 0;
}

static const double *row_of(const struct ridge *ridge, size_t i)
{
    return &ridge->rows[ridge->order[i] * ridge->columns];
}

static void scale_rows(struct ridge *ridge)
{
    for (size_t k = 0; k < ridge->columns; k++) {
        for (size_t i = 0; i < ridge->count; i++)
            ridge->means[k] += weight_of(ridge, i) * row_of(ridge, i)[k];
        ridge->spreads[k] =
            ridge_spread(&ridge->rows[k], ridge->columns, ridge->order, ridge->count);
    }
    for (size_t i = 0; i < ridge->count; i++)
        for (size_t k = 0; k < ridge->columns; k++)
            gsl_matrix_set(ridge->scaled, i, k, scale(ridge, row_of(ridge, i), k));
}

/* Solves in place for the matrix that was factored. */
static void solve(const gsl_matrix *factor, gsl_vector *vector)
{
    gsl_linalg_cholesky_svx(factor, vector);
}

/* The share that a row has in its own fit: w (1 + x' A^-1 x), where A are the correlations. */
static void find_leverages(struct ridge *ridge)
{
    gsl_vector *copy = gsl_vector_alloc(ridge->columns);

    for (size_t i = 0; i < ridge->count; i++) {
        gsl_vector_const_view row = gsl_matrix_const_row(ridge->scaled, i);
        double product;
        gsl_vector_memcpy(copy, &row.vector);
        solve(ridge->factor, copy);
        gsl_blas_ddot(&row.vector, copy, &product);
        ridge->leverages[i] = fmin(weight_of(ridge, i) * (1 + product), 0.99);
    }
    gsl_vector_free(copy);
}

struct ridge *ridge_new(const double *rows, size_t columns, const size_t *order,
                        const double *weights, size_t count, double amount)
{
    struct ridge *ridge = g_new(struct ridge, 1);

    *ridge = (struct ridge){ .rows = rows,
                             .weights = weights,
                             .order = order,
                             .columns = columns,
                             .count = count,
                             .means = g_new0(double, columns),
                             .spreads = g_new0(double, columns),
                             .scaled = gsl_matrix_alloc(count, columns),
                             .factor = gsl_matrix_calloc(columns, columns),
                             .leverages = g_new(double, count),
                             .slopes = gsl_vector_alloc(columns) };
    scale_rows(ridge);
    for (size_t k = 0; k < columns; k++)
        gsl_matrix_set(ridge->factor, k, k, ridge->spreads[k] > 0 ? amount : 1);
    for (size_t i = 0; i < count; i++) {
        gsl_vector_const_view row = gsl_matrix_const_row(ridge->scaled, i);
        gsl_blas_dsyr(CblasLower, weight_of(ridge, i), &row.vector, ridge->factor);
    }
    gsl_linalg_cholesky_decomp1(ridge->factor);
    find_leverages(ridge);
    return ridge;
}

void ridge_free(struct ridge *ridge)
{
    gsl_matrix_free(ridge->scaled);
    gsl_matrix_free(ridge->factor);
    gsl_vector_free(ridge->slopes);
    g_free(ridge->means);
    g_free(ridge->spreads);
    g_free(ridge->leverages);
    g_free(ridge);
}

void ridge_fit(struct ridge *ridge, const double *target, size_t stride)
{
    ridge->target = target;
    ridge->stride = stride;
    ridge->mean = 0;
    gsl_vector_set_zero(ridge->slopes);
    for (size_t i = 0; i < ridge->count; i++)
        ridge->mean += weight_of(ridge, i) * target[ridge->order[i] * stride];
    for (size_t i = 0; i < ridge->count; i++) {
        gsl_vector_const_view row = gsl_matrix_const_row(ridge->scaled, i);
        gsl_blas_daxpy(weight_of(ridge, i) * (target[ridge->order[i] * stride] - ridge->mean),
                       &row.vector, ridge->slopes);
    }
    solve(ridge->factor, ridge->slopes);
}

double ridge_at(const struct ridge *ridge, const double *row)
{
    double value = ridge->mean;

    for (size_t k = 0; k < ridge->columns; k++)
        value += gsl_vector_get(ridge->slopes, k) * scale(ridge, row, k);
    return value;
}

/* Of a linear fit, without fitting it again: the residual grows by 1 / (1 - leverage). */
double ridge_without(const struct ridge *ridge, size_t i)
{
    const double target = ridge->target[ridge->order[i] * ridge->stride];

    return target - (target - ridge_at(ridge, row_of(ridge, i))) / (1 - ridge->leverages[i]);
}

void ridge_distances(const double *differences, size_t count, size_t columns, double amount,
                     const size_t *order, double *distances)
{
    gsl_vector *scaled = gsl_vector_alloc(columns), *solved = gsl_vector_alloc(columns);
    size_t *all = g_new(size_t, count);
    struct ridge *ridge;

    for (size_t i = 0; i < count; i++)
        all[i] = i;
    ridge = ridge_new(differences, columns, all, NULL, count, amount);
    for (size_t i = 0; i < count; i++) {
        double product;
        for (size_t k = 0; k < columns; k++)
            gsl_vector_set(scaled, k,
                           ridge->spreads[k] > 0 ? differences[i * columns + k] / ridge->spreads[k]
                                                 : 0);
        gsl_vector_memcpy(solved, scaled);
        solve(ridge->factor, solved);
        gsl_blas_ddot(scaled, solved, &product);
        distances[order[i]] = product;
    }
    ridge_free(ridge);
    gsl_vector_free(scaled);
    gsl_vector_free(solved);
    g_free(all);
}
