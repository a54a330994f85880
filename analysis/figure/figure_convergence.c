/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * figure_convergence.c - the informed share against time; see figure.h.
 *
 * The x axis ends where the last curve has settled, but not before the last fault and the last
 * injection are over.  Where nothing comes from outside, what a curve does long after it has risen
 * (it sinks as nodes come back that never heard) must not squeeze its rise.  The axis is
 * logarithmic if the fastest curve has risen so soon that it would otherwise be a line along the
 * y axis, and if nothing comes from outside after that: times of faults are read from a linear
 * axis.
 */
#include "analysis/figure/figure_events.h"
#include "analysis/figure/ticks.h"
#include "analysis/study/curve.h"

#include <math.h>

enum {
    TIMES_MAX = 400,
    AFTER_RISE = 2,   /* times as long as all curves need to rise is shown of what comes then */
    LOG_FROM = 40,    /* times as long as the fastest needs: then the axis is logarithmic */
    BANDS_MAX = 16,   /* lines in a panel that have bands */
    CROWDED_FROM = 6, /* lines in a panel whose bands are faint, with an edge */
};

struct drawing {
    const struct figure *figure;
    struct trajectories *curves; /* point by point, strategy by strategy */
    size_t curve_count;
    struct figure_events *events; /* of each point */
    struct figure_span span;
    struct ticks ticks;
    double lowest; /* share that is shown */
};

static bool read_curves(struct drawing *d, struct errors *errors)
{
    const struct study *study = d->figure->study;
    bool is_good = true;

    d->curve_count = d->figure->point_count * study->strategy_count;
    d->curves = g_new0(struct trajectories, d->curve_count + 1);
    for (size_t i = 0; i < d->curve_count; i++)
        is_good = trajectories_read(study, d->figure->points[i / study->strategy_count],
                                    study->strategies[i % study->strategy_count], &d->curves[i],
                                    errors) &&
                  is_good;
    return is_good;
}

static bool read_events(struct drawing *d, struct errors *errors)
{
    struct figure_scenario scenario;
    bool is_good = figure_scenario_open(d->figure, &scenario, errors);

    d->events = g_new0(struct figure_events, d->figure->point_count + 1);
    for (size_t i = 0; i < d->figure->point_count; i++)
        figure_events_read(d->figure, &scenario, i, &d->events[i]);
    figure_scenario_clear(&scenario);
    return is_good;
}

static void clear(struct drawing *d)
{
    for (size_t i = 0; d->curves && i < d->curve_count; i++)
        trajectories_clear(&d->curves[i]);
    for (size_t i = 0; d->events && i < d->figure->point_count; i++)
        figure_events_clear(&d->events[i]);
    g_free(d->curves);
    g_free(d->events);
}

/* What decides on the time axis, in seconds. */
struct extent {
    double fastest; /* the first curve to rise has risen */
    double slowest; /* the last has */
    double settled; /* all stay where they are */
    double outside; /* something came last */
    double stop;    /* the last run must have stopped */
};

static struct extent measure(const struct drawing *d)
{
    struct extent extent = { .fastest = INFINITY };
    double end = 0;

    for (size_t i = 0; i < d->curve_count; i++) {
        struct horizon horizon = trajectories_horizon(&d->curves[i]);
        if (horizon.risen > 0)
            extent.fastest = fmin(extent.fastest, horizon.risen);
        extent.slowest = fmax(extent.slowest, horizon.risen);
        extent.settled = fmax(extent.settled, horizon.settled);
        end = fmax(end, horizon.end);
    }
    for (size_t i = 0; i < d->figure->point_count; i++) {
        extent.outside = fmax(extent.outside, d->events[i].last);
        extent.stop = fmax(extent.stop, d->events[i].stop);
    }
    if (isinf(extent.stop))
        extent.stop = end;
    extent.outside = fmin(extent.outside, extent.stop);
    return extent;
}

static void choose_time_axis(struct drawing *d)
{
    struct extent extent = measure(d);
    struct figure_span *span = &d->span;

    span->end = 1.1 * fmax(extent.settled, extent.outside);
    if (isfinite(extent.fastest) && extent.outside <= extent.fastest)
        span->end = fmin(span->end, AFTER_RISE * extent.slowest);
    span->end = fmin(span->end, fmax(extent.stop, extent.settled));
    if (span->end <= 0)
        span->end = 1;
    if (d->figure->options->until > 0)
        span->end = (double)d->figure->options->until / (double)SIM_SECOND;
    span->is_log = span->end > LOG_FROM * extent.fastest && extent.outside <= extent.fastest;
    span->start = span->is_log ? extent.fastest / 20 : 0;
    d->ticks = (struct ticks){ .low = span->start,
                               .high = span->end,
                               .is_log = span->is_log,
                               .unit = UNIT_TIME,
                               .scale = scale_choose(UNIT_TIME, span->end) };
    span->factor = d->ticks.scale.factor;
}

/* Writes the data file of a curve. */
static void write_curve(struct drawing *d, struct canvas *canvas, size_t i, size_t strategy)
{
    size_t curve_number = i * d->figure->study->strategy_count + strategy;
    const struct trajectories *t = &d->curves[curve_number];
    char *name =
        canvas_file_name(figure_panel(d->figure, i), figure_series(d->figure, i, strategy));
    GString *rows = gnuplot_data(canvas->gnuplot, name);
    double times[TIMES_MAX];
    struct estimate curve[TIMES_MAX];
    size_t count = trajectories_times(t, d->span.start, d->span.end, times, TIMES_MAX);

    trajectories_curve(t, times, count, curve);
    g_string_append_printf(rows, "# time in %s, mean informed share in %%, 95 %% limits\n",
                           d->ticks.scale.unit);
    for (size_t k = 0; k < count; k++) {
        figure_number(rows, times[k] * d->span.factor);
        figure_number(rows, 100 * curve[k].value);
        figure_number(rows, 100 * curve[k].lower);
        figure_number(rows, 100 * curve[k].upper);
        g_string_append_c(rows, '\n');
        d->lowest = fmin(d->lowest, curve[k].value);
    }
    g_free(name);
}

/* Lower edge of the y axis in per cent: 0, unless all happens close to 100 % (preloaded data). */
static double lower_edge(double lowest)
{
    double power = pow(10, floor(log10(fmax(1 - lowest, 1e-6))));
    double step = (1 - lowest) / power;

    if (lowest < 0.5 || lowest >= 1)
        return 0;
    return 100 - 100 * power * (step <= 1 ? 1 : step <= 2 ? 2 : step <= 5 ? 5 : 10);
}

static bool has_band(const struct drawing *d, size_t curve)
{
    return d->figure->series->len <= BANDS_MAX && d->curves[curve].run_count > 1;
}

static bool has_bands(const struct drawing *d)
{
    for (size_t i = 0; i < d->curve_count; i++)
        if (has_band(d, i))
            return true;
    return false;
}

/* Many bands must be faint where they lie over each other, so an edge shows where each ends. */
static void add_band(struct canvas *canvas, const char *file, size_t series, const char *separator)
{
    bool is_crowded = canvas->series_count >= CROWDED_FROM;

    gnuplot_add(canvas->gnuplot,
                "%s    '%s' using 1:3:4 with filledcurves fc rgb '%s' fs transparent solid %s "
                "noborder notitle",
                separator, file, canvas_colour(series), is_crowded ? "0.07" : "0.18");
    for (int column = 3; is_crowded && column <= 4; column++)
        gnuplot_add(canvas->gnuplot,
                    ", \\\n    '%s' using 1:%d with lines lc rgb '#a0%s' lw 0.6 dt 1 notitle", file,
                    column, canvas_colour(series) + 1);
}

static void plot_panel(const struct drawing *d, struct canvas *canvas, size_t panel)
{
    const struct figure *figure = d->figure;
    const char *separator = "";

    canvas_plot(canvas, panel, false);
    for (size_t pass = canvas_is_text(canvas) ? 1 : 0; pass < 2; pass++)
        for (size_t k = 0; k < d->curve_count; k++) {
            size_t i = k / figure->study->strategy_count;
            size_t series = figure_series(figure, i, k % figure->study->strategy_count);
            char *name = canvas_file_name(panel, series);
            bool is_here = figure_panel(figure, i) == panel;
            if (is_here && pass == 0 && has_band(d, k)) {
                add_band(canvas, name, series, separator);
                separator = ", \\\n";
            } else if (is_here && pass == 1) {
                gnuplot_add(canvas->gnuplot, "%s    '%s' using 1:2 with lines lt %d notitle",
                            separator, name, canvas_line(series));
                separator = ", \\\n";
            }
            g_free(name);
        }
    gnuplot_add(canvas->gnuplot, "\n");
}

/* The point whose faults a panel shows: its first. */
static size_t point_of_panel(const struct figure *figure, size_t panel)
{
    size_t i = 0;

    while (figure_panel(figure, i) != panel)
        i++;
    return i;
}

static void draw_panels(struct drawing *d, struct canvas *canvas)
{
    const struct figure *figure = d->figure;
    size_t strategies = figure->study->strategy_count;
    char *x_label = figure_label("simulated time", ticks_unit(&d->ticks));

    d->lowest = 1;
    d->ticks.room = canvas_letters(canvas);
    for (size_t k = 0; k < d->curve_count; k++)
        write_curve(d, canvas, k / strategies, k % strategies);
    for (size_t panel = 0; panel < figure->panels->len; panel++) {
        canvas_panel(canvas, panel, figure_panel_name(figure, panel), x_label,
                     "live nodes informed");
        gnuplot_add(canvas->gnuplot, "%sset xrange [%.7g:%.7g]\nset yrange [%.7g:100]\n",
                    d->span.is_log ? "set logscale x\n" : "", d->span.start * d->span.factor,
                    d->span.end * d->span.factor, lower_edge(d->lowest));
        gnuplot_add(canvas->gnuplot, "set ytics format '%%g %%%%'\n");
        ticks_set(&d->ticks, 'x', canvas->gnuplot);
        figure_events_mark(&d->events[point_of_panel(figure, panel)], &d->span, canvas);
        plot_panel(d, canvas, panel);
    }
    canvas_finish(canvas);
    g_free(x_label);
}

static char *write_subtitle(const struct drawing *d, const char *runs)
{
    char *colours = figure_colours(d->figure);
    char *faults = figure_events_legend(d->events, d->figure->point_count, &d->span);
    char *subtitle = g_strdup_printf(
        "%s%s%s%s%s", runs,
        d->figure->series_axis < 0 && d->figure->series->len > 1 ? " of each strategy" : "",
        has_bands(d) ? "; bands: 95 % confidence" : "", colours, faults);

    g_free(colours);
    g_free(faults);
    return subtitle;
}

struct canvas *figure_convergence(struct figure *figure, struct errors *errors)
{
    struct drawing d = { .figure = figure };
    struct canvas *canvas = NULL;
    char *runs = NULL, *subtitle;

    figure_divide(figure, -1, false);
    if (!figure_check_size(figure, errors))
        return NULL;
    if (read_curves(&d, errors) && read_events(&d, errors) &&
        figure_runs(figure, "mean", &runs, errors)) {
        choose_time_axis(&d);
        subtitle = write_subtitle(&d, runs);
        canvas = figure_canvas(figure, "how updates spread", subtitle);
        draw_panels(&d, canvas);
        g_free(subtitle);
    }
    g_free(runs);
    clear(&d);
    return canvas;
}
