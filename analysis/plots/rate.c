/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * rate.c - what all nodes together send a second, against time, by class: bytes of payload, of
 * digests and of control, or with `--metric messages` messages, duplicates and what was dropped.
 *
 * A panel a point and strategy.  Samples have counts since the start, which are straight between
 * two samples; a step is what the runs that were going on when it began added in its time, their
 * mean, so that a run that ends within a step is slow there, not fast.  What the first sample, at
 * 0, has is of the first step.
 */
#include "analysis/figure/figure_parts.h"
#include "analysis/figure/ticks.h"
#include "experiment/store/database.h"

#include <math.h>
#include <string.h>

enum { STEPS = 80, CLASSES = 3 };

struct amounts {
    const char *metric, *label, *title;
    enum metric_unit unit;
    const char *columns; /* of the table `sample` */
    const char *classes[CLASSES];
};

static const struct amounts kinds[] = {
    { "bytes",
      "bytes sent per second, all nodes",
      "bytes sent per second",
      UNIT_BYTES,
      "bytes_payload, bytes_digest, bytes_control",
      { "payload", "digests", "control" } },
    { "messages",
      "messages per second, all nodes",
      "messages per second",
      UNIT_COUNT,
      "messages, duplicates, dropped",
      { "sent", "duplicates", "dropped" } },
};

struct sample {
    int64_t run;
    double time; /* s */
    double counts[CLASSES];
};

struct drawing {
    struct figure *figure;
    const struct amounts *amounts;
    GArray **samples; /* struct sample, point by point, strategy by strategy */
    double *rates;    /* likewise, STEPS of each class; NAN: no run was going on */
    size_t count;
    struct ticks x, y;
};

/* ---- reading ---- */

static bool read_samples(const struct drawing *d, size_t i, struct errors *errors)
{
    const struct study *study = d->figure->study;
    char *sql = g_strdup_printf(
        "SELECT run_id, t_ns / 1e9, %s FROM run CROSS JOIN sample USING (run_id) WHERE " STUDY_RUNS
        " AND status = 'done' ORDER BY run_id, t_ns",
        d->amounts->columns);
    sqlite3_stmt *statement = database_prepare(study->database, study->path, sql, errors);
    int code = SQLITE_ERROR;

    g_free(sql);
    if (!statement)
        return false;
    study_bind(study, d->figure->points[i / study->strategy_count],
               study->strategies[i % study->strategy_count], statement);
    while ((code = sqlite3_step(statement)) == SQLITE_ROW) {
        struct sample sample = { .run = sqlite3_column_int64(statement, 0),
                                 .time = sqlite3_column_double(statement, 1) };

        for (int k = 0; k < CLASSES; k++)
            sample.counts[k] = sqlite3_column_double(statement, 2 + k);
        g_array_append_val(d->samples[i], sample);
    }
    if (code != SQLITE_DONE)
        database_error(study->database, study->path, errors);
    sqlite3_finalize(statement);
    return code == SQLITE_DONE;
}

/* Reads all, and chooses where the axis of time ends. */
static bool read_all(struct drawing *d, struct errors *errors)
{
    double end = 0;

    for (size_t i = 0; i < d->count; i++) {
        d->samples[i] = g_array_new(FALSE, FALSE, sizeof(struct sample));
        if (!read_samples(d, i, errors))
            return false;
        for (guint k = 0; k < d->samples[i]->len; k++)
            end = fmax(end, g_array_index(d->samples[i], struct sample, k).time);
    }
    if (d->figure->options->until > 0)
        end = (double)d->figure->options->until / (double)SIM_SECOND;
    if (!(end > 0)) {
        errors_add(errors, ERROR_SCENARIO, "no run has samples of any length");
        return false;
    }
    d->x = (struct ticks){ .high = end, .unit = UNIT_TIME, .scale = scale_choose(UNIT_TIME, end) };
    return true;
}

/* ---- rates ---- */

/* Adds what a run did between two samples to the steps in which it did so, and the run to those
 * that began meanwhile. */
static void spread(const struct drawing *d, const struct sample *from, const struct sample *to,
                   double *added, size_t *runs)
{
    const double width = d->x.high / STEPS, length = to->time - from->time;
    size_t step = (size_t)CLAMP(from->time / width, 0, STEPS); /* foreign times may be any */

    for (; step < STEPS && (double)step * width < to->time; step++) {
        const double first = fmax(from->time, (double)step * width);
        const double part = fmin(to->time, (double)(step + 1) * width) - first;

        if (!(part > 0))
            continue;
        runs[step] += first == (double)step * width;
        for (int k = 0; k < CLASSES; k++)
            added[k * STEPS + (int)step] += (to->counts[k] - from->counts[k]) * part / length;
    }
}

static void fill_rates(const struct drawing *d, size_t i)
{
    const GArray *samples = d->samples[i];
    double *rates = &d->rates[i * CLASSES * STEPS], width = d->x.high / STEPS;
    size_t runs[STEPS] = { 0 };

    for (guint k = 0; k < samples->len; k++) {
        const struct sample *sample = &g_array_index(samples, struct sample, k);
        const struct sample *last = k > 0 ? sample - 1 : NULL;

        if (last && last->run == sample->run)
            spread(d, last, sample, rates, runs);
        else if (sample->time > 0)
            spread(d, &(struct sample){ .run = sample->run }, sample, rates, runs);
        else
            for (int c = 0; c < CLASSES; c++)
                rates[c * STEPS] += sample->counts[c];
    }
    for (int step = 0; step < STEPS; step++)
        for (int c = 0; c < CLASSES; c++)
            rates[c * STEPS + step] =
                runs[step] > 0 ? rates[c * STEPS + step] / (double)runs[step] / width : NAN;
}

/* ---- drawing ---- */

/* The panel of a point and strategy: each has one of its own. */
static size_t panel_of(const struct drawing *d, size_t i)
{
    const size_t strategies = d->figure->study->strategy_count, point = i / strategies;
    const size_t of_a_point = d->figure->series_axis < 0 ? strategies : d->figure->series->len;

    return figure_panel(d->figure, point) * of_a_point +
           figure_series(d->figure, point, i % strategies);
}

/* Panels are named as panel and series were; the series are the classes. */
static void rename_all(struct figure *figure, const struct amounts *amounts)
{
    GPtrArray *panels = g_ptr_array_new_with_free_func(g_free);
    GPtrArray *classes = g_ptr_array_new_with_free_func(g_free);
    const bool has_one = figure->series->len == 1;

    for (guint p = 0; p < figure->panels->len; p++)
        for (guint s = 0; s < figure->series->len; s++) {
            const char *panel = figure->panels->pdata[p], *series = figure->series->pdata[s];

            g_ptr_array_add(panels, !*panel   ? g_strdup(series)
                                    : has_one ? g_strdup(panel)
                                              : g_strdup_printf("%s: %s", series, panel));
        }
    for (int k = 0; k < CLASSES; k++)
        g_ptr_array_add(classes, g_strdup(amounts->classes[k]));
    g_ptr_array_free(figure->panels, TRUE);
    g_ptr_array_free(figure->series, TRUE);
    figure->panels = panels;
    figure->series = classes;
}

static void add_point(const struct drawing *d, struct line *line, int step, double rate)
{
    line_add(line, (struct line_point){ .x = step * d->x.high / STEPS * d->x.scale.factor,
                                        .y = rate * d->y.scale.factor,
                                        .lower = NAN,
                                        .upper = NAN });
}

/* Ends at 0 where the last run does. */
static void add_steps(const struct drawing *d, const double *rates, struct line *line)
{
    int step = 0;

    for (; step < STEPS && !isnan(rates[step]); step++) {
        add_point(d, line, step, rates[step]);
        add_point(d, line, step + 1, rates[step]);
    }
    if (step > 0)
        add_point(d, line, step, 0);
}

static struct lines *make_lines(const struct drawing *d, const size_t *panels, size_t panel)
{
    struct lines *lines = lines_new();

    for (size_t i = 0; i < d->count; i++)
        for (size_t k = 0; k < CLASSES && panels[i] == panel; k++)
            add_steps(d, &d->rates[(i * CLASSES + k) * STEPS],
                      lines_add(lines, k, LINE_DATA, LINE_JOINED, "time, amount per second"));
    return lines;
}

static void set_ranges(struct drawing *d, const struct canvas *canvas)
{
    d->y = TICKS_NONE;
    for (size_t i = 0; i < d->count * CLASSES * STEPS; i++)
        ticks_widen(&d->y, d->rates[i]);
    ticks_end(&d->y, d->amounts->unit, INFINITY, canvas_lines(canvas));
    d->x.room = canvas_letters(canvas);
}

static struct canvas *draw_page(struct drawing *d, const size_t *panels, const char *runs)
{
    struct figure *figure = d->figure;
    struct canvas *canvas = figure_canvas(figure, d->amounts->title, runs);
    char *unit, *x_label, *y_label;

    set_ranges(d, canvas);
    unit = g_strconcat(ticks_unit(&d->y), d->amounts->unit == UNIT_BYTES ? "/s" : "", NULL);
    x_label = figure_label("simulated time", ticks_unit(&d->x));
    y_label = figure_label(d->amounts->label, unit);
    for (size_t panel = 0; panel < figure->panels->len; panel++) {
        struct lines *lines = make_lines(d, panels, panel);

        canvas_panel(canvas, panel, figure_panel_name(figure, panel), x_label, y_label);
        ticks_axis(&d->x, 'x', canvas->gnuplot);
        ticks_axis(&d->y, 'y', canvas->gnuplot);
        lines_plot(lines, canvas, panel);
        lines_free(lines);
    }
    canvas_finish(canvas);
    g_free(unit);
    g_free(x_label);
    g_free(y_label);
    return canvas;
}

static const struct amounts *choose(const char *metric, struct errors *errors)
{
    for (size_t i = 0; i < G_N_ELEMENTS(kinds); i++)
        if (!metric || strcmp(metric, kinds[i].metric) == 0)
            return &kinds[i];
    errors_add(errors, ERROR_SCENARIO, "--metric '%s': the kind rate draws bytes or messages",
               metric);
    return NULL;
}

/* Gives each point and strategy its panel, if a page has room for all. */
static bool divide(struct drawing *d, size_t *panels, struct errors *errors)
{
    struct figure *figure = d->figure;

    figure_divide(figure, -1, false);
    for (size_t i = 0; i < d->count; i++)
        panels[i] = panel_of(d, i);
    rename_all(figure, d->amounts);
    if (figure->panels->len > CANVAS_PANELS_MAX)
        errors_add(errors, ERROR_SCENARIO,
                   "%u panels, of each point and strategy, do not fit into one figure (at most "
                   "%d): choose with --where PATH=VALUE and --only STRATEGY",
                   figure->panels->len, CANVAS_PANELS_MAX);
    return figure->panels->len <= CANVAS_PANELS_MAX;
}

static struct canvas *draw(struct figure *figure, struct errors *errors)
{
    struct drawing d = { .figure = figure,
                         .amounts = choose(figure->options->metric, errors),
                         .count = figure->point_count * figure->study->strategy_count };
    size_t *panels = g_new0(size_t, d.count + 1);
    struct canvas *canvas = NULL;
    char *runs = NULL;

    d.samples = g_new0(GArray *, d.count + 1);
    d.rates = g_new0(double, d.count *CLASSES *STEPS + 1);
    if (d.amounts && figure_runs(figure, "mean", &runs, errors) && divide(&d, panels, errors) &&
        read_all(&d, errors)) {
        for (size_t i = 0; i < d.count; i++)
            fill_rates(&d, i);
        canvas = draw_page(&d, panels, runs);
    }
    for (size_t i = 0; i < d.count; i++)
        if (d.samples[i])
            g_array_free(d.samples[i], TRUE);
    g_free(d.samples);
    g_free(d.rates);
    g_free(panels);
    g_free(runs);
    return canvas;
}

const struct figure_kind figure_rate = {
    .name = "rate",
    .summary = "bytes or messages sent a second against time, by class",
    .takes = FIGURE_METRIC | FIGURE_UNTIL,
    .draw = draw,
};
