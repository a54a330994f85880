/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * history.h - a figure of what the samples of runs have, against time: for a kind that draws one
 * number.
 *
 * A line and a 95 % band a strategy, a panel a point, faults shaded; with --runs single runs.  The
 * axis of time ends where the last line has settled and the last fault and injection are over.  A
 * line ends where some run of it does: nobody knows what would have come.  Only a run that
 * converged, after which nothing comes, keeps its last value; not if that is a gauge.
 */
#ifndef ANALYSIS_FIGURE_HISTORY_H
#define ANALYSIS_FIGURE_HISTORY_H

#include "analysis/figure/figure_parts.h"

/* What is drawn. */
struct history {
    const char *column;    /* of the table `sample`; NULL: */
    const char *gauge;     /* a model's, by the name of its metric */
    const char *title;     /* of the page, behind the study's name */
    const char *label;     /* of the y axis, without unit */
    const char *none;      /* the error where no run has it */
    enum metric_unit unit; /* of a linear axis, which begins at 0 */
    double least;          /* above 0: the axis is logarithmic, and what is less counts as this; the
                              mean over the runs is that of the logarithms */
};

/* The finished page; NULL and errors. */
struct canvas *history_draw(struct figure *figure, const struct history *history,
                            struct errors *errors);

/* The one of several columns that --metric names, without it the first; NULL and an error if it
 * names none of them. */
const struct history *history_choose(const struct figure *figure, const struct history *list,
                                     size_t count, struct errors *errors);

#endif
