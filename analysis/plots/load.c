/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * load.c - how evenly nodes are loaded: how many handle how many messages, and M. O. Lorenz's curve
 * (Methods of measuring the concentration of wealth, 1905) of the share of all messages that the
 * least loaded nodes handle, with C. Gini's coefficient: 0 if all handle as many, 1 if one does
 * all.
 *
 * Both are means over the runs.  The database counts loads of 64 and more by doublings; where there
 * are such the histogram has doublings throughout, and the coefficient two values: as if all loads
 * of a doubling were alike, as the curve has them, and as if they were spread evenly over it.
 */
#include "analysis/figure/figure_parts.h"
#include "analysis/figure/ticks.h"
#include "analysis/text/text.h"
#include "experiment/store/database.h"

#include <math.h>

/* Of loads that are spread evenly over a doubling. */
#define GINI_OF_DOUBLING (1.0 / 9)

enum {
    POINTS_MAX = 2, /* of a page, each with two panels */
    GRID = 100,     /* places of a Lorenz curve */
    BINS = 96,      /* loads 0 to 63, then doublings up to 2^32 */
    SINGLE = 64,
    NAME_COLUMNS = 28,
    LEGEND_COLUMNS = 44, /* with the coefficient behind it */
};

/* The nodes of a strategy at a point. */
struct loads {
    double nodes[BINS];      /* in each bin, sum over the runs */
    double lorenz[GRID + 1]; /* sum over the runs that handled anything */
    double gini;             /* likewise */
    double spread;           /* what it is more if the loads of a doubling are spread evenly */
    size_t runs, lorenz_runs;
};

struct drawing {
    struct figure *figure;
    struct loads *loads; /* point by point, strategy by strategy */
    bool has_doublings;
    struct ticks x, y, share_x, share_y;
};

/* ---- reading ---- */

static size_t bin_of(double load)
{
    return load < SINGLE ? (size_t)fmax(load, 0)
                         : MIN(SINGLE + (size_t)floor(log2(load / SINGLE)), BINS - 1);
}

/* The load that a node in the bin has. */
static double middle(size_t bin)
{
    return bin < SINGLE ? (double)bin : 1.5 * ldexp(SINGLE, (int)bin - SINGLE) - 0.5;
}

/* Adds the Lorenz curve of a run, straight from bin to bin, and its Gini coefficient: the area
 * between the curve and the diagonal over that below the diagonal. */
static void add_lorenz(struct loads *loads, const double *nodes)
{
    double all = 0, messages = 0, x = 0, y = 0, area = 0;
    size_t place = 0;

    for (size_t i = 0; i < BINS; i++) {
        all += nodes[i];
        messages += nodes[i] * middle(i);
    }
    if (!(messages > 0))
        return;
    for (size_t i = 0; i < BINS; i++) {
        const double width = nodes[i] / all, height = nodes[i] * middle(i) / messages;

        for (; place <= GRID && width > 0 && (double)place / GRID <= x + width + 1e-12; place++)
            loads->lorenz[place] += y + height * ((double)place / GRID - x) / width;
        area += width * (y + height / 2);
        loads->spread += i < SINGLE ? 0 : width * height * GINI_OF_DOUBLING;
        x += width;
        y += height;
    }
    loads->gini += 1 - 2 * area;
    loads->lorenz_runs++;
}

static void end_run(struct loads *loads, double *nodes)
{
    add_lorenz(loads, nodes);
    loads->runs++;
    for (size_t i = 0; i < BINS; i++) {
        loads->nodes[i] += nodes[i];
        nodes[i] = 0;
    }
}

static bool read_loads(const struct study *study, size_t point, const char *strategy,
                       struct loads *loads, struct errors *errors)
{
    static const char sql[] =
        "SELECT run_id, lo, count FROM histogram WHERE name = 'load' AND "
        "run_id IN (SELECT run_id FROM run WHERE status = 'done' AND " STUDY_RUNS
        ") ORDER BY run_id";
    sqlite3_stmt *statement = database_prepare(study->database, study->path, sql, errors);
    double nodes[BINS] = { 0 };
    int64_t last = -1;
    int code = SQLITE_ERROR;

    if (!statement)
        return false;
    study_bind(study, point, strategy, statement);
    while ((code = sqlite3_step(statement)) == SQLITE_ROW) {
        const int64_t run = sqlite3_column_int64(statement, 0);

        if (last >= 0 && run != last)
            end_run(loads, nodes);
        last = run;
        nodes[bin_of(sqlite3_column_double(statement, 1))] += sqlite3_column_double(statement, 2);
    }
    if (last >= 0)
        end_run(loads, nodes);
    if (code != SQLITE_DONE)
        database_error(study->database, study->path, errors);
    sqlite3_finalize(statement);
    return code == SQLITE_DONE;
}

static bool read_all(struct drawing *d, struct errors *errors)
{
    const struct study *study = d->figure->study;
    const size_t count = d->figure->point_count * study->strategy_count;
    size_t runs = 0;

    for (size_t i = 0; i < count; i++) {
        if (!read_loads(study, d->figure->points[i / study->strategy_count],
                        study->strategies[i % study->strategy_count], &d->loads[i], errors))
            return false;
        runs += d->loads[i].runs;
        for (size_t bin = SINGLE; bin < BINS; bin++)
            d->has_doublings = d->has_doublings || d->loads[i].nodes[bin] > 0;
    }
    if (runs == 0)
        errors_add(errors, ERROR_SCENARIO,
                   "no run has stored how many messages each node handles; "
                   "`record: {nodes: true}`");
    return runs > 0;
}

/* ---- the histogram ---- */

/* The bars that are drawn: each load, or each doubling. */
static size_t bar_of(const struct drawing *d, size_t bin)
{
    if (!d->has_doublings)
        return bin;
    return bin == 0 ? 0 : bin < SINGLE ? 1 + (size_t)floor(log2((double)bin)) : bin - SINGLE + 7;
}

/* Where a bar begins; on a logarithmic axis that of 0 is as wide as that of 1. */
static double bar_start(const struct drawing *d, size_t bar)
{
    return d->has_doublings ? ldexp(1, (int)bar - 1) : (double)bar - 0.5;
}

/* Fills the shares of the nodes in each bar. */
static void fill_bars(const struct drawing *d, const struct loads *loads, double bars[BINS])
{
    double all = 0;

    for (size_t i = 0; i < BINS; i++) {
        bars[i] = 0;
        all += loads->nodes[i];
    }
    for (size_t i = 0; i < BINS && all > 0; i++)
        bars[bar_of(d, i)] += loads->nodes[i] / all;
}

static void add_point(struct line *line, double x, double y)
{
    line_add(line, (struct line_point){ .x = x, .y = y, .lower = NAN, .upper = NAN });
}

/* The outline of the bars. */
static void add_outline(const struct drawing *d, const struct loads *loads, struct line *line)
{
    double bars[BINS], last = 0;
    size_t end = BINS;

    fill_bars(d, loads, bars);
    while (end > 0 && !(bars[end - 1] > 0))
        end--;
    for (size_t i = 0; i < end; i++) {
        if (bars[i] != last) {
            add_point(line, bar_start(d, i) * d->x.scale.factor, last * d->y.scale.factor);
            add_point(line, bar_start(d, i) * d->x.scale.factor, bars[i] * d->y.scale.factor);
        }
        last = bars[i];
    }
    add_point(line, bar_start(d, end) * d->x.scale.factor, last * d->y.scale.factor);
    add_point(line, bar_start(d, end) * d->x.scale.factor, 0);
}

/* ---- lines ---- */

static void add_curve(const struct drawing *d, const struct loads *loads, struct line *line)
{
    const double factor = d->share_y.scale.factor;

    for (size_t i = 0; i <= GRID && loads->lorenz_runs > 0; i++)
        add_point(line, (double)i / GRID * d->share_x.scale.factor,
                  loads->lorenz[i] / (double)loads->lorenz_runs * factor);
}

static struct lines *make_lines(const struct drawing *d, size_t panel, bool is_lorenz)
{
    const struct figure *figure = d->figure;
    const size_t strategies = figure->study->strategy_count;
    struct lines *lines = lines_new();

    if (is_lorenz) {
        struct line *even =
            lines_add(lines, LINE_GUIDE, LINE_THEORY, LINE_JOINED, "all as many: share, share");
        add_point(even, 0, 0);
        add_point(even, d->share_x.scale.factor, d->share_y.scale.factor);
    }
    for (size_t i = 0; i < figure->point_count * strategies; i++) {
        const size_t series = figure_series(figure, i / strategies, i % strategies);
        struct line *line;

        if (figure_panel(figure, i / strategies) != panel || d->loads[i].runs == 0)
            continue;
        line = lines_add(lines, series, LINE_DATA, LINE_JOINED,
                         is_lorenz ? "share of the nodes, of the messages that they handle"
                                   : "messages, share of the nodes");
        if (is_lorenz)
            add_curve(d, &d->loads[i], line);
        else
            add_outline(d, &d->loads[i], line);
    }
    return lines;
}

/* ---- drawing ---- */

/* `push: Gini 0.210`, or from what to what.  g_free() it. */
static char *write_name(const struct loads *loads, const char *name)
{
    const double gini = loads->gini / (double)loads->lorenz_runs;
    const double most = gini + loads->spread / (double)loads->lorenz_runs;

    return loads->spread > 0 ? g_strdup_printf("%s: Gini %.2f to %.2f", name, gini, most)
                             : g_strdup_printf("%s: Gini %.3f", name, gini);
}

static void name_series(const struct drawing *d)
{
    const struct figure *figure = d->figure;
    const size_t strategies = figure->study->strategy_count;

    for (size_t i = 0; i < figure->point_count * strategies; i++) {
        gpointer *name =
            &figure->series->pdata[figure_series(figure, i / strategies, i % strategies)];
        const struct loads *loads = &d->loads[i];
        char *safe, *cut;

        if (loads->lorenz_runs == 0)
            continue;
        safe = text_escape(*name);
        cut = text_shorten_middle(safe, NAME_COLUMNS, NAME_COLUMNS / 2);
        g_free(*name);
        *name = write_name(loads, cut);
        g_free(safe);
        g_free(cut);
    }
}

static void set_ranges(struct drawing *d, const struct canvas *canvas)
{
    double bars[BINS];

    d->x = d->y = TICKS_NONE;
    for (size_t i = 0; i < d->figure->point_count * d->figure->study->strategy_count; i++) {
        fill_bars(d, &d->loads[i], bars);
        for (size_t bar = 0; bar + 1 < BINS; bar++)
            if (bars[bar] > 0) {
                ticks_widen(&d->x, bar_start(d, bar));
                ticks_widen(&d->x, bar_start(d, bar + 1));
                ticks_widen(&d->y, bars[bar]);
            }
    }
    ticks_end(&d->x, UNIT_COUNT, d->has_doublings ? 1 : INFINITY, canvas_letters(canvas));
    ticks_end(&d->y, UNIT_SHARE, INFINITY, canvas_lines(canvas));
    d->share_x = d->share_y =
        (struct ticks){ .high = 1, .unit = UNIT_SHARE, .scale = scale_choose(UNIT_SHARE, 1) };
    d->share_x.room = canvas_letters(canvas);
    d->share_y.room = canvas_lines(canvas);
}

static void draw_panel(const struct drawing *d, struct canvas *canvas, size_t panel, char **names)
{
    const bool is_lorenz = panel % 2 == 1, is_text = canvas_is_text(canvas);
    const char *name = names[panel / 2], *what = is_lorenz ? "Lorenz curve" : "histogram";
    char *title = *name ? g_strdup_printf("%s: %s", what, name) : g_strdup(what);
    struct lines *lines = make_lines(d, panel / 2, is_lorenz);

    canvas_panel(canvas, panel, title,
                 is_lorenz ? "share of the nodes, the least loaded first (%)"
                           : "messages handled by a node",
                 !is_text    ? "left: nodes, right: messages that they handle (%)"
                 : is_lorenz ? "messages that they handle, %"
                             : "nodes, %");
    ticks_axis(is_lorenz ? &d->share_x : &d->x, 'x', canvas->gnuplot);
    ticks_axis(is_lorenz ? &d->share_y : &d->y, 'y', canvas->gnuplot);
    lines_plot(lines, canvas, panel);
    lines_free(lines);
    g_free(title);
}

static struct canvas *draw_page(struct drawing *d, const char *runs)
{
    struct figure *figure = d->figure;
    struct canvas_size size = *figure->size;
    const size_t points = figure->panels->len;
    char **names = g_new0(char *, points + 1);
    char *colours = figure_colours(figure), *subtitle = g_strconcat(runs, colours, NULL);
    struct canvas *canvas;

    if (points == 1) {
        name_series(d);
        size.names = LEGEND_COLUMNS;
    }
    for (size_t i = 0; i < points; i++)
        names[i] = g_strdup(figure->panels->pdata[i]);
    for (size_t i = 0; i < points; i++) /* a second panel each */
        g_ptr_array_add(figure->panels, g_strdup(""));
    figure->size = &size;
    canvas = figure_canvas(figure, "messages that nodes handle", subtitle);
    set_ranges(d, canvas);
    for (size_t panel = 0; panel < 2 * points; panel++)
        draw_panel(d, canvas, panel, names);
    canvas_finish(canvas);
    g_strfreev(names);
    g_free(colours);
    g_free(subtitle);
    return canvas;
}

static struct canvas *draw(struct figure *figure, struct errors *errors)
{
    struct drawing d = { .figure = figure };
    struct canvas *canvas = NULL;
    char *runs = NULL;

    figure_divide(figure, -1, false);
    if (figure->panels->len > POINTS_MAX) {
        errors_add(errors, ERROR_SCENARIO,
                   "the kind load draws at most %d points of a sweep, not %u: choose with --where "
                   "PATH=VALUE",
                   POINTS_MAX, figure->panels->len);
        return NULL;
    }
    d.loads = g_new0(struct loads, figure->point_count * figure->study->strategy_count + 1);
    if (figure_check_size(figure, errors) && read_all(&d, errors) &&
        figure_runs(figure, "mean", &runs, errors))
        canvas = draw_page(&d, runs);
    g_free(d.loads);
    g_free(runs);
    return canvas;
}

const struct figure_kind figure_load = {
    .name = "load",
    .summary = "how many messages nodes handle, and how evenly: histogram and Lorenz curve",
    .draw = draw,
};
