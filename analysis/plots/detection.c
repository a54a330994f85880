/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * detection.c - how word of a crash spreads: the share of the live nodes that hold the crashed one
 * dead, against the time since the crash.
 *
 * A line and a 95 % band a strategy, over all crashes of all runs; a panel a point.  Below the axis
 * of shares each strategy has a row.  Its marker is when the first node detects a crash, in the
 * median over the runs, with the 95 % interval: it is on no curve, since in half of the runs nobody
 * knows then, and in others many do.  Bars are its mistakes: how often nodes that were up came to
 * be held dead, at the time since the run's latest crash.  Their heights are as the square root of
 * the rate, so that few show beside many, to one scale for the page; beside the row is the sum, a
 * run.
 */
#include "analysis/figure/figure_parts.h"
#include "analysis/figure/ticks.h"
#include "analysis/study/curve.h"
#include "base/quantity.h"
#include "experiment/store/database.h"
#include "sim/value/log_bin.h"

#include <math.h>

enum {
    TIMES_MAX = 400,  /* of a line */
    PLACES_MAX = 200, /* bars along the axis */
    BANDS_MAX = 16,   /* lines in a panel that have bands */
};
#define ROW_HEIGHT  5.5  /* of the axis of 100 %, where there are few rows */
#define ROWS_MAX    36.0 /* all of them together */
#define ROWS_GAP    2.0  /* below the axis */
#define FIRST_SHARE 6.0  /* where markers are, of the axis of 100 %, if there are no rows */
#define ROW_WORDS   3.0  /* a lower row has no number beside it */
#define BAR_LEAST   0.12 /* of the height of a row: one mistake is to be seen beside thousands */

/* Mistakes of all runs in a part of the time since the latest crash, seconds. */
struct mistakes {
    double from, to;
    double count;
};

/* Of a strategy at a point. */
struct detection {
    struct trajectories curve;
    struct summary first;
    GArray *mistakes; /* struct mistakes, ascending; parts without any are left out */
};

struct drawing {
    const struct figure *figure;
    struct detection *detections; /* point by point, strategy by strategy */
    size_t count;
    struct ticks ticks;
    double end;      /* of the time axis, seconds */
    double row;      /* height of a strategy's row; 0: there are none */
    double rate_max; /* of mistakes, a second and run; 0: there are none */
    char *columns;   /* of the lines */
};

/* ---- reading ---- */

/* The database has the mistakes in the bins of log_bin.h. */
static bool read_mistakes(const struct study *study, size_t point, const char *strategy,
                          struct detection *detection, struct errors *errors)
{
    sqlite3_stmt *statement = database_prepare(
        study->database, study->path,
        "SELECT t_ns, sum(false_dead) FROM run JOIN detection_curve USING (run_id) "
        "WHERE false_dead > 0 AND status = 'done' AND " STUDY_RUNS " GROUP BY t_ns ORDER BY t_ns",
        errors);
    struct mistakes bin = { .to = 0 };
    int code = SQLITE_ERROR;

    detection->mistakes = g_array_new(FALSE, FALSE, sizeof bin);
    if (!statement)
        return false;
    study_bind(study, point, strategy, statement);
    while ((code = sqlite3_step(statement)) == SQLITE_ROW) {
        const uint32_t place = log_bin((uint64_t)sqlite3_column_int64(statement, 0));
        const double from = (double)log_bin_start(place) / 1e9;

        if (detection->mistakes->len == 0 || bin.from < from) {
            bin = (struct mistakes){ from, (double)log_bin_start(place + 1) / 1e9, 0 };
            g_array_append_val(detection->mistakes, bin);
        }
        g_array_index(detection->mistakes, struct mistakes, detection->mistakes->len - 1).count +=
            sqlite3_column_double(statement, 1);
    }
    if (code != SQLITE_DONE)
        database_error(study->database, study->path, errors);
    sqlite3_finalize(statement);
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
        if (d->detections[i].mistakes)
            g_array_free(d->detections[i].mistakes, TRUE);
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

/* Joins bins so that each bar has its place along the axis, and drops what comes behind it. */
static void join_mistakes(const struct drawing *d, GArray *mistakes)
{
    const double least = d->end / PLACES_MAX;
    guint count = 0;

    for (guint i = 0; i < mistakes->len; i++) {
        const struct mistakes *bin = &g_array_index(mistakes, struct mistakes, i);
        struct mistakes *last =
            count > 0 ? &g_array_index(mistakes, struct mistakes, count - 1) : NULL;

        if (bin->from > d->end)
            break;
        if (last && bin->from < last->from + least) {
            last->to = fmax(bin->to, last->from + least);
            last->count += bin->count;
        } else {
            g_array_index(mistakes, struct mistakes, count) = *bin;
            last = &g_array_index(mistakes, struct mistakes, count++);
            last->to = fmax(last->to, last->from + least);
        }
    }
    g_array_set_size(mistakes, count);
}

/* Mistakes a second and run. */
static double rate_of(const struct detection *detection, guint i)
{
    const struct mistakes *bin = &g_array_index(detection->mistakes, struct mistakes, i);

    return bin->count / (bin->to - bin->from) / (double)detection->curve.run_count;
}

static bool has_first(const struct drawing *d, const struct detection *detection)
{
    return detection->first.estimate.value <= d->end;
}

/* A terminal has no room for rows. */
static void choose_rows(struct drawing *d)
{
    bool has_rows = false;

    for (size_t i = 0; i < d->count; i++) {
        const struct detection *detection = &d->detections[i];

        join_mistakes(d, detection->mistakes);
        for (guint k = 0; k < detection->mistakes->len; k++)
            d->rate_max = fmax(d->rate_max, rate_of(detection, k));
        has_rows = has_rows || has_first(d, detection) || detection->mistakes->len > 0;
    }
    if (has_rows && d->figure->size->format != GNUPLOT_TEXT)
        d->row = fmin(ROW_HEIGHT, ROWS_MAX / d->figure->series->len);
}

/* The foot of a series' row. */
static double row_of(const struct drawing *d, size_t series)
{
    return -ROWS_GAP - (double)(series + 1) * d->row;
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

static void add_first(const struct drawing *d, struct lines *lines, size_t series,
                      const struct detection *detection)
{
    const struct estimate *first = &detection->first.estimate;
    const double factor = d->ticks.scale.factor;
    const double lower = isnan(first->lower) ? first->value : first->lower;
    const double upper = isnan(first->upper) ? first->value : fmin(first->upper, d->end);
    struct line *line;

    if (!has_first(d, detection))
        return;
    line = lines_add(lines, series, LINE_DATA, LINE_MARKED | LINE_BARS_X, d->columns);
    line_add(line,
             (struct line_point){ .x = first->value * factor,
                                  .y = d->row > 0 ? row_of(d, series) + 0.45 * d->row : FIRST_SHARE,
                                  .lower = NAN,
                                  .upper = NAN,
                                  .beyond = NAN,
                                  .x_lower = lower * factor,
                                  .x_upper = upper * factor });
}

static void add_mistakes(const struct drawing *d, struct lines *lines, size_t series,
                         const struct detection *detection)
{
    const double foot = row_of(d, series), factor = d->ticks.scale.factor;
    struct line *line;

    if (d->row <= 0 || detection->mistakes->len == 0)
        return;
    line = lines_add(lines, series, LINE_DATA, LINE_BOXES, d->columns);
    for (guint i = 0; i < detection->mistakes->len; i++) {
        const struct mistakes *bin = &g_array_index(detection->mistakes, struct mistakes, i);
        const double height =
            0.9 * d->row * fmax(BAR_LEAST, sqrt(rate_of(detection, i) / d->rate_max));

        line_add(line, (struct line_point){ .x = bin->from * factor,
                                            .y = foot,
                                            .lower = foot,
                                            .upper = foot + height,
                                            .beyond = NAN,
                                            .x_lower = bin->from * factor,
                                            .x_upper = fmin(bin->to, d->end) * factor });
    }
}

/* Curves first, bars, and what must be seen last. */
static struct lines *make_lines(const struct drawing *d, size_t panel)
{
    static void (*const adds[])(const struct drawing *, struct lines *, size_t,
                                const struct detection *) = { add_curve, add_mistakes, add_first };
    const struct figure *figure = d->figure;
    const size_t strategies = figure->study->strategy_count;
    struct lines *lines = lines_new();

    for (size_t pass = 0; pass < G_N_ELEMENTS(adds); pass++)
        for (size_t i = 0; i < d->count; i++)
            if (figure_panel(figure, i / strategies) == panel &&
                d->detections[i].curve.run_count > 0)
                adds[pass](d, lines, figure_series(figure, i / strategies, i % strategies),
                           &d->detections[i]);
    return lines;
}

/* ---- the page ---- */

/* Mistakes a run, for the axis. */
static void write_sum(const struct detection *detection, char text[QUANTITY_TEXT_MAX])
{
    double sum = 0;

    for (guint i = 0; i < detection->mistakes->len; i++)
        sum += g_array_index(detection->mistakes, struct mistakes, i).count;
    sum /= (double)detection->curve.run_count;
    if (sum < 1000)
        g_snprintf(text, QUANTITY_TEXT_MAX, "%.3g", sum);
    else
        quantity_write_short(sum, text);
}

/* Marks shares along the axis, and beside each row how many mistakes it shows. */
static void set_y_axis(const struct drawing *d, struct gnuplot *gnuplot, size_t panel)
{
    const struct figure *figure = d->figure;
    const size_t strategies = figure->study->strategy_count;
    char text[QUANTITY_TEXT_MAX];

    gnuplot_add(gnuplot, "set yrange [%.7g:101]\nset ytics 0,20,100 format '%%g %%%%'\n",
                d->row > 0 ? row_of(d, figure->series->len - 1) : 0);
    for (size_t i = 0; i < d->count && d->row >= ROW_WORDS; i++) {
        const struct detection *detection = &d->detections[i];
        const size_t series = figure_series(figure, i / strategies, i % strategies);

        if (figure_panel(figure, i / strategies) != panel || detection->mistakes->len == 0)
            continue;
        write_sum(detection, text);
        gnuplot_add(gnuplot, "set ytics add ('%s' %.7g)\n", text,
                    row_of(d, series) + 0.45 * d->row);
    }
}

static void draw_panel(const struct drawing *d, struct canvas *canvas, size_t panel)
{
    char *x_label = figure_label("time since the crash", ticks_unit(&d->ticks));
    struct lines *lines = make_lines(d, panel);

    canvas_panel(canvas, panel, figure_panel_name(d->figure, panel), x_label,
                 "live nodes that know of it");
    gnuplot_add(canvas->gnuplot, "set xrange [0:%.7g]\n", d->end * d->ticks.scale.factor);
    set_y_axis(d, canvas->gnuplot, panel);
    ticks_set(&d->ticks, 'x', canvas->gnuplot);
    lines_plot(lines, canvas, panel);
    lines_free(lines);
    g_free(x_label);
}

static char *write_subtitle(const struct drawing *d, const char *runs)
{
    char *colours = figure_colours(d->figure);
    bool has_bands = false, has_markers = false;
    char *subtitle;

    for (size_t i = 0; i < d->count; i++) {
        has_bands = has_bands || has_band(d, &d->detections[i]);
        has_markers = has_markers || has_first(d, &d->detections[i]);
    }
    subtitle = g_strdup_printf("%s%s%s%s%s", runs, has_bands ? "; bands: 95 % confidence" : "",
                               has_markers ? "; marker: first detection, median" : "",
                               d->row > 0 && d->rate_max > 0
                                   ? "; bars: held dead by mistake, beside them how often a run"
                                   : "",
                               colours);
    g_free(colours);
    return subtitle;
}

static struct canvas *draw_page(struct drawing *d, const char *runs)
{
    struct canvas *canvas;
    char *subtitle;

    choose_time_axis(d);
    choose_rows(d);
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
