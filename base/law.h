/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * law.h - how an amount grows with a size: a law fitted to what was found at several sizes, several
 * times at each.
 *
 * A straight line by ordinary least squares (GSL), through the values or through their logarithms.
 * Whether the values follow it is the F test of lack of fit: how far the means at the sizes lie
 * from the line, against how far values lie from their means (N. Draper, H. Smith, Applied
 * Regression Analysis, section 2.1).  Where they do not, at 5 %, the line is drawn through the
 * means instead and its intervals, by Student's t with two degrees less than sizes, are as wide as
 * their distances ask for.
 */
#ifndef BASE_LAW_H
#define BASE_LAW_H

#include "base/statistics.h"

#include <stdbool.h>
#include <stddef.h>

enum law_kind {
    LAW_LOGARITHM, /* y = start + rate * log2(x): every doubling of x adds `rate` */
    LAW_POWER,     /* y = start * x^rate: every doubling multiplies y by 2^rate */
};

struct law {
    enum law_kind kind;
    struct estimate start, rate; /* with 95 % confidence intervals */
    double p; /* that means lie as far from the line as these or farther, if it holds; NAN: no size
               * has two values */
};

/* What was found at a size above 0. */
struct law_value {
    double x, y;
};

/* Fits a law to values in ascending order of x; false unless there are three sizes, for LAW_POWER
 * also if a value is not above 0. */
bool law_fit(enum law_kind kind, const struct law_value *values, size_t count, struct law *law);

/* The law that comes nearer to the values, in the sum of squares; false as law_fit(). */
bool law_choose(const struct law_value *values, size_t count, struct law *law);

/* The value of a law at x. */
double law_at(const struct law *law, double x);

#endif
