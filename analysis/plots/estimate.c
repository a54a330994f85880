/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * estimate.c - how estimates of a mean come right: the largest relative error of a live node's,
 * against time.
 *
 * A line and a 95 % band a strategy, a panel a point.  The axis of errors is logarithmic, and the
 * mean over the runs is that of the logarithms; a run that stopped stays at its last error.
 */
#include "analysis/figure/figure_parts.h"
#include "analysis/figure/ticks.h"
#include "analysis/study/curve.h"

#include <math.h>

enum {
    TIMES_MAX = 400, /* of a line */
    BANDS_MAX = 16,  /* lines in a panel that have bands */
};

struct drawing {
    const struct figure *figure;
    struct trajectories *curves; /* point by point, strategy by strategy */
    size_t count;
    struct ticks ticks;
    double end;       /* of the time axis, seconds */
    double low, high; /* of the axis of errors, decimal logarithms */
    char *columns;    /* of the lines */
};

static bool read_curves(struct drawing *d, struct errors *errors)
{
    const struct study *study = d->figure->study;
    bool is_good = true;

    d->count = d->figure->point_count * study->strategy_count;
    d->curves = g_new0(struct trajectories, d->count + 1);
    for (size_t i = 0; i < d->count && is_good; i++)
        is_good = trajectories_read_estimates(study, d->figure->points[i / study->strategy_count],
                                              study->strategies[i % study->strategy_count],
                                              &d->curves[i], errors);
    return is_good;
}

static bool has_estimates(const struct drawing *d, struct errors *errors)
{
    for (size_t i = 0; i < d->count; i++)
        if (d->curves[i].run_count > 0)
            return true;
    errors_add(errors, ERROR_SCENARIO,
               "there are no estimates: no strategy has a model that estimates a mean");
    return false;
}

static void clear(struct drawing *d)
{
    for (size_t i = 0; i < d->count; i++)
        trajectories_clear(&d->curves[i]);
    g_free(d->curves);
    g_free(d->columns);
}

/* To where the last curve has settled; errors in whole powers of ten. */
static void choose_axes(struct drawing *d)
{
    double settled = 0, end = 0;

    d->low = 0;
    d->high = -INFINITY;
    for (size_t i = 0; i < d->count; i++) {
        const struct trajectories *t = &d->curves[i];
        const struct horizon horizon = trajectories_horizon(t);

        settled = fmax(settled, horizon.settled);
        end = fmax(end, horizon.end);
        for (size_t k = 0; k < t->starts[t->run_count]; k++) {
            d->low = fmin(d->low, t->informed[k]);
            d->high = fmax(d->high, t->informed[k]);
        }
    }
    d->low = floor(d->low);
    d->high = fmax(ceil(d->high), d->low + 1);
    d->end = settled > 0 ? fmin(1.05 * settled, end) : end;
    if (d->figure->options->until > 0)
        d->end = (double)d->figure->options->until / (double)SIM_SECOND;
    if (d->end <= 0)
        d->end = 1;
    d->ticks = (struct ticks){ .high = d->end,
                               .unit = UNIT_TIME,
                               .scale = scale_choose(UNIT_TIME, d->end) };
}

static bool has_band(const struct drawing *d, const struct trajectories *t)
{
    return d->figure->series->len <= BANDS_MAX && t->run_count > 1;
}

static void add_curve(const struct drawing *d, struct lines *lines, size_t series,
                      const struct trajectories *t)
{
    struct line *line = lines_add(lines, series, LINE_DATA,
                                  LINE_JOINED | (has_band(d, t) ? LINE_BAND : 0), d->columns);
    double times[TIMES_MAX];
    struct estimate curve[TIMES_MAX];
    const size_t count = trajectories_times(t, 0, d->end, times, TIMES_MAX);

    trajectories_curve(t, times, count, curve);
    for (size_t k = 0; k < count; k++)
        line_add(line, (struct line_point){ .x = times[k] * d->ticks.scale.factor,
                                            .y = pow(10, curve[k].value),
                                            .lower = pow(10, curve[k].lower),
                                            .upper = pow(10, curve[k].upper) });
}

static struct lines *make_lines(const struct drawing *d, size_t panel)
{
    const struct figure *figure = d->figure;
    const size_t strategies = figure->study->strategy_count;
    struct lines *lines = lines_new();

    for (size_t i = 0; i < d->count; i++)
        if (figure_panel(figure, i / strategies) == panel && d->curves[i].run_count > 0)
            add_curve(d, lines, figure_series(figure, i / strategies, i % strategies),
                      &d->curves[i]);
    return lines;
}

static void draw_panel(const struct drawing *d, struct canvas *canvas, size_t panel)
{
    char *x_label = figure_label("simulated time", ticks_unit(&d->ticks));
    struct lines *lines = make_lines(d, panel);

    canvas_panel(canvas, panel, figure_panel_name(d->figure, panel), x_label,
                 "largest relative error");
    gnuplot_add(canvas->gnuplot,
                "set xrange [0:%.7g]\nset logscale y\nset yrange [1e%g:1e%g]\n"
                "set ytics format '1e%%T'\n",
                d->end * d->ticks.scale.factor, d->low, d->high);
    ticks_set(&d->ticks, 'x', canvas->gnuplot);
    lines_plot(lines, canvas, panel);
    lines_free(lines);
    g_free(x_label);
}

static char *write_subtitle(const struct drawing *d, const char *runs)
{
    char *colours = figure_colours(d->figure), *subtitle;
    bool has_bands = false;

    for (size_t i = 0; i < d->count; i++)
        has_bands |= has_band(d, &d->curves[i]);
    subtitle = g_strdup_printf(
        "%s%s%s%s", runs,
        d->figure->series_axis < 0 && d->figure->series->len > 1 ? " of each strategy" : "",
        has_bands ? "; bands: 95 % confidence" : "", colours);
    g_free(colours);
    return subtitle;
}

static void draw_panels(struct drawing *d, struct canvas *canvas)
{
    d->ticks.room = canvas_letters(canvas);
    d->columns = g_strdup_printf("time in %s, mean largest relative error, 95 %% limits",
                                 d->ticks.scale.unit);
    for (size_t panel = 0; panel < d->figure->panels->len; panel++)
        draw_panel(d, canvas, panel);
    canvas_finish(canvas);
}

static struct canvas *draw(struct figure *figure, struct errors *errors)
{
    struct drawing d = { .figure = figure };
    struct canvas *canvas = NULL;
    char *runs = NULL, *subtitle;

    figure_divide(figure, -1, false);
    if (!figure_check_size(figure, errors))
        return NULL;
    if (read_curves(&d, errors) && has_estimates(&d, errors) &&
        figure_runs(figure, "mean", &runs, errors)) {
        choose_axes(&d);
        subtitle = write_subtitle(&d, runs);
        canvas = figure_canvas(figure, "how estimates come right", subtitle);
        draw_panels(&d, canvas);
        g_free(subtitle);
    }
    g_free(runs);
    clear(&d);
    return canvas;
}

const struct figure_kind figure_estimate = {
    .name = "estimate",
    .summary = "the largest relative error of an estimated mean, against time",
    .takes = FIGURE_UNTIL,
    .draw = draw,
};
