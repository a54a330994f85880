/* SPDX-License-Identifier: GPL-3.0-or-later */
/* early.c - see early.h. */
#include "analysis/theory/early.h"

#include <gsl/gsl_cdf.h>
#include <math.h>

/* What one node of a type gives at a growth rate: means by the type of the children, each weighted
 * with e^(-r age) and with e^(-2r age), and the variance of Z. */
struct gift {
    double mean[THEORY_TYPES_MAX], squares[THEORY_TYPES_MAX], variance;
};

/* The mean of e^(-rD) over the delay of so many messages. */
static double late(const struct world_delays *delays, int legs, double r)
{
    double sum = 0;

    for (int i = 0; i < delays->count; i++)
        sum += exp(-r * delays->of[legs][i]);
    return sum / delays->count;
}

/* Sums over the ticks of e^(-r age): mean, mean of the square, and mean of the sum of squares. */
struct ticks {
    double mean, square, squares;
};

static struct ticks ticks_of(const struct theory_type *type, double interval, double r)
{
    const double g = exp(-r * interval), stays = type->stays > 0 ? type->stays : 1;
    const double x = r * interval;
    const double first = !type->is_random ? exp(-r * type->first) : x < 1e-9 ? 1 : (1 - g) / x;
    const double first2 = !type->is_random ? exp(-2 * r * type->first)
                          : x < 1e-9       ? 1
                                           : (1 - g * g) / (2 * x);
    double sum = 1 / (1 - stays * g), square = (1 + 2 * stays * g * sum) / (1 - stays * g * g);
    double squares = 1 / (1 - stays * g * g);

    if (type->ticks > 0) { /* so many, for sure */
        sum = squares = 0;
        for (int i = 0; i < type->ticks; i++) {
            sum += pow(g, i);
            squares += pow(g, 2 * i);
        }
        square = sum * sum;
    }
    return (struct ticks){ first * sum, first2 * square, first2 * squares };
}

static struct gift gift_of(const struct theory *theory, const struct world_delays *delays, int type,
                           double r, const double worth[THEORY_TYPES_MAX])
{
    const struct ticks ticks = ticks_of(&theory->types[type], theory->interval, r);
    struct gift gift = { .variance = 0 };

    for (int i = 0; i < theory->birth_count; i++) {
        const struct theory_birth *b = &theory->births[i];
        const double once = late(delays, b->legs, r), twice = late(delays, b->legs, 2 * r);
        const double h = worth[b->to], h2 = h * h;
        const bool is_binomial = b->kind == BIRTHS_AT_TICKS;
        const double mean = is_binomial ? b->trials * b->chance : b->mean;
        const double spread = is_binomial ? mean * (1 - b->chance) : mean;

        if (b->from != type)
            continue;
        if (b->kind == BIRTHS_STEADY) {
            gift.mean[b->to] += mean * once / r;
            gift.squares[b->to] += mean * twice / (2 * r);
            gift.variance += h2 * mean * twice / (2 * r);
            continue;
        }
        gift.mean[b->to] += mean * once * ticks.mean;
        gift.squares[b->to] += mean * twice * ticks.squares;
        gift.variance +=
            h2 * ((mean * (twice - once * once) + spread * once * once) * ticks.squares +
                  mean * mean * once * once * (ticks.square - ticks.mean * ticks.mean));
    }
    return gift;
}

/* The largest eigenvalue of the means, and what each type is worth by its vector. */
static double growth(const struct theory *theory, const struct world_delays *delays, double r,
                     double worth[THEORY_TYPES_MAX])
{
    static const double any[THEORY_TYPES_MAX] = { 1, 1 };
    const struct gift a = gift_of(theory, delays, 0, r, any);
    struct gift b = { .variance = 0 };
    double trace, det, value;

    if (theory->type_count > 1)
        b = gift_of(theory, delays, 1, r, any);
    trace = a.mean[0] + b.mean[1];
    det = a.mean[0] * b.mean[1] - a.mean[1] * b.mean[0];
    value = trace / 2 + sqrt(fmax(0, trace * trace / 4 - det));
    worth[0] = 1;
    worth[1] = a.mean[1] > 0 ? (value - a.mean[0]) / a.mean[1] : 1;
    return value;
}

void early_find(const struct theory *theory, const struct world_delays *delays, struct early *early)
{
    const double slowest = 1e-6 / theory->interval;
    double worth[THEORY_TYPES_MAX], low = slowest, high = slowest, v0, v1;
    struct gift a, b = { .variance = 0 };

    *early = (struct early){ .takes_hold = growth(theory, delays, slowest, worth) > 1.001 };
    if (!early->takes_hold)
        return;
    while (growth(theory, delays, high, worth) > 1)
        high *= 2;
    for (int i = 0; i < 100; i++) {
        const double middle = (low + high) / 2;
        if (growth(theory, delays, middle, worth) > 1)
            low = middle;
        else
            high = middle;
    }
    early->rate = high;
    growth(theory, delays, high, worth);
    a = gift_of(theory, delays, 0, high, worth);
    if (theory->type_count > 1)
        b = gift_of(theory, delays, 1, high, worth);
    /* v0 = a.variance + a.squares * v,  v1 = b.variance + b.squares * v */
    v1 = (b.variance + b.squares[0] * a.variance / (1 - a.squares[0])) /
         (1 - b.squares[1] - b.squares[0] * a.squares[1] / (1 - a.squares[0]));
    v0 = (a.variance + a.squares[1] * v1) / (1 - a.squares[0]);
    early->variance = fmax(0, v0);
}

double early_size(const struct early *early, double quantile)
{
    if (early->variance < 1e-6)
        return 1;
    return gsl_cdf_gamma_Pinv(quantile, 1 / early->variance, early->variance);
}
