/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * detection.c - how word of a crash spreads: the share of the live nodes that hold the crashed one
 * dead, against the time since the crash.
 *
 * A line and a 95 % band a strategy, over all crashes of all runs; a panel a point.  The marker on
 * a line is where the first node detects a crash, in the median over the runs.  Below the axis of
 * shares stand the mistakes of each strategy: a stroke where nodes that were up came to be held
 * dead, at the time since the run's latest crash.
 */
#include "analysis/figure/figure_parts.h"
#include "analysis/figure/ticks.h"
#include "analysis/study/curve.h"
#include "experiment/store/database.h"

#include <math.h>

enum {
    TIMES_MAX = 400, /* of a line, and places for strokes along the axis */
    BANDS_MAX = 16,  /* lines in a panel that have bands */
};
#define RUG_ROW 4.0  /* of the axis of 100 %, where there are few rows of strokes */
#define RUG_MAX 30.0 /* all of them together */
#define RUG_GAP 1.5  /* below the axis */

/* Of a strategy at a point. */
struct detection {
    struct trajectories curve;
    struct summary first;
    double *mistakes; /* seconds since the latest crash, ascending */
    size_t mistake_count;
};

struct drawing {
    const struct figure *figure;
    struct detection *detections; /* point by point, strategy by strategy */
    size_t count;
    struct ticks ticks;
    double end;     /* of the time axis, seconds */
    double rug_row; /* height of a row of strokes; 0: there are none */
    char *columns;  /* of the lines */
};

/* ---- reading ---- */

/* Where there are mistakes, each place once: runs have theirs at different times. */
static bool read_mistakes(const struct study *study, size_t point, const char *strategy,
                          struct detection *detection, struct errors *errors)
{
    sqlite3_stmt *statement =
        database_prepare(study->database, study->path,
                         "SELECT DISTINCT t_ns / 1e9 FROM run JOIN detection_curve USING (run_id) "
                         "WHERE false_dead > 0 AND status = 'done' AND " STUDY_RUNS " ORDER BY 1",
                         errors);
    GArray *times = g_array_new(FALSE, FALSE, sizeof(double));
    int code = SQLITE_ERROR;

    if (statement) {
        study_bind(study, point, strategy, statement);
        while ((code = sqlite3_step(statement)) == SQLITE_ROW) {
            const double time = sqlite3_column_double(statement, 0);

            g_array_append_val(times, time);
        }
        if (code != SQLITE_DONE)
            database_error(study->database, study->path, errors);
        sqlite3_finalize(statement);
    }
    detection->mistake_count = times->len;
    detection->mistakes = (double *)(void *)g_array_free(times, FALSE);
    return code == SQLITE_DONE;
}

static bool read_detections(struct drawing *d, struct errors *errors)
{
    const struct study *study = d->figure->study;
    bool is_good = true;

    d->count = d->figure->point_count * study->strategy_count;
    d->detections = g_new0(struct detection, d->count + 1);
    for (size_t i = 0; i < d->count && is_good; i++) {
        const size_t point = d->figure->points[i / study->strategy_count];
        const size_t strategy = i % study->strategy_count;
        struct detection *detection = &d->detections[i];

        is_good =
            trajectories_read_detection(study, point, study->strategies[strategy],
                                        &detection->curve, errors) &&
            read_mistakes(study, point, study->strategies[strategy], detection, errors) &&
            figure_summary(d->figure, point, strategy, "detect_first", &detection->first, errors);
    }
    return is_good;
}

static bool has_crashes(const struct drawing *d, struct errors *errors)
{
    for (size_t i = 0; i < d->count; i++)
        if (d->detections[i].curve.run_count > 0)
            return true;
    errors_add(errors, ERROR_SCENARIO,
               "there is nothing to detect: no run has a crash that was measured, with a model in "
               "its strategy that judges who is up");
    return false;
}

static void clear(struct drawing *d)
{
    for (size_t i = 0; i < d->count; i++) {
        trajectories_clear(&d->detections[i].curve);
        g_free(d->detections[i].mistakes);
    }
    g_free(d->detections);
    g_free(d->columns);
}

/* ---- axes ---- */

/* To where the last curve has settled: what comes then is that nodes hold to it. */
static void choose_time_axis(struct drawing *d)
{
    double settled = 0, end = 0;

    for (size_t i = 0; i < d->count; i++) {
        const struct horizon horizon = trajectories_horizon(&d->detections[i].curve);

        settled = fmax(settled, horizon.settled);
        end = fmax(end, horizon.end);
    }
    d->end = settled > 0 ? 1.2 * settled : end;
    if (d->figure->options->until > 0)
        d->end = (double)d->figure->options->until / (double)SIM_SECOND;
    if (d->end <= 0)
        d->end = 1;
    d->ticks = (struct ticks){ .high = d->end,
                               .unit = UNIT_TIME,
                               .scale = scale_choose(UNIT_TIME, d->end) };
}

/* A terminal has no room for strokes. */
static void choose_rug(struct drawing *d)
{
    if (d->figure->size->format == GNUPLOT_TEXT)
        return;
    for (size_t i = 0; i < d->count; i++)
        if (d->detections[i].mistake_count > 0 && d->detections[i].mistakes[0] <= d->end)
            d->rug_row = fmin(RUG_ROW, RUG_MAX / d->figure->series->len);
}

/* ---- lines ---- */

static bool has_band(const struct drawing *d, const struct detection *detection)
{
    return d->figure->series->len <= BANDS_MAX && detection->curve.run_count > 1;
}

static void add_curve(const struct drawing *d, struct lines *lines, size_t series,
                      const struct detection *detection)
{
    const struct trajectories *t = &detection->curve;
    struct line *line =
        lines_add(lines, series, LINE_DATA, LINE_JOINED | (has_band(d, detection) ? LINE_BAND : 0),
                  d->columns);
    double times[TIMES_MAX];
    struct estimate curve[TIMES_MAX];
    const size_t count = trajectories_times(t, 0, d->end, times, TIMES_MAX);

    trajectories_curve(t, times, count, curve);
    for (size_t k = 0; k < count; k++)
        line_add(line, (struct line_point){ .x = times[k] * d->ticks.scale.factor,
                                            .y = 100 * curve[k].value,
                                            .lower = 100 * curve[k].lower,
                                            .upper = 100 * curve[k].upper });
}

/* Where the curve is when the first node detects a crash. */
static void add_first(const struct drawing *d, struct lines *lines, size_t series,
                      const struct detection *detection)
{
    const double time = detection->first.estimate.value;
    struct estimate share;
    struct line *line;

    if (!(time <= d->end))
        return;
    trajectories_curve(&detection->curve, &time, 1, &share);
    line = lines_add(lines, series, LINE_DATA, LINE_MARKED, d->columns);
    line_add(line, (struct line_point){ .x = time * d->ticks.scale.factor,
                                        .y = 100 * share.value,
                                        .lower = NAN,
                                        .upper = NAN,
                                        .beyond = NAN });
}

/* As many as there are places for, however many runs there are. */
static void add_rug(const struct drawing *d, struct lines *lines, size_t series,
                    const struct detection *detection)
{
    const double top = -RUG_GAP - (double)series * d->rug_row;
    struct line *line;
    double last = -1;

    if (d->rug_row <= 0 || detection->mistake_count == 0)
        return;
    line = lines_add(lines, series, LINE_DATA, LINE_STROKES, d->columns);
    for (size_t i = 0; i < detection->mistake_count; i++) {
        const double place = floor(detection->mistakes[i] / d->end * TIMES_MAX);

        if (detection->mistakes[i] > d->end || place <= last)
            continue;
        last = place;
        line_add(line, (struct line_point){ .x = detection->mistakes[i] * d->ticks.scale.factor,
                                            .y = NAN,
                                            .lower = top - 0.8 * d->rug_row,
                                            .upper = top });
    }
}

static struct lines *make_lines(const struct drawing *d, size_t panel)
{
    const struct figure *figure = d->figure;
    const size_t strategies = figure->study->strategy_count;
    struct lines *lines = lines_new();

    for (size_t i = 0; i < d->count; i++) {
        const size_t series = figure_series(figure, i / strategies, i % strategies);

        if (figure_panel(figure, i / strategies) != panel || d->detections[i].curve.run_count == 0)
            continue;
        add_curve(d, lines, series, &d->detections[i]);
        add_first(d, lines, series, &d->detections[i]);
        add_rug(d, lines, series, &d->detections[i]);
    }
    return lines;
}

/* ---- the page ---- */

static void draw_panel(const struct drawing *d, struct canvas *canvas, size_t panel)
{
    const double rug = d->rug_row > 0 ? RUG_GAP + (double)d->figure->series->len * d->rug_row : 0;
    char *x_label = figure_label("time since the crash", ticks_unit(&d->ticks));
    struct lines *lines = make_lines(d, panel);

    canvas_panel(canvas, panel, figure_panel_name(d->figure, panel), x_label,
                 "live nodes that know of it");
    gnuplot_add(
        canvas->gnuplot,
        "set xrange [0:%.7g]\nset yrange [%.7g:101]\nset ytics 0,20,100 format '%%g %%%%'\n",
        d->end * d->ticks.scale.factor, -rug);
    ticks_set(&d->ticks, 'x', canvas->gnuplot);
    lines_plot(lines, canvas, panel);
    lines_free(lines);
    g_free(x_label);
}

static char *write_subtitle(const struct drawing *d, const char *runs)
{
    char *colours = figure_colours(d->figure);
    bool has_bands = false, has_first = false;
    char *subtitle;

    for (size_t i = 0; i < d->count; i++) {
        has_bands = has_bands || has_band(d, &d->detections[i]);
        has_first = has_first || d->detections[i].first.estimate.value <= d->end;
    }
    subtitle = g_strdup_printf("%s%s%s%s%s", runs, has_bands ? "; bands: 95 % confidence" : "",
                               has_first ? "; marker: first detection" : "",
                               d->rug_row > 0 ? "; strokes: held dead by mistake" : "", colours);
    g_free(colours);
    return subtitle;
}

static struct canvas *draw_page(struct drawing *d, const char *runs)
{
    struct canvas *canvas;
    char *subtitle;

    choose_time_axis(d);
    choose_rug(d);
    subtitle = write_subtitle(d, runs);
    canvas = figure_canvas(d->figure, "how word of a crash spreads", subtitle);
    d->ticks.room = canvas_letters(canvas);
    d->columns = g_strdup_printf("time in %s, mean share that knows in %%, 95 %% limits",
                                 d->ticks.scale.unit);
    for (size_t panel = 0; panel < d->figure->panels->len; panel++)
        draw_panel(d, canvas, panel);
    canvas_finish(canvas);
    g_free(subtitle);
    return canvas;
}

static struct canvas *draw(struct figure *figure, struct errors *errors)
{
    struct drawing d = { .figure = figure };
    struct canvas *canvas = NULL;
    char *runs = NULL;

    figure_divide(figure, -1, false);
    if (!figure_check_size(figure, errors))
        return NULL;
    if (read_detections(&d, errors) && has_crashes(&d, errors) &&
        figure_runs(figure, "mean", &runs, errors))
        canvas = draw_page(&d, runs);
    g_free(runs);
    clear(&d);
    return canvas;
}

const struct figure_kind figure_detection = {
    .name = "detection",
    .summary = "the share of live nodes that know of a crash, against the time since it",
    .takes = FIGURE_UNTIL,
    .draw = draw,
};
