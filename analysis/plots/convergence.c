/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * convergence.c - the mean informed share against time.
 *
 * A line and a 95 % band a strategy, a panel a point; faults are shaded as long as they last.
 *
 * The x axis ends where the last curve has settled, but not before the last fault and the last
 * injection are over.  Where nothing comes from outside, what a curve does long after it has risen
 * (it sinks as nodes come back that never heard) must not squeeze its rise.  The axis is
 * logarithmic if the fastest curve has risen so soon that it would otherwise be a line along the
 * y axis, and if nothing comes from outside after that: times of faults are read from a linear
 * axis.
 *
 * A measured curve is laid over all panels, from the injection of the first update on.  It is that
 * of a run, so bands show where most runs are then, not how well their mean is known.
 */
#include "analysis/figure/figure_events.h"
#include "analysis/figure/ticks.h"
#include "analysis/study/curve.h"
#include "experiment/store/database.h"

#include <math.h>

enum {
    TIMES_MAX = 400,
    AFTER_RISE = 2,  /* times as long as all curves need to rise is shown of what comes then */
    LOG_FROM = 40,   /* times as long as the fastest needs: then the axis is logarithmic */
    MARKED_MAX = 40, /* points of a measured curve that have markers */
    BANDS_MAX = 16,  /* lines in a panel that have bands */
};

struct drawing {
    const struct figure *figure;
    struct trajectories *curves; /* point by point, strategy by strategy */
    size_t curve_count;
    struct figure_events *events; /* of each point */
    struct figure_span span;
    struct ticks ticks;
    char *columns;   /* of the lines */
    double lowest;   /* share that is shown */
    double injected; /* s: when a measured curve begins */
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

/* When the first update was written; a measured curve counts from there. */
static bool read_injected(struct drawing *d, struct errors *errors)
{
    const struct study *study = d->figure->study;
    sqlite3_stmt *statement;
    int code;

    if (!d->figure->options->with)
        return true;
    statement = database_prepare(
        study->database, study->path,
        "SELECT ifnull(min(injected_ns), 0) / 1e9 FROM update_outcome WHERE " STUDY_RUNS, errors);
    if (!statement)
        return false;
    study_bind(study, d->figure->points[0], study->strategies[0], statement);
    code = sqlite3_step(statement);
    if (code == SQLITE_ROW)
        d->injected = sqlite3_column_double(statement, 0);
    else
        database_error(study->database, study->path, errors);
    sqlite3_finalize(statement);
    return code == SQLITE_ROW;
}

static void clear(struct drawing *d)
{
    for (size_t i = 0; d->curves && i < d->curve_count; i++)
        trajectories_clear(&d->curves[i]);
    for (size_t i = 0; d->events && i < d->figure->point_count; i++)
        figure_events_clear(&d->events[i]);
    g_free(d->curves);
    g_free(d->events);
    g_free(d->columns);
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

/* The time of the last point of the measured curve. */
static double last_measured(const struct drawing *d)
{
    const struct measured *m = d->figure->options->with;

    return d->injected + m->times[m->count - 1];
}

static void choose_time_axis(struct drawing *d)
{
    struct extent extent = measure(d);
    struct figure_span *span = &d->span;

    span->end = 1.1 * fmax(extent.settled, extent.outside);
    if (isfinite(extent.fastest) && extent.outside <= extent.fastest)
        span->end = fmin(span->end, AFTER_RISE * extent.slowest);
    span->end = fmin(span->end, fmax(extent.stop, extent.settled));
    if (d->figure->options->with)
        span->end = fmax(span->end, last_measured(d));
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

static void add_curve(struct drawing *d, struct lines *lines, size_t i, size_t strategy)
{
    size_t number = i * d->figure->study->strategy_count + strategy;
    const struct trajectories *t = &d->curves[number];
    struct line *line = lines_add(lines, figure_series(d->figure, i, strategy), LINE_DATA,
                                  LINE_JOINED | (has_band(d, number) ? LINE_BAND : 0), d->columns);
    double times[TIMES_MAX];
    struct estimate curve[TIMES_MAX];
    size_t count = trajectories_times(t, d->span.start, d->span.end, times, TIMES_MAX);

    if (d->figure->options->with)
        trajectories_spread(t, times, count, curve);
    else
        trajectories_curve(t, times, count, curve);
    for (size_t k = 0; k < count; k++) {
        line_add(line, (struct line_point){ .x = times[k] * d->span.factor,
                                            .y = 100 * curve[k].value,
                                            .lower = 100 * curve[k].lower,
                                            .upper = 100 * curve[k].upper });
        d->lowest = fmin(d->lowest, curve[k].value);
    }
}

/* The measured curve, which is the last series.  Delays begin with nobody. */
static void add_measured(struct drawing *d, struct lines *lines)
{
    const struct measured *m = d->figure->options->with;
    struct line *line =
        lines_add(lines, d->figure->series->len - 1, LINE_DATA,
                  LINE_JOINED | (m->count <= MARKED_MAX ? LINE_MARKED : 0), "measured");

    if (m->is_delays && !d->span.is_log)
        line_add(line, (struct line_point){ .x = d->injected * d->span.factor,
                                            .y = m->has_origin ? 100 * m->shares[0] : 0,
                                            .beyond = NAN });
    for (size_t i = 0; i < m->count; i++) {
        const double at = d->injected + m->times[i];
        if (at < d->span.start || at > d->span.end)
            continue;
        line_add(line, (struct line_point){
                           .x = at * d->span.factor, .y = 100 * m->shares[i], .beyond = NAN });
        d->lowest = fmin(d->lowest, m->shares[i]);
    }
}

/* The curves of a panel. */
static struct lines *make_lines(struct drawing *d, size_t panel)
{
    const struct figure *figure = d->figure;
    struct lines *lines = lines_new();

    for (size_t i = 0; i < figure->point_count; i++)
        for (size_t s = 0; s < figure->study->strategy_count; s++)
            if (figure_panel(figure, i) == panel)
                add_curve(d, lines, i, s);
    if (figure->options->with)
        add_measured(d, lines);
    return lines;
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

/* The point whose faults a panel shows: its first. */
static size_t point_of_panel(const struct figure *figure, size_t panel)
{
    size_t i = 0;

    while (figure_panel(figure, i) != panel)
        i++;
    return i;
}

static void draw_panel(struct drawing *d, struct canvas *canvas, size_t panel,
                       const struct lines *lines)
{
    const struct figure *figure = d->figure;
    char *x_label = figure_label("simulated time", ticks_unit(&d->ticks));

    canvas_panel(canvas, panel, figure_panel_name(figure, panel), x_label, "live nodes informed");
    gnuplot_add(canvas->gnuplot, "%sset xrange [%.7g:%.7g]\nset yrange [%.7g:%.7g]\n",
                d->span.is_log ? "set logscale x\n" : "", d->span.start * d->span.factor,
                d->span.end * d->span.factor, d->span.low, d->span.high);
    gnuplot_add(canvas->gnuplot, "set ytics format '%%g %%%%'\n");
    ticks_set(&d->ticks, 'x', canvas->gnuplot);
    figure_events_mark(&d->events[point_of_panel(figure, panel)], &d->span, lines, canvas);
    lines_plot(lines, canvas, panel);
    g_free(x_label);
}

static void draw_panels(struct drawing *d, struct canvas *canvas)
{
    size_t count = d->figure->panels->len;
    struct lines **lines = g_new(struct lines *, count);

    d->lowest = 1;
    d->ticks.room = canvas_letters(canvas);
    d->columns =
        g_strdup_printf("time in %s, mean informed share in %%, 95 %% limits", d->ticks.scale.unit);
    for (size_t panel = 0; panel < count; panel++)
        lines[panel] = make_lines(d, panel);
    d->span.low = lower_edge(d->lowest);
    d->span.high = 100;
    for (size_t panel = 0; panel < count; panel++) {
        draw_panel(d, canvas, panel, lines[panel]);
        lines_free(lines[panel]);
    }
    canvas_finish(canvas);
    g_free(lines);
}

static char *write_subtitle(const struct drawing *d, const char *runs)
{
    char *colours = figure_colours(d->figure);
    char *faults = figure_events_legend(d->events, d->figure->point_count, &d->span);
    char *subtitle = g_strdup_printf(
        "%s%s%s%s%s", runs,
        d->figure->series_axis < 0 && d->figure->study->strategy_count > 1 ? " of each strategy"
                                                                           : "",
        !has_bands(d)              ? ""
        : d->figure->options->with ? "; bands: 95 % of the runs"
                                   : "; bands: 95 % confidence",
        colours, faults);

    g_free(colours);
    g_free(faults);
    return subtitle;
}

static struct canvas *draw(struct figure *figure, struct errors *errors)
{
    struct drawing d = { .figure = figure };
    struct canvas *canvas = NULL;
    char *runs = NULL, *subtitle;

    figure_divide(figure, -1, false);
    if (figure->options->with)
        g_ptr_array_add(figure->series,
                        g_strdup_printf("measured: %s", figure->options->with_name));
    if (!figure_check_size(figure, errors))
        return NULL;
    if (read_curves(&d, errors) && read_events(&d, errors) && read_injected(&d, errors) &&
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

const struct figure_kind figure_convergence = {
    .name = "convergence",
    .summary = "the mean share of live nodes that are informed, against time",
    .is_default = true,
    .takes = FIGURE_UNTIL | FIGURE_WITH,
    .draw = draw,
};
