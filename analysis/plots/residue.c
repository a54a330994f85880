/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * residue.c - what is left uninformed against the traffic spent, with the law e^-m of rumor
 * mongering as a guide (Demers et al., PODC 1987, section 1.4).
 *
 * Both axes are means over the runs with their 95 % intervals.  A strategy that left nobody
 * uninformed in any run has no place on a logarithmic axis: it stands on the lower edge with an
 * open marker, above those of others that would hide it.
 */
#include "analysis/figure/figure_parts.h"
#include "analysis/figure/ticks.h"

#include <math.h>

enum {
    LAW_STEPS = 100,
    MARKER_ROWS_MAX = 8, /* of open markers above each other */
};
#define MARKER_WIDTH 0.015 /* of the x axis */

struct spot {
    struct estimate m, residue; /* residue as a share */
};

static bool read_spots(const struct figure *figure, struct spot *spots, struct errors *errors)
{
    size_t strategies = figure->study->strategy_count;

    for (size_t i = 0; i < figure->point_count * strategies; i++) {
        struct summary m, residue;
        size_t point = figure->points[i / strategies];
        if (!figure_summary(figure, point, i % strategies, "m", &m, errors) ||
            !figure_summary(figure, point, i % strategies, "residue", &residue, errors))
            return false;
        spots[i] = (struct spot){ m.estimate, residue.estimate };
    }
    return true;
}

/* The lower edge: a power of ten below every residue that is drawn and at most one node. */
static double lower_edge(const struct figure *figure, const struct spot *spots, size_t count)
{
    double least = isnan(figure->study->nodes) ? 0.01 : fmin(0.01, 1 / figure->study->nodes);

    for (size_t i = 0; i < count; i++)
        if (spots[i].residue.value > 0)
            least = fmin(least, spots[i].residue.value);
    return pow(10, floor(log10(least * 0.7)));
}

/* The page in the making. */
struct drawing {
    const struct figure *figure;
    const struct spot *spots; /* point by point, strategy by strategy */
    size_t spot_count;
    double edge, m_max; /* where the axes end */
    bool is_text;
    GArray *open; /* struct open_marker, those that stand already */
};

struct open_marker {
    double m;
    size_t series, row;
};

/* The law, which a logarithmic axis shows as a straight line. */
static void add_law(const struct drawing *d, struct lines *lines)
{
    struct line *law =
        lines_add(lines, LINE_GUIDE, LINE_THEORY, LINE_JOINED, "m, residue in % by the law e^-m");

    for (int i = 0; i <= LAW_STEPS; i++) {
        double m = d->m_max * i / LAW_STEPS;
        line_add(law,
                 (struct line_point){ .x = m, .y = 100 * exp(-m), .lower = NAN, .upper = NAN });
    }
}

static bool is_taken(const struct drawing *d, size_t series, size_t row, double m)
{
    for (guint i = 0; i < d->open->len; i++) {
        const struct open_marker *other = &g_array_index(d->open, struct open_marker, i);
        if (other->row == row && other->series != series &&
            fabs(other->m - m) < MARKER_WIDTH * d->m_max)
            return true;
    }
    return false;
}

/* Where "nobody" is drawn, in per cent: clear of the axis, a row above it in a terminal, and above
 * the markers of other series. */
static double place_open(struct drawing *d, size_t series, double m)
{
    struct open_marker marker = { m, series, 0 };
    double first = d->is_text ? 1.0 / 12 : 1.0 / 50, step = d->is_text ? 1.0 / 12 : 1.0 / 32;

    while (marker.row < MARKER_ROWS_MAX && is_taken(d, series, marker.row, m))
        marker.row++;
    g_array_append_val(d->open, marker);
    return 100 * d->edge * pow(1 / d->edge, first + step * (double)marker.row);
}

/* A spot, cut to the lower edge. */
static void add_spot(struct drawing *d, struct line *line, const struct spot *spot)
{
    const struct estimate *m = &spot->m, *r = &spot->residue;

    line_add(line, (struct line_point){
                       .x = m->value,
                       .x_lower = isnan(m->lower) ? m->value : fmax(m->lower, 0),
                       .x_upper = isnan(m->upper) ? m->value : m->upper,
                       .y = 100 * fmax(r->value, d->edge),
                       .lower = 100 * fmax(isnan(r->lower) ? r->value : r->lower, d->edge),
                       .upper = 100 * fmax(isnan(r->upper) ? r->value : r->upper, d->edge),
                       .beyond = r->value == 0 ? place_open(d, line->series, m->value) : NAN });
}

static struct lines *make_lines(struct drawing *d)
{
    const struct figure *figure = d->figure;
    size_t strategies = figure->study->strategy_count;
    /* A line joins what differs in one parameter. */
    bool is_linked = figure_axes(figure) == (figure->series_axis < 0 ? 1 : 2);
    unsigned looks = LINE_MARKED | LINE_BARS | LINE_BARS_X | (is_linked ? LINE_LINKED : 0);
    struct lines *lines = lines_new();

    add_law(d, lines);
    for (size_t series = 0; series < figure->series->len; series++) {
        struct line *line = lines_add(lines, series, LINE_DATA, looks,
                                      "m, residue in %, 95 % limits, open marker, limits of m");
        line->is_below = true;
        for (size_t i = 0; i < d->spot_count; i++)
            if (figure_series(figure, i / strategies, i % strategies) == series)
                add_spot(d, line, &d->spots[i]);
    }
    return lines;
}

static double largest_m(const struct spot *spots, size_t count)
{
    double largest = 1;

    for (size_t i = 0; i < count; i++) {
        largest = fmax(largest, isfinite(spots[i].m.value) ? spots[i].m.value : 0);
        largest = fmax(largest, isfinite(spots[i].m.upper) ? spots[i].m.upper : 0);
    }
    return largest;
}

/* Names the guide beside its line: above it where that is steep, below it where it is flat. */
static void label_law(struct canvas *canvas, double x_max, double edge)
{
    double x = fmin(0.3 * x_max, -0.4 * log(edge));
    bool is_flat = x < 1;

    gnuplot_add(canvas->gnuplot,
                "set label 5 '%s' at first %.4g, %.4g %s %s offset %s textcolor rgb '#808080'\n",
                canvas_is_text(canvas) ? "law e^-m" : "law of rumor mongering, e⁻ᵐ", x,
                100 * exp(-x), canvas_is_text(canvas) ? "front" : "", is_flat ? "right" : "left",
                is_flat ? "0,-1.2" : "0.8,0.6");
}

static char *write_subtitle(const struct figure *figure, const struct spot *spots, const char *runs)
{
    bool has_zero = false, has_interval = false;
    char *colours = figure_colours(figure), *subtitle;

    for (size_t i = 0; i < figure->point_count * figure->study->strategy_count; i++) {
        has_zero = has_zero || spots[i].residue.value == 0;
        has_interval = has_interval || !isnan(spots[i].m.lower);
    }
    subtitle =
        g_strdup_printf("%s%s%s%s", runs, has_interval ? " with 95 % intervals" : "", colours,
                        has_zero ? "; open triangle: nobody left uninformed in any run" : "");
    g_free(colours);
    return subtitle;
}

static struct canvas *draw_page(struct drawing *d, const char *runs)
{
    const struct figure *figure = d->figure;
    char *subtitle = write_subtitle(figure, d->spots, runs);
    struct canvas *canvas = figure_canvas(figure, "what is left against what is sent", subtitle);
    struct ticks x = { .high = d->m_max,
                       .unit = UNIT_NUMBER,
                       .scale = scale_choose(UNIT_NUMBER, d->m_max),
                       .room = canvas_letters(canvas) };
    struct lines *lines;

    d->is_text = canvas_is_text(canvas);
    lines = make_lines(d);
    canvas_panel(canvas, 0, NULL, "payload copies sent per node, m", "nodes left uninformed");
    gnuplot_add(canvas->gnuplot,
                "set logscale y\nset xrange [0:%.7g]\nset yrange [%.7g:100]\n"
                "set ytics format '%%g %%%%'\n",
                d->m_max, 100 * d->edge);
    ticks_set(&x, 'x', canvas->gnuplot);
    label_law(canvas, d->m_max, d->edge);
    lines_plot(lines, canvas, 0);
    canvas_finish(canvas);
    lines_free(lines);
    g_free(subtitle);
    return canvas;
}

static struct canvas *draw(struct figure *figure, struct errors *errors)
{
    size_t count = figure->point_count * figure->study->strategy_count;
    struct spot *spots = g_new0(struct spot, count + 1);
    struct drawing d = { .figure = figure, .spots = spots, .spot_count = count };
    struct canvas *canvas = NULL;
    char *runs = NULL;

    d.open = g_array_new(FALSE, FALSE, sizeof(struct open_marker));
    figure_divide(figure, figure_first_axis(figure), true);
    if (figure_has_updates(figure, errors) && figure_check_size(figure, errors) &&
        study_check_metric(figure->study, "m", errors) &&
        study_check_metric(figure->study, "residue", errors) && read_spots(figure, spots, errors) &&
        figure_runs(figure, "mean", &runs, errors)) {
        d.edge = lower_edge(figure, spots, count);
        d.m_max = largest_m(spots, count) * 1.08;
        canvas = draw_page(&d, runs);
    }
    g_array_free(d.open, TRUE);
    g_free(runs);
    g_free(spots);
    return canvas;
}

const struct figure_kind figure_residue = {
    .name = "residue",
    .summary = "what is left uninformed against the traffic spent, with the law e^-m",
    .draw = draw,
};
