/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * sweep.c - a metric against a swept parameter.
 *
 * A line with 95 % intervals a strategy, a panel a combination of the other parameters (one panel
 * where lists are walked together).
 *
 * An axis is logarithmic if its values are positive, span a decade and are spaced more like a
 * geometric than like an arithmetic sequence.  Values that are words are places side by side, whose
 * points no line joins, since nothing lies between them; there the series stand beside each other.
 * Where there is room the axis shows values as the scenario writes them.
 * A median that is "never" is an open triangle on the upper edge.
 */
#include "analysis/figure/figure_parts.h"
#include "analysis/figure/ticks.h"
#include "analysis/text/text.h"

#include <math.h>
#include <string.h>

enum {
    WORD_COLUMNS = 20, /* of a value along x at most */
    WORD_LEAST = 5,    /* below that a value that is cut says nothing */
};
#define WORD_MARGIN 0.4 /* of a place, before the first word and after the last */
#define WORD_SPREAD 0.5 /* of a place, that the series of a word take up at most, and */
#define WORD_BESIDE 0.1 /* from one to the next */

struct sweep {
    const struct figure *figure;
    struct metric metric;
    bool is_log_x, is_log_y;
    struct summary *summaries; /* point by point, strategy by strategy */
    struct scale x_scale;
    double x_min, x_max; /* of the values */
    struct ticks y;      /* the y axis, its edges included */
    bool has_words;      /* values along x are marked as they are written */
    bool is_slanted;     /* where they have no room beside each other */
    size_t word_columns; /* to which each is cut */
    size_t word_step;    /* one in so many of them is marked */
};

/* Complains that there is nothing along x. */
static void complain_no_axis(const struct figure *figure, struct errors *errors)
{
    const struct study *study = figure->study;

    if (study->axis_count == 0)
        errors_add(errors, ERROR_SCENARIO,
                   "study %lld sweeps no parameter; --kind convergence shows its curves",
                   (long long)study->study_id);
    else
        errors_add(errors, ERROR_SCENARIO,
                   "--where leaves one value of each parameter, so nothing goes along x");
}

/* The axis along x: the first that has several values, but not one that --where fixes.  -1 and an
 * error if there is none. */
static int choose_axis(const struct figure *figure, struct errors *errors)
{
    const struct study *study = figure->study;
    int axis = figure_first_axis(figure);

    if (figure->options->by) {
        axis = study_find_axis(study, figure->options->by, errors);
        if (axis >= 0 && study->is_fixed[axis]) {
            errors_add(errors, ERROR_SCENARIO, "--by %s: --where leaves one value of it",
                       figure->options->by);
            axis = -1;
        }
        return axis;
    }
    for (size_t i = 0; axis < 0 && i < study->axis_count; i++)
        if (!study->is_fixed[i])
            axis = (int)i; /* a sweep of a single value */
    if (axis < 0)
        complain_no_axis(figure, errors);
    return axis;
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

/* Spacing decides on the x axis. */
static void choose_x_scale(struct sweep *sweep)
{
    const struct figure *figure = sweep->figure;
    size_t points = figure->point_count;
    double *values = g_new(double, points + 1);

    for (size_t i = 0; i < points; i++)
        values[i] = figure_x(figure, i); /* ascending */
    sweep->x_min = values[0];
    sweep->x_max = values[points - 1];
    sweep->is_log_x = figure->is_numeric && wants_log(values, points);
    sweep->x_scale = scale_choose(figure_x_unit(figure), sweep->x_max);
    g_free(values);
}

/* On the y axis nearly two decades of values make it logarithmic; limits only widen it. */
static void choose_y_scale(struct sweep *sweep)
{
    size_t count = sweep->figure->point_count * sweep->figure->study->strategy_count;
    double least = INFINITY, most = 0, upper = 0;
    struct ticks *y = &sweep->y;

    for (size_t i = 0; i < count; i++) {
        const struct estimate *e = &sweep->summaries[i].estimate;
        if (!isfinite(e->value))
            continue;
        least = fmin(least, e->value);
        most = fmax(most, e->value);
        upper = fmax(upper, isfinite(e->upper) ? e->upper : e->value);
    }
    upper = fmax(upper, most) > 0 ? fmax(upper, most) : 1;
    y->unit = sweep->metric.unit;
    y->scale = scale_choose(y->unit, upper);
    y->is_log = least > 0 && isfinite(least) && most > 50 * least;
    y->high = upper * (y->is_log ? 1.5 : 1.08);
    if (y->unit == UNIT_SHARE)
        y->high = fmin(1, y->high);
    y->low = y->is_log ? least / 1.5 : fmin(0, isfinite(least) ? least : 0);
}

/* Where a series stands beside its place along x. */
static double beside(const struct figure *figure, size_t series)
{
    const double last = (double)figure->series->len - 1;

    if (figure->is_numeric || last < 1)
        return 0;
    return ((double)series - last / 2) * fmin(WORD_BESIDE, WORD_SPREAD / last);
}

static void add_value(const struct sweep *sweep, struct line *line, size_t i, size_t strategy)
{
    size_t strategies = sweep->figure->study->strategy_count;
    const struct estimate *e = &sweep->summaries[i * strategies + strategy].estimate;
    double upper = isinf(e->upper) ? sweep->y.high : e->upper;
    double factor = sweep->y.scale.factor;

    line_add(line,
             (struct line_point){
                 .x = (figure_x(sweep->figure, i) + beside(sweep->figure, line->series)) *
                      sweep->x_scale.factor,
                 .y = e->value * factor,
                 .lower = (isnan(e->lower) ? e->value : fmax(e->lower, sweep->y.low)) * factor,
                 .upper = (isnan(upper) ? e->value : upper) * factor,
                 .beyond = isinf(e->value) ? sweep->y.high * factor : NAN });
}

/* Whether the point belongs to the line. */
static bool is_on_line(const struct figure *figure, size_t i, size_t panel, size_t series)
{
    for (size_t s = 0; s < figure->study->strategy_count; s++)
        if (figure_panel(figure, i) == panel && figure_series(figure, i, s) == series)
            return true;
    return false;
}

/* Whether an axis goes one way along a line, so that a curve through its points says something:
 * points that a design spreads over several axes have anything beside each other. */
static bool goes_one_way(const struct figure *figure, size_t panel, size_t series, size_t axis)
{
    const struct study_value *last = NULL;
    bool has_risen = false, has_fallen = false;

    for (size_t i = 0; i < figure->point_count; i++) {
        const struct study_value *value = figure_value(figure, i, axis);

        if (!is_on_line(figure, i, panel, series))
            continue;
        if (last != NULL && g_strcmp0(last->text, value->text) != 0) {
            has_risen = has_risen || !(value->number < last->number);
            has_fallen = has_fallen || !(value->number > last->number);
        }
        last = value;
    }
    return !(has_risen && has_fallen);
}

static bool may_join(const struct figure *figure, size_t panel, size_t series)
{
    for (size_t axis = 0; axis < figure->study->axis_count; axis++)
        if (!goes_one_way(figure, panel, series, axis))
            return false;
    return figure->is_numeric;
}

/* A line a series. */
static struct lines *make_lines(const struct sweep *sweep, size_t panel)
{
    const struct figure *figure = sweep->figure;
    struct lines *lines = lines_new();

    for (size_t series = 0; series < figure->series->len; series++) {
        const unsigned looks =
            LINE_MARKED | LINE_BARS | (may_join(figure, panel, series) ? LINE_JOINED : 0);
        struct line *line =
            lines_add(lines, series, LINE_DATA, looks, "parameter, value, 95 % limits, never");
        for (size_t i = 0; i < figure->point_count; i++)
            for (size_t s = 0; s < figure->study->strategy_count; s++)
                if (figure_panel(figure, i) == panel && figure_series(figure, i, s) == series)
                    add_value(sweep, line, i, s);
    }
    return lines;
}

/* ---- values along x, as they are written ---- */

/* Where a value lies on the axis between its ends, 0..1. */
static double share_of_axis(const struct sweep *sweep, double x)
{
    if (sweep->x_max <= sweep->x_min)
        return 0.5;
    if (sweep->is_log_x)
        return log(x / sweep->x_min) / log(sweep->x_max / sweep->x_min);
    return (x - sweep->x_min) / (sweep->x_max - sweep->x_min);
}

static size_t longest_word(const struct sweep *sweep)
{
    size_t longest = 0;

    for (guint i = 0; i < sweep->figure->words->len; i++) {
        char *safe = text_escape(g_ptr_array_index(sweep->figure->words, i));
        longest = MAX(longest, text_width(safe));
        g_free(safe);
    }
    return MIN(longest, WORD_COLUMNS);
}

/* Letters between the closest neighbours along x. */
static double least_gap(const struct sweep *sweep, const struct canvas *canvas)
{
    const struct figure *figure = sweep->figure;
    double gap = INFINITY, room = (double)canvas_letters(canvas);

    if (!figure->is_numeric) /* half a place at each end is free */
        return room / ((double)figure->words->len - 1 + 2 * WORD_MARGIN);
    for (size_t i = 1; i < figure->point_count; i++) {
        double from = share_of_axis(sweep, figure_x(figure, i - 1));
        double to = share_of_axis(sweep, figure_x(figure, i));
        if (to > from)
            gap = fmin(gap, (to - from) * room / 1.1);
    }
    return gap;
}

/* How the values along x are shown: all as words, some, or as ticks at round numbers. */
static void choose_words(struct sweep *sweep, struct canvas *canvas)
{
    size_t longest = longest_word(sweep);
    double gap = least_gap(sweep, canvas);

    sweep->word_columns = WORD_COLUMNS;
    sweep->word_step = 1;
    sweep->has_words = gap >= (double)longest + 1 || !sweep->figure->is_numeric;
    if (!sweep->has_words || gap >= (double)longest + 1)
        return;
    if (canvas_is_text(canvas)) /* where nothing stands aslant */
        sweep->word_columns = (size_t)fmax(gap - 1, WORD_LEAST);
    else
        sweep->is_slanted = true;
    sweep->word_step =
        (size_t)ceil((sweep->is_slanted ? 2.0 : (double)sweep->word_columns + 1) / gap);
    if (sweep->is_slanted)
        canvas_slant(canvas, longest);
}

/* Marks the values of the axis as they are written: `5%`, `10s`, `push`. */
static void set_words(const struct sweep *sweep, struct canvas *canvas)
{
    const struct figure *figure = sweep->figure;
    const char *separator = "";
    double last = NAN;
    size_t place = 0;

    gnuplot_add(canvas->gnuplot, "set xtics %s(", sweep->is_slanted ? "rotate by 37 right " : "");
    for (size_t i = 0; i < figure->point_count; i++) {
        char *label, *safe, *cut, *word;
        if (figure_x(figure, i) == last)
            continue;
        last = figure_x(figure, i);
        if (place++ % sweep->word_step != 0)
            continue;
        label = figure_value_label(figure, i, (size_t)figure->x_axis);
        safe = text_escape(label);
        cut = text_shorten_middle(safe, sweep->word_columns, sweep->word_columns / 2);
        word = gnuplot_quote_tic(canvas->gnuplot, cut, WORD_COLUMNS);
        gnuplot_add(canvas->gnuplot, "%s%s %.7g", separator, word, last * sweep->x_scale.factor);
        separator = ", ";
        g_free(word);
        g_free(cut);
        g_free(safe);
        g_free(label);
    }
    gnuplot_add(canvas->gnuplot, ")\n");
}

/* ---- drawing ---- */

static struct ticks x_axis(const struct sweep *sweep, const struct canvas *canvas)
{
    double low = sweep->x_min, high = sweep->x_max, margin;

    if (sweep->is_log_x) {
        margin = pow(high / low, 0.05);
        low /= margin;
        high *= margin;
    } else {
        margin = sweep->figure->is_numeric ? 0.05 * (high - low) : WORD_MARGIN;
        low -= margin > 0 ? margin : 1;
        high += margin > 0 ? margin : 1;
    }
    return (struct ticks){ .low = low,
                           .high = high,
                           .is_log = sweep->is_log_x,
                           .unit = figure_x_unit(sweep->figure),
                           .scale = sweep->x_scale,
                           .room = canvas_letters(canvas) };
}

static void set_axes(const struct sweep *sweep, struct canvas *canvas)
{
    struct gnuplot *g = canvas->gnuplot;
    struct ticks x = x_axis(sweep, canvas), y = sweep->y;

    y.room = canvas_lines(canvas);
    gnuplot_add(g, "%sset xrange [%.7g:%.7g]\n", x.is_log ? "set logscale x\n" : "",
                x.low * x.scale.factor, x.high * x.scale.factor);
    if (sweep->has_words)
        set_words(sweep, canvas);
    else
        ticks_set(&x, 'x', g);
    gnuplot_add(g, "%sset yrange [%.7g:%.7g]\n", y.is_log ? "set logscale y\n" : "",
                y.low * y.scale.factor, y.high * y.scale.factor);
    ticks_set(&y, 'y', g);
}

static char *write_subtitle(const struct sweep *sweep, const char *runs)
{
    const struct figure *figure = sweep->figure;
    bool has_never = false, has_interval = false;
    char *colours = figure_colours(figure), *subtitle;

    for (size_t i = 0; i < figure->point_count * figure->study->strategy_count; i++) {
        const struct estimate *e = &sweep->summaries[i].estimate;
        has_never = has_never || isinf(e->value);
        has_interval = has_interval || (isfinite(e->value) && !isnan(e->lower));
    }
    subtitle = g_strdup_printf("%s%s%s%s", runs, has_interval ? " with 95 % intervals" : "",
                               colours, has_never ? "; triangle on top: never" : "");
    g_free(colours);
    return subtitle;
}

static struct canvas *draw_page(struct sweep *sweep, const char *runs)
{
    const struct figure *figure = sweep->figure;
    const char *axis = figure->study->axes[figure->x_axis];
    char *what = g_strdup_printf("%s by %s", sweep->metric.name, axis);
    char *subtitle = write_subtitle(sweep, runs);
    char *y_label = figure_label(sweep->metric.label, ticks_unit(&sweep->y)), *x_label;
    struct canvas *canvas = figure_canvas(figure, what, subtitle);
    struct ticks x = x_axis(sweep, canvas);

    choose_words(sweep, canvas);
    x_label = figure_label(axis, sweep->has_words ? "" : ticks_unit(&x));
    for (size_t panel = 0; panel < figure->panels->len; panel++) {
        struct lines *lines = make_lines(sweep, panel);
        canvas_panel(canvas, panel, figure_panel_name(figure, panel), x_label, y_label);
        set_axes(sweep, canvas);
        lines_plot(lines, canvas, panel);
        lines_free(lines);
    }
    canvas_finish(canvas);
    g_free(what);
    g_free(subtitle);
    g_free(x_label);
    g_free(y_label);
    return canvas;
}

static struct canvas *draw(struct figure *figure, struct errors *errors)
{
    struct sweep sweep = { .figure = figure };
    struct canvas *canvas = NULL;
    char *runs = NULL;
    int axis = choose_axis(figure, errors);

    if (axis < 0 || !figure_metric(figure, &sweep.metric, errors))
        return NULL;
    figure_divide(figure, axis, false);
    if (figure_check_size(figure, errors) && read_summaries(&sweep, errors) &&
        figure_runs(figure, sweep.metric.unit == UNIT_TIME ? "median" : "mean", &runs, errors)) {
        choose_x_scale(&sweep);
        choose_y_scale(&sweep);
        canvas = draw_page(&sweep, runs);
    }
    g_free(runs);
    g_free(sweep.summaries);
    return canvas;
}

const struct figure_kind figure_sweep = {
    .name = "sweep",
    .summary = "a metric against a swept parameter, with 95 % intervals",
    .takes = FIGURE_METRIC | FIGURE_BY,
    .draw = draw,
};
