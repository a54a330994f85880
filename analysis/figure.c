/* SPDX-License-Identifier: GPL-3.0-or-later */
/* figure.c - choosing what a figure shows, and what all kinds share; see figure.h. */
#include "analysis/figure.h"

#include "analysis/figure_kinds.h"

#include <math.h>
#include <string.h>

bool figure_check_panels(size_t panels, struct errors *errors)
{
    if (panels > CANVAS_PANELS_MAX)
        errors_add(errors, ERROR_SCENARIO,
                   "%zu panels do not fit into one figure (at most %d): choose with "
                   "--where PATH=VALUE",
                   panels, CANVAS_PANELS_MAX);
    return panels <= CANVAS_PANELS_MAX;
}

/* True if the figure's points have different values on the axis. */
static bool differs(const struct figure *figure, size_t axis)
{
    const struct study_point *points = figure->study->points;

    for (size_t i = 1; i < figure->point_count; i++)
        if (g_strcmp0(points[figure->points[i]].values[axis].text,
                      points[figure->points[0]].values[axis].text) != 0)
            return true;
    return false;
}

size_t figure_axes(const struct figure *figure)
{
    size_t count = 0;

    for (size_t axis = 0; axis < figure->study->axis_count; axis++)
        count += differs(figure, axis) ? 1 : 0;
    return count;
}

/* `PATH=VALUE, ...` of a point for the axes that differ (or those that do not) but one. */
static char *list_values(const struct figure *figure, size_t i, bool differing, int but)
{
    const struct study *study = figure->study;
    GString *name = g_string_new(NULL);

    for (size_t axis = 0; axis < study->axis_count; axis++) {
        const char *text = study->points[figure->points[i]].values[axis].text;
        if (text && (int)axis != but && differs(figure, axis) == differing)
            g_string_append_printf(name, "%s%s=%s", name->len ? ", " : "", study->axes[axis], text);
    }
    return g_string_free(name, FALSE);
}

char *figure_panel_name(const struct figure *figure, size_t i, int but)
{
    return list_values(figure, i, true, but);
}

struct canvas *figure_canvas(const struct figure *figure, const char *what, const char *subtitle,
                             size_t panels)
{
    const struct study *study = figure->study;
    char *fixed = list_values(figure, 0, false, -1);
    char *title = g_strdup_printf("%s: %s%s%s%s", study->name, what, *fixed ? " (" : "", fixed,
                                  *fixed ? ")" : "");
    struct canvas *canvas =
        canvas_new(figure->size, title, subtitle, (const char *const *)study->strategies,
                   study->strategy_count, panels);

    g_free(fixed);
    g_free(title);
    return canvas;
}

bool figure_summary(const struct figure *figure, size_t point, size_t strategy, const char *metric,
                    struct summary *summary, struct errors *errors)
{
    struct series series;
    bool is_good = study_read(figure->study, point, figure->study->strategies[strategy], metric,
                              &series, errors);

    *summary = summary_make(&series, metric_describe(metric).unit == UNIT_TIME);
    series_clear(&series);
    return is_good;
}

bool figure_runs(const struct figure *figure, char **text, struct errors *errors)
{
    const struct study *study = figure->study;
    size_t least = SIZE_MAX, most = 0, done = 0, failed = 0;

    for (size_t i = 0; i < figure->point_count; i++)
        for (size_t s = 0; s < study->strategy_count; s++) {
            if (!study_count_runs(study, figure->points[i], study->strategies[s], &done, &failed,
                                  errors))
                return false;
            least = MIN(least, done);
            most = MAX(most, done);
        }
    *text = least < most ? g_strdup_printf("%zu to %zu runs", least, most)
                         : g_strdup_printf("%zu run%s", most, most == 1 ? "" : "s");
    return true;
}

char *figure_label(const char *label, const char *unit)
{
    return *unit ? g_strdup_printf("%s (%s)", label, unit) : g_strdup(label);
}

void figure_number(GString *rows, double value)
{
    char text[32];

    if (isfinite(value))
        g_string_append_printf(rows, "%s ", g_ascii_formatd(text, sizeof(text), "%.7g", value));
    else
        g_string_append(rows, "NaN ");
}

/* True if the point passes all filters. */
static bool passes(const struct figure *figure, const int *axes, size_t point)
{
    for (size_t i = 0; i < figure->options->filter_count; i++)
        if (g_strcmp0(figure->study->points[point].values[axes[i]].text,
                      figure->options->filters[i].value) != 0)
            return false;
    return true;
}

static bool choose_points(struct figure *figure, struct errors *errors)
{
    const struct figure_options *options = figure->options;
    int *axes = g_new0(int, options->filter_count + 1);
    bool is_good = true;

    for (size_t i = 0; i < options->filter_count; i++) {
        axes[i] = study_find_axis(figure->study, options->filters[i].path, errors);
        is_good = is_good && axes[i] >= 0;
    }
    figure->points = g_new0(size_t, figure->study->point_count);
    for (size_t point = 0; is_good && point < figure->study->point_count; point++)
        if (passes(figure, axes, point))
            figure->points[figure->point_count++] = point;
    if (is_good && figure->point_count == 0)
        errors_add(errors, ERROR_SCENARIO,
                   "no point of the study has the values that --where asks "
                   "for (give them as the scenario writes them)");
    g_free(axes);
    return is_good && figure->point_count > 0;
}

static bool check_strategies(const struct study *study, struct errors *errors)
{
    bool fits = study->strategy_count >= 1 && study->strategy_count <= CANVAS_SERIES_MAX;

    if (!fits)
        errors_add(errors, ERROR_SCENARIO, "a figure shows 1 to %d strategies, the study has %zu",
                   CANVAS_SERIES_MAX, study->strategy_count);
    return fits;
}

/* An empty figure would look like a result. */
static bool check_runs(const struct figure *figure, struct errors *errors)
{
    const struct study *study = figure->study;
    size_t done = 0, failed = 0;

    for (size_t i = 0; i < figure->point_count; i++)
        for (size_t s = 0; s < study->strategy_count; s++) {
            if (!study_count_runs(study, figure->points[i], study->strategies[s], &done, &failed,
                                  errors))
                return false;
            if (done > 0)
                return true;
        }
    errors_add(errors, ERROR_SCENARIO,
               "no run is done that could be drawn; `gossipsim status` says why");
    return false;
}

static struct canvas *make_page(struct figure *figure, struct errors *errors)
{
    if (!check_strategies(figure->study, errors) || !choose_points(figure, errors) ||
        !check_runs(figure, errors))
        return NULL;
    switch (figure->options->kind) {
    case FIGURE_CONVERGENCE:
        return figure_convergence(figure, errors);
    case FIGURE_RESIDUE:
        return figure_residue(figure, errors);
    case FIGURE_SWEEP:
        break;
    }
    return figure_sweep(figure, errors);
}

char *figure_draw(const char *path, const struct figure_options *options,
                  const struct canvas_size *size, size_t *bytes, struct errors *errors)
{
    struct study *study = study_open(path, options->study_id, errors);
    struct figure figure = { .study = study, .options = options, .size = size };
    struct canvas *page;
    char *picture = NULL;

    if (!study)
        return NULL;
    page = make_page(&figure, errors);
    if (page)
        picture = gnuplot_run(page->gnuplot, options->keep, bytes, errors);
    canvas_free(page);
    g_free(figure.points);
    study_close(study);
    return picture;
}
