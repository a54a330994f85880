/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * figure_residue.c - residue against traffic; see figure.h.
 *
 * Both axes are means over the runs with their 95 % intervals.  A strategy that left nobody
 * uninformed in any run has no place on a logarithmic axis: it stands on the lower edge with an
 * open marker.
 */
#include "analysis/figure/figure_kinds.h"
#include "analysis/figure/ticks.h"

#include <math.h>

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

/* A row: m, its limits, residue in per cent, its limits; cut to the lower edge. */
static void write_spot(const struct spot *spot, GString *rows, double edge)
{
    const struct estimate *m = &spot->m, *r = &spot->residue;

    figure_number(rows, m->value);
    figure_number(rows, isnan(m->lower) ? m->value : fmax(m->lower, 0));
    figure_number(rows, isnan(m->upper) ? m->value : m->upper);
    figure_number(rows, 100 * fmax(r->value, edge));
    figure_number(rows, 100 * fmax(isnan(r->lower) ? r->value : r->lower, edge));
    figure_number(rows, 100 * fmax(isnan(r->upper) ? r->value : r->upper, edge));
    g_string_append_printf(rows, "%d\n", r->value == 0);
}

static void write_spots(const struct figure *figure, struct canvas *canvas,
                        const struct spot *spots, double edge, size_t series)
{
    char *name = canvas_file_name(0, series);
    GString *rows = gnuplot_data(canvas->gnuplot, name);
    size_t strategies = figure->study->strategy_count;

    g_string_append(rows, "# m, 95 % limits, residue in %, 95 % limits, open marker\n");
    for (size_t i = 0; i < figure->point_count; i++)
        for (size_t s = 0; s < strategies; s++)
            if (figure_series(figure, i, s) == series)
                write_spot(&spots[i * strategies + s], rows, edge);
    g_free(name);
}

static void plot_spots(struct canvas *canvas, double edge, bool is_line)
{
    struct gnuplot *g = canvas->gnuplot;
    /* Where "nobody" is drawn: clear of the axis, a row above it in a terminal. */
    double above = pow(1 / edge, canvas_is_text(canvas) ? 1.0 / 12 : 1.0 / 50);

    canvas_plot(canvas, 0, true);
    gnuplot_add(g, "    100 * exp(-x) with lines lt 1 lc rgb '#999999' lw 1.2 dt '-' notitle");
    for (size_t s = 0; s < canvas->series_count; s++) {
        char *name = canvas_file_name(0, s);
        int line = canvas_line(s);
        if (is_line)
            gnuplot_add(g, ", \\\n    '%s' using 1:4 with lines lt %d lw 1 notitle", name, line);
        if (!canvas_is_text(canvas))
            gnuplot_add(g,
                        ", \\\n    '%s' using 1:4:2:3:5:6 with xyerrorbars lt %d lw 1.4 pt 0 "
                        "notitle",
                        name, line);
        gnuplot_add(g,
                    ", \\\n    '%s' using 1:($7 == 0 ? $4 : NaN) with points lt %d ps 1.2 notitle"
                    ", \\\n    '%s' using 1:($7 == 1 ? %.7g : NaN) with points lt %d %s ps 1.4 "
                    "lw 1.6 notitle",
                    name, line, name, 100 * edge * above, line,
                    canvas_is_text(canvas) ? "" : "pt 10");
        g_free(name);
    }
    gnuplot_add(g, "\n");
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

static struct canvas *draw(const struct figure *figure, const struct spot *spots, const char *runs)
{
    size_t count = figure->point_count * figure->study->strategy_count;
    double edge = lower_edge(figure, spots, count), m_max = largest_m(spots, count) * 1.08;
    char *subtitle = write_subtitle(figure, spots, runs);
    struct canvas *canvas = figure_canvas(figure, "what is left against what is sent", subtitle);
    struct ticks x = { .high = m_max,
                       .unit = UNIT_NUMBER,
                       .scale = scale_choose(UNIT_NUMBER, m_max),
                       .room = canvas_letters(canvas) };

    for (size_t s = 0; s < canvas->series_count; s++)
        write_spots(figure, canvas, spots, edge, s);
    canvas_panel(canvas, 0, NULL, "payload copies sent per node, m", "nodes left uninformed");
    gnuplot_add(canvas->gnuplot,
                "set logscale y\nset samples 400\nset xrange [0:%.7g]\nset yrange [%.7g:100]\n"
                "set ytics format '%%g %%%%'\n",
                m_max, 100 * edge);
    ticks_set(&x, 'x', canvas->gnuplot);
    label_law(canvas, m_max, edge);
    /* A line joins what differs in one parameter. */
    plot_spots(canvas, edge, figure_axes(figure) == (figure->series_axis < 0 ? 1 : 2));
    canvas_finish(canvas);
    g_free(subtitle);
    return canvas;
}

struct canvas *figure_residue(struct figure *figure, struct errors *errors)
{
    size_t count = figure->point_count * figure->study->strategy_count;
    struct spot *spots = g_new0(struct spot, count + 1);
    struct canvas *canvas = NULL;
    char *runs = NULL;

    figure_divide(figure, figure_first_axis(figure), true);
    if (figure_check_size(figure, errors) && study_check_metric(figure->study, "m", errors) &&
        study_check_metric(figure->study, "residue", errors) && read_spots(figure, spots, errors) &&
        figure_runs(figure, "mean", &runs, errors))
        canvas = draw(figure, spots, runs);
    g_free(runs);
    g_free(spots);
    return canvas;
}
