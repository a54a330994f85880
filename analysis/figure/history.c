/* SPDX-License-Identifier: GPL-3.0-or-later */
/* history.c - see history.h. */
#include "analysis/figure/history.h"

#include "analysis/figure/figure_events.h"
#include "analysis/figure/run_lines.h"
#include "analysis/figure/ticks.h"

#include <math.h>
#include <string.h>

enum {
    TIMES_MAX = 400, /* of a line */
    BANDS_MAX = 16,  /* lines in a panel that have bands */
};

struct drawing {
    const struct figure *figure;
    const struct history *history;
    struct trajectories *curves; /* point by point, strategy by strategy */
    size_t count;
    struct figure_events *events; /* of each point */
    struct figure_span span;
    struct ticks time, y; /* the latter of a linear axis */
    double low, high;     /* of a logarithmic one, decimal logarithms */
    char *columns;        /* of the lines */
};

static bool is_log(const struct drawing *d)
{
    return d->history->least > 0;
}

/* ---- reading ---- */

static void take_logarithms(struct trajectories *t, double least)
{
    for (size_t i = 0; i < t->starts[t->run_count]; i++)
        t->informed[i] = log10(fmax(t->informed[i], least));
}

static bool read_curve(const struct drawing *d, size_t i, struct errors *errors)
{
    const struct study *study = d->figure->study;
    const size_t point = d->figure->points[i / study->strategy_count];
    const char *strategy = study->strategies[i % study->strategy_count];

    if (d->history->gauge)
        return trajectories_read_gauge(study, point, strategy, d->history->gauge, &d->curves[i],
                                       errors);
    return trajectories_read_column(study, point, strategy, d->history->column, &d->curves[i],
                                    errors);
}

static bool read_curves(struct drawing *d, struct errors *errors)
{
    const struct study *study = d->figure->study;
    bool is_good = true;

    d->count = d->figure->point_count * study->strategy_count;
    d->curves = g_new0(struct trajectories, d->count + 1);
    for (size_t i = 0; i < d->count && is_good; i++) {
        is_good = read_curve(d, i, errors);
        if (is_log(d))
            take_logarithms(&d->curves[i], d->history->least);
    }
    return is_good;
}

static bool has_samples(const struct drawing *d, struct errors *errors)
{
    for (size_t i = 0; i < d->count; i++)
        if (d->curves[i].run_count > 0)
            return true;
    errors_add(errors, ERROR_SCENARIO, "%s", d->history->none);
    return false;
}

static void clear(struct drawing *d)
{
    for (size_t i = 0; i < d->count; i++)
        trajectories_clear(&d->curves[i]);
    figure_events_free(d->events, d->figure->point_count);
    g_free(d->curves);
    g_free(d->columns);
}

/* ---- lines ---- */

static bool has_band(const struct drawing *d, const struct trajectories *t)
{
    return d->figure->series->len <= BANDS_MAX && t->run_count > 1;
}

/* A value of a curve as the axis shows it. */
static double shown(void *drawing, double value)
{
    const struct drawing *d = drawing;

    return is_log(d) ? pow(10, value) : value * d->y.scale.factor;
}

static void add_curve(struct drawing *d, struct lines *lines, size_t series,
                      const struct trajectories *t)
{
    struct line *line = lines_add(lines, series, LINE_DATA,
                                  LINE_JOINED | (has_band(d, t) ? LINE_BAND : 0), d->columns);
    double times[TIMES_MAX];
    struct estimate curve[TIMES_MAX];
    const size_t count = trajectories_times(t, 0, fmin(d->time.high, t->known), times, TIMES_MAX);

    trajectories_curve(t, times, count, curve);
    for (size_t k = 0; k < count; k++)
        line_add(line, (struct line_point){ .x = times[k] * d->time.scale.factor,
                                            .y = shown(d, curve[k].value),
                                            .lower = shown(d, curve[k].lower),
                                            .upper = shown(d, curve[k].upper) });
}

static void add_runs(struct drawing *d, struct lines *lines, size_t series,
                     const struct trajectories *t)
{
    const struct run_axes axes = { 0, d->time.high,          d->time.scale.factor, shown,
                                   d, "time, value of a run" };

    run_lines_add(d->figure, &axes, series, t, lines);
}

static struct lines *make_lines(struct drawing *d, size_t panel)
{
    const struct figure *figure = d->figure;
    const size_t strategies = figure->study->strategy_count;
    struct lines *lines = lines_new();

    for (int part = 0; part < 2; part++) /* means lie above runs */
        for (size_t i = 0; i < d->count; i++)
            if (figure_panel(figure, i / strategies) == panel && d->curves[i].run_count > 0)
                (part == 0 ? add_runs : add_curve)(
                    d, lines, figure_series(figure, i / strategies, i % strategies), &d->curves[i]);
    return lines;
}

/* ---- axes ---- */

static void choose_time_axis(struct drawing *d)
{
    double settled = 0, end = 0, outside = 0;

    for (size_t i = 0; i < d->count; i++) {
        const struct horizon horizon = trajectories_horizon(&d->curves[i]);

        settled = fmax(settled, horizon.settled);
        end = fmax(end, horizon.end);
    }
    for (size_t i = 0; i < d->figure->point_count; i++)
        outside = fmax(outside, d->events[i].last);
    if (settled > 0)
        end = fmin(1.05 * fmax(settled, outside), end);
    if (d->figure->options->until > 0)
        end = (double)d->figure->options->until / (double)SIM_SECOND;
    if (end <= 0)
        end = 1;
    d->time = (struct ticks){ .high = end, .unit = UNIT_TIME };
    d->time.scale = scale_choose(UNIT_TIME, end);
    d->span = (struct figure_span){ .end = end, .factor = d->time.scale.factor };
}

/* A logarithmic axis in whole powers of ten, a linear one to somewhat above the highest line. */
static void choose_y_axis(struct drawing *d)
{
    double least = 0, most = -INFINITY;

    for (size_t i = 0; i < d->count; i++) {
        const struct trajectories *t = &d->curves[i];

        for (size_t k = 0; k < t->starts[t->run_count]; k++) {
            least = fmin(least, t->informed[k]);
            most = fmax(most, t->informed[k]);
        }
    }
    d->low = floor(least);
    d->high = fmax(ceil(most), d->low + 1);
    d->y = (struct ticks){ .low = 1.05 * least,
                           .high = most > 0    ? 1.05 * most
                                   : least < 0 ? 0
                                               : 1,
                           .unit = d->history->unit };
    d->y.scale = scale_choose(d->y.unit, fmax(d->y.high, -d->y.low));
    d->span.is_log_y = is_log(d);
    d->span.low = is_log(d) ? pow(10, d->low) : d->y.low * d->y.scale.factor;
    d->span.high = is_log(d) ? pow(10, d->high) : d->y.high * d->y.scale.factor;
}

static void set_y_axis(const struct drawing *d, struct canvas *canvas)
{
    struct ticks y = d->y;

    if (is_log(d)) {
        gnuplot_add(canvas->gnuplot,
                    "set logscale y\nset yrange [1e%g:1e%g]\nset ytics format '1e%%T'\n", d->low,
                    d->high);
        return;
    }
    y.room = canvas_lines(canvas);
    gnuplot_add(canvas->gnuplot, "set yrange [%.7g:%.7g]\n", y.low * y.scale.factor,
                y.high * y.scale.factor);
    ticks_set(&y, 'y', canvas->gnuplot);
}

/* ---- the page ---- */

static void draw_panel(struct drawing *d, struct canvas *canvas, size_t panel)
{
    char *x_label = figure_label("simulated time", ticks_unit(&d->time));
    char *y_label = figure_label(d->history->label, is_log(d) ? "" : ticks_unit(&d->y));
    struct lines *lines = make_lines(d, panel);

    canvas_panel(canvas, panel, figure_panel_name(d->figure, panel), x_label, y_label);
    gnuplot_add(canvas->gnuplot, "set xrange [0:%.7g]\n", d->time.high * d->time.scale.factor);
    set_y_axis(d, canvas);
    ticks_set(&d->time, 'x', canvas->gnuplot);
    figure_events_mark(figure_events_of(d->events, d->figure, panel), &d->span, lines, canvas);
    lines_plot(lines, canvas, panel);
    lines_free(lines);
    g_free(x_label);
    g_free(y_label);
}

static char *write_subtitle(const struct drawing *d, const char *runs)
{
    char *colours = figure_colours(d->figure), *single, *subtitle;
    char *faults = figure_events_legend(d->events, d->figure->point_count, &d->span);
    bool has_bands = false;
    size_t most = 0;

    for (size_t i = 0; i < d->count; i++) {
        has_bands |= has_band(d, &d->curves[i]);
        most = MAX(most, d->curves[i].run_count);
    }
    single = run_lines_words(d->figure, most);
    subtitle = g_strdup_printf(
        "%s%s%s%s%s%s", runs,
        d->figure->series_axis < 0 && d->figure->series->len > 1 ? " of each strategy" : "",
        has_bands ? "; bands: 95 % confidence" : "", single, colours, faults);
    g_free(single);
    g_free(faults);
    g_free(colours);
    return subtitle;
}

static struct canvas *draw_page(struct drawing *d, const char *runs)
{
    struct canvas *canvas;
    char *subtitle;

    choose_time_axis(d);
    choose_y_axis(d);
    subtitle = write_subtitle(d, runs);
    canvas = figure_canvas(d->figure, d->history->title, subtitle);
    d->time.room = canvas_letters(canvas);
    d->columns =
        g_strdup_printf("time in %s, mean %s, 95 %% limits", d->time.scale.unit, d->history->label);
    for (size_t panel = 0; panel < d->figure->panels->len; panel++)
        draw_panel(d, canvas, panel);
    canvas_finish(canvas);
    g_free(subtitle);
    return canvas;
}

struct canvas *history_draw(struct figure *figure, const struct history *history,
                            struct errors *errors)
{
    struct drawing d = { .figure = figure, .history = history };
    struct canvas *canvas = NULL;
    char *runs = NULL;

    figure_divide(figure, -1, false);
    if (!figure_check_size(figure, errors))
        return NULL;
    d.events = figure_events_read(figure, errors);
    if (d.events && read_curves(&d, errors) && has_samples(&d, errors) &&
        figure_runs(figure, "mean", &runs, errors))
        canvas = draw_page(&d, runs);
    g_free(runs);
    clear(&d);
    return canvas;
}

const struct history *history_choose(const struct figure *figure, const struct history *list,
                                     size_t count, struct errors *errors)
{
    const char *name = figure->options->metric;
    GString *names;

    for (size_t i = 0; i < count; i++)
        if (!name || strcmp(list[i].column, name) == 0)
            return &list[i];
    names = g_string_new(NULL);
    for (size_t i = 0; i < count; i++)
        g_string_append_printf(names, "%s%s",
                               i == 0           ? ""
                               : i == count - 1 ? " or "
                                                : ", ",
                               list[i].column);
    errors_add(errors, ERROR_SCENARIO, "--metric '%s': the kind %s draws %s", name,
               figure->options->kind->name, names->str);
    g_string_free(names, TRUE);
    return NULL;
}
