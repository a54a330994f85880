/* SPDX-License-Identifier: GPL-3.0-or-later */
/* sensitivity_fit.c - see sensitivity_fit.h. */
#include "base/sensitivity_fit.h"

#include <glib.h>
#include <gsl/gsl_multifit.h>
#include <math.h>
#include <stdlib.h>

enum {
    COSINES_MAX = 6,   /* of a curve */
    POINTS_A_TERM = 3, /* of the fit, at least: more cosines would fit what is not there */
    SPARE_POINTS = 4,  /* beyond the terms */
};

/* Of the square of a mean: what the sums of equal values may differ by. */
static const double rounding = 1e-20;

/* ---- axes ---- */

/* An axis as the points have it: which of its values each has, in their order. */
struct levels {
    size_t count;
    size_t *of;     /* level of each point */
    size_t *points; /* at each level */
    bool is_word;
};

static int by_value(const void *left, const void *right)
{
    const double a = *(const double *)left, b = *(const double *)right;

    return (a > b) - (a < b);
}

static struct levels find_levels(const struct sensitivity_data *d, const size_t *points,
                                 size_t count, size_t axis)
{
    struct levels levels = { .of = g_new(size_t, count), .is_word = d->is_word[axis] };
    double *sorted = g_new(double, count);

    for (size_t i = 0; i < count; i++)
        sorted[i] = d->x[points[i] * d->axes + axis];
    qsort(sorted, count, sizeof *sorted, by_value);
    for (size_t i = 0; i < count; i++)
        if (i == 0 || sorted[i] > sorted[levels.count - 1])
            sorted[levels.count++] = sorted[i];
    levels.points = g_new0(size_t, levels.count);
    for (size_t i = 0; i < count; i++) {
        const double *found = bsearch(&d->x[points[i] * d->axes + axis], sorted, levels.count,
                                      sizeof *sorted, by_value);
        levels.of[i] = (size_t)(found - sorted);
        levels.points[levels.of[i]]++;
    }
    g_free(sorted);
    return levels;
}

static struct levels *all_levels(const struct sensitivity_data *d, const size_t *points,
                                 size_t count)
{
    struct levels *levels = g_new(struct levels, d->axes);

    for (size_t k = 0; k < d->axes; k++)
        levels[k] = find_levels(d, points, count, k);
    return levels;
}

static void free_levels(struct levels *levels, size_t axes)
{
    for (size_t k = 0; k < axes; k++) {
        g_free(levels[k].of);
        g_free(levels[k].points);
    }
    g_free(levels);
}

bool sensitivity_is_grid(const struct sensitivity_data *data)
{
    size_t *points = g_new(size_t, data->points), cells = 1;
    struct levels *levels;
    bool *seen, is_grid;

    for (size_t i = 0; i < data->points; i++)
        points[i] = i;
    levels = all_levels(data, points, data->points);
    for (size_t k = 0; k < data->axes && cells <= data->points; k++)
        cells *= levels[k].count;
    is_grid = cells == data->points;
    seen = g_new0(bool, data->points + 1);
    for (size_t i = 0; i < data->points && is_grid; i++) {
        size_t cell = 0;

        for (size_t k = 0; k < data->axes; k++)
            cell = cell * levels[k].count + levels[k].of[i];
        is_grid = !seen[cell];
        seen[cell] = true;
    }
    g_free(seen);
    free_levels(levels, data->axes);
    g_free(points);
    return is_grid;
}

/* ---- all combinations ---- */

static double mean_of(const double *values, size_t count)
{
    double sum = 0;

    for (size_t i = 0; i < count; i++)
        sum += values[i];
    return sum / (double)count;
}

static double squares_about(const double *values, size_t count, double mean)
{
    double sum = 0;

    for (size_t i = 0; i < count; i++)
        sum += (values[i] - mean) * (values[i] - mean);
    return sum;
}

/* Variance of the means of an axis's levels, each over as many points. */
static double main_effect(const struct levels *axis, const double *values, size_t count,
                          double mean, double noise)
{
    double *sums = g_new0(double, axis->count), effect = 0;
    const double share = (double)axis->count / (double)count;

    for (size_t i = 0; i < count; i++)
        sums[axis->of[i]] += values[i];
    for (size_t l = 0; l < axis->count; l++)
        effect += pow(sums[l] * share - mean, 2) / (double)axis->count;
    g_free(sums);
    return effect - noise * (double)(axis->count - 1) / (double)count;
}

/* ---- a fit ---- */

/* So many terms has each axis at most; 0: the points are too few. */
static size_t choose_terms(const struct levels *levels, size_t axes, size_t count)
{
    for (size_t terms = COSINES_MAX; terms > 0; terms--) {
        size_t all = 1;

        for (size_t k = 0; k < axes; k++)
            all += levels[k].is_word ? levels[k].count - 1 : MIN(terms, levels[k].count - 1);
        if (count >= all + SPARE_POINTS && (terms == 1 || count >= POINTS_A_TERM * all))
            return terms;
    }
    return 0;
}

static size_t terms_of(const struct levels *axis, size_t most)
{
    return axis->is_word ? axis->count - 1 : MIN(most, axis->count - 1);
}

/* The columns of an axis, from `first` on: each has mean 0. */
static void fill_columns(gsl_matrix *terms, size_t first, const struct levels *axis, size_t most)
{
    const size_t count = terms->size1, width = terms_of(axis, most);
    const bool is_classes = width == axis->count - 1;
    double *rank = g_new(double, axis->count), below = 0;

    for (size_t l = 0; l < axis->count; l++) {
        rank[l] = (below + 0.5 * (double)axis->points[l]) / (double)count;
        below += (double)axis->points[l];
    }
    for (size_t c = 0; c < width; c++) {
        double mean = 0;

        for (size_t i = 0; i < count; i++) {
            const double value =
                is_classes ? axis->of[i] == c : cos(G_PI * (double)(c + 1) * rank[axis->of[i]]);
            gsl_matrix_set(terms, i, first + c, value);
            mean += value / (double)count;
        }
        for (size_t i = 0; i < count; i++)
            gsl_matrix_set(terms, i, first + c, gsl_matrix_get(terms, i, first + c) - mean);
    }
    g_free(rank);
}

/* Variance over the points of an axis's part of the fit, less what chance gives it. */
static double explained_by(const gsl_matrix *terms, const gsl_vector *weights,
                           const gsl_matrix *covariance, size_t first, size_t width)
{
    double sum = 0;

    for (size_t i = 0; i < terms->size1; i++) {
        double part = 0, chance = 0;

        for (size_t a = first; a < first + width; a++) {
            part += gsl_vector_get(weights, a) * gsl_matrix_get(terms, i, a);
            for (size_t b = first; b < first + width; b++)
                chance += gsl_matrix_get(terms, i, a) * gsl_matrix_get(terms, i, b) *
                          gsl_matrix_get(covariance, a, b);
        }
        sum += part * part - chance;
    }
    return sum / (double)terms->size1;
}

static enum sensitivity_fate fit(const struct levels *levels, size_t axes, const double *values,
                                 size_t count, double *explained)
{
    const size_t most = choose_terms(levels, axes, count);
    const gsl_vector_const_view y = gsl_vector_const_view_array(values, count);
    size_t width = 1, first = 1;
    gsl_multifit_linear_workspace *work;
    gsl_matrix *terms, *covariance;
    gsl_vector *weights;
    double residual;
    bool is_full;

    if (most == 0)
        return SENSITIVITY_TOO_FEW;
    for (size_t k = 0; k < axes; k++)
        width += terms_of(&levels[k], most);
    work = gsl_multifit_linear_alloc(count, width);
    terms = gsl_matrix_alloc(count, width);
    covariance = gsl_matrix_alloc(width, width);
    weights = gsl_vector_alloc(width);
    for (size_t i = 0; i < count; i++)
        gsl_matrix_set(terms, i, 0, 1);
    for (size_t k = 0; k < axes; first += terms_of(&levels[k++], most))
        fill_columns(terms, first, &levels[k], most);
    gsl_multifit_linear(terms, &y.vector, weights, covariance, &residual, work);
    is_full = gsl_multifit_linear_rank(1e-9, work) == width;
    first = 1;
    for (size_t k = 0; k < axes && is_full; first += terms_of(&levels[k++], most))
        explained[k] = explained_by(terms, weights, covariance, first, terms_of(&levels[k], most));
    gsl_vector_free(weights);
    gsl_matrix_free(covariance);
    gsl_matrix_free(terms);
    gsl_multifit_linear_free(work);
    return is_full ? SENSITIVITY_DONE : SENSITIVITY_TIED;
}

enum sensitivity_fate sensitivity_fit(const struct sensitivity_data *data, const size_t *points,
                                      const double *values, size_t count, bool is_grid,
                                      double noise, double *explained, double *all)
{
    struct levels *levels = all_levels(data, points, count);
    const double mean = mean_of(values, count);
    const double squares = squares_about(values, count, mean);
    enum sensitivity_fate fate = SENSITIVITY_DONE;

    *all = (squares - noise * (double)(count - 1)) / (double)count;
    if (*all <= rounding * mean * mean)
        *all = 0;
    if (is_grid)
        for (size_t k = 0; k < data->axes; k++)
            explained[k] = main_effect(&levels[k], values, count, mean, noise);
    else
        fate = fit(levels, data->axes, values, count, explained);
    free_levels(levels, data->axes);
    return fate;
}
