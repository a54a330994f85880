/* SPDX-License-Identifier: GPL-3.0-or-later */
/* predicted.h - the informed share that equations predict, against time. */
#ifndef ANALYSIS_THEORY_PREDICTED_H
#define ANALYSIS_THEORY_PREDICTED_H

#include <stdbool.h>
#include <stddef.h>

/* Between two points it is a straight line, in rounds a step. */
struct theory_curve {
    size_t count;
    double *times; /* s since the injection */
    double *informed;
};

/* When the share is first reached; INFINITY: never. */
double theory_reached(const struct theory_curve *curve, bool is_rounds, double share);

/* The informed share so long after the injection; before it, 0. */
double theory_informed(const struct theory_curve *curve, bool is_rounds, double seconds);

#endif
