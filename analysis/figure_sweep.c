/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * figure_sweep.c - a metric against a swept parameter; see figure.h.
 *
 * An axis is logarithmic if its values are positive, span a decade and are spaced more like a
 * geometric than like an arithmetic sequence.  Values that are words are places side by side,
 * and where there is room the axis shows values as the scenario writes them.
 * A median that is "never" is an open triangle on the upper edge.
 */
#include "analysis/figure_kinds.h"

#include <math.h>
#include <string.h>

struct sweep {
    const struct figure *figure;
    struct metric metric;
    size_t axis;
    bool is_numeric; /* every value of the axis is a number */
    bool is_log_x, is_log_y;
    GPtrArray *words;          /* values of an axis that is not numeric, as written */
    GPtrArray *panels;         /* names of the combinations of the other axes */
    size_t *panel_of;          /* for each point of the figure */
    struct summary *summaries; /* point by point, strategy by strategy */
    struct scale x_scale, y_scale;
    double x_min, x_max; /* of the values */
    double bottom, top;  /* edges of the y axis */
};

static bool choose_axis(struct sweep *sweep, struct errors *errors)
{
    const struct study *study = sweep->figure->study;
    int axis = 0;

    if (study->axis_count == 0) {
        errors_add(errors, ERROR_SCENARIO,
                   "study %lld sweeps no parameter; --kind convergence shows its curves",
                   (long long)study->study_id);
        return false;
    }
    if (sweep->figure->options->by)
        axis = study_find_axis(study, sweep->figure->options->by, errors);
    sweep->axis = (size_t)MAX(axis, 0);
    return axis >= 0;
}

static const struct study_value *value_at(const struct sweep *sweep, size_t i)
{
    const struct figure *figure = sweep->figure;

    return &figure->study->points[figure->points[i]].values[sweep->axis];
}

/* Position of `text` in the list, to which it is added if need be.  Takes `text`. */
static size_t place_of(GPtrArray *list, char *text)
{
    for (size_t i = 0; i < list->len; i++)
        if (strcmp(g_ptr_array_index(list, i), text) == 0) {
            g_free(text);
            return i;
        }
    g_ptr_array_add(list, text);
    return list->len - 1;
}

static void sort_points(struct sweep *sweep)
{
    sweep->panel_of = g_new0(size_t, sweep->figure->point_count + 1);
    sweep->is_numeric = true;
    for (size_t i = 0; i < sweep->figure->point_count; i++) {
        const struct study_value *value = value_at(sweep, i);
        sweep->panel_of[i] =
            place_of(sweep->panels, figure_panel_name(sweep->figure, i, (int)sweep->axis));
        sweep->is_numeric = sweep->is_numeric && value->text && isfinite(value->number);
        place_of(sweep->words, g_strdup(value->text ? value->text : ""));
    }
    /* Lists walked together: each value of the axis says what the other parameters are. */
    if (sweep->words->len == sweep->figure->point_count && sweep->panels->len > 1) {
        g_ptr_array_set_size(sweep->panels, 0);
        memset(sweep->panel_of, 0, sweep->figure->point_count * sizeof(*sweep->panel_of));
        g_ptr_array_add(sweep->panels, g_strdup(""));
    }
}

/* The place of a point on the x axis, in base units. */
static double x_of(const struct sweep *sweep, size_t i)
{
    const struct study_value *value = value_at(sweep, i);

    if (sweep->is_numeric)
        return value->number;
    return (double)place_of(sweep->words, g_strdup(value->text ? value->text : ""));
}

static int compare_doubles(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

/* The rule of the file's head.  Sorts `values`. */
static bool wants_log(double *values, size_t count)
{
    double least = INFINITY, most = 0;

    qsort(values, count, sizeof(*values), compare_doubles);
    if (count < 2 || !(values[0] > 0) || values[count - 1] < 10 * values[0])
        return false;
    for (size_t i = 1; i < count; i++)
        if (values[i] > values[i - 1]) {
            least = fmin(least, values[i] - values[i - 1]);
            most = fmax(most, values[i] - values[i - 1]);
        }
    return count == 2 || most >= 3 * least;
}

static bool read_summaries(struct sweep *sweep, struct errors *errors)
{
    size_t strategies = sweep->figure->study->strategy_count;
    size_t count = sweep->figure->point_count * strategies;

    sweep->summaries = g_new0(struct summary, count + 1);
    for (size_t i = 0; i < count; i++)
        if (!figure_summary(sweep->figure, sweep->figure->points[i / strategies], i % strategies,
                            sweep->metric.name, &sweep->summaries[i], errors))
            return false;
    return true;
}

static enum metric_unit unit_of_axis(const struct sweep *sweep)
{
    const char *unit = value_at(sweep, 0)->unit;

    if (!unit || !sweep->is_numeric)
        return UNIT_NUMBER;
    return strcmp(unit, "s") == 0 ? UNIT_TIME : strcmp(unit, "B") == 0 ? UNIT_BYTES : UNIT_NUMBER;
}

/* Spacing decides on the x axis; on the y axis two decades do, as its values are what they are. */
static void choose_scales(struct sweep *sweep)
{
    size_t points = sweep->figure->point_count, used = 0;
    size_t count = points * sweep->figure->study->strategy_count;
    double *values = g_new(double, MAX(points, count) + 1), least = INFINITY, most = 0;

    for (size_t i = 0; i < points; i++)
        values[used++] = x_of(sweep, i);
    sweep->is_log_x = sweep->is_numeric && wants_log(values, used);
    sweep->x_min = INFINITY;
    sweep->x_max = -INFINITY;
    for (size_t i = 0; i < used; i++) {
        sweep->x_min = fmin(sweep->x_min, values[i]);
        sweep->x_max = fmax(sweep->x_max, values[i]);
    }
    sweep->x_scale = scale_choose(unit_of_axis(sweep), sweep->x_max);
    for (size_t i = 0; i < count; i++) {
        const struct estimate *e = &sweep->summaries[i].estimate;
        if (!isfinite(e->value))
            continue;
        least = fmin(least, e->value);
        most = fmax(most, e->value);
        if (isfinite(e->upper))
            most = fmax(most, e->upper);
    }
    most = most > 0 ? most : 1;
    sweep->is_log_y = least > 0 && isfinite(least) && most > 50 * least;
    sweep->y_scale = scale_choose(sweep->metric.unit, most);
    sweep->top = sweep->metric.unit == UNIT_SHARE ? fmin(1, most * 1.08) : most * 1.08;
    if (sweep->is_log_y)
        sweep->top = most * 1.5;
    sweep->bottom = sweep->is_log_y ? least / 1.5 : fmin(0, isfinite(least) ? least : 0);
    g_free(values);
}

/* A row: x, value, limits, and where a "never" is marked. */
static void write_series(const struct sweep *sweep, struct canvas *canvas, size_t panel, size_t s)
{
    size_t strategies = sweep->figure->study->strategy_count;
    char *name = canvas_file_name(panel, s);
    GString *rows = gnuplot_data(canvas->gnuplot, name);
    double factor = sweep->y_scale.factor;

    g_string_append(rows, "# parameter, value, 95 % limits, never\n");
    for (size_t i = 0; i < sweep->figure->point_count; i++) {
        const struct estimate *e = &sweep->summaries[i * strategies + s].estimate;
        double upper = isinf(e->upper) ? sweep->top : e->upper;
        if (sweep->panel_of[i] != panel)
            continue;
        figure_number(rows, x_of(sweep, i) * sweep->x_scale.factor);
        figure_number(rows, e->value * factor);
        figure_number(rows, (isnan(e->lower) ? e->value : fmax(e->lower, sweep->bottom)) * factor);
        figure_number(rows, (isnan(upper) ? e->value : upper) * factor);
        figure_number(rows, isinf(e->value) ? sweep->top * factor : NAN);
        g_string_append_c(rows, '\n');
    }
    g_free(name);
}

/* Where a value lies on the axis between its ends, 0..1. */
static double share_of_axis(const struct sweep *sweep, double x)
{
    if (sweep->x_max <= sweep->x_min)
        return 0.5;
    if (sweep->is_log_x)
        return log(x / sweep->x_min) / log(sweep->x_max / sweep->x_min);
    return (x - sweep->x_min) / (sweep->x_max - sweep->x_min);
}

/* True if the values as written have room beside each other under the axis. */
static bool has_room_for_words(const struct sweep *sweep, const struct canvas *canvas)
{
    size_t longest = 0, room = canvas_letters(canvas);

    for (size_t i = 0; i < sweep->words->len; i++)
        longest = MAX(longest, strlen(g_ptr_array_index(sweep->words, i)));
    for (size_t i = 0; i < sweep->figure->point_count; i++)
        for (size_t k = 0; k < i; k++) {
            double gap =
                fabs(share_of_axis(sweep, x_of(sweep, i)) - share_of_axis(sweep, x_of(sweep, k)));
            if (gap > 0 && gap * (double)room < (double)longest + 1)
                return false;
        }
    return true;
}

/* Marks the values of the axis as they are written: `5%`, `10s`, `push`. */
static void set_words(const struct sweep *sweep, struct canvas *canvas)
{
    GHashTable *seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    const char *separator = "";

    gnuplot_add(canvas->gnuplot, "set xtics (");
    for (size_t i = 0; i < sweep->figure->point_count; i++) {
        const char *text = value_at(sweep, i)->text;
        char *word = gnuplot_quote_tic(text ? text : "", 20);
        if (g_hash_table_add(seen, word)) {
            gnuplot_add(canvas->gnuplot, "%s%s %.7g", separator, word,
                        x_of(sweep, i) * sweep->x_scale.factor);
            separator = ", ";
        }
    }
    gnuplot_add(canvas->gnuplot, ")\n");
    g_hash_table_destroy(seen);
}

static void set_x_axis(const struct sweep *sweep, struct canvas *canvas, bool as_words)
{
    double low = sweep->x_min, high = sweep->x_max, margin;

    if (sweep->is_log_x) {
        margin = pow(high / low, 0.05);
        low /= margin;
        high *= margin;
    } else {
        margin = sweep->is_numeric ? 0.05 * (high - low) : 0.4;
        low -= margin > 0 ? margin : 1;
        high += margin > 0 ? margin : 1;
    }
    gnuplot_add(canvas->gnuplot, "%sset xrange [%.7g:%.7g]\n",
                sweep->is_log_x ? "set logscale x\n" : "", low * sweep->x_scale.factor,
                high * sweep->x_scale.factor);
    if (as_words)
        set_words(sweep, canvas);
    else
        gnuplot_add(canvas->gnuplot, "set xtics format '%%g'\n");
}

static void plot_panel(const struct sweep *sweep, struct canvas *canvas, size_t panel,
                       bool as_words)
{
    struct gnuplot *g = canvas->gnuplot;

    set_x_axis(sweep, canvas, as_words);
    if (sweep->is_log_y)
        gnuplot_add(g, "set logscale y\n");
    gnuplot_add(g, "set ytics format '%%g'\nset yrange [%.7g:%.7g]\n",
                sweep->bottom * sweep->y_scale.factor, sweep->top * sweep->y_scale.factor);
    canvas_plot(canvas, panel, true);
    for (size_t s = 0; s < canvas->series_count; s++) {
        char *name = canvas_file_name(panel, s);
        int line = canvas_line(s);
        if (!canvas_is_text(canvas))
            gnuplot_add(g, "    '%s' using 1:2:3:4 with yerrorbars lt %d lw 1.4 pt 0 notitle, \\\n",
                        name, line);
        gnuplot_add(g,
                    "    '%s' using 1:2 with linespoints lt %d notitle, \\\n"
                    "    '%s' using 1:5 with points lt %d pt %d ps 1.4 lw 1.6 notitle%s",
                    name, line, name, line, canvas_is_text(canvas) ? line : 8,
                    s + 1 < canvas->series_count ? ", \\\n" : "\n");
        g_free(name);
    }
}

static bool has_never(const struct sweep *sweep)
{
    for (size_t i = 0; i < sweep->figure->point_count * sweep->figure->study->strategy_count; i++)
        if (isinf(sweep->summaries[i].estimate.value))
            return true;
    return false;
}

static struct canvas *draw(const struct sweep *sweep, const char *runs)
{
    bool is_time = sweep->metric.unit == UNIT_TIME;
    const char *axis = sweep->figure->study->axes[sweep->axis];
    char *what = g_strdup_printf("%s by %s", sweep->metric.name, axis);
    char *subtitle = g_strdup_printf("%s of %s with 95 %% intervals%s", is_time ? "median" : "mean",
                                     runs, has_never(sweep) ? "; triangle on top: never" : "");
    char *y_label = figure_label(sweep->metric.label, sweep->y_scale.unit);
    struct canvas *canvas = figure_canvas(sweep->figure, what, subtitle, sweep->panels->len);
    bool as_words = !sweep->is_numeric || has_room_for_words(sweep, canvas);
    char *x_label = figure_label(axis, as_words ? "" : sweep->x_scale.unit);

    for (size_t panel = 0; panel < sweep->panels->len; panel++) {
        const char *name = g_ptr_array_index(sweep->panels, panel);
        for (size_t s = 0; s < canvas->series_count; s++)
            write_series(sweep, canvas, panel, s);
        canvas_panel(canvas, panel, *name ? name : NULL, x_label, y_label);
        plot_panel(sweep, canvas, panel, as_words);
    }
    canvas_finish(canvas);
    g_free(what);
    g_free(subtitle);
    g_free(x_label);
    g_free(y_label);
    return canvas;
}

struct canvas *figure_sweep(const struct figure *figure, struct errors *errors)
{
    const char *metric = figure->options->metric ? figure->options->metric : "t99";
    struct sweep sweep = { .figure = figure, .metric = metric_describe(metric) };
    struct canvas *canvas = NULL;
    char *runs = NULL;

    sweep.words = g_ptr_array_new_with_free_func(g_free);
    sweep.panels = g_ptr_array_new_with_free_func(g_free);
    if (choose_axis(&sweep, errors) && study_check_metric(figure->study, metric, errors)) {
        sort_points(&sweep);
        if (figure_check_panels(sweep.panels->len, errors) && read_summaries(&sweep, errors) &&
            figure_runs(figure, &runs, errors)) {
            choose_scales(&sweep);
            canvas = draw(&sweep, runs);
        }
    }
    g_free(runs);
    g_free(sweep.summaries);
    g_free(sweep.panel_of);
    g_ptr_array_free(sweep.words, TRUE);
    g_ptr_array_free(sweep.panels, TRUE);
    return canvas;
}
