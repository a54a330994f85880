/* SPDX-License-Identifier: GPL-3.0-or-later */
/* sensitivity.c - see sensitivity.h. */
#include "base/sensitivity.h"

#include "base/sensitivity_fit.h"

#include <glib.h>
#include <gsl/gsl_cdf.h>
#include <math.h>
#include <string.h>

enum {
    GROUPS_MAX = 40,   /* of points or replications, that the jackknife leaves out in turn */
    GROUPS_MIN = 10,   /* the same where that takes long */
    WORK_MAX = 200000, /* points of all groups together, beyond GROUPS_MIN */
};

/* The data without some of its points or replications: those whose number is `left_out` modulo
 * `groups`; 0 groups: all of it. */
struct part {
    const struct sensitivity_data *data;
    size_t groups, left_out;
    bool is_by_point;
};

static bool has_point(const struct part *part, size_t point)
{
    return part->groups == 0 || !part->is_by_point || point % part->groups != part->left_out;
}

static bool has_replication(const struct part *part, size_t replication)
{
    return part->groups == 0 || part->is_by_point || replication % part->groups != part->left_out;
}

static double value_at(const struct part *part, size_t point, size_t replication)
{
    const struct sensitivity_data *d = part->data;

    return has_replication(part, replication) ? d->y[point * d->replications + replication] : NAN;
}

/* Means of points, and the noise in them. */
struct means {
    size_t count;
    size_t *points; /* of the data, those that are in the part */
    double *values; /* mean of each */
    double noise;   /* variance within points: of a single run; NAN: unknown */
    double of_mean; /* of it, the part in a mean that others do not share; 0: unknown */
};

static void clear_means(struct means *means)
{
    g_free(means->points);
    g_free(means->values);
}

/* Variance of the noise that is not common to all points of a replication, over the replications
 * that all have; NAN if there are fewer than two. */
static double own_noise(const struct part *part, const struct means *means)
{
    const size_t replications = part->data->replications;
    double *row = g_new0(double, means->count), sum = 0;
    size_t common = 0;

    for (size_t r = 0; r < replications; r++) {
        bool is_common = true;

        for (size_t i = 0; i < means->count && is_common; i++)
            is_common = !isnan(value_at(part, means->points[i], r));
        for (size_t i = 0; i < means->count && is_common; i++)
            row[i] += value_at(part, means->points[i], r);
        common += is_common;
    }
    for (size_t r = 0; r < replications && common > 1; r++) {
        double column = 0, overall = 0;
        bool is_common = true;

        for (size_t i = 0; i < means->count; i++) {
            column += value_at(part, means->points[i], r) / (double)means->count;
            overall += row[i] / (double)(common * means->count);
        }
        is_common = !isnan(column);
        for (size_t i = 0; i < means->count && is_common; i++) {
            const double own =
                value_at(part, means->points[i], r) - row[i] / (double)common - column + overall;
            sum += own * own;
        }
    }
    g_free(row);
    return common > 1 && means->count > 1 ? sum / (double)((common - 1) * (means->count - 1)) : NAN;
}

static void make_means(const struct part *part, struct means *means)
{
    const struct sensitivity_data *d = part->data;
    double squares = 0, inverse = 0, own;
    size_t free_runs = 0;

    *means =
        (struct means){ .points = g_new(size_t, d->points), .values = g_new(double, d->points) };
    for (size_t i = 0; i < d->points; i++) {
        double sum = 0, mean;
        size_t runs = 0;

        for (size_t r = 0; has_point(part, i) && r < d->replications; r++)
            if (!isnan(value_at(part, i, r))) {
                sum += value_at(part, i, r);
                runs++;
            }
        if (runs == 0)
            continue;
        mean = sum / (double)runs;
        for (size_t r = 0; r < d->replications; r++)
            if (!isnan(value_at(part, i, r)))
                squares += pow(value_at(part, i, r) - mean, 2);
        free_runs += runs - 1;
        inverse += 1 / (double)runs;
        means->points[means->count] = i;
        means->values[means->count++] = mean;
    }
    means->noise = free_runs > 0 ? squares / (double)free_runs : NAN;
    own = own_noise(part, means);
    own = isnan(own) ? means->noise : own;
    means->of_mean = isnan(own) ? 0 : own * inverse / (double)means->count;
}

/* Indices of the axes of a part, and behind them what they leave; false: there are none. */
static enum sensitivity_fate find(const struct part *part, bool is_grid, double *shares,
                                  double *noise)
{
    const struct sensitivity_data *d = part->data;
    struct means means;
    enum sensitivity_fate fate;
    double all = 0, *of = shares;

    make_means(part, &means);
    fate = sensitivity_fit(d, means.points, means.values, means.count, is_grid, means.of_mean, of,
                           &all);
    *noise = means.noise / (all + means.noise);
    clear_means(&means);
    if (fate != SENSITIVITY_DONE)
        return fate;
    if (!(all > 0))
        return SENSITIVITY_CONSTANT;
    shares[d->axes] = 1;
    for (size_t k = 0; k < d->axes; k++) {
        shares[k] /= all;
        shares[d->axes] -= shares[k];
    }
    return SENSITIVITY_DONE;
}

static struct estimate estimate_of(double value, const double *others, size_t groups, double t)
{
    double mean = 0, squares = 0, error;

    for (size_t g = 0; g < groups; g++)
        mean += others[g] / (double)groups;
    for (size_t g = 0; g < groups; g++)
        squares += pow(others[g] - mean, 2);
    error = t * sqrt(squares * (double)(groups - 1) / (double)groups);
    return (struct estimate){ fmin(fmax(value, 0), 1), fmin(fmax(value - error, 0), 1),
                              fmin(fmax(value + error, 0), 1) };
}

/* Fills the intervals by leaving out each group in turn. */
static void jackknife(const struct sensitivity_data *data, double confidence, const double *shares,
                      struct sensitivity *found)
{
    struct part part = { .data = data, .is_by_point = !found->is_grid };
    const size_t width = data->axes + 1;
    const size_t most = CLAMP(WORK_MAX / data->points, GROUPS_MIN, GROUPS_MAX);
    const size_t groups = MIN(most, found->is_grid ? data->replications : data->points);
    double *all = g_new(double, groups *width), *row = g_new(double, width), noise;
    bool is_known = groups > 1;
    const double t = is_known ? gsl_cdf_tdist_Pinv(0.5 + confidence / 2, (double)groups - 1) : NAN;

    part.groups = groups;
    for (part.left_out = 0; is_known && part.left_out < groups; part.left_out++) {
        is_known = find(&part, found->is_grid, row, &noise) == SENSITIVITY_DONE;
        for (size_t k = 0; k < width; k++)
            all[k * groups + part.left_out] = row[k];
    }
    for (size_t k = 0; k < width; k++) {
        struct estimate *e = k < data->axes ? &found->axes[k] : &found->rest;

        *e = (struct estimate){ fmin(fmax(shares[k], 0), 1), NAN, NAN };
        if (is_known)
            *e = estimate_of(shares[k], &all[k * groups], groups, t);
    }
    g_free(row);
    g_free(all);
}

enum sensitivity_fate sensitivity_find(const struct sensitivity_data *data, double confidence,
                                       struct sensitivity *found)
{
    const struct part whole = { .data = data };
    double *shares = g_new0(double, data->axes + 1);
    enum sensitivity_fate fate;

    *found = (struct sensitivity){ .is_grid = sensitivity_is_grid(data) };
    fate = find(&whole, found->is_grid, shares, &found->noise);
    if (fate == SENSITIVITY_DONE) {
        found->axes = g_new0(struct estimate, data->axes);
        jackknife(data, confidence, shares, found);
    }
    g_free(shares);
    return fate;
}

void sensitivity_clear(struct sensitivity *found)
{
    g_free(found->axes);
    *found = (struct sensitivity){ 0 };
}
