/* SPDX-License-Identifier: GPL-3.0-or-later */
/* growth.c - see growth.h. */
#include "analysis/verdict/growth.h"

#include "analysis/study/usual.h"
#include "analysis/text/text.h"
#include "analysis/verdict/cells.h"
#include "analysis/verdict/growth_line.h"

#include <glib.h>
#include <math.h>
#include <string.h>

#define WEAK_P 0.05 /* below it the points do not follow the law */

static const char *const spread[] = { "t99", "bytes_rate", NULL };
static const char *const beliefs[] = { "detect_t99", "bytes_rate", NULL };

struct growth {
    const struct study *study;
    int axis;
    struct growth_points points;
    struct table *table;
    GString *sentences;
};

/* ---- what is told ---- */

/* What every doubling does: adds so much, or is times so much. */
static struct estimate doubling(const struct law *law)
{
    const struct estimate e = law->rate;

    return law->kind == LAW_LOGARITHM
               ? e
               : (struct estimate){ exp2(e.value), exp2(e.lower), exp2(e.upper) };
}

static char *doubling_text(const struct growth_line *line)
{
    const struct estimate e = doubling(&line->law);
    const struct scale scale = line->law.kind == LAW_POWER
                                   ? (struct scale){ 1, "" }
                                   : scale_choose(line->metric.unit, fabs(e.value));
    const struct cells_written w = cells_write(e, scale);
    const char *sign = line->law.kind == LAW_POWER ? "× " : e.value < 0 ? "" : "+";

    return g_strdup_printf("%s%s (%s to %s)%s%s", sign, w.value, w.lower, w.upper, w.blank, w.unit);
}

static void add_sentence(struct growth *g, const struct growth_line *line, const char *law,
                         const char *every)
{
    char *point = study_point_name(g->study, line->point, g->axis);
    char *text = g_strdup_printf("%s%s%s: %s, %s with every doubling of %s: %s", point,
                                 *point ? ": " : "", g->study->strategies[line->strategy],
                                 line->metric.name, every, g->study->axes[g->axis], law);
    char *safe = text_escape(text);

    g_string_append(g->sentences, safe);
    if (isnan(line->law.p))
        g_string_append(g->sentences, ".\n");
    else if (line->law.p < WEAK_P)
        g_string_append_printf(g->sentences,
                               "; its points lie farther from it than chance would have them (p "
                               "%s%.2g): a summary, no law.\n",
                               line->law.p < 1e-4 ? "< " : "= ", fmax(line->law.p, 1e-4));
    else
        g_string_append_printf(g->sentences,
                               "; its points lie about it as chance would have them (p = %.2f).\n",
                               line->law.p);
    g_free(point);
    g_free(text);
    g_free(safe);
}

static void add_columns(struct growth *g)
{
    static const char *const numbers[] = { "start",    "start_lower",    "start_upper",
                                           "rate",     "rate_lower",     "rate_upper",
                                           "doubling", "doubling_lower", "doubling_upper" };

    cells_axis_columns(g->table, g->study, g->axis);
    table_column(g->table, "strategy", "strategy", COLUMN_ALL | COLUMN_KEY);
    table_column(g->table, "metric", "metric", COLUMN_ALL | COLUMN_KEY);
    table_column(g->table, "points", "points", COLUMN_ALL | COLUMN_RIGHT);
    table_column(g->table, "left_out", "", COLUMN_PROGRAMS);
    table_column(g->table, "law", "", COLUMN_PROGRAMS);
    table_column(g->table, "", "law", COLUMN_PEOPLE);
    table_column(g->table, "", "a doubling", COLUMN_PEOPLE);
    for (size_t i = 0; i < G_N_ELEMENTS(numbers); i++)
        table_column(g->table, numbers[i], "", COLUMN_PROGRAMS);
    table_column(g->table, "p", "p", COLUMN_ALL | COLUMN_RIGHT);
}

static void add_row(struct growth *g, const struct growth_line *line)
{
    const struct estimate none = { NAN, NAN, NAN };
    const bool has = line->has_law;
    char *law = has ? growth_line_law(g->study, g->axis, line) : g_strdup("–");
    char *every = has ? doubling_text(line) : g_strdup("–");
    char some[64], p[32];

    g_snprintf(some, sizeof some, "%zu of %zu", line->points, line->points + line->left_out);
    g_snprintf(p, sizeof p, line->law.p < 1e-4 ? "<1e-4" : "%.2g", line->law.p);
    table_row(g->table);
    cells_axis_values(g->table, g->study, line->point, g->axis);
    table_text(g->table, g->study->strategies[line->strategy]);
    table_text(g->table, line->metric.name);
    table_number(g->table, (double)line->points, line->left_out > 0 ? some : NULL);
    table_number(g->table, (double)line->left_out, NULL);
    table_text(g->table, !has ? "none" : line->law.kind == LAW_POWER ? "power" : "logarithm");
    table_text(g->table, law);
    table_text(g->table, every);
    cells_estimate(g->table, has ? line->law.start : none);
    cells_estimate(g->table, has ? line->law.rate : none);
    cells_estimate(g->table, has ? doubling(&line->law) : none);
    table_number(g->table, has ? line->law.p : NAN, has && !isnan(line->law.p) ? p : "–");
    if (has)
        add_sentence(g, line, law, every);
    g_free(law);
    g_free(every);
}

/* ---- the table ---- */

static bool add_line(struct growth *g, const char *metric, size_t first, size_t strategy,
                     struct errors *errors)
{
    struct growth_line line = { .point = first,
                                .strategy = strategy,
                                .metric = metric_describe(metric) };

    if (!growth_line_read(g->study, g->axis, &g->points, &line, errors))
        return false;
    if (line.points + line.left_out > 0)
        add_row(g, &line);
    return true;
}

static bool add_lines(struct growth *g, const char *const *metrics, struct errors *errors)
{
    for (size_t i = 0; metrics[i]; i++)
        if (!study_check_metric(g->study, metrics[i], errors))
            return false;
    for (size_t i = 0; metrics[i]; i++)
        for (size_t point = 0; point < g->study->point_count; point++)
            for (size_t s = 0; s < g->study->strategy_count && g->points.is_first[point]; s++)
                if (!add_line(g, metrics[i], point, s, errors))
                    return false;
    return true;
}

static void print_method(FILE *out, const struct growth *g)
{
    char *axis = text_escape(g->study->axes[g->axis]);

    fprintf(out,
            "\nIn brackets: 95 %% confidence intervals.  Law: least squares over all runs, a line "
            "in\nlog2 %s or a power, whichever comes nearer; of at least three points, at which\n"
            "every run got there.  p: how likely chance alone puts the means so far from the law "
            "(F test "
            "of\nlack of fit); below 0.05 it is no law.\n\n",
            axis);
    fputs(g->sentences->str, out);
    g_free(axis);
}

bool growth_print(FILE *out, const struct study *study, const struct growth_options *options,
                  struct errors *errors)
{
    struct growth g = { .study = study, .axis = growth_line_axis(study, options->by, errors) };
    const char *usual[USUAL_MAX];
    bool is_good;

    if (g.axis < 0)
        return false;
    usual_metrics(study, spread, beliefs, usual);
    g.table = table_new(&options->style);
    g.sentences = g_string_new(NULL);
    add_columns(&g);
    is_good = growth_points_find(study, g.axis, &g.points, errors) &&
              add_lines(&g, options->metrics ? options->metrics : usual, errors);
    if (is_good)
        table_print(out, g.table);
    if (is_good && options->style.format == TABLE_PEOPLE)
        print_method(out, &g);
    table_free(g.table);
    g_string_free(g.sentences, TRUE);
    growth_points_clear(&g.points);
    return is_good;
}
