/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * cost.c - what strategies cost against how long they take: a marker a point and strategy.
 *
 * Along x the median of t99, along y the mean of the cost, both with 95 % intervals, on logarithmic
 * axes where they have no zero; where one parameter is
 * swept, a thin line follows it.  The grey steps are V.
 * Pareto's frontier: no marker lies to the left of it and below.  Where t99 is "never" an open
 * triangle stands on the right edge.
 */
#include "analysis/figure/figure_parts.h"
#include "analysis/figure/ticks.h"
#include "analysis/study/usual.h"
#include "base/pareto.h"

#include <math.h>

#define LOG_FROM 3

struct drawing {
    const struct figure *figure;
    struct metric time, cost;
    struct summary *times, *costs; /* point by point, strategy by strategy */
    struct pareto_offer *offers;
    size_t count;
    struct ticks x, y;
};

static bool read_summaries(struct drawing *d, struct errors *errors)
{
    const size_t strategies = d->figure->study->strategy_count;

    for (size_t i = 0; i < d->count; i++) {
        const size_t point = d->figure->points[i / strategies], s = i % strategies;

        if (!figure_summary(d->figure, point, s, d->time.name, &d->times[i], errors) ||
            !figure_summary(d->figure, point, s, d->cost.name, &d->costs[i], errors))
            return false;
        d->offers[i].x = d->times[i].runs > 0 ? d->times[i].estimate.value : NAN;
        d->offers[i].y = d->costs[i].runs > 0 ? d->costs[i].estimate.value : NAN;
    }
    pareto_mark(d->offers, d->count);
    return true;
}

/* ---- lines ---- */

static void add_point(const struct drawing *d, struct line *line, size_t i)
{
    const struct estimate *t = &d->times[i].estimate, *c = &d->costs[i].estimate;
    const double x = d->x.scale.factor, y = d->y.scale.factor;
    const bool is_never = isinf(t->value);

    if (!isfinite(d->offers[i].y) || isnan(d->offers[i].x))
        return;
    line_add(line, (struct line_point){
                       .x = (is_never ? d->x.high : t->value) * x,
                       .x_lower = (is_never          ? d->x.high
                                   : isnan(t->lower) ? t->value
                                                     : fmax(t->lower, d->x.low)) *
                                  x,
                       .x_upper = (is_never          ? d->x.high
                                   : isnan(t->upper) ? t->value
                                                     : fmin(t->upper, d->x.high)) *
                                  x,
                       .y = is_never ? NAN : c->value * y,
                       .lower = (isnan(c->lower) ? c->value : fmax(c->lower, d->y.low)) * y,
                       .upper = (isnan(c->upper) ? c->value : fmin(c->upper, d->y.high)) * y,
                       .beyond = is_never ? c->value * y : NAN });
}

static int by_x(gconstpointer a, gconstpointer b)
{
    const struct line_point *first = a, *second = b;

    return (first->x > second->x) - (first->x < second->x);
}

static void add_corner(struct line *line, double x, double y)
{
    line_add(line, (struct line_point){ .x = x, .y = y, .lower = NAN, .upper = NAN });
}

/* Steps from the upper edge down to the right one. */
static void add_frontier(const struct drawing *d, struct lines *lines)
{
    GArray *corners = g_array_new(FALSE, FALSE, sizeof(struct line_point));
    struct line *line =
        lines_add(lines, LINE_GUIDE, LINE_THEORY, LINE_JOINED, "time, cost of the frontier");
    double y = d->y.high * d->y.scale.factor;

    for (size_t i = 0; i < d->count; i++)
        if (d->offers[i].is_on_frontier)
            g_array_append_val(corners,
                               ((struct line_point){ .x = d->offers[i].x * d->x.scale.factor,
                                                     .y = d->offers[i].y * d->y.scale.factor }));
    g_array_sort(corners, by_x);
    for (guint i = 0; i < corners->len; i++) {
        const struct line_point *p = &g_array_index(corners, struct line_point, i);

        add_corner(line, p->x, y);
        add_corner(line, p->x, p->y);
        y = p->y;
    }
    if (corners->len > 0)
        add_corner(line, d->x.high * d->x.scale.factor, y);
    g_array_free(corners, TRUE);
}

/* Where nothing else differs along a line, it follows the swept parameter. */
static bool is_linked(const struct figure *figure)
{
    return figure->x_axis >= 0 && figure->is_numeric &&
           figure_axes(figure) == (figure->series_axis >= 0 ? 2 : 1);
}

static struct lines *make_lines(const struct drawing *d)
{
    const struct figure *figure = d->figure;
    const size_t strategies = figure->study->strategy_count;
    const unsigned linked = is_linked(figure) ? LINE_LINKED : 0;
    struct lines *lines = lines_new();

    add_frontier(d, lines);
    for (size_t series = 0; series < figure->series->len; series++) {
        struct line *line =
            lines_add(lines, series, LINE_DATA, LINE_MARKED | LINE_BARS | LINE_BARS_X | linked,
                      "time, cost, its 95 % limits, never, limits of the time");
        for (size_t i = 0; i < d->count; i++)
            if (figure_series(figure, i / strategies, i % strategies) == series)
                add_point(d, line, i);
    }
    return lines;
}

/* ---- drawing ---- */

static void set_ranges(struct drawing *d, const struct canvas *canvas)
{
    d->x = d->y = TICKS_NONE;
    for (size_t i = 0; i < d->count; i++) {
        if (isnan(d->offers[i].x) || isnan(d->offers[i].y))
            continue;
        ticks_widen(&d->x, d->offers[i].x);
        ticks_widen(&d->x, d->times[i].estimate.upper);
        ticks_widen(&d->y, d->offers[i].y);
        ticks_widen(&d->y, d->costs[i].estimate.upper);
    }
    ticks_end(&d->x, d->time.unit, LOG_FROM, canvas_letters(canvas));
    ticks_end(&d->y, d->cost.unit, LOG_FROM, canvas_lines(canvas));
}

static char *write_subtitle(const struct drawing *d, const char *runs)
{
    const struct figure *figure = d->figure;
    bool has_never = false, has_interval = false;
    char *colours = figure_colours(figure), *subtitle, *along;

    for (size_t i = 0; i < d->count; i++) {
        has_never = has_never || isinf(d->offers[i].x);
        has_interval = has_interval || !isnan(d->costs[i].estimate.lower);
    }
    along = is_linked(figure)
                ? g_strdup_printf("; thin: along %s", figure->study->axes[figure->x_axis])
                : g_strdup("");
    subtitle = g_strdup_printf("%s%s%s%s; grey: nothing is faster and cheaper%s", runs,
                               has_interval ? " with 95 % intervals" : "", colours, along,
                               has_never ? "; triangle: never" : "");
    g_free(along);
    g_free(colours);
    return subtitle;
}

/* Whether anything has a finite place along x. */
static bool has_time(const struct drawing *d)
{
    for (size_t i = 0; i < d->count; i++)
        if (isfinite(d->offers[i].x) && !isnan(d->offers[i].y))
            return true;
    return false;
}

static struct canvas *draw_page(struct drawing *d, const char *runs)
{
    char *what = g_strdup_printf("%s against %s", d->cost.name, d->time.name);
    char *subtitle = write_subtitle(d, runs), *x_label, *y_label;
    struct canvas *canvas = figure_canvas(d->figure, what, subtitle);
    struct lines *lines;

    set_ranges(d, canvas);
    lines = make_lines(d);
    x_label = figure_metric_label(canvas, &d->time, has_time(d) ? ticks_unit(&d->x) : "never");
    y_label = figure_label(d->cost.label, ticks_unit(&d->y));
    canvas_panel(canvas, 0, NULL, x_label, y_label);
    ticks_axis(&d->x, 'x', canvas->gnuplot);
    if (!has_time(d)) /* there is no scale */
        gnuplot_add(canvas->gnuplot, "unset xtics\n");
    ticks_axis(&d->y, 'y', canvas->gnuplot);
    lines_plot(lines, canvas, 0);
    canvas_finish(canvas);
    lines_free(lines);
    g_free(what);
    g_free(subtitle);
    g_free(x_label);
    g_free(y_label);
    return canvas;
}

static struct canvas *draw(struct figure *figure, struct errors *errors)
{
    static const char *const spread[] = { "t99", NULL };
    static const char *const beliefs[] = { "detect_t99", NULL };
    const char *cost = figure->options->metric ? figure->options->metric : "bytes_rate";
    const char *usual[USUAL_MAX];
    struct drawing d = { .figure = figure,
                         .count = figure->point_count * figure->study->strategy_count };
    struct canvas *canvas = NULL;
    char *runs = NULL;

    usual_metrics(figure->study, spread, beliefs, usual);
    d.time = metric_describe(usual[0] ? usual[0] : spread[0]);
    d.cost = metric_describe(cost);
    if (!study_check_metric(figure->study, d.time.name, errors) ||
        !study_check_metric(figure->study, cost, errors))
        return NULL;
    figure_divide(figure, figure_first_axis(figure), true);
    d.times = g_new0(struct summary, d.count + 1);
    d.costs = g_new0(struct summary, d.count + 1);
    d.offers = g_new0(struct pareto_offer, d.count + 1);
    if (figure_check_size(figure, errors) && read_summaries(&d, errors) &&
        figure_runs(figure, "median and mean", &runs, errors))
        canvas = draw_page(&d, runs);
    g_free(d.times);
    g_free(d.costs);
    g_free(d.offers);
    g_free(runs);
    return canvas;
}

const struct figure_kind figure_cost = {
    .name = "cost",
    .summary = "what strategies cost against how long they take, with the frontier",
    .takes = FIGURE_METRIC,
    .draw = draw,
};
