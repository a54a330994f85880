/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * overlay.c - the graph of views: clustering, the mean path and the largest component against time,
 * and how many views nodes are in when their run ends.
 *
 * A line a strategy, the mean over its runs; for each point a panel of each of the four.
 */
#include "analysis/figure/figure_parts.h"
#include "analysis/figure/ticks.h"
#include "experiment/store/database.h"

#include <math.h>

enum quantity { CLUSTERING, PATH_LENGTH, LARGEST, IN_DEGREE, QUANTITIES };
static const struct {
    const char *name, *sql; /* of what is drawn: x, y */
    double factor;
} quantities[QUANTITIES] = {
#define AGAINST_TIME(column)                                                         \
    "SELECT t_ns / 1e9, avg(" column ") FROM run JOIN overlay USING (run_id) "       \
    "WHERE status = 'done' AND " STUDY_RUNS " GROUP BY t_ns HAVING avg(" column ") " \
    "IS NOT NULL ORDER BY t_ns"
    [CLUSTERING] = { "clustering", AGAINST_TIME("clustering"), 1 },
    [PATH_LENGTH] = { "mean path, links", AGAINST_TIME("path_length"), 1 },
    [LARGEST] = { "largest component, % of live nodes", AGAINST_TIME("largest"), 100 },
    [IN_DEGREE] = { "views that a node is in at the end: % of nodes",
                    "SELECT (lo + hi - 1) / 2, sum(count / (hi - lo)) / (SELECT "
                    "sum(count) FROM run JOIN histogram USING (run_id) WHERE name = 'in_degree' "
                    "AND status = 'done' AND " STUDY_RUNS
                    ") FROM run JOIN histogram USING (run_id) "
                    "WHERE name = 'in_degree' AND status = 'done' AND " STUDY_RUNS
                    " GROUP BY 1 ORDER BY 1",
                    100 },
};

struct drawing {
    const struct figure *figure;
    GArray **curves; /* struct line_point: point by point, strategy by strategy, four each */
    size_t count;    /* of these fours */
    struct ticks time;
};

static GArray *curve_of(const struct drawing *d, size_t i, int quantity)
{
    return d->curves[i * QUANTITIES + (size_t)quantity];
}

/* ---- reading ---- */

static bool read_curve(const struct study *study, size_t point, const char *strategy, int quantity,
                       GArray *curve, struct errors *errors)
{
    sqlite3_stmt *statement =
        database_prepare(study->database, study->path, quantities[quantity].sql, errors);
    int code;

    if (!statement)
        return false;
    study_bind(study, point, strategy, statement);
    while ((code = sqlite3_step(statement)) == SQLITE_ROW) {
        const struct line_point at = { .x = sqlite3_column_double(statement, 0),
                                       .y = quantities[quantity].factor *
                                            sqlite3_column_double(statement, 1),
                                       .lower = NAN,
                                       .upper = NAN,
                                       .beyond = NAN };

        g_array_append_val(curve, at);
    }
    if (code != SQLITE_DONE)
        database_error(study->database, study->path, errors);
    sqlite3_finalize(statement);
    return code == SQLITE_DONE;
}

static bool read_curves(struct drawing *d, struct errors *errors)
{
    const struct study *study = d->figure->study;
    bool is_good = true;

    d->count = d->figure->point_count * study->strategy_count;
    d->curves = g_new0(GArray *, d->count * QUANTITIES + 1);
    for (size_t i = 0; i < d->count * QUANTITIES; i++) {
        const size_t place = i / QUANTITIES;

        d->curves[i] = g_array_new(FALSE, FALSE, sizeof(struct line_point));
        is_good = is_good && read_curve(study, d->figure->points[place / study->strategy_count],
                                        study->strategies[place % study->strategy_count],
                                        (int)(i % QUANTITIES), d->curves[i], errors);
    }
    return is_good;
}

static bool has_rows(const struct drawing *d, struct errors *errors)
{
    for (size_t i = 0; i < d->count; i++)
        if (curve_of(d, i, LARGEST)->len > 0)
            return true;
    errors_add(errors, ERROR_SCENARIO,
               "there is no overlay: no run has a model that keeps a view and "
               "`record: {overlay: {every: 10s}}`");
    return false;
}

static void clear(struct drawing *d)
{
    for (size_t i = 0; i < d->count * QUANTITIES; i++)
        g_array_free(d->curves[i], TRUE);
    g_free(d->curves);
}

/* ---- axes ---- */

static void choose_time_axis(struct drawing *d)
{
    double end = 0;

    for (size_t i = 0; i < d->count; i++) {
        const GArray *curve = curve_of(d, i, LARGEST);

        if (curve->len > 0)
            end = fmax(end, g_array_index(curve, struct line_point, curve->len - 1).x);
    }
    if (d->figure->options->until > 0)
        end = (double)d->figure->options->until / (double)SIM_SECOND;
    d->time = (struct ticks){ .high = end > 0 ? end : 1, .unit = UNIT_TIME };
    d->time.scale = scale_choose(UNIT_TIME, d->time.high);
}

/* Four panels in the place of each. */
static void name_panels(struct drawing *d)
{
    GPtrArray *panels = d->figure->panels;
    GPtrArray *before = g_ptr_array_new_with_free_func(g_free);

    for (guint i = 0; i < panels->len; i++)
        g_ptr_array_add(before, g_strdup(g_ptr_array_index(panels, i)));
    g_ptr_array_set_size(panels, 0);
    for (guint i = 0; i < before->len; i++)
        for (int k = 0; k < QUANTITIES; k++) {
            const char *name = g_ptr_array_index(before, i);

            g_ptr_array_add(panels,
                            g_strdup_printf("%s%s%s", name, *name ? ": " : "", quantities[k].name));
        }
    g_ptr_array_free(before, TRUE);
}

/* ---- the page ---- */

static struct lines *make_lines(const struct drawing *d, size_t group, int quantity)
{
    const size_t strategies = d->figure->study->strategy_count;
    const double factor = quantity == IN_DEGREE ? 1 : d->time.scale.factor;
    struct lines *lines = lines_new();

    for (size_t i = 0; i < d->count; i++) {
        const GArray *curve = curve_of(d, i, quantity);
        struct line *line;

        if (figure_panel(d->figure, i / strategies) != group || curve->len == 0)
            continue;
        line =
            lines_add(lines, figure_series(d->figure, i / strategies, i % strategies), LINE_DATA,
                      LINE_JOINED | (curve->len == 1 ? LINE_MARKED : 0), quantities[quantity].name);
        for (guint k = 0; k < curve->len; k++) {
            struct line_point at = g_array_index(curve, struct line_point, k);

            at.x *= factor;
            line_add(line, at);
        }
    }
    return lines;
}

static void draw_panel(const struct drawing *d, struct canvas *canvas, size_t panel)
{
    const int quantity = (int)(panel % QUANTITIES);
    char *x_label =
        quantity == IN_DEGREE ? g_strdup("views") : figure_label("time", ticks_unit(&d->time));
    struct lines *lines = make_lines(d, panel / QUANTITIES, quantity);

    canvas_panel(canvas, panel, figure_panel_name(d->figure, panel), x_label, "");
    gnuplot_add(canvas->gnuplot, "set yrange [%s\nset ytics autofreq format '%%g'\n",
                quantity == LARGEST ? "0:101]" : "0:*]");
    if (quantity == IN_DEGREE) {
        gnuplot_add(canvas->gnuplot, "set xrange [*:*]\nset xtics autofreq\n");
    } else {
        gnuplot_add(canvas->gnuplot, "set xrange [0:%.7g]\n", d->time.high * d->time.scale.factor);
        ticks_set(&d->time, 'x', canvas->gnuplot);
    }
    lines_plot(lines, canvas, panel);
    lines_free(lines);
    g_free(x_label);
}

static struct canvas *draw_page(struct drawing *d, const char *runs)
{
    char *colours = figure_colours(d->figure), *subtitle = g_strdup_printf("%s%s", runs, colours);
    struct canvas *canvas = figure_canvas(d->figure, "the graph of views", subtitle);

    choose_time_axis(d);
    d->time.room = canvas_letters(canvas);
    for (size_t panel = 0; panel < d->figure->panels->len; panel++)
        draw_panel(d, canvas, panel);
    canvas_finish(canvas);
    g_free(subtitle);
    g_free(colours);
    return canvas;
}

static struct canvas *draw(struct figure *figure, struct errors *errors)
{
    struct drawing d = { .figure = figure };
    struct canvas *canvas = NULL;
    char *runs = NULL;

    figure_divide(figure, -1, false);
    name_panels(&d);
    if (!figure_check_size(figure, errors))
        return NULL;
    if (read_curves(&d, errors) && has_rows(&d, errors) &&
        figure_runs(figure, "mean", &runs, errors))
        canvas = draw_page(&d, runs);
    g_free(runs);
    clear(&d);
    return canvas;
}

const struct figure_kind figure_overlay = {
    .name = "overlay",
    .summary = "clustering, paths and components of the graph of views, and in how many nodes are",
    .takes = FIGURE_UNTIL,
    .draw = draw,
};
