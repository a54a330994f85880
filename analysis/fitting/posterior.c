/* SPDX-License-Identifier: GPL-3.0-or-later */
/* posterior.c - see posterior.h. */
#include "analysis/fitting/posterior.h"

#include "analysis/fitting/ridge.h"
#include "experiment/language/space.h"

#include <glib.h>
#include <gsl/gsl_cdf.h>
#include <gsl/gsl_sort.h>
#include <math.h>
#include <string.h>

#define PILOT 0.5 /* share of the runs that foretell */
#define KEPT  0.2 /* and that are kept */
#define RIDGE 1e-3

#define ALIKE_MIN 40 /* draws that have a line of their own */

/* Scores are cut where a place is this near to the end of its range. */
#define EDGE 1e-4

/* The table as the steps see it. */
struct work {
    const struct posterior_table *table;
    const double *measured;
    size_t targets; /* columns of what is foretold: a score of each range, a mark of all choices of
                       an axis but the first */
    double *target; /* by run and target */
    size_t *order;  /* of the runs, nearest first */
    double *distance; /* of each run */
    double *foretold; /* by run and target, as far as they are in the pilot; */
    double *foretold_measured;
};

static double score(double u)
{
    return gsl_cdf_ugaussian_Pinv(fmin(fmax(u, EDGE), 1 - EDGE));
}

/* ---- the steps ---- */

static size_t count_targets(const struct posterior_table *table)
{
    size_t count = 0;

    for (size_t i = 0; i < table->axes; i++)
        count += table->choices[i] > 0 ? table->choices[i] - 1 : 1;
    return count;
}

static void fill_targets(struct work *w)
{
    const struct posterior_table *table = w->table;
    double *out = w->target;

    for (size_t run = 0; run < table->runs; run++)
        for (size_t i = 0; i < table->axes; i++) {
            const double u = table->u[run * table->axes + i];
            const size_t count = table->choices[i];
            if (count == 0)
                *out++ = score(u);
            for (size_t choice = 1; choice < count; choice++)
                *out++ = space_choice(count, u) == choice;
        }
}

/* Orders the first `count` runs of the order by their distance. */
static void sort_by_distance(struct work *w, size_t count)
{
    double *distances = g_new(double, count);
    size_t *places = g_new(size_t, count), *before = g_memdup2(w->order, count * sizeof *before);

    for (size_t i = 0; i < count; i++)
        distances[i] = w->distance[before[i]];
    gsl_sort_index(places, distances, 1, count);
    for (size_t i = 0; i < count; i++)
        w->order[i] = before[places[i]];
    g_free(distances);
    g_free(places);
    g_free(before);
}

/* Step 1: by the numbers themselves. */
static void find_pilot(struct work *w)
{
    const struct posterior_table *table = w->table;

    memset(w->distance, 0, table->runs * sizeof *w->distance);
    for (size_t k = 0; k < table->numbers; k++) {
        const double *column = &table->seen[k];
        const double spread = ridge_spread(column, table->numbers, NULL, table->runs);
        if (spread <= 0)
            continue;
        for (size_t run = 0; run < table->runs; run++)
            w->distance[run] += pow((column[run * table->numbers] - w->measured[k]) / spread, 2);
    }
    for (size_t run = 0; run < table->runs; run++)
        w->order[run] = run;
    sort_by_distance(w, table->runs);
}

/* Step 2. */
static void foretell(struct work *w, size_t pilot)
{
    const struct posterior_table *table = w->table;
    struct ridge *ridge = ridge_new(table->seen, table->numbers, w->order, NULL, pilot, RIDGE);

    for (size_t k = 0; k < w->targets; k++) {
        ridge_fit(ridge, &w->target[k], w->targets);
        for (size_t i = 0; i < pilot; i++)
            w->foretold[w->order[i] * w->targets + k] = ridge_without(ridge, i);
        w->foretold_measured[k] = ridge_at(ridge, w->measured);
    }
    ridge_free(ridge);
}

/* Step 3: how many runs are kept, with their weights; `limit`: the first that is not. */
static void find_kept(struct work *w, size_t pilot, size_t kept, double *weights)
{
    double *differences = g_new(double, pilot * w->targets), limit;
    double sum = 0;

    for (size_t i = 0; i < pilot; i++)
        for (size_t k = 0; k < w->targets; k++)
            differences[i * w->targets + k] =
                w->foretold[w->order[i] * w->targets + k] - w->foretold_measured[k];
    ridge_distances(differences, pilot, w->targets, RIDGE, w->order, w->distance);
    sort_by_distance(w, pilot);
    limit = w->distance[w->order[kept]];
    for (size_t i = 0; i < kept; i++) {
        double distance = w->distance[w->order[i]];
        weights[i] = limit > 0 ? 1 - distance / limit : 1; /* squares already */
        sum += weights[i];
    }
    for (size_t i = 0; i < kept; i++)
        weights[i] = sum > 0 ? weights[i] / sum : 1 / (double)kept;
    g_free(differences);
}

/* Brings what is foretold for the measurement within what is for the runs that are kept: a line
 * goes no further than what it was drawn through. */
static void bring_within(const struct work *w, size_t kept)
{
    for (size_t k = 0; k < w->targets; k++) {
        double low = INFINITY, high = -INFINITY;
        for (size_t i = 0; i < kept; i++) {
            low = fmin(low, w->foretold[w->order[i] * w->targets + k]);
            high = fmax(high, w->foretold[w->order[i] * w->targets + k]);
        }
        w->foretold_measured[k] = fmin(fmax(w->foretold_measured[k], low), high);
    }
}

/* Step 4 by a line through `count` draws: moves those of them that `moves` marks. */
static void move_by_line(const struct work *w, struct posterior *posterior, const size_t *draws,
                         size_t count, const bool *moves)
{
    const struct posterior_table *table = w->table;
    size_t *runs = g_new(size_t, count);
    double *weights = g_new(double, count), sum = 0;
    struct ridge *ridge;
    size_t target = 0;

    for (size_t i = 0; i < count; i++) {
        runs[i] = w->order[draws[i]];
        sum += posterior->weights[draws[i]];
    }
    for (size_t i = 0; i < count; i++)
        weights[i] = sum > 0 ? posterior->weights[draws[i]] / sum : 1 / (double)count;
    ridge = ridge_new(w->foretold, w->targets, runs, weights, count, RIDGE);
    for (size_t axis = 0; axis < table->axes; axis++) {
        const size_t choices = table->choices[axis];
        if (choices == 0) {
            ridge_fit(ridge, &w->target[target], w->targets);
            for (size_t i = 0; i < count; i++)
                if (moves[draws[i]])
                    posterior->u[draws[i] * table->axes + axis] = gsl_cdf_ugaussian_P(
                        ridge_at(ridge, w->foretold_measured) +
                        w->target[runs[i] * w->targets + target] - ridge_without(ridge, i));
        }
        target += choices == 0 ? 1 : choices - 1;
    }
    ridge_free(ridge);
    g_free(runs);
    g_free(weights);
}

/* A number for all choices of a run together. */
static size_t choices_of(const struct posterior_table *table, size_t run)
{
    size_t all = 0;

    for (size_t axis = 0; axis < table->axes; axis++)
        if (table->choices[axis] > 0)
            all = all * table->choices[axis] +
                  space_choice(table->choices[axis], table->u[run * table->axes + axis]);
    return all;
}

/* Step 4: draws of the same choices have a line of their own, if they are enough. */
static void move_draws(const struct work *w, struct posterior *posterior)
{
    const struct posterior_table *table = w->table;
    const size_t count = posterior->count;
    size_t *draws = g_new(size_t, count);
    bool *moves = g_new0(bool, count), *is_seen = g_new0(bool, count);

    for (size_t i = 0; i < count; i++)
        memcpy(&posterior->u[i * table->axes], &table->u[w->order[i] * table->axes],
               table->axes * sizeof *posterior->u);
    for (size_t first = 0; first < count; first++) {
        const size_t choices = choices_of(table, w->order[first]);
        size_t same = 0;
        for (size_t i = first; i < count && !is_seen[first]; i++)
            if (choices_of(table, w->order[i]) == choices)
                draws[same++] = i;
        for (size_t i = 0; i < same; i++)
            is_seen[draws[i]] = moves[draws[i]] = true;
        if (same >= ALIKE_MIN)
            move_by_line(w, posterior, draws, same, moves);
        for (size_t i = 0; i < same && same >= ALIKE_MIN; i++)
            moves[draws[i]] = false;
    }
    for (size_t i = 0; i < count; i++)
        draws[i] = i;
    move_by_line(w, posterior, draws, count, moves);
    g_free(draws);
    g_free(moves);
    g_free(is_seen);
}

void posterior_find(const struct posterior_table *table, const double *measured,
                    struct posterior *posterior)
{
    struct work w = { .table = table, .measured = measured, .targets = count_targets(table) };
    const size_t pilot = (size_t)(PILOT * (double)table->runs);
    const size_t kept = (size_t)(KEPT * (double)table->runs);

    w.target = g_new(double, table->runs *w.targets);
    w.foretold = g_new0(double, table->runs *w.targets);
    w.foretold_measured = g_new(double, w.targets);
    w.order = g_new(size_t, table->runs);
    w.distance = g_new(double, table->runs);
    *posterior = (struct posterior){ .count = kept,
                                     .axes = table->axes,
                                     .u = g_new(double, kept * table->axes),
                                     .weights = g_new(double, kept) };
    fill_targets(&w);
    find_pilot(&w);
    foretell(&w, pilot);
    find_kept(&w, pilot, kept, posterior->weights);
    bring_within(&w, kept);
    move_draws(&w, posterior);
    g_free(w.target);
    g_free(w.foretold);
    g_free(w.foretold_measured);
    g_free(w.order);
    g_free(w.distance);
}

void posterior_clear(struct posterior *posterior)
{
    g_free(posterior->u);
    g_free(posterior->weights);
    *posterior = (struct posterior){ 0 };
}

/* ---- what it says ---- */

/* Of equal weights the k-th of n draws is the quantile at k / (n + 1): a further draw is as likely
 * to lie in any of the n + 1 gaps. */
double posterior_quantile(const struct posterior *posterior, size_t axis, double p)
{
    const size_t n = posterior->count, axes = posterior->axes;
    size_t *order = g_new(size_t, n);
    double typical = 0, below = 0, last_p = 0, last_u = 0, found = 1;

    gsl_sort_index(order, &posterior->u[axis], axes, n);
    for (size_t i = 0; i < n; i++)
        typical += posterior->weights[i] * posterior->weights[i];
    for (size_t i = 0; i < n && found >= 1; i++) {
        const double weight = posterior->weights[order[i]];
        const double at = (below + (weight + typical) / 2) / (1 + typical);
        const double u = posterior->u[order[i] * axes + axis];
        if (at >= p)
            found = i == 0 ? u : last_u + (u - last_u) * (p - last_p) / (at - last_p);
        below += weight;
        last_p = at;
        last_u = u;
    }
    g_free(order);
    return fmin(found, last_u);
}

double posterior_chance(const struct posterior *posterior, size_t axis, size_t choice, size_t count)
{
    double chance = 0;

    for (size_t i = 0; i < posterior->count; i++)
        if (space_choice(count, posterior->u[i * posterior->axes + axis]) == choice)
            chance += posterior->weights[i];
    return chance;
}

void posterior_keep(struct posterior *posterior, size_t axis, size_t choice, size_t count)
{
    const double chance = posterior_chance(posterior, axis, choice, count);
    const size_t axes = posterior->axes;
    size_t kept = 0;

    for (size_t i = 0; i < posterior->count; i++) {
        if (space_choice(count, posterior->u[i * axes + axis]) != choice)
            continue;
        memmove(&posterior->u[kept * axes], &posterior->u[i * axes], axes * sizeof *posterior->u);
        posterior->weights[kept++] = posterior->weights[i] / chance;
    }
    posterior->count = kept;
}

double posterior_correlation(const struct posterior *posterior, size_t a, size_t b)
{
    double means[2] = { 0, 0 }, sums[3] = { 0, 0, 0 };

    for (size_t i = 0; i < posterior->count; i++) {
        means[0] += posterior->weights[i] * score(posterior->u[i * posterior->axes + a]);
        means[1] += posterior->weights[i] * score(posterior->u[i * posterior->axes + b]);
    }
    for (size_t i = 0; i < posterior->count; i++) {
        const double x = score(posterior->u[i * posterior->axes + a]) - means[0];
        const double y = score(posterior->u[i * posterior->axes + b]) - means[1];
        sums[0] += posterior->weights[i] * x * x;
        sums[1] += posterior->weights[i] * y * y;
        sums[2] += posterior->weights[i] * x * y;
    }
    return sums[0] > 0 && sums[1] > 0 ? sums[2] / sqrt(sums[0] * sums[1]) : 0;
}

double posterior_check(const double *rows, size_t runs, size_t numbers)
{
    const double ridge = 0.05;
    double *distances = g_new(double, runs + 1);
    size_t as_far = 0, *order = g_new(size_t, runs + 1);
    double *centred = g_memdup2(rows, (runs + 1) * numbers * sizeof *rows);

    for (size_t k = 0; k < numbers; k++) {
        double mean = 0;
        for (size_t i = 0; i <= runs; i++)
            mean += rows[i * numbers + k] / (double)(runs + 1);
        for (size_t i = 0; i <= runs; i++)
            centred[i * numbers + k] -= mean;
    }
    for (size_t i = 0; i <= runs; i++)
        order[i] = i;
    ridge_distances(centred, runs + 1, numbers, ridge, order, distances);
    for (size_t i = 0; i <= runs; i++)
        as_far += distances[i] >= distances[0];
    g_free(distances);
    g_free(order);
    g_free(centred);
    return (double)as_far / (double)(runs + 1);
}
