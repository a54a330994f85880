/* SPDX-License-Identifier: GPL-3.0-or-later */
/* figure.c - what all kinds of figures share; see figure.h and figure_parts.h. */
#include "analysis/figure/figure_parts.h"

#include "analysis/study/usual.h"

#include <math.h>
#include <string.h>

struct canvas *figure_canvas(const struct figure *figure, const char *what, const char *subtitle)
{
    const struct study *study = figure->study;
    GString *title = g_string_new(NULL);
    const char *before = " (";
    struct canvas *canvas;

    g_string_append_printf(title, "%s: %s", study->name, what);
    for (size_t axis = 0; axis < study->axis_count; axis++)
        if (!figure->differs[axis] && figure_value(figure, 0, axis)->text) {
            char *value = figure_value_label(figure, 0, axis);
            g_string_append_printf(title, "%s%s=%s", before, study->axes[axis], value);
            before = ", ";
            g_free(value);
        }
    g_string_append(title, *before == ',' ? ")" : "");
    canvas =
        canvas_new(figure->size, title->str, subtitle, (const char *const *)figure->series->pdata,
                   figure->series->len, figure->panels->len);
    g_string_free(title, TRUE);
    return canvas;
}

void figure_plot(const struct figure *figure, struct canvas *canvas, const struct figure_axes *axes)
{
    for (size_t panel = 0; panel < figure->panels->len; panel++) {
        struct lines *lines = axes->make_lines(axes->drawing, panel);

        canvas_panel(canvas, panel, figure_panel_name(figure, panel), axes->x_label, axes->y_label);
        ticks_axis(axes->x, 'x', canvas->gnuplot);
        ticks_axis(axes->y, 'y', canvas->gnuplot);
        lines_plot(lines, canvas, panel);
        lines_free(lines);
    }
    canvas_finish(canvas);
}

bool figure_metric(const struct figure *figure, struct metric *metric, struct errors *errors)
{
    static const char *const spread[] = { "t99", NULL };
    static const char *const beliefs[] = { "detect_t99", "false_dead", "bytes_rate", NULL };
    const char *usual[USUAL_MAX];

    usual_metrics(figure->study, spread, beliefs, usual);
    *metric = metric_describe(figure->options->metric ? figure->options->metric
                              : usual[0]              ? usual[0]
                                                      : spread[0]);
    return study_check_metric(figure->study, metric->name, errors);
}

static bool has_metric(const struct figure *figure, const char *name)
{
    struct errors nobody_asked = { 0 };
    const bool is_there = study_check_metric(figure->study, name, &nobody_asked);

    errors_clear(&nobody_asked);
    return is_there;
}

bool figure_has_updates(const struct figure *figure, struct errors *errors)
{
    if (has_metric(figure, "t99") || !has_metric(figure, "bytes")) /* that: no run is done */
        return true;
    errors_add(errors, ERROR_SCENARIO,
               "no update is written in this study: the kind %s has nothing to show; %s",
               figure->options->kind->name,
               has_metric(figure, "detect_t99")
                   ? "--kind detection shows how word of a crash spreads"
               : has_metric(figure, "estimate_error")
                   ? "--kind estimate shows how estimates come right"
                   : "--kind rate shows what is sent, ccdf and sweep take any --metric");
    return false;
}

bool figure_summary(const struct figure *figure, size_t point, size_t strategy, const char *metric,
                    struct summary *summary, struct errors *errors)
{
    struct series series;
    bool is_good = study_read(figure->study, point, figure->study->strategies[strategy], metric,
                              &series, errors);

    *summary = metric_describe(metric).unit == UNIT_TIME ? summary_quantile(&series, 0.5)
                                                         : summary_mean(&series);
    series_clear(&series);
    return is_good;
}

bool figure_runs(const struct figure *figure, const char *statistic, char **text,
                 struct errors *errors)
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
    *text = least < most ? g_strdup_printf("%s of %zu to %zu runs", statistic, least, most)
            : most == 1  ? g_strdup("a single run")
                         : g_strdup_printf("%s of %zu runs", statistic, most);
    return true;
}

char *figure_colours(const struct figure *figure)
{
    if (figure->series_axis < 0)
        return g_strdup("");
    return g_strdup_printf("; colours: %s", figure->study->axes[figure->series_axis]);
}

char *figure_label(const char *label, const char *unit)
{
    return *unit ? g_strdup_printf("%s (%s)", label, unit) : g_strdup(label);
}

char *figure_metric_label(const struct canvas *canvas, const struct metric *metric,
                          const char *unit)
{
    char *label = figure_label(metric->label ? metric->label : metric->name, unit);

    if (g_utf8_strlen(label, -1) <= (glong)canvas_letters(canvas))
        return label;
    g_free(label);
    return figure_label(metric->name, unit);
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

const struct figure_kind *figure_find(const char *name)
{
    for (const struct figure_kind *const *kind = figure_registry; *kind; kind++)
        if (name ? strcmp((*kind)->name, name) == 0 : (*kind)->is_default)
            return *kind;
    return NULL;
}

static void init_figure(struct figure *figure)
{
    figure->series = g_ptr_array_new_with_free_func(g_free);
    figure->panels = g_ptr_array_new_with_free_func(g_free);
    figure->words = g_ptr_array_new_with_free_func(g_free);
    figure->point_count = figure->study->point_count;
    figure->points = g_new0(size_t, figure->point_count);
    for (size_t point = 0; point < figure->point_count; point++)
        figure->points[point] = point;
    figure_read_axes(figure);
}

static void clear_figure(struct figure *figure)
{
    g_ptr_array_free(figure->series, TRUE);
    g_ptr_array_free(figure->panels, TRUE);
    g_ptr_array_free(figure->words, TRUE);
    g_free(figure->places);
    g_free(figure->digits);
    g_free(figure->differs);
    g_free(figure->points);
}

struct canvas *figure_lay_out(const struct study *study, const struct figure_options *options,
                              const struct canvas_size *size, struct errors *errors)
{
    struct figure figure = { .study = study, .options = options, .size = size };
    struct canvas *page = NULL;

    init_figure(&figure);
    if (check_runs(&figure, errors))
        page = options->kind->draw(&figure, errors);
    clear_figure(&figure);
    if (page && !canvas_check_size(page, errors))
        g_clear_pointer(&page, canvas_free);
    return page;
}

char *figure_draw(const struct canvas *page, const char *keep, size_t *bytes, struct errors *errors)
{
    return gnuplot_run(page->gnuplot, keep, bytes, errors);
}
