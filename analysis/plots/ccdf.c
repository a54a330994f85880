/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * ccdf.c - the share of runs that have not got there against time: a step a run.
 *
 * A run that `stop.at` cut off is known to take longer than from the last update or crash to there,
 * and no more: it has a marker there, and the steps are E. Kaplan and P. Meier's
 * (base/survival.h).  One that went quiet never gets there, so its share stays to the end of the
 * axis.  Of a metric that is no time it is the share of runs with more.
 */
#include "analysis/figure/figure_parts.h"
#include "analysis/figure/ticks.h"
#include "analysis/study/usual.h"
#include "base/survival.h"
#include "experiment/store/database.h"

#include <math.h>

enum { STEPS_MAX = 400 }; /* of a line */
#define LOG_FROM_X 50

/* The runs of a strategy at a point. */
struct runs {
    GArray *times; /* struct survival_time, ascending; those that never come behind all others */
    double last;   /* up to when anything is known of them */
};

struct drawing {
    const struct figure *figure;
    struct metric metric;
    bool is_log;
    struct runs *runs; /* point by point, strategy by strategy */
    size_t most;       /* runs of any of these */
    bool has_cut_off, has_never;
    struct ticks x, y;
};

/* ---- reading ---- */

/* How long each run, by replication, was watched; INFINITY: it had ended by itself. */
static bool read_watched(const struct study *study, size_t point, const char *strategy,
                         GHashTable *watched, struct errors *errors)
{
    static const char sql[] =
        "SELECT replication, stop_reason = 'time', (sim_end_ns - max(0, coalesce((SELECT "
        "max(injected_ns) FROM update_outcome u WHERE u.run_id = run.run_id), 0), coalesce((SELECT "
        "max(crashed_ns) FROM detection d WHERE d.run_id = run.run_id), 0))) / 1e9 "
        "FROM run WHERE status = 'done' AND " STUDY_RUNS;
    sqlite3_stmt *statement = database_prepare(study->database, study->path, sql, errors);
    int code = SQLITE_ERROR;

    if (!statement)
        return false;
    study_bind(study, point, strategy, statement);
    while ((code = sqlite3_step(statement)) == SQLITE_ROW) {
        gint64 *replication = g_new(gint64, 1);
        double *time = g_new(double, 1);

        *replication = sqlite3_column_int64(statement, 0);
        *time = sqlite3_column_int(statement, 1) ? sqlite3_column_double(statement, 2) : INFINITY;
        g_hash_table_replace(watched, replication, time);
    }
    if (code != SQLITE_DONE)
        database_error(study->database, study->path, errors);
    sqlite3_finalize(statement);
    return code == SQLITE_DONE;
}

static int compare_times(gconstpointer a, gconstpointer b)
{
    const struct survival_time *x = a, *y = b;

    return (x->time > y->time) - (x->time < y->time);
}

static void take_values(struct drawing *d, struct runs *runs, const struct series *series,
                        GHashTable *watched)
{
    for (size_t i = 0; i < series->count; i++) {
        const double *until = g_hash_table_lookup(watched, &series->replications[i]);
        struct survival_time time = { .time = series->values[i],
                                      .is_reached = isfinite(series->values[i]),
                                      .run = runs->times->len };

        if (isnan(time.time))
            continue;
        if (!time.is_reached && until && d->metric.unit == UNIT_TIME)
            time.time = *until;
        d->has_never = d->has_never || isinf(time.time);
        d->has_cut_off = d->has_cut_off || (!time.is_reached && isfinite(time.time));
        runs->last = fmax(runs->last, time.time);
        g_array_append_val(runs->times, time);
    }
    g_array_sort(runs->times, compare_times);
    d->most = MAX(d->most, runs->times->len);
}

static bool read_runs(struct drawing *d, struct errors *errors)
{
    const struct study *study = d->figure->study;
    const size_t strategies = study->strategy_count;
    bool is_good = true;

    for (size_t i = 0; is_good && i < d->figure->point_count * strategies; i++) {
        const size_t point = d->figure->points[i / strategies];
        const char *strategy = study->strategies[i % strategies];
        GHashTable *watched = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, g_free);
        struct series series = { 0 };

        d->runs[i].times = g_array_new(FALSE, FALSE, sizeof(struct survival_time));
        is_good = study_read(study, point, strategy, d->metric.name, &series, errors) &&
                  read_watched(study, point, strategy, watched, errors);
        if (is_good)
            take_values(d, &d->runs[i], &series, watched);
        series_clear(&series);
        g_hash_table_destroy(watched);
    }
    return is_good;
}

static void clear_runs(struct drawing *d)
{
    for (size_t i = 0; i < d->figure->point_count * d->figure->study->strategy_count; i++)
        if (d->runs[i].times)
            g_array_free(d->runs[i].times, TRUE);
    g_free(d->runs);
}

/* ---- lines ---- */

static void add_point(const struct drawing *d, struct line *line, double time, double share)
{
    const double y = fmax(share, d->y.low);

    line_add(line, (struct line_point){ .x = fmax(time, d->x.low) * d->x.scale.factor,
                                        .y = y * d->y.scale.factor,
                                        .lower = NAN,
                                        .upper = NAN,
                                        .beyond = NAN });
}

static const struct survival_time *times_of(const struct runs *runs)
{
    return (const struct survival_time *)(void *)runs->times->data;
}

/* A step where a run gets there; of many runs only some, each where it belongs. */
static void add_steps(const struct drawing *d, const struct runs *runs, struct line *line)
{
    const struct survival_time *times = times_of(runs);
    const size_t count = runs->times->len, stride = count / STEPS_MAX + 1;
    double share = 1;

    add_point(d, line, d->x.low, share);
    for (size_t i = 0; i < count; i++) {
        const struct survival_time *next = i + 1 < count ? &times[i + 1] : NULL;

        if (!times[i].is_reached ||
            (next && next->is_reached && (next->time == times[i].time || i % stride != 0)))
            continue;
        add_point(d, line, times[i].time, share);
        share = survival_share(times, count, times[i].time).value;
        add_point(d, line, times[i].time, share);
    }
    if (share > 0)
        add_point(d, line, fmin(runs->last, d->x.high), share);
}

/* A marker where runs were cut off. */
static void add_cut_off(const struct drawing *d, const struct runs *runs, struct line *line)
{
    const struct survival_time *times = times_of(runs);
    double last = NAN;

    for (guint i = 0; i < runs->times->len; i++)
        if (!times[i].is_reached && isfinite(times[i].time) && times[i].time != last) {
            last = times[i].time;
            add_point(d, line, last, survival_share(times, runs->times->len, last).value);
        }
}

static struct lines *make_lines(const struct drawing *d, size_t panel)
{
    const struct figure *figure = d->figure;
    const size_t strategies = figure->study->strategy_count;
    struct lines *lines = lines_new();

    for (int part = 0; part < 2; part++)
        for (size_t i = 0; i < figure->point_count * strategies; i++) {
            const size_t series = figure_series(figure, i / strategies, i % strategies);
            struct line *line;

            if (figure_panel(figure, i / strategies) != panel || d->runs[i].times->len == 0 ||
                (part == 1 && !d->has_cut_off))
                continue;
            line = lines_add(lines, series, LINE_DATA, part == 0 ? LINE_JOINED : LINE_MARKED,
                             part == 0 ? "value, share of runs with more"
                                       : "cut off, share of runs with more");
            if (part == 0)
                add_steps(d, &d->runs[i], line);
            else
                add_cut_off(d, &d->runs[i], line);
        }
    return lines;
}

/* ---- drawing ---- */

static void set_ranges(struct drawing *d, const struct canvas *canvas)
{
    d->x = TICKS_NONE;
    for (size_t i = 0; i < d->figure->point_count * d->figure->study->strategy_count; i++)
        for (guint k = 0; k < d->runs[i].times->len; k++)
            ticks_widen(&d->x, times_of(&d->runs[i])[k].time);
    ticks_end(&d->x, d->metric.unit, LOG_FROM_X, canvas_letters(canvas));
    d->y = (struct ticks){ .low = d->is_log ? 0.5 / (double)MAX(d->most, 1) : 0,
                           .high = d->is_log ? 1.2 : 1.03,
                           .is_log = d->is_log,
                           .unit = UNIT_SHARE,
                           .scale = scale_choose(UNIT_SHARE, 1),
                           .room = canvas_lines(canvas) };
}

static struct canvas *draw_page(struct drawing *d, const char *runs)
{
    const struct figure *figure = d->figure;
    const bool is_time = d->metric.unit == UNIT_TIME;
    char *what =
        g_strdup_printf(is_time ? "runs without %s yet" : "runs with more %s", d->metric.name);
    char *colours = figure_colours(figure), *x_label, *y_label;
    char *subtitle = g_strdup_printf("%s%s%s%s", runs, colours,
                                     d->has_cut_off ? "; marker: cut off by `stop.at`" : "",
                                     d->has_never ? "; a line that goes on: never" : "");
    struct canvas *canvas = figure_canvas(figure, what, subtitle);

    set_ranges(d, canvas);
    x_label = figure_metric_label(canvas, &d->metric, ticks_unit(&d->x));
    y_label = figure_label(is_time ? "runs that have not got there" : "runs with more",
                           ticks_unit(&d->y));
    for (size_t panel = 0; panel < figure->panels->len; panel++) {
        struct lines *lines = make_lines(d, panel);
        canvas_panel(canvas, panel, figure_panel_name(figure, panel), x_label, y_label);
        ticks_axis(&d->x, 'x', canvas->gnuplot);
        ticks_axis(&d->y, 'y', canvas->gnuplot);
        lines_plot(lines, canvas, panel);
        lines_free(lines);
    }
    canvas_finish(canvas);
    g_free(what);
    g_free(colours);
    g_free(subtitle);
    g_free(x_label);
    g_free(y_label);
    return canvas;
}

static struct canvas *draw(struct figure *figure, struct errors *errors)
{
    static const char *const spread[] = { "t99", NULL };
    static const char *const beliefs[] = { "detect_t99", "false_dead", "bytes_rate", NULL };
    const char *usual[USUAL_MAX], *metric;
    struct drawing d = { .figure = figure, .is_log = figure->options->is_log };
    struct canvas *canvas = NULL;
    char *runs = NULL;

    usual_metrics(figure->study, spread, beliefs, usual);
    metric = figure->options->metric ? figure->options->metric : usual[0];
    d.metric = metric_describe(metric);
    if (!study_check_metric(figure->study, metric, errors))
        return NULL;
    figure_divide(figure, -1, false);
    d.runs = g_new0(struct runs, figure->point_count * figure->study->strategy_count + 1);
    if (figure_check_size(figure, errors) && read_runs(&d, errors) &&
        figure_runs(figure, "shares", &runs, errors))
        canvas = draw_page(&d, runs);
    clear_runs(&d);
    g_free(runs);
    return canvas;
}

const struct figure_kind figure_ccdf = {
    .name = "ccdf",
    .summary = "the share of runs that have not got there, against time",
    .takes = FIGURE_METRIC | FIGURE_SCALE,
    .draw = draw,
};
