/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * ccdf.c - the share of runs that have not got there against time: a step a run.  With --metric
 * delay the same of nodes, each of which waits for each update (analysis/study/delays.h).
 *
 * A run that `stop.at` cut off is known to take longer than from the last update or crash to there,
 * and no more: it has a marker there, and the steps are E. Kaplan and P. Meier's
 * (base/survival.h).  One that went quiet never gets there, so its share stays to the end of the
 * axis.  Of a metric that is no time it is the share of runs with more.
 */
#include "analysis/figure/figure_parts.h"
#include "analysis/figure/ticks.h"
#include "analysis/study/delays.h"
#include "base/survival.h"
#include "experiment/store/database.h"

#include <math.h>
#include <string.h>

enum { STEPS_MAX = 400 }; /* of a line */
#define LOG_FROM_X 50

/* In the place of a metric. */
static const char delay[] = "delay";

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
    bool is_of_nodes;
    struct delays *delays; /* in the place of runs */
    double least;          /* share that one node is */
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

static bool read_delays(struct drawing *d, struct errors *errors)
{
    const struct study *study = d->figure->study;
    const size_t strategies = study->strategy_count;
    bool has_any = false;

    d->least = 1;
    for (size_t i = 0; i < d->figure->point_count * strategies; i++) {
        if (!delays_read(study, d->figure->points[i / strategies],
                         study->strategies[i % strategies], &d->delays[i], errors))
            return false;
        if (d->delays[i].bin_count == 0)
            continue;
        has_any = true;
        d->least = fmin(d->least, 1 / d->delays[i].all);
        d->has_never = d->has_never || d->delays[i].never > 0;
    }
    if (!has_any)
        errors_add(errors, ERROR_SCENARIO,
                   "no run has stored how long updates took to each node; `record: {nodes: true}`");
    return has_any;
}

static void clear_runs(struct drawing *d)
{
    for (size_t i = 0; i < d->figure->point_count * d->figure->study->strategy_count; i++)
        delays_clear(&d->delays[i]);
    g_free(d->delays);
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

/* Those of a bin are spread evenly over it.  A bin from 0 on, of those who wrote, is a step. */
static void add_nodes(const struct drawing *d, const struct delays *delays, struct line *line)
{
    double left = delays->all;

    add_point(d, line, d->x.low, 1);
    for (size_t i = 0; i < delays->bin_count; i++) {
        const struct delay_bin *bin = &delays->bins[i];

        if (bin->low > d->x.low)
            add_point(d, line, bin->low, left / delays->all);
        left = i + 1 < delays->bin_count ? left - bin->count : delays->never;
        add_point(d, line, bin->low > 0 ? bin->high : 0, left / delays->all);
    }
    if (left > 0)
        add_point(d, line, d->x.high, left / delays->all);
}

static struct lines *make_node_lines(const struct drawing *d, size_t panel)
{
    const size_t strategies = d->figure->study->strategy_count;
    struct lines *lines = lines_new();

    for (size_t i = 0; i < d->figure->point_count * strategies; i++)
        if (figure_panel(d->figure, i / strategies) == panel && d->delays[i].bin_count > 0)
            add_nodes(d, &d->delays[i],
                      lines_add(lines, figure_series(d->figure, i / strategies, i % strategies),
                                LINE_DATA, LINE_JOINED, "time, share of nodes that take longer"));
    return lines;
}

static struct lines *make_lines(void *drawing, size_t panel)
{
    const struct drawing *d = drawing;
    const struct figure *figure = d->figure;
    const size_t strategies = figure->study->strategy_count;
    struct lines *lines;

    if (d->is_of_nodes)
        return make_node_lines(d, panel);
    lines = lines_new();
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

/* Takes the times of one line. */
static void widen(struct drawing *d, size_t i)
{
    for (guint k = 0; d->runs[i].times && k < d->runs[i].times->len; k++)
        ticks_widen(&d->x, times_of(&d->runs[i])[k].time);
    for (size_t k = 0; k < d->delays[i].bin_count; k++)
        if (d->delays[i].bins[k].low > 0) {
            ticks_widen(&d->x, d->delays[i].bins[k].low);
            ticks_widen(&d->x, d->delays[i].bins[k].high);
        }
}

static void set_ranges(struct drawing *d, const struct canvas *canvas)
{
    d->x = TICKS_NONE;
    for (size_t i = 0; i < d->figure->point_count * d->figure->study->strategy_count; i++)
        widen(d, i);
    ticks_end(&d->x, d->metric.unit, LOG_FROM_X, canvas_letters(canvas));
    if (!d->is_of_nodes)
        d->least = 1 / (double)MAX(d->most, 1);
    d->y = (struct ticks){ .low = d->is_log ? 0.5 * d->least : 0,
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
    char *what = d->is_of_nodes
                     ? g_strdup("how long nodes wait for an update")
                     : g_strdup_printf(is_time ? "runs without %s yet" : "runs with more %s",
                                       d->metric.name);
    char *colours = figure_colours(figure), *x_label, *y_label;
    char *subtitle =
        g_strdup_printf("%s%s%s%s%s", runs, d->is_of_nodes ? ", nodes and updates together" : "",
                        colours, d->has_cut_off ? "; marker: cut off by `stop.at`" : "",
                        d->has_never ? "; a line that goes on: never" : "");
    struct canvas *canvas = figure_canvas(figure, what, subtitle);

    set_ranges(d, canvas);
    x_label = figure_metric_label(canvas, &d->metric, ticks_unit(&d->x));
    y_label = figure_label(d->is_of_nodes ? "nodes that do not know it yet"
                           : is_time      ? "runs that have not got there"
                                          : "runs with more",
                           ticks_unit(&d->y));
    figure_plot(figure, canvas,
                &(struct figure_axes){ x_label, y_label, &d->x, &d->y, make_lines, d });
    g_free(what);
    g_free(colours);
    g_free(subtitle);
    g_free(x_label);
    g_free(y_label);
    return canvas;
}

static struct canvas *draw(struct figure *figure, struct errors *errors)
{
    struct drawing d = { .figure = figure, .is_log = figure->options->is_log };
    struct canvas *canvas = NULL;
    char *runs = NULL;

    d.is_of_nodes = figure->options->metric && strcmp(figure->options->metric, delay) == 0;
    if (d.is_of_nodes)
        d.metric = (struct metric){ .name = delay,
                                    .label = "delay until a node knows an update",
                                    .unit = UNIT_TIME };
    else if (!figure_metric(figure, &d.metric, errors))
        return NULL;
    figure_divide(figure, -1, false);
    d.runs = g_new0(struct runs, figure->point_count * figure->study->strategy_count + 1);
    d.delays = g_new0(struct delays, figure->point_count * figure->study->strategy_count + 1);
    if (figure_check_size(figure, errors) &&
        (d.is_of_nodes ? read_delays : read_runs)(&d, errors) &&
        figure_runs(figure, "shares", &runs, errors))
        canvas = draw_page(&d, runs);
    clear_runs(&d);
    g_free(runs);
    return canvas;
}

const struct figure_kind figure_ccdf = {
    .name = "ccdf",
    .summary = "the share of runs, or of nodes, that have not got there, against time",
    .takes = FIGURE_METRIC | FIGURE_SCALE,
    .draw = draw,
};
