/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * frontier.c - what the settings of a search cost against what they give, with the goal and the
 * setting that was chosen.
 *
 * A panel for each goal: along x the mean of the cost, along y what the goal is about, both on
 * logarithmic axes where they have no zero.  A setting is on the frontier of a panel if no other
 * that was looked at as well is both cheaper and better there; these are joined.  Settings that
 * were dropped after a few runs have a marker without intervals.
 */
#include "analysis/figure/figure_parts.h"
#include "analysis/figure/ticks.h"
#include "analysis/verdict/expectation.h"
#include "base/pareto.h"

#include <math.h>
#include <string.h>

enum { SERIES_FRONTIER, SERIES_OTHER, SERIES_CHOSEN, SERIES_COUNT };

enum { RUNS_MIN = 16 }; /* of a setting that is on the frontier or shows its interval */

/* A setting in the panel of a goal. */
struct tried {
    struct estimate cost, found;
    size_t runs;
    bool is_chosen, is_on_frontier;
};

struct drawing {
    const struct figure *figure;
    char *goals, *metric, *strategy; /* as the database has them */
    int64_t chosen;                  /* position in the study; -1: none */
    struct expression expression;    /* of the panel in the making */
    struct tried *settings;          /* of each point of the study, in that panel */
    struct ticks x, y;
};

/* ---- reading ---- */

static void take_tuning(void *context, sqlite3_stmt *row)
{
    struct drawing *d = context;

    d->goals = study_copy_text(row, 0);
    d->metric = study_copy_text(row, 1);
    d->strategy = study_copy_text(row, 2);
    d->chosen = sqlite3_column_type(row, 3) == SQLITE_NULL ? -1 : sqlite3_column_int64(row, 3);
}

static bool read_tuning(struct drawing *d, struct errors *errors)
{
    const struct study *study = d->figure->study;

    if (!study_rows(study,
                    "SELECT goals, metric, strategy, (SELECT position FROM tuning_finding f WHERE "
                    "f.study_id = t.study_id AND finding = 'chosen') FROM tuning t WHERE "
                    "study_id = ?1",
                    take_tuning, d, errors))
        return false;
    if (!d->goals)
        errors_add(errors, ERROR_SCENARIO,
                   "study %lld was not made by tune, and so has no goal; --kind sweep or residue "
                   "show what settings give and cost",
                   (long long)study->study_id);
    return d->goals && study_find_strategy(study, d->strategy, errors) >= 0;
}

static void mark_frontier(struct drawing *d)
{
    const enum expression_order order = d->expression.bound.order;
    const double sign = order == ORDER_MORE || order == ORDER_AT_LEAST ? -1 : 1;
    const size_t count = d->figure->study->point_count;
    struct pareto_offer *offers = g_new(struct pareto_offer, count);

    for (size_t i = 0; i < count; i++) {
        const struct tried *s = &d->settings[i];
        const bool is_known = s->runs >= RUNS_MIN;
        offers[i] = (struct pareto_offer){ .x = is_known ? s->cost.value : NAN,
                                           .y = sign * s->found.value };
    }
    pareto_mark(offers, count);
    for (size_t i = 0; i < count; i++)
        d->settings[i].is_on_frontier = offers[i].is_on_frontier;
    g_free(offers);
}

static bool read_setting(struct drawing *d, size_t i, struct errors *errors)
{
    const struct study *study = d->figure->study;
    struct series series = { 0 };
    struct finding finding;
    struct summary cost;
    bool is_good =
        study_read(study, i, d->strategy, d->metric, &series, errors) &&
        expectation_find(study, i, d->expression.strategy, &d->expression, &finding, errors);

    if (is_good) {
        cost = summary_mean(&series);
        d->settings[i] = (struct tried){ .cost = cost.estimate,
                                         .found = finding.estimate,
                                         .runs = MIN(cost.runs, finding.runs),
                                         .is_chosen = study->points[i].position == d->chosen };
        if (cost.never > 0)
            d->settings[i].cost.value = INFINITY;
    }
    series_clear(&series);
    return is_good;
}

/* Enough runs that it has a place in the panel. */
static bool is_seen(const struct tried *s)
{
    return s->runs >= RUNS_MIN && isfinite(s->cost.value) && isfinite(s->found.value);
}

static bool read_settings(struct drawing *d, struct errors *errors)
{
    const size_t count = d->figure->study->point_count;

    for (size_t i = 0; i < count; i++)
        if (!read_setting(d, i, errors))
            return false;
    mark_frontier(d);
    for (size_t i = 0; i < count; i++)
        if (is_seen(&d->settings[i]))
            return true;
    errors_add(errors, ERROR_SCENARIO,
               "goal '%s': no setting has %d runs yet in which it and the cost are known",
               d->expression.text, RUNS_MIN);
    return false;
}

/* ---- drawing ---- */

/* The axes hold what has been seen enough of, and the goal. */
static void set_ranges(struct drawing *d, const struct canvas *canvas)
{
    d->x = d->y = TICKS_NONE;
    for (size_t i = 0; i < d->figure->study->point_count; i++) {
        const struct tried *s = &d->settings[i];
        if (!is_seen(s))
            continue;
        ticks_widen(&d->x, s->cost.value);
        ticks_widen(&d->y, s->found.value);
    }
    ticks_widen(&d->y, d->expression.bound.value);
    ticks_end(&d->x, metric_describe(d->metric).unit, 1.5, canvas_letters(canvas));
    ticks_end(&d->y, expression_unit(&d->expression), 1.5, canvas_lines(canvas));
}

static struct line_point place(const struct drawing *d, const struct tried *s)
{
    const double x = d->x.scale.factor, y = d->y.scale.factor;
    const bool has_limits = s->runs >= RUNS_MIN;
    const struct estimate *c = &s->cost, *f = &s->found;

    return (struct line_point){
        .x = c->value * x,
        .x_lower = (has_limits && isfinite(c->lower) ? fmax(c->lower, d->x.low) : c->value) * x,
        .x_upper = (has_limits && isfinite(c->upper) ? fmin(c->upper, d->x.high) : c->value) * x,
        .y = f->value * y,
        .lower = (has_limits && isfinite(f->lower) ? fmax(f->lower, d->y.low) : f->value) * y,
        .upper = (has_limits && !isnan(f->upper) ? fmin(f->upper, d->y.high) : f->value) * y,
        .beyond = NAN,
    };
}

static bool is_shown(const struct drawing *d, const struct tried *s)
{
    return s->cost.value >= d->x.low && s->cost.value <= d->x.high && s->found.value >= d->y.low &&
           s->found.value <= d->y.high;
}

static int by_cost(gconstpointer a, gconstpointer b)
{
    const struct line_point *first = a, *second = b;

    return first->x < second->x ? -1 : first->x > second->x;
}

static struct lines *make_lines(const struct drawing *d)
{
    static const unsigned looks[SERIES_COUNT] = {
        [SERIES_FRONTIER] = LINE_MARKED | LINE_BARS | LINE_BARS_X | LINE_LINKED,
        [SERIES_OTHER] = LINE_MARKED,
        [SERIES_CHOSEN] = LINE_MARKED | LINE_BARS | LINE_BARS_X,
    };
    static const size_t order[SERIES_COUNT] = { SERIES_OTHER, SERIES_FRONTIER, SERIES_CHOSEN };
    struct lines *lines = lines_new();
    const double bound = d->expression.bound.value * d->y.scale.factor;
    struct line *goal = lines_add(lines, LINE_GUIDE, LINE_THEORY, LINE_JOINED, "cost, the goal");

    for (int i = 0; i < 2; i++)
        line_add(goal, (struct line_point){ .x = (i ? d->x.high : d->x.low) * d->x.scale.factor,
                                            .y = bound,
                                            .lower = NAN,
                                            .upper = NAN });
    for (size_t k = 0; k < SERIES_COUNT; k++) {
        struct line *line = lines_add(lines, order[k], LINE_DATA, looks[order[k]],
                                      "cost, what was found, 95 % limits, -, limits of the cost");
        for (size_t i = 0; i < d->figure->study->point_count; i++) {
            const struct tried *s = &d->settings[i];
            const size_t series = s->is_chosen        ? SERIES_CHOSEN
                                  : s->is_on_frontier ? SERIES_FRONTIER
                                                      : SERIES_OTHER;
            if (series == order[k] && is_shown(d, s))
                line_add(line, place(d, s));
        }
        g_array_sort(line->points, by_cost);
    }
    return lines;
}

static void draw_panel(struct drawing *d, struct canvas *canvas, size_t panel)
{
    const struct metric cost = metric_describe(d->metric);
    char *what = g_strndup(d->expression.text,
                           (gsize)(strrchr(d->expression.text, ')') - d->expression.text) + 1);
    struct lines *lines;
    char *x_label, *y_label, *cost_name;

    set_ranges(d, canvas);
    cost_name = g_strdup_printf("%s of %s, mean", cost.label ? cost.label : d->metric, d->strategy);
    x_label = figure_label(cost_name, ticks_unit(&d->x));
    y_label = figure_label(what, ticks_unit(&d->y));
    canvas_panel(canvas, panel, d->expression.text, x_label, y_label);
    ticks_axis(&d->x, 'x', canvas->gnuplot);
    ticks_axis(&d->y, 'y', canvas->gnuplot);
    lines = make_lines(d);
    lines_plot(lines, canvas, panel);
    lines_free(lines);
    g_free(cost_name);
    g_free(x_label);
    g_free(y_label);
    g_free(what);
}

static struct canvas *draw_panels(struct drawing *d, char *const *goals, size_t count,
                                  struct errors *errors)
{
    static const char *const series[] = { "frontier", "other settings", "chosen" };
    struct canvas *canvas = canvas_new(
        d->figure->size, d->figure->study->name,
        "bars: 95 % intervals; dashed: the goal; others: bettered, or dropped after few runs",
        series, d->chosen >= 0 ? SERIES_COUNT : SERIES_COUNT - 1, count);
    char why[EXPRESSION_WHY_MAX];
    bool is_good = true;

    for (size_t i = 0; i < count && is_good; i++) {
        is_good = expression_read(goals[i], &d->expression, why);
        if (!is_good) {
            errors_add(errors, ERROR_IO, "the database has the goal '%s': %s", goals[i], why);
            break;
        }
        if (!d->expression.strategy)
            errors_add(errors, ERROR_IO, "the database has the goal '%s', of no strategy",
                       goals[i]);
        is_good = d->expression.strategy &&
                  study_find_strategy(d->figure->study, d->expression.strategy, errors) >= 0 &&
                  read_settings(d, errors);
        if (is_good)
            draw_panel(d, canvas, i);
        expression_clear(&d->expression);
    }
    if (is_good) {
        canvas_finish(canvas);
        return canvas;
    }
    canvas_free(canvas);
    return NULL;
}

static struct canvas *draw(struct figure *figure, struct errors *errors)
{
    struct drawing d = { .figure = figure, .chosen = -1 };
    struct canvas *canvas = NULL;
    char **goals;

    if (read_tuning(&d, errors)) {
        goals = g_strsplit(d.goals, "\n", CANVAS_PANELS_MAX);
        d.settings = g_new0(struct tried, figure->study->point_count);
        canvas = draw_panels(&d, goals, g_strv_length(goals), errors);
        g_strfreev(goals);
    }
    g_free(d.settings);
    g_free(d.goals);
    g_free(d.metric);
    g_free(d.strategy);
    return canvas;
}

const struct figure_kind figure_frontier = {
    .name = "frontier",
    .summary = "what the settings of tune cost against what they give, with the goal",
    .draw = draw,
};
