/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * heat.c - a metric over two swept parameters: a cell a point, a panel a strategy.
 *
 * The colour is the mean over the runs, of times the median; the value is written into the cells
 * where it has room.  A cell that is "never" is hatched, one without runs is left out.  The colours
 * of all panels have one scale, logarithmic if the values span a decade.  In a terminal there are
 * values, or where they have no room shades from 0 to 9.
 */
#include "analysis/figure/figure_parts.h"
#include "analysis/figure/palette.h"
#include "analysis/figure/ticks.h"
#include "analysis/text/text.h"

#include <math.h>
#include <string.h>

enum {
    WORD_COLUMNS_X = 12, /* of a value along an axis at most */
    WORD_COLUMNS_Y = 7,
};
#define LOG_FROM 10
#define UNITS_BELOW                                                               \
    0.1 /* a lowest value, in the unit of the highest: each has a unit of its own \
         */

/* The values of a parameter, in their places from 0. */
struct side {
    size_t axis;
    GPtrArray *words; /* labels */
    GArray *numbers;  /* double, of each */
    size_t *places;   /* of each point of the figure */
};

struct drawing {
    const struct figure *figure;
    struct metric metric;
    struct side x, y;
    struct summary *summaries; /* point by point, strategy by strategy */
    struct ticks range;        /* of the colours */
    bool has_never, has_shades;
    bool has_units; /* each cell has a unit of its own */
};

/* ---- the sides ---- */

static int compare_numbers(gconstpointer a, gconstpointer b, gpointer data)
{
    const double *numbers = data;
    const double x = numbers[*(const size_t *)a], y = numbers[*(const size_t *)b];

    return (x > y) - (x < y);
}

/* Numbers stand in the order of their size, words in that of the scenario. */
static void sort_side(struct side *side, size_t point_count)
{
    const guint count = side->words->len;
    size_t *order = g_new(size_t, count + 1), *places = g_new(size_t, count + 1);
    GPtrArray *words = g_ptr_array_new_with_free_func(g_free);
    bool is_numeric = true;

    for (guint i = 0; i < count; i++) {
        is_numeric = is_numeric && isfinite(g_array_index(side->numbers, double, i));
        order[i] = i;
    }
    if (is_numeric)
        g_qsort_with_data(order, (gint)count, sizeof *order, compare_numbers, side->numbers->data);
    for (guint i = 0; i < count; i++) {
        places[order[i]] = i;
        g_ptr_array_add(words, g_strdup(side->words->pdata[order[i]]));
    }
    for (size_t i = 0; i < point_count; i++)
        side->places[i] = places[side->places[i]];
    g_ptr_array_free(side->words, TRUE);
    side->words = words;
    g_free(order);
    g_free(places);
}

static void read_side(const struct figure *figure, size_t axis, struct side *side)
{
    GHashTable *known = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);

    side->axis = axis;
    side->words = g_ptr_array_new_with_free_func(g_free);
    side->numbers = g_array_new(FALSE, FALSE, sizeof(double));
    side->places = g_new0(size_t, figure->point_count);
    for (size_t i = 0; i < figure->point_count; i++) {
        const struct study_value *value = figure_value(figure, i, axis);
        const char *text = value->text ? value->text : "";
        gpointer place = NULL;

        if (!g_hash_table_lookup_extended(known, text, NULL, &place)) {
            place = GSIZE_TO_POINTER((gsize)side->words->len);
            g_ptr_array_add(side->words, figure_value_label(figure, i, axis));
            g_array_append_val(side->numbers, value->number);
            g_hash_table_insert(known, g_strdup(text), place);
        }
        side->places[i] = GPOINTER_TO_SIZE(place);
    }
    g_hash_table_destroy(known);
    sort_side(side, figure->point_count);
}

static void clear_side(struct side *side)
{
    if (!side->words)
        return;
    g_ptr_array_free(side->words, TRUE);
    g_array_free(side->numbers, TRUE);
    g_free(side->places);
}

/* The parameter of --by or the first that differs goes along x, the other one along y. */
static bool choose_sides(struct drawing *d, struct errors *errors)
{
    const struct figure *figure = d->figure;
    const struct study *study = figure->study;
    const size_t count = figure_axes(figure);
    int x = figure_first_axis(figure), y = -1;

    if (figure->options->by)
        x = study_find_axis(study, figure->options->by, errors);
    if (figure->options->by && x < 0)
        return false;
    if (count != 2)
        errors_add(errors, ERROR_SCENARIO,
                   "the kind heat is of two parameters, but %zu have several values: %s", count,
                   count > 2 ? "fix others with --where PATH=VALUE" : "--kind sweep is for one");
    else if (!figure->differs[x])
        errors_add(errors, ERROR_SCENARIO, "--by %s: it has one value", study->axes[x]);
    else if (study->strategy_count > CANVAS_PANELS_MAX)
        errors_add(errors, ERROR_SCENARIO,
                   "%zu panels do not fit into one figure (at most %d): choose strategies with "
                   "--only",
                   study->strategy_count, CANVAS_PANELS_MAX);
    else
        for (size_t i = 0; i < study->axis_count; i++)
            if (figure->differs[i] && (int)i != x)
                y = (int)i;
    if (y < 0)
        return false;
    read_side(figure, (size_t)x, &d->x);
    read_side(figure, (size_t)y, &d->y);
    return true;
}

/* ---- values ---- */

static bool read_summaries(struct drawing *d, struct errors *errors)
{
    const size_t strategies = d->figure->study->strategy_count;
    const size_t count = d->figure->point_count * strategies;

    d->summaries = g_new0(struct summary, count + 1);
    d->range = TICKS_NONE;
    for (size_t i = 0; i < count; i++) {
        struct summary *s = &d->summaries[i];

        if (!figure_summary(d->figure, d->figure->points[i / strategies], i % strategies,
                            d->metric.name, s, errors))
            return false;
        d->has_never = d->has_never || (s->runs > 0 && isinf(s->estimate.value));
        if (s->runs > 0)
            ticks_widen(&d->range, s->estimate.value);
    }
    if (!(d->range.low <= d->range.high))
        d->range.low = 0, d->range.high = 1;
    if (!(d->range.low < d->range.high)) /* the only value is in the middle */
        d->range.low -= fabs(d->range.low) / 2 + 1e-9, d->range.high += d->range.low + 2e-9;
    d->range.is_log = d->range.low > 0 && d->range.high >= LOG_FROM * d->range.low;
    d->range.unit = d->metric.unit;
    d->range.scale = scale_choose(d->metric.unit, d->range.high);
    d->has_units = d->figure->size->format != GNUPLOT_TEXT && d->range.low > 0 &&
                   d->range.low * d->range.scale.factor < UNITS_BELOW;
    return true;
}

/* ---- cells ---- */

/* What is written into a cell, NULL: nothing.  g_free() it. */
static char *write_cell(const struct drawing *d, double value, size_t room)
{
    const struct scale scale = d->has_units ? scale_choose(d->metric.unit, value) : d->range.scale;
    char number[32], *text;

    if (isinf(value))
        return g_strdup(strlen("never") <= room ? "never" : d->has_shades ? "x" : "");
    scale_write(number, value, scale);
    if (d->has_shades)
        return g_strdup_printf("%d", (int)fmin(ticks_share(&d->range, value) * 10, 9));
    text = d->has_units ? g_strdup_printf("%s %s", number, scale.unit) : g_strdup(number);
    if (text_width(text) > room)
        g_clear_pointer(&text, g_free);
    return text;
}

static void add_label(const struct drawing *d, struct canvas *canvas, size_t i, double value,
                      size_t room)
{
    const unsigned ink = isinf(value) ? 0 : palette_ink(ticks_share(&d->range, value));
    char *text = write_cell(d, value, room), *quoted;

    if (text && *text) {
        quoted = gnuplot_quote(canvas->gnuplot, text, 32);
        gnuplot_add(canvas->gnuplot, "set label %s at %zu,%zu center front", quoted, d->x.places[i],
                    d->y.places[i]);
        if (!canvas_is_text(canvas))
            gnuplot_add(canvas->gnuplot, " textcolor rgb '#%06x'", ink);
        gnuplot_add(canvas->gnuplot, "\n");
        g_free(quoted);
    }
    g_free(text);
}

static void add_row(const struct drawing *d, GString *rows, size_t i, double value)
{
    const double x = (double)d->x.places[i], y = (double)d->y.places[i];
    char number[32];

    g_ascii_formatd(number, sizeof number, "%.7g", value * d->range.scale.factor);
    g_string_append_printf(rows, "%.0f %.0f %.1f %.1f %.1f %.1f %u %s\n", x, y, x - 0.5, x + 0.5,
                           y - 0.5, y + 0.5,
                           isinf(value) ? 0 : palette_colour(ticks_share(&d->range, value)),
                           isinf(value) ? "never" : number);
}

/* The cells of a strategy: those with a value, then those without. */
static void plot_cells(const struct drawing *d, struct canvas *canvas, size_t strategy)
{
    static const char head[] = "# place along x, along y, its edges, colour, value\n";
    const struct figure *figure = d->figure;
    char *name = g_strdup_printf("panel%zu-cells.dat", strategy + 1);
    char *never_name = g_strdup_printf("panel%zu-never.dat", strategy + 1);
    GString *rows = gnuplot_data(canvas->gnuplot, name);
    GString *never = d->has_never ? gnuplot_data(canvas->gnuplot, never_name) : NULL;
    const size_t room = canvas_letters(canvas) / d->x.words->len;

    g_string_append(rows, head);
    if (never)
        g_string_append(never, head);
    for (size_t i = 0; i < figure->point_count; i++) {
        const struct summary *s = &d->summaries[i * figure->study->strategy_count + strategy];

        if (s->runs == 0 || isnan(s->estimate.value))
            continue;
        add_row(d, isinf(s->estimate.value) ? never : rows, i, s->estimate.value);
        if (canvas_lines(canvas) >= d->y.words->len)
            add_label(d, canvas, i, s->estimate.value, room);
    }
    canvas_plot(canvas, strategy, false);
    if (canvas_is_text(canvas))
        gnuplot_add(canvas->gnuplot, "    NaN notitle\n");
    else
        gnuplot_add(canvas->gnuplot,
                    "    '%s' using 1:2:3:4:5:6:7 with boxxyerror lc rgb variable fs solid 1 "
                    "noborder notitle",
                    name);
    if (never && !canvas_is_text(canvas))
        gnuplot_add(canvas->gnuplot,
                    ", \\\n    '%s' using 1:2:3:4:5:6 with boxxyerror lc rgb '#999999' fs pattern "
                    "4 noborder notitle",
                    never_name);
    gnuplot_add(canvas->gnuplot, "\n");
    g_free(name);
    g_free(never_name);
}

/* ---- drawing ---- */

static size_t longest_word(const struct side *side)
{
    size_t longest = 1;

    for (guint i = 0; i < side->words->len; i++) {
        char *safe = text_escape(side->words->pdata[i]);
        longest = MAX(longest, text_width(safe));
        g_free(safe);
    }
    return longest;
}

/* The values along an axis, as many as have room. */
static void set_words(const struct side *side, char axis, size_t room, size_t columns,
                      struct gnuplot *g)
{
    const guint count = side->words->len;
    const size_t each = axis == 'x' ? MIN(longest_word(side), columns) : columns;
    const size_t lines = axis == 'x' ? each + 1 : 1;
    const size_t step = (count * lines + room - 1) / MAX(room, 1);
    const char *separator = "";

    gnuplot_add(g, "set %crange [-0.5:%u.5]\nset %ctics scale 0 (", axis, count - 1, axis);
    for (guint i = 0; i < count; i += (guint)MAX(step, 1)) {
        char *safe = text_escape(side->words->pdata[i]);
        char *cut = text_shorten_middle(safe, each, each / 2);
        char *word = gnuplot_quote_tic(g, cut, each);

        gnuplot_add(g, "%s%s %u", separator, word, i);
        separator = ", ";
        g_free(word);
        g_free(cut);
        g_free(safe);
    }
    gnuplot_add(g, ")\n");
}

/* The label of the x axis, and in a terminal what shades are.  g_free() it. */
static char *write_x_label(const struct drawing *d)
{
    const char *axis = d->figure->study->axes[d->x.axis];
    char low[32], high[32];

    if (!d->has_shades)
        return g_strdup(axis);
    scale_write(low, d->range.low, d->range.scale);
    scale_write(high, d->range.high, d->range.scale);
    return g_strdup_printf("%s  (0 to 9: %s to %s %s)", axis, low, high, d->range.scale.unit);
}

static struct canvas *draw_page(struct drawing *d, const char *runs)
{
    const struct figure *figure = d->figure;
    const struct study *study = figure->study;
    char *subtitle =
        g_strdup_printf("%s: %s%s", runs, d->metric.label, d->has_never ? "; hatched: never" : "");
    char *name = figure_label(d->metric.name, d->has_units ? "" : d->range.scale.unit);
    char *what =
        g_strdup_printf("%s by %s and %s", name, study->axes[d->x.axis], study->axes[d->y.axis]);
    struct canvas *canvas = figure_canvas(figure, what, subtitle);
    char *x_label;

    palette_reserve(canvas);
    d->has_shades = canvas_is_text(canvas) && canvas_letters(canvas) / d->x.words->len < 6;
    x_label = write_x_label(d);
    for (size_t s = 0; s < study->strategy_count; s++) {
        canvas_panel(canvas, s, figure_panel_name(figure, s), x_label, study->axes[d->y.axis]);
        if (s == 0)
            palette_bar(canvas, &d->range);
        gnuplot_add(canvas->gnuplot, "unset grid\n");
        set_words(&d->x, 'x', canvas_letters(canvas), WORD_COLUMNS_X, canvas->gnuplot);
        set_words(&d->y, 'y', canvas_lines(canvas), WORD_COLUMNS_Y, canvas->gnuplot);
        plot_cells(d, canvas, s);
    }
    canvas_finish(canvas);
    g_free(subtitle);
    g_free(name);
    g_free(x_label);
    g_free(what);
    return canvas;
}

static struct canvas *draw(struct figure *figure, struct errors *errors)
{
    struct drawing d = { .figure = figure };
    struct canvas *canvas = NULL;
    char *runs = NULL;

    if (!figure_metric(figure, &d.metric, errors) || !choose_sides(&d, errors))
        return NULL;
    for (size_t s = 0; s < figure->study->strategy_count; s++)
        g_ptr_array_add(figure->panels, g_strdup(figure->study->strategies[s]));
    if (read_summaries(&d, errors) &&
        figure_runs(figure, d.metric.unit == UNIT_TIME ? "median" : "mean", &runs, errors))
        canvas = draw_page(&d, runs);
    clear_side(&d.x);
    clear_side(&d.y);
    g_free(d.summaries);
    g_free(runs);
    return canvas;
}

const struct figure_kind figure_heat = {
    .name = "heat",
    .summary = "a metric over two swept parameters, as colours",
    .takes = FIGURE_METRIC | FIGURE_BY,
    .draw = draw,
};
