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
 * On a logarithmic y axis it is the share that is not informed, decade by decade: the end of an
 * epidemic, which a linear axis hides.  A line goes to the foot of the axis when no run has such a
 * node any more.  The axis of time then ends where the last decade is done.
 *
 * What equations predict is the mean over runs, as the curves are; it is thin and dashed.
 *
 * A measured curve is laid over all panels, from the injection of the first update on.  It is that
 * of a run, so bands show where most runs are then, not how well their mean is known.
 */
#include "analysis/figure/figure_events.h"
#include "analysis/figure/run_lines.h"
#include "analysis/figure/theory_lines.h"
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

/* Of a logarithmic axis: what is less is rounding. */
#define REST_MIN 1e-12

struct drawing {
    const struct figure *figure;
    struct trajectories *curves; /* point by point, strategy by strategy */
    size_t curve_count;
    struct figure_events *events; /* of each point */
    bool is_log;                  /* the y axis */
    struct figure_span span;
    struct ticks ticks, y;
    char *columns;               /* of the lines */
    double lowest;               /* share that is shown, above 0 */
    double injected;             /* s: when a measured curve begins, and theory */
    struct theory_lines *theory; /* NULL: not asked for */
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

/* When the first update was written; a measured curve counts from there. */
static bool read_injected(struct drawing *d, struct errors *errors)
{
    const struct study *study = d->figure->study;
    sqlite3_stmt *statement;
    int code;

    if (!d->figure->options->with && !d->theory)
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
    figure_events_free(d->events, d->figure->point_count);
    g_free(d->curves);
    theory_lines_free(d->theory);
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

/* On a logarithmic axis the way is from decade to decade: of each run, which is near enough. */
static struct horizon horizon_of(const struct drawing *d, const struct trajectories *t)
{
    struct trajectories decades = *t;
    const size_t count = t->starts[t->run_count];
    struct horizon horizon;
    double least = 1;

    if (!d->is_log)
        return trajectories_horizon(t);
    for (size_t i = 0; i < count; i++)
        if (1 - t->informed[i] > REST_MIN)
            least = fmin(least, 1 - t->informed[i]);
    decades.is_share = false;
    decades.informed = g_new(double, count + 1);
    for (size_t i = 0; i < count; i++)
        decades.informed[i] = -log10(fmax(1 - t->informed[i], least / 2));
    horizon = trajectories_horizon(&decades);
    g_free(decades.informed);
    return horizon;
}

static struct extent measure(const struct drawing *d)
{
    struct extent extent = { .fastest = INFINITY };
    double end = 0;

    for (size_t i = 0; i < d->curve_count; i++) {
        struct horizon horizon = horizon_of(d, &d->curves[i]);
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

/* When the measured curve has risen as far as it does. */
static double last_measured(const struct drawing *d)
{
    const struct measured *m = d->figure->options->with;
    size_t i = 0;

    while (m->shares[i] < m->shares[m->count - 1])
        i++;
    return d->injected + m->times[i];
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

/* A share of informed nodes as the y axis has it, in per cent. */
static double shown(void *drawing, double share)
{
    struct drawing *d = drawing;
    const double y = d->is_log ? 1 - share : share;

    if (isnan(share) || (d->is_log && y < REST_MIN))
        return isnan(share) ? NAN : 0;
    d->lowest = fmin(d->lowest, y);
    return 100 * y;
}

/* The same of a limit, for which the axis makes no room. */
static double percent(const struct drawing *d, double share)
{
    return 100 * (d->is_log ? 1 - share : share);
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
    for (size_t k = 0; k < count; k++)
        line_add(line, (struct line_point){
                           .x = times[k] * d->span.factor,
                           .y = shown(d, curve[k].value),
                           .lower = percent(d, d->is_log ? curve[k].upper : curve[k].lower),
                           .upper = percent(d, d->is_log ? curve[k].lower : curve[k].upper) });
}

static void add_runs(struct drawing *d, struct lines *lines, size_t i, size_t strategy)
{
    const struct run_axes axes = { d->span.start, d->span.end, d->span.factor,
                                   shown,         d,           "time, share in % of a run" };

    run_lines_add(d->figure, &axes, figure_series(d->figure, i, strategy),
                  &d->curves[i * d->figure->study->strategy_count + strategy], lines);
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
                                            .y = shown(d, m->has_origin ? m->shares[0] : 0),
                                            .beyond = NAN });
    for (size_t i = 0; i < m->count; i++) {
        const double at = d->injected + m->times[i];
        if (at < d->span.start || at > d->span.end)
            continue;
        line_add(line, (struct line_point){
                           .x = at * d->span.factor, .y = shown(d, m->shares[i]), .beyond = NAN });
    }
}

static void add_theory(struct drawing *d, struct lines *lines, size_t i, size_t strategy)
{
    const struct theory_prediction *p = theory_lines_of(d->theory, i, strategy);
    struct line *line;

    if (!p)
        return;
    line = lines_add(lines, figure_series(d->figure, i, strategy), LINE_THEORY, LINE_JOINED,
                     "time, mean share predicted in %");
    for (size_t k = 0; k < p->mean.count; k++) {
        const double at = d->injected + p->mean.times[k];
        if (at >= d->span.start && at <= d->span.end)
            line_add(line, (struct line_point){ .x = at * d->span.factor,
                                                .y = shown(d, p->mean.informed[k]),
                                                .beyond = NAN });
    }
}

/* The curves of a panel. */
static struct lines *make_lines(struct drawing *d, size_t panel)
{
    const struct figure *figure = d->figure;
    struct lines *lines = lines_new();

    static void (*const parts[])(struct drawing *, struct lines *, size_t,
                                 size_t) = { add_runs, add_curve, add_theory };

    for (size_t part = 0; part < G_N_ELEMENTS(parts); part++) /* means lie above runs */
        for (size_t i = 0; i < figure->point_count; i++)
            for (size_t s = 0; s < figure->study->strategy_count; s++)
                if (figure_panel(figure, i) == panel)
                    parts[part](d, lines, i, s);
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

/* The y axis, when all lines are made. */
static void choose_y_axis(struct drawing *d, const struct canvas *canvas)
{
    d->span.is_log_y = d->is_log;
    d->span.low = d->is_log ? 100 * pow(10, floor(log10(0.9 * d->lowest))) : lower_edge(d->lowest);
    d->span.high = 100;
    d->y = (struct ticks){ .low = d->span.low / 100,
                           .high = 1,
                           .is_log = d->is_log,
                           .unit = UNIT_SHARE,
                           .scale = scale_choose(UNIT_SHARE, 1),
                           .room = canvas_lines(canvas) };
}

static void set_y_axis(const struct drawing *d, struct gnuplot *gnuplot)
{
    if (d->is_log) {
        ticks_axis(&d->y, 'y', gnuplot);
        return;
    }
    gnuplot_add(gnuplot, "set yrange [%.7g:%.7g]\nset ytics format '%%g %%%%'\n", d->span.low,
                d->span.high);
}

static void draw_panel(struct drawing *d, struct canvas *canvas, size_t panel,
                       const struct lines *lines)
{
    const struct figure *figure = d->figure;
    char *x_label = figure_label("simulated time", ticks_unit(&d->ticks));

    canvas_panel(canvas, panel, figure_panel_name(figure, panel), x_label,
                 d->is_log ? "live nodes not informed" : "live nodes informed");
    gnuplot_add(canvas->gnuplot, "%sset xrange [%.7g:%.7g]\n",
                d->span.is_log ? "set logscale x\n" : "", d->span.start * d->span.factor,
                d->span.end * d->span.factor);
    set_y_axis(d, canvas->gnuplot);
    ticks_set(&d->ticks, 'x', canvas->gnuplot);
    figure_events_mark(figure_events_of(d->events, figure, panel), &d->span, lines, canvas);
    lines_plot(lines, canvas, panel);
    g_free(x_label);
}

static void draw_panels(struct drawing *d, struct canvas *canvas)
{
    size_t count = d->figure->panels->len;
    struct lines **lines = g_new(struct lines *, count);

    d->lowest = 1;
    d->ticks.room = canvas_letters(canvas);
    d->columns = g_strdup_printf("time in %s, mean %s share in %%, 95 %% limits",
                                 d->ticks.scale.unit, d->is_log ? "uninformed" : "informed");
    for (size_t panel = 0; panel < count; panel++)
        lines[panel] = make_lines(d, panel);
    choose_y_axis(d, canvas);
    for (size_t panel = 0; panel < count; panel++) {
        if (d->is_log)
            lines_cut_below(lines[panel], d->span.low);
        draw_panel(d, canvas, panel, lines[panel]);
        lines_free(lines[panel]);
    }
    canvas_finish(canvas);
    g_free(lines);
}

static size_t most_runs(const struct drawing *d)
{
    size_t most = 0;

    for (size_t i = 0; i < d->curve_count; i++)
        most = MAX(most, d->curves[i].run_count);
    return most;
}

static char *write_subtitle(const struct drawing *d, const char *runs)
{
    char *colours = figure_colours(d->figure);
    char *faults = figure_events_legend(d->events, d->figure->point_count, &d->span);
    char *single = run_lines_words(d->figure, most_runs(d));
    char *subtitle = g_strdup_printf(
        "%s%s%s%s%s%s%s", runs,
        d->figure->series_axis < 0 && d->figure->study->strategy_count > 1 ? " of each strategy"
                                                                           : "",
        !has_bands(d)              ? ""
        : d->figure->options->with ? "; bands: 95 % of the runs"
                                   : "; bands: 95 % confidence",
        single, theory_lines_exist(d->theory) ? "; dashed: theory" : "", colours, faults);

    g_free(single);
    g_free(colours);
    g_free(faults);
    return subtitle;
}

static struct canvas *draw(struct figure *figure, struct errors *errors)
{
    struct drawing d = { .figure = figure, .is_log = figure->options->is_log };
    struct canvas *canvas = NULL;
    char *runs = NULL, *subtitle;

    figure_divide(figure, -1, false);
    if (figure->options->with)
        g_ptr_array_add(figure->series,
                        g_strdup_printf("measured: %s", figure->options->with_name));
    if (!figure_has_updates(figure, errors) || !figure_check_size(figure, errors))
        return NULL;
    d.theory = theory_lines_read(figure);
    d.events = figure_events_read(figure, errors);
    if (d.events && read_curves(&d, errors) && read_injected(&d, errors) &&
        figure_runs(figure, "mean", &runs, errors)) {
        choose_time_axis(&d);
        subtitle = write_subtitle(&d, runs);
        canvas = figure_canvas(
            figure, d.is_log ? "whom updates have not reached" : "how updates spread", subtitle);
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
    .takes = FIGURE_UNTIL | FIGURE_WITH | FIGURE_SCALE | FIGURE_RUNS | FIGURE_THEORY,
    .draw = draw,
};
