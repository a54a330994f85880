/* SPDX-License-Identifier: GPL-3.0-or-later */
/* law.c - see law.h. */
#include "base/law.h"

#include <glib.h>
#include <gsl/gsl_cdf.h>
#include <gsl/gsl_fit.h>
#include <math.h>

#define CONFIDENCE 0.95

enum { LEAST_SIZES = 3 };

/* The values in the terms in which the law is a line, and their means at each size. */
struct lines {
    double *x, *y, *mean_x, *mean_y;
    size_t count, sizes;
    double within;   /* sum of squares of the values about their means */
    double rounding; /* what sums of squares may be of values that are equal */
};

struct line {
    double start, rate, start_variance, rate_variance, squares;
};

static bool fill(struct lines *l, enum law_kind kind, const struct law_value *values)
{
    for (size_t i = 0; i < l->count; i++) {
        const double y = values[i].y;

        if (!(values[i].x > 0) || !isfinite(y) || (kind == LAW_POWER && !(y > 0)))
            return false;
        l->x[i] = log2(values[i].x);
        l->y[i] = kind == LAW_POWER ? log2(y) : y;
        l->rounding += 1e-20 * l->y[i] * l->y[i];
    }
    for (size_t first = 0, next; first < l->count; first = next) {
        double sum = 0;

        for (next = first; next < l->count && l->x[next] == l->x[first]; next++)
            sum += l->y[next];
        l->mean_x[l->sizes] = l->x[first];
        l->mean_y[l->sizes] = sum / (double)(next - first);
        for (size_t i = first; i < next; i++)
            l->within += pow(l->y[i] - l->mean_y[l->sizes], 2);
        l->sizes++;
    }
    return l->sizes >= LEAST_SIZES;
}

static struct line fit(const double *x, const double *y, size_t count)
{
    struct line line;
    double covariance;

    gsl_fit_linear(x, 1, y, 1, count, &line.start, &line.rate, &line.start_variance, &covariance,
                   &line.rate_variance, &line.squares);
    return line;
}

/* The p-value of the test of lack of fit. */
static double test(const struct lines *l, const struct line *line)
{
    const double freedom = (double)l->sizes - 2, inner = (double)(l->count - l->sizes);
    const double between = fmax(line->squares - l->within, 0);

    if (l->count == l->sizes)
        return NAN;
    if (l->within <= l->rounding) /* the same value at each size */
        return between <= l->rounding ? 1 : 0;
    return gsl_cdf_fdist_Q(between / freedom / (l->within / inner), freedom, inner);
}

static struct estimate make_estimate(double value, double variance, size_t count)
{
    const double half =
        gsl_cdf_tdist_Pinv(0.5 + CONFIDENCE / 2, (double)count - 2) * sqrt(variance);

    return (struct estimate){ value, value - half, value + half };
}

static void solve(const struct lines *l, struct law *law)
{
    struct line line = fit(l->x, l->y, l->count);
    size_t count = l->count;

    if (pow(line.rate * (l->x[l->count - 1] - l->x[0]), 2) * (double)l->count <= l->rounding)
        line.rate = line.rate_variance = 0; /* the values are equal */
    law->p = test(l, &line);
    if (law->p < 1 - CONFIDENCE) {
        line = fit(l->mean_x, l->mean_y, l->sizes);
        count = l->sizes;
    }
    law->start = make_estimate(line.start, line.start_variance, count);
    law->rate = make_estimate(line.rate, line.rate_variance, count);
    if (law->kind == LAW_POWER)
        law->start = (struct estimate){ exp2(law->start.value), exp2(law->start.lower),
                                        exp2(law->start.upper) };
}

bool law_fit(enum law_kind kind, const struct law_value *values, size_t count, struct law *law)
{
    struct lines l = { .x = g_new(double, 4 * count + 1), .count = count };
    bool is_good;

    l.y = l.x + count;
    l.mean_x = l.y + count;
    l.mean_y = l.mean_x + count;
    is_good = fill(&l, kind, values);
    *law = (struct law){ .kind = kind };
    if (is_good)
        solve(&l, law);
    g_free(l.x);
    return is_good;
}

static double squares(const struct law *law, const struct law_value *values, size_t count)
{
    double sum = 0;

    for (size_t i = 0; i < count; i++)
        sum += pow(values[i].y - law_at(law, values[i].x), 2);
    return sum;
}

bool law_choose(const struct law_value *values, size_t count, struct law *law)
{
    struct law power;

    if (!law_fit(LAW_LOGARITHM, values, count, law))
        return false;
    if (law_fit(LAW_POWER, values, count, &power) &&
        squares(&power, values, count) < squares(law, values, count))
        *law = power;
    return true;
}

double law_at(const struct law *law, double x)
{
    return law->kind == LAW_POWER ? law->start.value * pow(x, law->rate.value)
                                  : law->start.value + law->rate.value * log2(x);
}
