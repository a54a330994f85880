/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * load.c - how evenly nodes are loaded: how many handle how many messages, or with --metric bytes
 * send how many bytes, and M. O. Lorenz's curve (Methods of measuring the concentration of wealth,
 * 1905) of the share of it all that falls to the least loaded nodes, with C. Gini's coefficient: 0
 * if all have as much, 1 if one has all.
 *
 * Both are means over the runs.  The database counts nodes by bins: one for each number of messages
 * below 64, then doublings; of bytes sixteen to a doubling.  Where there are doublings the bars are
 * doublings throughout.  The coefficient has two values where they differ: as if all loads of a bin
 * were alike, as the curve has them, and as if they were spread evenly over it.
 */
#include "analysis/figure/figure_parts.h"
#include "analysis/figure/ticks.h"
#include "analysis/study/loads.h"
#include "analysis/text/text.h"

#include <math.h>
#include <string.h>

enum {
    POINTS_MAX = 2, /* of a page, each with two panels */
    SINGLE = 64,    /* messages from which on bins are doublings */
    QUARTERS = 4,   /* bars to a doubling of bytes, if they span more than WIDE doublings */
    WIDE = 3,
    LOG_FROM_BYTES = 20,
    NAME_COLUMNS = 28,
    LEGEND_COLUMNS = 44, /* with the coefficient behind it */
};

/* What nodes are loaded with. */
static const struct quantity {
    const char *metric, *histogram;
    enum metric_unit unit;
    const char *title, *x_label, *y_label, *share_label, *columns, *none;
} quantities[] = {
    { "messages", "load", UNIT_COUNT, "messages that nodes handle", "messages handled by a node",
      "left: nodes, right: messages that they handle (%)", "messages that they handle, %",
      "share of the nodes, of the messages that they handle",
      "no run has stored how many messages each node handles; `record: {nodes: true}`" },
    { "bytes", "bytes", UNIT_BYTES, "bytes that nodes send", "bytes sent by a node",
      "left: nodes, right: bytes that they send (%)", "bytes that they send, %",
      "share of the nodes, of the bytes that they send",
      "no run has stored how many bytes each node sends; `record: {nodes: true}`" },
};

struct drawing {
    struct figure *figure;
    const struct quantity *quantity;
    struct loads *loads; /* point by point, strategy by strategy */
    bool has_doublings;
    double least, most; /* of the loads above 0 */
    struct ticks x, y, share_x, share_y;
};

/* ---- reading ---- */

/* What decides on the bars. */
static void look_at(struct drawing *d, const struct loads *loads)
{
    for (size_t i = 0; i < loads->bin_count; i++) {
        const struct load_bin *bin = &loads->bins[i];

        d->has_doublings = d->has_doublings || bin->low >= SINGLE;
        if (bin->low > 0)
            d->least = fmin(d->least, bin->low);
        d->most = fmax(d->most, bin->high);
    }
}

static bool read_all(struct drawing *d, struct errors *errors)
{
    const struct study *study = d->figure->study;
    const size_t count = d->figure->point_count * study->strategy_count;
    double nodes = 0;

    d->least = INFINITY;
    for (size_t i = 0; i < count; i++) {
        if (!loads_read(study, d->figure->points[i / study->strategy_count],
                        study->strategies[i % study->strategy_count], d->quantity->histogram,
                        &d->loads[i], errors))
            return false;
        nodes += d->loads[i].nodes;
        look_at(d, &d->loads[i]);
    }
    if (!(nodes > 0))
        errors_add(errors, ERROR_SCENARIO, "%s", d->quantity->none);
    return nodes > 0;
}

static void clear_loads(struct drawing *d)
{
    for (size_t i = 0; i < d->figure->point_count * d->figure->study->strategy_count; i++)
        loads_clear(&d->loads[i]);
    g_free(d->loads);
}

/* ---- the histogram ---- */

/* The bar of a number of messages: itself, in the middle; or its doubling, where on a logarithmic
 * axis that of 0 is as wide as that of 1. */
static struct load_bin bar_of_messages(const struct drawing *d, const struct load_bin *bin)
{
    const double power = bin->low > 0 ? exp2(floor(log2(bin->low))) : 0.5;

    return d->has_doublings ? (struct load_bin){ power, 2 * power, 0 }
                            : (struct load_bin){ bin->low - 0.5, bin->low + 0.5, 0 };
}

/* The bar of a number of bytes: its bin, or the quarter of a doubling that holds it. */
static struct load_bin bar_of_bytes(const struct drawing *d, const struct load_bin *bin)
{
    const double power = exp2(floor(log2(fmax(bin->low, 1)))), step = power / QUARTERS;
    const double first = power + floor((bin->low - power) / step) * step;

    if (bin->low < QUARTERS || d->most <= exp2(WIDE) * d->least)
        return (struct load_bin){ bin->low, bin->high, 0 };
    return (struct load_bin){ first, first + step, 0 };
}

/* The bars with the shares of the nodes; g_array_free() them. */
static GArray *make_bars(const struct drawing *d, const struct loads *loads)
{
    GArray *bars = g_array_new(FALSE, FALSE, sizeof(struct load_bin));

    for (size_t i = 0; i < loads->bin_count; i++) {
        const struct load_bin *bin = &loads->bins[i];
        struct load_bin bar =
            (d->quantity->unit == UNIT_COUNT ? bar_of_messages : bar_of_bytes)(d, bin);
        struct load_bin *last =
            bars->len > 0 ? &g_array_index(bars, struct load_bin, bars->len - 1) : NULL;

        bar.nodes = bin->nodes / loads->nodes;
        if (last && last->low >= bar.low)
            last->nodes += bar.nodes;
        else
            g_array_append_val(bars, bar);
    }
    return bars;
}

static void add_point(struct line *line, double x, double y)
{
    line_add(line, (struct line_point){ .x = x, .y = y, .lower = NAN, .upper = NAN });
}

/* The outline of the bars, down to 0 where there is none between two. */
static void add_outline(const struct drawing *d, const struct loads *loads, struct line *line)
{
    const double x = d->x.scale.factor, y = d->y.scale.factor;
    GArray *bars = make_bars(d, loads);
    double end = 0, last = 0;

    for (guint i = 0; i < bars->len; i++) {
        const struct load_bin *bar = &g_array_index(bars, struct load_bin, i);

        if (last > 0 && bar->low > end) {
            add_point(line, end * x, last * y);
            add_point(line, end * x, 0);
            last = 0;
        }
        if (bar->nodes != last) {
            add_point(line, bar->low * x, last * y);
            add_point(line, bar->low * x, bar->nodes * y);
        }
        last = bar->nodes;
        end = bar->high;
    }
    add_point(line, end * x, last * y);
    add_point(line, end * x, 0);
    g_array_free(bars, TRUE);
}

/* ---- lines ---- */

static void add_curve(const struct drawing *d, const struct loads *loads, struct line *line)
{
    const double factor = d->share_y.scale.factor;

    for (size_t i = 0; i <= LOADS_GRID && loads->lorenz_runs > 0; i++)
        add_point(line, (double)i / LOADS_GRID * d->share_x.scale.factor,
                  loads->lorenz[i] / (double)loads->lorenz_runs * factor);
}

static struct lines *make_lines(const struct drawing *d, size_t panel, bool is_lorenz)
{
    const struct figure *figure = d->figure;
    const size_t strategies = figure->study->strategy_count;
    struct lines *lines = lines_new();

    if (is_lorenz) {
        struct line *even =
            lines_add(lines, LINE_GUIDE, LINE_THEORY, LINE_JOINED, "all as many: share, share");
        add_point(even, 0, 0);
        add_point(even, d->share_x.scale.factor, d->share_y.scale.factor);
    }
    for (size_t i = 0; i < figure->point_count * strategies; i++) {
        const size_t series = figure_series(figure, i / strategies, i % strategies);
        struct line *line;

        if (figure_panel(figure, i / strategies) != panel || !(d->loads[i].nodes > 0))
            continue;
        line = lines_add(lines, series, LINE_DATA, LINE_JOINED,
                         is_lorenz ? d->quantity->columns : "load, share of the nodes");
        if (is_lorenz)
            add_curve(d, &d->loads[i], line);
        else
            add_outline(d, &d->loads[i], line);
    }
    return lines;
}

/* ---- drawing ---- */

/* `push: Gini 0.210`, or from what to what.  g_free() it. */
static char *write_name(const struct loads *loads, const char *name)
{
    const double gini = loads->gini / (double)loads->lorenz_runs;
    const double most = gini + loads->spread / (double)loads->lorenz_runs;

    return !(loads->spread > 0)  ? g_strdup_printf("%s: Gini %.3f", name, gini)
           : most - gini < 0.005 ? g_strdup_printf("%s: Gini %.2f", name, gini)
                                 : g_strdup_printf("%s: Gini %.2f to %.2f", name, gini, most);
}

static void name_series(const struct drawing *d)
{
    const struct figure *figure = d->figure;
    const size_t strategies = figure->study->strategy_count;

    for (size_t i = 0; i < figure->point_count * strategies; i++) {
        gpointer *name =
            &figure->series->pdata[figure_series(figure, i / strategies, i % strategies)];
        const struct loads *loads = &d->loads[i];
        char *safe, *cut;

        if (loads->lorenz_runs == 0)
            continue;
        safe = text_escape(*name);
        cut = text_shorten_middle(safe, NAME_COLUMNS, NAME_COLUMNS / 2);
        g_free(*name);
        *name = write_name(loads, cut);
        g_free(safe);
        g_free(cut);
    }
}

static void set_ranges(struct drawing *d, const struct canvas *canvas)
{
    d->x = d->y = TICKS_NONE;
    for (size_t i = 0; i < d->figure->point_count * d->figure->study->strategy_count; i++) {
        GArray *bars = make_bars(d, &d->loads[i]);

        for (guint k = 0; k < bars->len; k++) {
            const struct load_bin *bar = &g_array_index(bars, struct load_bin, k);

            ticks_widen(&d->x, bar->low);
            ticks_widen(&d->x, bar->high);
            ticks_widen(&d->y, bar->nodes);
        }
        g_array_free(bars, TRUE);
    }
    ticks_end(&d->x, d->quantity->unit,
              d->quantity->unit != UNIT_COUNT ? LOG_FROM_BYTES
              : d->has_doublings              ? 1
                                              : INFINITY,
              canvas_letters(canvas));
    ticks_end(&d->y, UNIT_SHARE, INFINITY, canvas_lines(canvas));
    d->share_x = d->share_y =
        (struct ticks){ .high = 1, .unit = UNIT_SHARE, .scale = scale_choose(UNIT_SHARE, 1) };
    d->share_x.room = canvas_letters(canvas);
    d->share_y.room = canvas_lines(canvas);
}

static void draw_panel(const struct drawing *d, struct canvas *canvas, size_t panel, char **names)
{
    const bool is_lorenz = panel % 2 == 1, is_text = canvas_is_text(canvas);
    const char *name = names[panel / 2], *what = is_lorenz ? "Lorenz curve" : "histogram";
    char *title = *name ? g_strdup_printf("%s: %s", what, name) : g_strdup(what);
    char *x_label = figure_label(d->quantity->x_label, ticks_unit(&d->x));
    struct lines *lines = make_lines(d, panel / 2, is_lorenz);

    canvas_panel(canvas, panel, title,
                 is_lorenz ? "share of the nodes, the least loaded first (%)" : x_label,
                 !is_text    ? d->quantity->y_label
                 : is_lorenz ? d->quantity->share_label
                             : "nodes, %");
    g_free(x_label);
    ticks_axis(is_lorenz ? &d->share_x : &d->x, 'x', canvas->gnuplot);
    ticks_axis(is_lorenz ? &d->share_y : &d->y, 'y', canvas->gnuplot);
    lines_plot(lines, canvas, panel);
    lines_free(lines);
    g_free(title);
}

static struct canvas *draw_page(struct drawing *d, const char *runs)
{
    struct figure *figure = d->figure;
    struct canvas_size size = *figure->size;
    const size_t points = figure->panels->len;
    char **names = g_new0(char *, points + 1);
    char *colours = figure_colours(figure), *subtitle = g_strconcat(runs, colours, NULL);
    struct canvas *canvas;

    if (points == 1) {
        name_series(d);
        size.names = LEGEND_COLUMNS;
    }
    for (size_t i = 0; i < points; i++)
        names[i] = g_strdup(figure->panels->pdata[i]);
    for (size_t i = 0; i < points; i++) /* a second panel each */
        g_ptr_array_add(figure->panels, g_strdup(""));
    figure->size = &size;
    canvas = figure_canvas(figure, d->quantity->title, subtitle);
    set_ranges(d, canvas);
    for (size_t panel = 0; panel < 2 * points; panel++)
        draw_panel(d, canvas, panel, names);
    canvas_finish(canvas);
    g_strfreev(names);
    g_free(colours);
    g_free(subtitle);
    return canvas;
}

static const struct quantity *choose(const char *metric, struct errors *errors)
{
    for (size_t i = 0; i < G_N_ELEMENTS(quantities); i++)
        if (!metric || strcmp(quantities[i].metric, metric) == 0)
            return &quantities[i];
    errors_add(errors, ERROR_SCENARIO, "--metric '%s': the kind load draws messages or bytes",
               metric);
    return NULL;
}

static struct canvas *draw(struct figure *figure, struct errors *errors)
{
    struct drawing d = { .figure = figure, .quantity = choose(figure->options->metric, errors) };
    struct canvas *canvas = NULL;
    char *runs = NULL;

    if (!d.quantity)
        return NULL;
    figure_divide(figure, -1, false);
    if (figure->panels->len > POINTS_MAX) {
        errors_add(errors, ERROR_SCENARIO,
                   "the kind load draws at most %d points of a sweep, not %u: choose with --where "
                   "PATH=VALUE",
                   POINTS_MAX, figure->panels->len);
        return NULL;
    }
    d.loads = g_new0(struct loads, figure->point_count * figure->study->strategy_count + 1);
    if (figure_check_size(figure, errors) && read_all(&d, errors) &&
        figure_runs(figure, "mean", &runs, errors))
        canvas = draw_page(&d, runs);
    clear_loads(&d);
    g_free(runs);
    return canvas;
}

const struct figure_kind figure_load = {
    .name = "load",
    .summary = "how much nodes handle or send, and how evenly: histogram and Lorenz curve",
    .takes = FIGURE_METRIC,
    .draw = draw,
};
