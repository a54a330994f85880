/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * figure_kinds.h - what the kinds of figures share; for figure*.c only.
 */
#ifndef ANALYSIS_FIGURE_KINDS_H
#define ANALYSIS_FIGURE_KINDS_H

#include "analysis/figure.h"
#include "analysis/study.h"
#include "analysis/summary.h"
#include "experiment/metric.h"

/* A figure in the making. */
struct figure {
    const struct study *study;
    const struct figure_options *options;
    const struct canvas_size *size;
    size_t *points; /* of the study, in its order */
    size_t point_count;
};

/* Each returns the finished page; NULL and errors. */
struct canvas *figure_convergence(const struct figure *figure, struct errors *errors);
struct canvas *figure_residue(const struct figure *figure, struct errors *errors);
struct canvas *figure_sweep(const struct figure *figure, struct errors *errors);

/* Starts the page, with the study's name before `what` as title. */
struct canvas *figure_canvas(const struct figure *figure, const char *what, const char *subtitle,
                             size_t panels);

/* False and an error that tells how to choose if there are more panels than fit a page. */
bool figure_check_panels(size_t panels, struct errors *errors);

/*
 * A name for point i of the figure by what differs among its points: "network.loss=5%"; without
 * the axis `but` (-1: none).  g_free() it.
 */
char *figure_panel_name(const struct figure *figure, size_t i, int but);

/* How many axes have different values among the figure's points. */
size_t figure_axes(const struct figure *figure);

/* The summary of a metric of a strategy at a point, times as medians. */
bool figure_summary(const struct figure *figure, size_t point, size_t strategy, const char *metric,
                    struct summary *summary, struct errors *errors);

/* "30 runs", or "8 to 30 runs" where strategies or points differ.  g_free() it. */
bool figure_runs(const struct figure *figure, char **text, struct errors *errors);

/* The label with its unit in brackets: "time until … (s)".  g_free() it. */
char *figure_label(const char *label, const char *unit);

/* Appends a number and a blank to a data row; NAN for what does not exist. */
void figure_number(GString *rows, double value);

#endif
