/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * figure_parts.h - what the kinds of figures share; for figure*.c and analysis/plots only.
 */
#ifndef ANALYSIS_FIGURE_FIGURE_PARTS_H
#define ANALYSIS_FIGURE_FIGURE_PARTS_H

#include "analysis/figure/figure.h"
#include "analysis/figure/lines.h"
#include "analysis/figure/ticks.h"
#include "analysis/study/study.h"
#include "analysis/study/summary.h"
#include "experiment/language/metric_name.h"

/* Where a point of the study has its place in a figure. */
struct figure_place {
    size_t series; /* where the series are values of an axis */
    size_t panel;
    double x; /* along x: a number in base units, or the place of a word; 0 without an axis */
};

/*
 * A figure in the making.  Its series are the strategies of the study, or the values of an axis
 * where a single strategy has one to spare; what else differs among its points has a panel each.
 */
struct figure {
    const struct study *study;
    const struct figure_options *options;
    const struct canvas_size *size;
    size_t *points; /* positions in the study, ascending along x */
    size_t point_count;
    /* For each axis of the study: whether it has different values, and the digits that its rounded
     * values have. */
    bool *differs;
    int *digits;
    int x_axis;                  /* -1: none, as where time goes along x */
    int series_axis;             /* whose values are the series; -1: the strategies are */
    struct figure_place *places; /* of each point of the study */
    GPtrArray *series, *panels;  /* names */
    GPtrArray *words;            /* labels of the values along x */
    bool is_numeric;             /* all values along x are numbers */
};

/* Fills what is said of each axis. */
void figure_read_axes(struct figure *figure);

/*
 * Sorts the points into panels and series, and along `x_axis` (-1: none): by value, or where not
 * all values are numbers in the order of the sweep.  Lists that are walked together share one
 * panel.  With `one_panel` all do.
 */
void figure_divide(struct figure *figure, int x_axis, bool one_panel);

/* False and an error that tells how to choose if there is more than fits a page. */
bool figure_check_size(const struct figure *figure, struct errors *errors);

/* Where point i of the figure has its place, in which series a strategy there. */
size_t figure_series(const struct figure *figure, size_t i, size_t strategy);
size_t figure_panel(const struct figure *figure, size_t i);
double figure_x(const struct figure *figure, size_t i);

/* How many axes have different values among the figure's points; the first of them, or -1. */
size_t figure_axes(const struct figure *figure);
int figure_first_axis(const struct figure *figure);

/* The unit of the values along x. */
enum metric_unit figure_x_unit(const struct figure *figure);

/* The value of point i of the figure on an axis. */
const struct study_value *figure_value(const struct figure *figure, size_t i, size_t axis);

/*
 * The value of point i on an axis for people: as written if that is short (`10_000`, `5%`),
 * otherwise rounded in a unit that suits it (`464159us` is 464ms), as far as the values of the
 * axis still differ.  g_free() it.
 */
char *figure_value_label(const struct figure *figure, size_t i, size_t axis);

/* Starts the page, with the study's name before `what` as title. */
struct canvas *figure_canvas(const struct figure *figure, const char *what, const char *subtitle);

/* What all panels of a page have in common. */
struct figure_axes {
    const char *x_label, *y_label;
    const struct ticks *x, *y;
    struct lines *(*make_lines)(void *drawing, size_t panel);
    void *drawing;
};

/* Plots all panels and ends the page. */
void figure_plot(const struct figure *figure, struct canvas *canvas,
                 const struct figure_axes *axes);

/* The name of a panel; NULL if it has none. */
const char *figure_panel_name(const struct figure *figure, size_t panel);

/* The metric of --metric; without that t99, of studies without updates what says most of beliefs.
 * False and errors if the study has no such. */
bool figure_metric(const struct figure *figure, struct metric *metric, struct errors *errors);

/* False and an error, with a kind that fits, if the study writes no update. */
bool figure_has_updates(const struct figure *figure, struct errors *errors);

/* The summary of a metric of a strategy at a point, times as medians. */
bool figure_summary(const struct figure *figure, size_t point, size_t strategy, const char *metric,
                    struct summary *summary, struct errors *errors);

/*
 * What the figure is of: `STATISTIC of 30 runs`, `8 to 30 runs` where strategies or points differ,
 * `a single run`.  g_free() it.
 */
bool figure_runs(const struct figure *figure, const char *statistic, char **text,
                 struct errors *errors);

/* "; colours: nodes" where the series are values of `nodes`, otherwise "".  g_free() it. */
char *figure_colours(const struct figure *figure);

/* The label with its unit in brackets: "time until … (s)".  g_free() it. */
char *figure_label(const char *label, const char *unit);

/* The same of a metric along x: what it is where a panel has room for that, otherwise its name. */
char *figure_metric_label(const struct canvas *canvas, const struct metric *metric,
                          const char *unit);

#endif
