/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * distribution.h - random durations by inversion of a table.
 *
 * Any distribution becomes one table of its quantile function, finer towards both tails,
 * interpolated in integers: one 32-bit draw makes one variate, monotone in the draw (so common
 * random numbers correlate best), with no libm in the hot path.  Knots that are computed with libm
 * are rounded to 24 significant bits, far coarser than an ulp, so every machine draws the same
 * nanoseconds; constants and uniform laws are exact.  Draws reach the quantiles 2^-33 and
 * 1 - 2^-33; heavier tails are cut there.  A sample needs no table: its values are drawn
 * themselves.
 */
#ifndef SIM_VALUE_DISTRIBUTION_H
#define SIM_VALUE_DISTRIBUTION_H

#include "base/quantity.h"

enum distribution_kind {
    DISTRIBUTION_CONSTANT,    /* a: the value, ns */
    DISTRIBUTION_EXPONENTIAL, /* a: mean, ns */
    DISTRIBUTION_UNIFORM,     /* a: min, b: max, ns */
    DISTRIBUTION_NORMAL,      /* a: mean, b: sd, ns; cut at 0 */
    DISTRIBUTION_LOGNORMAL,   /* a: median, ns; b: sigma */
    DISTRIBUTION_WEIBULL,     /* a: scale, ns; b: shape */
    DISTRIBUTION_PARETO,      /* a: minimum, ns; b: shape */
    DISTRIBUTION_LOMAX,       /* a: scale, ns; b: shape */
    DISTRIBUTION_GAMMA,       /* a: scale, ns; b: shape */
    DISTRIBUTION_EMPIRICAL,   /* values: a sample, any order, ns; each alike, exactly */
    DISTRIBUTION_KINDS
};

struct distribution_spec {
    enum distribution_kind kind;
    double a, b;
    const sim_time *values; /* EMPIRICAL only; borrowed */
    size_t value_count;     /* 1 .. 2^30 */
    bool is_smooth;         /* and what lies between them, too; the mean is that of the values */
};

struct distribution;

/* A table for `spec`, whose parameters must be in range (mean, scale, shape, sd > 0; the shape of
 * a gamma law 0.1..1000); variates are cut at SIM_TIME_MAX.  NULL if memory is short. */
struct distribution *distribution_new(const struct distribution_spec *spec);

/* The residual life seen at a random moment of a renewal process with lives of `d`: what is left
 * of a session at t = 0 when churn is stationary.  Density (1 - F(x)) / mean.  Made at the first
 * call, by any thread, and kept as long as `d` is; NULL if memory is short. */
const struct distribution *distribution_residual(const struct distribution *d);

void distribution_free(struct distribution *d);

/* The variate of the 32-bit uniform draw `u`: ns, 0..SIM_TIME_MAX. */
sim_time distribution_value(const struct distribution *d, uint32_t u);

/* Speed only: the same where there is a table, which all but samples have. */
bool distribution_has_table(const struct distribution *d);
sim_time distribution_value_of_table(const struct distribution *d, uint32_t u);

/* Of the tabulated distribution, ns; infinite moments come out as those of the cut one. */
double distribution_mean(const struct distribution *d);

/* True if every draw gives the same value. */
bool distribution_is_constant(const struct distribution *d);

#endif
