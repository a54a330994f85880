/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * theory_figures.h - the figures that a prediction has, each beside the same of the runs of a
 * database.
 */
#ifndef ANALYSIS_THEORY_THEORY_FIGURES_H
#define ANALYSIS_THEORY_THEORY_FIGURES_H

#include "analysis/study/summary.h"
#include "analysis/theory/theory.h"
#include "experiment/plan/plan.h"

enum {
    THEORY_T50,
    THEORY_T90,
    THEORY_T99,
    THEORY_RESIDUE,
    THEORY_M,
    THEORY_DETECTION,
    THEORY_FACTOR,
    THEORY_FIGURES
};

/* The metrics that measure them. */
extern const char *const theory_metrics[THEORY_FIGURES];

/* What is predicted: of times the median over runs, and what 5 % and 95 % of the runs need at most;
 * of others the mean.  NAN: not predicted; INFINITY: never. */
struct theory_figure {
    double value, early, late;
};
struct theory_figure theory_figure(const struct theory_prediction *prediction, int figure);

/* What the runs say: the same statistic with its confidence interval, and 5 and 95 % of the runs.
 */
struct theory_measured {
    size_t runs;
    struct estimate estimate;
    double early, late;
};

/* The runs of a strategy at a point of a plan: its place in a study of the same world and stack;
 * false if the study has none. */
struct theory_place {
    size_t point;
    const char *strategy;
};
bool theory_find(const struct study *study, const struct plan *plan, size_t point, int strategy,
                 struct theory_place *place);

bool theory_measure(const struct study *study, const struct theory_place *place, int figure,
                    struct theory_measured *measured, struct errors *errors);

/* How the two go together, in words: `agrees`, `within the runs, 2 % more`, ...  g_free() it. */
char *theory_difference(int figure, double predicted, const struct theory_measured *measured);

#endif
