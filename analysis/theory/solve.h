/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * solve.h - the equations of a model from the first informed node on: a recurrence, or
 * differential equations with delays.
 *
 * These are solved by the method of steps: GSL's classical Runge-Kutta in fixed steps, 256 an
 * interval, each of which looks back into the rows that the steps before have left, linearly
 * between two.  What lies less than a step back is continued from the last two.  A delay is as
 * likely one as another of world.h's.
 */
#ifndef ANALYSIS_THEORY_SOLVE_H
#define ANALYSIS_THEORY_SOLVE_H

#include "analysis/theory/predicted.h"
#include "analysis/theory/world.h"

struct solve {
    const struct theory *theory;
    const void *config;
    const struct theory_world *world;
    const struct world_delays *delays;
    double informed; /* the share that is informed at first */
    double end;      /* s since the injection */
};

/* Fills the curve (from g_malloc()) and the copies sent a node; `is_over`: nothing moves any more
 * where it ends, so that the last share stays.  False: neither was the end
 * reached nor is it over, after more intervals than are worth solving. */
bool solve(const struct solve *what, struct theory_curve *curve, double *copies, bool *is_over);

#endif
