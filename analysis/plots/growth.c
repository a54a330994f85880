/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * growth.c - how a metric grows with a parameter, with the law of each line.
 *
 * Means with 95 % intervals against the parameter, whose axis is logarithmic, a panel a combination
 * of the others; dashed, the law of `report --growth`, which the legend writes behind the name
 * where there is one panel.  A law is that of the points at which every run got there; at the
 * others an open triangle stands on the upper edge.  Where all values are above 0 and span nearly
 * two decades the y axis is logarithmic, too.
 */
#include "analysis/figure/figure_parts.h"
#include "analysis/figure/ticks.h"
#include "analysis/text/text.h"
#include "analysis/verdict/growth_line.h"

#include <math.h>
#include <string.h>

enum {
    NAME_COLUMNS = 24,   /* of a name in the legend before its law */
    LEGEND_COLUMNS = 64, /* of both */
    LAW_POINTS = 60,     /* of a law that is drawn */
};
#define MARGIN     1.15 /* of the x axis, as a factor */
#define LOG_FROM_Y 50

struct drawing {
    struct figure *figure;
    struct metric metric;
    struct summary *summaries; /* point by point, strategy by strategy */
    GArray *laws;              /* struct growth_line, of each line that has points */
    struct ticks x, y;
};

static bool read_summaries(struct drawing *d, struct errors *errors)
{
    const struct study *study = d->figure->study;
    const size_t strategies = study->strategy_count;

    d->summaries = g_new0(struct summary, d->figure->point_count * strategies + 1);
    for (size_t i = 0; i < d->figure->point_count * strategies; i++) {
        struct series series;

        if (!study_read(study, d->figure->points[i / strategies], study->strategies[i % strategies],
                        d->metric.name, &series, errors))
            return false;
        d->summaries[i] = summary_mean(&series);
        series_clear(&series);
    }
    return true;
}

static bool read_lines(struct drawing *d, const struct growth_points *points, struct errors *errors)
{
    const struct study *study = d->figure->study;

    for (size_t point = 0; point < study->point_count; point++)
        for (size_t s = 0; s < study->strategy_count && points->is_first[point]; s++) {
            struct growth_line line = { .point = point, .strategy = s, .metric = d->metric };

            if (!growth_line_read(study, d->figure->x_axis, points, &line, errors))
                return false;
            g_array_append_val(d->laws, line);
        }
    return true;
}

static bool read_laws(struct drawing *d, struct errors *errors)
{
    struct growth_points points;
    const bool is_good = growth_points_find(d->figure->study, d->figure->x_axis, &points, errors) &&
                         read_lines(d, &points, errors);

    growth_points_clear(&points);
    return is_good;
}

/* ---- the legend ---- */

static size_t series_of(const struct figure *figure, const struct growth_line *line)
{
    return figure->series_axis < 0 ? line->strategy : figure->places[line->point].series;
}

/* Behind each name of the legend its law. */
static void name_laws(const struct drawing *d)
{
    for (guint i = 0; i < d->laws->len; i++) {
        const struct growth_line *line = &g_array_index(d->laws, struct growth_line, i);
        gpointer *name = &d->figure->series->pdata[series_of(d->figure, line)];
        char *safe, *cut, *law;

        if (!line->has_law)
            continue;
        safe = text_escape(*name);
        cut = text_shorten_middle(safe, NAME_COLUMNS, NAME_COLUMNS / 2);
        law = growth_line_law(d->figure->study, d->figure->x_axis, line);
        g_free(*name);
        *name = g_strconcat(cut, ": ", law, NULL);
        g_free(safe);
        g_free(cut);
        g_free(law);
    }
}

/* ---- lines ---- */

static double x_of(const struct drawing *d, size_t i)
{
    return figure_value(d->figure, i, (size_t)d->figure->x_axis)->number;
}

static void add_point(const struct drawing *d, struct line *line, size_t i, size_t strategy)
{
    const struct summary *s = &d->summaries[i * d->figure->study->strategy_count + strategy];
    const struct estimate *e = &s->estimate;
    const double factor = d->y.scale.factor;
    const bool is_whole = s->never == 0;

    if (s->runs == 0)
        return;
    line_add(line, (struct line_point){
                       .x = x_of(d, i) * d->x.scale.factor,
                       .y = is_whole ? e->value * factor : NAN,
                       .lower = (isnan(e->lower) ? e->value : fmax(e->lower, d->y.low)) * factor,
                       .upper = (isnan(e->upper) ? e->value : e->upper) * factor,
                       .beyond = is_whole ? NAN : d->y.high * factor });
}

/* From the first of the line's points to the last. */
static void add_law(const struct drawing *d, struct lines *lines, const struct growth_line *law)
{
    struct line *line = lines_add(lines, series_of(d->figure, law), LINE_THEORY, LINE_JOINED,
                                  "parameter, what the law says");
    const double low = d->x.low * MARGIN, high = d->x.high / MARGIN;

    for (int i = 0; i < LAW_POINTS; i++) {
        const double x = low * pow(high / low, i / (LAW_POINTS - 1.0)), y = law_at(&law->law, x);

        if (y >= d->y.low && y <= d->y.high)
            line_add(line, (struct line_point){ .x = x * d->x.scale.factor,
                                                .y = y * d->y.scale.factor,
                                                .lower = NAN,
                                                .upper = NAN });
    }
}

static struct lines *make_lines(void *drawing, size_t panel)
{
    const struct drawing *d = drawing;
    const struct figure *figure = d->figure;
    struct lines *lines = lines_new();

    for (size_t series = 0; series < figure->series->len; series++) {
        struct line *line = lines_add(lines, series, LINE_DATA, LINE_MARKED | LINE_BARS,
                                      "parameter, mean, 95 % limits, not all runs");
        for (size_t i = 0; i < figure->point_count; i++)
            for (size_t s = 0; s < figure->study->strategy_count; s++)
                if (figure_panel(figure, i) == panel && figure_series(figure, i, s) == series)
                    add_point(d, line, i, s);
    }
    for (guint i = 0; i < d->laws->len; i++) {
        const struct growth_line *law = &g_array_index(d->laws, struct growth_line, i);
        if (law->has_law && figure->places[law->point].panel == panel)
            add_law(d, lines, law);
    }
    return lines;
}

/* ---- drawing ---- */

static void set_ranges(struct drawing *d, const struct canvas *canvas)
{
    const struct figure *figure = d->figure;

    d->x = d->y = TICKS_NONE;
    for (size_t i = 0; i < figure->point_count; i++)
        ticks_widen(&d->x, x_of(d, i));
    for (size_t i = 0; i < figure->point_count * figure->study->strategy_count; i++)
        if (d->summaries[i].never == 0) {
            ticks_widen(&d->y, d->summaries[i].estimate.value);
            ticks_widen(&d->y, d->summaries[i].estimate.upper);
        }
    ticks_end(&d->y, d->metric.unit, LOG_FROM_Y, canvas_lines(canvas));
    d->x.low /= MARGIN;
    d->x.high *= MARGIN;
    d->x.is_log = true;
    d->x.unit = figure_x_unit(figure);
    d->x.scale = scale_choose(d->x.unit, d->x.high);
    d->x.room = canvas_letters(canvas);
}

static char *write_subtitle(const struct drawing *d, const char *runs)
{
    const struct figure *figure = d->figure;
    bool has_never = false, has_interval = false, has_law = false;
    char *colours = figure_colours(figure), *subtitle;

    for (size_t i = 0; i < figure->point_count * figure->study->strategy_count; i++) {
        has_never = has_never || d->summaries[i].never > 0;
        has_interval =
            has_interval || (d->summaries[i].never == 0 && !isnan(d->summaries[i].estimate.lower));
    }
    for (guint i = 0; i < d->laws->len; i++)
        has_law = has_law || g_array_index(d->laws, struct growth_line, i).has_law;
    subtitle =
        g_strdup_printf("%s%s%s%s%s", runs, has_interval ? " with 95 % intervals" : "", colours,
                        !has_law                   ? "; no law: that takes three sizes"
                        : figure->panels->len == 1 ? "; dashed: the law that comes nearest"
                                                   : "; dashed: the laws of `report --growth`",
                        has_never ? "; triangle: some run never got there" : "");
    g_free(colours);
    return subtitle;
}

static struct canvas *draw_page(struct drawing *d, const char *runs)
{
    struct figure *figure = d->figure;
    struct canvas_size size = *figure->size;
    const char *axis = figure->study->axes[figure->x_axis];
    char *what = g_strdup_printf("%s grows with %s", d->metric.name, axis);
    char *subtitle = write_subtitle(d, runs), *y_label;
    struct canvas *canvas;

    if (figure->panels->len == 1) {
        name_laws(d);
        size.names = LEGEND_COLUMNS;
        figure->size = &size;
    }
    canvas = figure_canvas(figure, what, subtitle);
    set_ranges(d, canvas);
    y_label = figure_label(d->metric.label, ticks_unit(&d->y));
    figure_plot(figure, canvas,
                &(struct figure_axes){ axis, y_label, &d->x, &d->y, make_lines, d });
    g_free(what);
    g_free(subtitle);
    g_free(y_label);
    return canvas;
}

static struct canvas *draw(struct figure *figure, struct errors *errors)
{
    struct drawing d = { .figure = figure };
    struct canvas *canvas = NULL;
    char *runs = NULL;
    const int axis = growth_line_axis(figure->study, figure->options->by, errors);

    if (axis < 0 || !figure_metric(figure, &d.metric, errors))
        return NULL;
    figure_divide(figure, axis, false);
    d.laws = g_array_new(FALSE, FALSE, sizeof(struct growth_line));
    if (figure_check_size(figure, errors) && read_summaries(&d, errors) && read_laws(&d, errors) &&
        figure_runs(figure, "mean", &runs, errors))
        canvas = draw_page(&d, runs);
    g_array_free(d.laws, TRUE);
    g_free(d.summaries);
    g_free(runs);
    return canvas;
}

const struct figure_kind figure_growth = {
    .name = "growth",
    .summary = "a metric's means against a parameter, with the law by which it grows",
    .takes = FIGURE_METRIC | FIGURE_BY,
    .draw = draw,
};
