/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * paired.c - what a strategy differs by from a baseline, pair by pair.
 *
 * Runs of one replication have the same weather, so each pair of them has a difference; along x
 * stand all pairs, sorted by it, so a line that crosses 0 says in how many which side is ahead.
 * The marker in the middle is the median with its 95 % interval, as `compare` has it, which the
 * legend writes out where there is one panel; 0 has the colour of the baseline.  A pair in which
 * one side never got there has no difference and no place.
 */
#include "analysis/figure/figure_parts.h"
#include "analysis/figure/ticks.h"
#include "analysis/text/text.h"
#include "analysis/verdict/cells.h"
#include "analysis/verdict/compare.h"

#include <math.h>
#include <stdlib.h>

enum {
    NAME_COLUMNS = 20,   /* of a name in the legend before its difference */
    LEGEND_COLUMNS = 64, /* of both */
    STEPS_MAX = 400,     /* markers of a line */
};

/* The pairs of a strategy at a point. */
struct pairs {
    struct comparison comparison;
    double *differences; /* ascending, of the pairs in which it happened to both */
};

struct drawing {
    struct figure *figure;
    size_t baseline;
    struct metric metric;
    struct pairs *pairs; /* point by point, strategy by strategy; none of the baseline */
    bool has_left_out;
    struct ticks x, y;
};

/* ---- reading ---- */

static int compare_numbers(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

static void take_pairs(struct pairs *pairs, const struct series *subject,
                       const struct series *baseline)
{
    size_t count = 0;

    comparison_fill(&pairs->comparison, subject, baseline);
    pairs->differences = g_new(double, pairs->comparison.both + 1);
    for (size_t i = 0, k = 0; i < subject->count; i++) {
        double difference;

        while (k < baseline->count && baseline->replications[k] < subject->replications[i])
            k++;
        if (k == baseline->count || baseline->replications[k] != subject->replications[i])
            continue;
        difference = subject->values[i] - baseline->values[k];
        if (isfinite(difference) && count < pairs->comparison.both)
            pairs->differences[count++] = difference;
    }
    qsort(pairs->differences, count, sizeof *pairs->differences, compare_numbers);
}

static bool read_point(struct drawing *d, size_t i, struct errors *errors)
{
    const struct study *study = d->figure->study;
    const size_t point = d->figure->points[i];
    struct series baseline = { 0 }, subject = { 0 };
    bool is_good =
        study_read(study, point, study->strategies[d->baseline], d->metric.name, &baseline, errors);

    for (size_t s = 0; is_good && s < study->strategy_count; s++) {
        struct pairs *pairs = &d->pairs[i * study->strategy_count + s];

        if (s == d->baseline)
            continue;
        pairs->comparison.metric = d->metric;
        is_good = study_read(study, point, study->strategies[s], d->metric.name, &subject, errors);
        if (is_good)
            take_pairs(pairs, &subject, &baseline);
        d->has_left_out = d->has_left_out || pairs->comparison.both < pairs->comparison.pairs;
        series_clear(&subject);
    }
    series_clear(&baseline);
    return is_good;
}

static bool read_pairs(struct drawing *d, struct errors *errors)
{
    const size_t count = d->figure->point_count * d->figure->study->strategy_count;
    size_t both = 0;

    for (size_t i = 0; i < d->figure->point_count; i++)
        if (!read_point(d, i, errors))
            return false;
    for (size_t i = 0; i < count; i++)
        both += d->pairs[i].comparison.both;
    if (both == 0)
        errors_add(
            errors, ERROR_SCENARIO,
            "there is no pair of runs in which both have %s; --kind ccdf shows who got there",
            d->metric.name);
    return both > 0;
}

/* ---- the legend ---- */

/* `mail: -7.1 (-7.4 to -6.9) s in 18 of 20`.  g_free() it. */
static char *write_name(const struct drawing *d, const char *name, const struct comparison *c)
{
    const struct scale scale = scale_choose(d->metric.unit, fabs(c->difference.value));
    const struct cells_written w = cells_write(c->difference, scale);
    char *safe = text_escape(name), *cut, *share, *text;

    cut = text_shorten_middle(safe, NAME_COLUMNS, NAME_COLUMNS / 2);
    share =
        c->both < c->pairs ? g_strdup_printf(" in %zu of %zu", c->both, c->pairs) : g_strdup("");
    if (c->both == 0)
        text = g_strdup_printf("%s: no pair", cut);
    else if (isnan(c->difference.lower))
        text = g_strdup_printf("%s: %s%s%s%s", cut, w.value, w.blank, w.unit, share);
    else
        text = g_strdup_printf("%s: %s (%s to %s)%s%s%s", cut, w.value, w.lower, w.upper, w.blank,
                               w.unit, share);
    g_free(share);
    g_free(safe);
    g_free(cut);
    return text;
}

/* `push: the baseline`.  g_free() it. */
static char *write_baseline(const char *name)
{
    char *safe = text_escape(name), *cut, *text;

    cut = text_shorten_middle(safe, NAME_COLUMNS, NAME_COLUMNS / 2);
    text = g_strconcat(cut, ": the baseline", NULL);
    g_free(safe);
    g_free(cut);
    return text;
}

static void name_series(struct drawing *d)
{
    struct figure *figure = d->figure;

    for (size_t s = 0; s < figure->study->strategy_count; s++) {
        gpointer *name = &figure->series->pdata[s];
        char *text;

        if (s != d->baseline && figure->panels->len > 1)
            continue;
        text = s == d->baseline ? write_baseline(*name)
                                : write_name(d, *name, &d->pairs[s].comparison);
        g_free(*name);
        *name = text;
    }
}

/* ---- drawing ---- */

static void add_point(const struct drawing *d, struct line *line, double share,
                      struct estimate difference)
{
    const double factor = d->y.scale.factor;

    line_add(line, (struct line_point){ .x = share * d->x.scale.factor,
                                        .y = difference.value * factor,
                                        .lower = difference.lower * factor,
                                        .upper = difference.upper * factor,
                                        .beyond = NAN });
}

static void add_pairs(const struct drawing *d, struct lines *lines, size_t strategy,
                      const struct pairs *pairs)
{
    const size_t count = pairs->comparison.both, stride = count / STEPS_MAX + 1;
    struct estimate median = pairs->comparison.difference;
    struct line *line =
        lines_add(lines, strategy, LINE_DATA, LINE_JOINED, "share of the pairs, difference");

    for (size_t i = 0; i < count; i += stride)
        add_point(d, line, ((double)i + 0.5) / (double)count,
                  (struct estimate){ pairs->differences[i], NAN, NAN });
    line = lines_add(lines, strategy, LINE_DATA, LINE_MARKED | LINE_BARS, "-, median, 95 % limits");
    if (isnan(median.lower))
        median.lower = median.upper = median.value;
    add_point(d, line, 0.5, median);
}

static struct lines *make_lines(const struct drawing *d, size_t panel)
{
    const struct figure *figure = d->figure;
    const size_t strategies = figure->study->strategy_count;
    struct lines *lines = lines_new();
    struct line *zero = lines_add(lines, d->baseline, LINE_THEORY, LINE_JOINED, "share, 0");

    for (int i = 0; i < 2; i++)
        add_point(d, zero, i, (struct estimate){ 0, NAN, NAN });
    for (size_t i = 0; i < figure->point_count * strategies; i++)
        if (figure_panel(figure, i / strategies) == panel && d->pairs[i].comparison.both > 0)
            add_pairs(d, lines, i % strategies, &d->pairs[i]);
    return lines;
}

static void set_ranges(struct drawing *d, const struct canvas *canvas)
{
    d->y = TICKS_NONE;
    for (size_t i = 0; i < d->figure->point_count * d->figure->study->strategy_count; i++)
        if (d->pairs[i].comparison.both > 0) {
            ticks_widen(&d->y, d->pairs[i].differences[0]);
            ticks_widen(&d->y, d->pairs[i].differences[d->pairs[i].comparison.both - 1]);
        }
    ticks_end(&d->y, d->metric.unit, INFINITY, canvas_lines(canvas));
    d->x = (struct ticks){ .high = 1,
                           .unit = UNIT_SHARE,
                           .scale = scale_choose(UNIT_SHARE, 1),
                           .room = canvas_letters(canvas) };
}

static struct canvas *draw_page(struct drawing *d, const char *runs)
{
    struct figure *figure = d->figure;
    struct canvas_size size = *figure->size;
    const char *baseline = figure->study->strategies[d->baseline];
    char *what = g_strdup_printf("difference of %s from %s", d->metric.name, baseline);
    char *subtitle =
        g_strdup_printf("%s, sorted; marker: the median with its 95 %% interval%s", runs,
                        d->has_left_out ? "; without pairs in which one side never got there" : "");
    char *label = g_strdup_printf("difference, %s", d->metric.label), *y_label;
    struct canvas *canvas;

    name_series(d);
    if (figure->panels->len == 1)
        size.names = LEGEND_COLUMNS;
    figure->size = &size;
    canvas = figure_canvas(figure, what, subtitle);
    set_ranges(d, canvas);
    y_label = figure_label(label, ticks_unit(&d->y));
    for (size_t panel = 0; panel < figure->panels->len; panel++) {
        struct lines *lines = make_lines(d, panel);
        canvas_panel(canvas, panel, figure_panel_name(figure, panel), "share of the pairs (%)",
                     y_label);
        ticks_axis(&d->x, 'x', canvas->gnuplot);
        ticks_axis(&d->y, 'y', canvas->gnuplot);
        lines_plot(lines, canvas, panel);
        lines_free(lines);
    }
    canvas_finish(canvas);
    g_free(what);
    g_free(subtitle);
    g_free(label);
    g_free(y_label);
    return canvas;
}

/* The strategy of --baseline, or the first; false and an error if nothing is left beside it. */
static bool choose_baseline(struct drawing *d, struct errors *errors)
{
    const struct study *study = d->figure->study;
    const char *name = d->figure->options->baseline;
    const int found = name ? study_find_strategy(study, name, errors) : 0;

    if (found >= 0 && study->strategy_count < 2)
        errors_add(errors, ERROR_SCENARIO,
                   "'%s' alone has nothing to differ from: the kind paired is of two strategies at "
                   "least",
                   study->strategies[0]);
    d->baseline = (size_t)MAX(found, 0);
    return found >= 0 && study->strategy_count >= 2;
}

static struct canvas *draw(struct figure *figure, struct errors *errors)
{
    const size_t count = figure->point_count * figure->study->strategy_count;
    struct drawing d = { .figure = figure };
    struct canvas *canvas = NULL;
    char *runs = NULL;

    if (!choose_baseline(&d, errors) || !figure_metric(figure, &d.metric, errors))
        return NULL;
    figure_divide(figure, -1, false);
    d.pairs = g_new0(struct pairs, count + 1);
    if (figure_check_size(figure, errors) && read_pairs(&d, errors) &&
        figure_runs(figure, "pairs", &runs, errors))
        canvas = draw_page(&d, runs);
    for (size_t i = 0; i < count; i++)
        g_free(d.pairs[i].differences);
    g_free(d.pairs);
    g_free(runs);
    return canvas;
}

const struct figure_kind figure_paired = {
    .name = "paired",
    .summary = "what strategies differ by from a baseline, pair of runs by pair",
    .takes = FIGURE_METRIC | FIGURE_BASELINE,
    .draw = draw,
};
