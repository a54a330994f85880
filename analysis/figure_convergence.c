/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * figure_convergence.c - the informed share against time; see figure.h.
 *
 * The x axis ends where the slowest curve is all but flat.  It is logarithmic if the fastest is
 * flat more than twenty times sooner, which would otherwise be a line along the y axis.
 */
#include "analysis/curve.h"
#include "analysis/figure_kinds.h"

#include <math.h>

enum { TIMES_MAX = 400 };

struct time_axis {
    double start, end; /* seconds */
    bool is_log;
    struct scale scale;
};

struct curves {
    struct trajectories *all; /* point by point, strategy by strategy */
    size_t count;
};

static bool read_curves(const struct figure *figure, struct curves *curves, struct errors *errors)
{
    const struct study *study = figure->study;
    bool is_good = true;

    curves->count = figure->point_count * study->strategy_count;
    curves->all = g_new0(struct trajectories, curves->count + 1);
    for (size_t i = 0; i < curves->count; i++)
        is_good = trajectories_read(study, figure->points[i / study->strategy_count],
                                    study->strategies[i % study->strategy_count], &curves->all[i],
                                    errors) &&
                  is_good;
    return is_good;
}

static void clear_curves(struct curves *curves)
{
    for (size_t i = 0; i < curves->count; i++)
        trajectories_clear(&curves->all[i]);
    g_free(curves->all);
}

static void choose_time_axis(const struct figure *figure, const struct curves *curves,
                             struct time_axis *axis)
{
    double fastest = INFINITY, slowest = 0;

    for (size_t i = 0; i < curves->count; i++) {
        double horizon = trajectories_horizon(&curves->all[i]);
        if (horizon > 0)
            fastest = fmin(fastest, horizon);
        slowest = fmax(slowest, horizon);
    }
    axis->end = slowest > 0 ? 1.1 * slowest : 1;
    if (figure->options->until > 0)
        axis->end = (double)figure->options->until / (double)SIM_SECOND;
    axis->is_log = axis->end > 20 * fastest;
    axis->start = axis->is_log ? fastest / 20 : 0;
    axis->scale = scale_choose(UNIT_TIME, axis->end);
}

/* Writes the data file of a curve and returns the lowest value that it shows. */
static double write_curve(struct canvas *canvas, const struct trajectories *t,
                          const struct time_axis *axis, size_t panel, size_t series)
{
    double lowest = 1;
    char *name = canvas_file_name(panel, series);
    GString *rows = gnuplot_data(canvas->gnuplot, name);
    double times[TIMES_MAX];
    struct estimate curve[TIMES_MAX];
    size_t count = trajectories_times(t, axis->start, axis->end, times, TIMES_MAX);

    trajectories_curve(t, times, count, curve);
    g_string_append_printf(rows, "# time in %s, mean informed share in %%, 95 %% limits\n",
                           axis->scale.unit);
    for (size_t k = 0; k < count; k++) {
        figure_number(rows, times[k] * axis->scale.factor);
        figure_number(rows, 100 * curve[k].value);
        figure_number(rows, 100 * curve[k].lower);
        figure_number(rows, 100 * curve[k].upper);
        g_string_append_c(rows, '\n');
        lowest = fmin(lowest, curve[k].value);
    }
    g_free(name);
    return lowest;
}

/* Lower edge of the y axis in per cent: 0, unless all happens close to 100 % (preloaded data). */
static double lower_edge(double lowest)
{
    double power = pow(10, floor(log10(fmax(1 - lowest, 1e-6))));
    double step = (1 - lowest) / power;

    if (lowest < 0.5 || lowest >= 1)
        return 0;
    return 100 - 100 * power * (step <= 1 ? 1 : step <= 2 ? 2 : step <= 5 ? 5 : 10);
}

static void plot_panel(struct canvas *canvas, const struct curves *curves, size_t panel)
{
    struct gnuplot *g = canvas->gnuplot;
    size_t count = canvas->series_count;

    canvas_plot(canvas, panel, false);
    for (size_t pass = canvas_is_text(canvas) ? 1 : 0; pass < 2; pass++)
        for (size_t s = 0; s < count; s++) {
            char *name = canvas_file_name(panel, s);
            bool has_band = curves->all[panel * count + s].run_count > 1;
            if (pass == 0 && has_band)
                gnuplot_add(g,
                            "    '%s' using 1:3:4 with filledcurves lt %d fs transparent solid "
                            "0.18 noborder notitle, \\\n",
                            name, canvas_line(s));
            else if (pass == 1)
                gnuplot_add(g, "    '%s' using 1:2 with lines lt %d notitle%s", name,
                            canvas_line(s), s + 1 < count ? ", \\\n" : "\n");
            g_free(name);
        }
}

static void draw_panels(const struct figure *figure, struct canvas *canvas,
                        const struct curves *curves, const struct time_axis *axis)
{
    size_t count = figure->study->strategy_count;
    char *x_label = figure_label("simulated time", axis->scale.unit);
    double lowest = 1;

    for (size_t i = 0; i < curves->count; i++)
        lowest = fmin(lowest, write_curve(canvas, &curves->all[i], axis, i / count, i % count));
    for (size_t panel = 0; panel < figure->point_count; panel++) {
        char *name = figure_panel_name(figure, panel, -1);
        canvas_panel(canvas, panel, *name ? name : NULL, x_label, "live nodes informed");
        gnuplot_add(canvas->gnuplot, "%sset xrange [%.7g:%.7g]\nset yrange [%.7g:100]\n",
                    axis->is_log ? "set logscale x\nset xtics out nomirror format '%g'\n" : "",
                    axis->start * axis->scale.factor, axis->end * axis->scale.factor,
                    lower_edge(lowest));
        gnuplot_add(canvas->gnuplot, "set ytics format '%%g %%%%'\n");
        plot_panel(canvas, curves, panel);
        g_free(name);
    }
    canvas_finish(canvas);
    g_free(x_label);
}

struct canvas *figure_convergence(const struct figure *figure, struct errors *errors)
{
    struct curves curves = { 0 };
    struct time_axis axis;
    struct canvas *canvas = NULL;
    char *runs = NULL, *subtitle;

    if (!figure_check_panels(figure->point_count, errors))
        return NULL;
    if (read_curves(figure, &curves, errors) && figure_runs(figure, &runs, errors)) {
        choose_time_axis(figure, &curves, &axis);
        subtitle = g_strdup_printf("mean of %s of each strategy; bands: 95 %% confidence", runs);
        canvas = figure_canvas(figure, "how updates spread", subtitle, figure->point_count);
        draw_panels(figure, canvas, &curves, &axis);
        g_free(subtitle);
    }
    g_free(runs);
    clear_curves(&curves);
    return canvas;
}
