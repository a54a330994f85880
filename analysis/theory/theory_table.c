/* SPDX-License-Identifier: GPL-3.0-or-later */
/* theory_table.c - see theory_table.h. */
#include "analysis/theory/theory_table.h"

#include "analysis/text/text.h"
#include "analysis/theory/theory_figures.h"

#include <glib.h>
#include <math.h>

struct printing {
    const struct plan *plan;
    const struct theory_table_options *options;
    struct table *table;
    struct theory_prediction *predictions; /* without curves */
    GPtrArray *notes;                      /* lines below the table, each once */
    bool shows[THEORY_FIGURES];
    bool misses; /* the study lacks runs of something */
};

static const char *const titles[THEORY_FIGURES] = {
    [THEORY_T50] = "t50",
    [THEORY_T90] = "t90",
    [THEORY_T99] = "t99",
    [THEORY_RESIDUE] = "residue",
    [THEORY_M] = "m",
    [THEORY_DETECTION] = "detection",
    [THEORY_FACTOR] = "variance factor",
};

/* ---- which points ---- */

static int find_axis(const struct plan *plan, const char *path, struct errors *errors)
{
    for (size_t i = 0; i < plan->axis_count; i++)
        if (g_strcmp0(plan->axes[i].path, path) == 0)
            return (int)i;
    errors_add(errors, ERROR_SCENARIO, "--where: '%s' is no axis of the scenario's sweep", path);
    return -1;
}

static bool is_wanted(const struct printing *p, size_t point)
{
    for (size_t i = 0; i < p->options->where_count; i++) {
        const struct setting *where = &p->options->where[i];
        struct errors none = { .count = 0 };
        const int axis = find_axis(p->plan, where->path, &none);
        const struct point_param *param = plan_param(p->plan, point, (size_t)axis);
        const struct study_value value = { param->text, param->is_number ? param->number : NAN,
                                           (char *)param->unit };
        errors_clear(&none);
        if (!study_value_is(&value, where->value))
            return false;
    }
    return true;
}

static bool check_where(const struct printing *p, struct errors *errors)
{
    bool is_good = true;

    for (size_t i = 0; i < p->options->where_count; i++)
        is_good = find_axis(p->plan, p->options->where[i].path, errors) >= 0 && is_good;
    for (size_t point = 0; is_good && point < p->plan->point_count; point++)
        if (is_wanted(p, point))
            return true;
    if (is_good)
        errors_add(errors, ERROR_SCENARIO, "--where: no point of the sweep has these values");
    return false;
}

/* ---- cells ---- */

static void add_axes(const struct printing *p)
{
    for (size_t i = 0; i < p->plan->axis_count; i++)
        table_column(p->table, p->plan->axes[i].path, p->plan->axes[i].path,
                     COLUMN_ALL | COLUMN_KEY | COLUMN_RIGHT);
    table_column(p->table, "strategy", "strategy", COLUMN_ALL | COLUMN_KEY);
}

static void begin_row(const struct printing *p, size_t point, int strategy)
{
    table_row(p->table);
    for (size_t i = 0; i < p->plan->axis_count; i++) {
        const struct point_param *param = plan_param(p->plan, point, i);
        if (param->is_number)
            table_number(p->table, param->number, param->text);
        else
            table_text(p->table, param->text);
    }
    table_text(p->table, p->plan->strategies[strategy]);
}

static enum metric_unit unit_of(int figure)
{
    return figure <= THEORY_T99 || figure == THEORY_DETECTION ? UNIT_TIME
           : figure == THEORY_RESIDUE                         ? UNIT_SHARE
                                                              : UNIT_COUNT;
}

/* A number with its unit.  g_free() it. */
static char *written(int figure, double value)
{
    char text[32];
    struct scale scale;

    if (figure == THEORY_RESIDUE && value < 1e-7)
        value = 0;
    scale = scale_choose(unit_of(figure), value);
    scale_write(text, value, scale);
    return g_strdup_printf("%s%s%s", text, isfinite(value) && *scale.unit ? " " : "",
                           isfinite(value) ? scale.unit : "");
}

static void add_number(const struct printing *p, int figure, double value)
{
    char *text = written(figure, value);

    table_number(p->table, value, text);
    g_free(text);
}

static void note(const struct printing *p, char *line)
{
    if (g_ptr_array_find_with_equal_func(p->notes, line, g_str_equal, NULL))
        g_free(line);
    else
        g_ptr_array_add(p->notes, line);
}

static void note_prediction(const struct printing *p, const struct theory_prediction *prediction,
                            int strategy)
{
    const char *name = p->plan->strategies[strategy];

    if (!prediction->applies)
        note(p, g_strdup_printf("%s: no law, since %s", name, prediction->law.why));
    else
        note(p, g_strdup_printf("%s: %s%s%s", name, prediction->law.source,
                                prediction->law.note[0] ? "; " : "", prediction->law.note));
}

/* ---- predictions alone: a row each ---- */

static void add_columns_alone(const struct printing *p)
{
    add_axes(p);
    table_column(p->table, "law", "law", COLUMN_ALL);
    for (int i = 0; i < THEORY_FIGURES; i++) {
        char *early = g_strdup_printf("%s_p5", theory_metrics[i]);
        char *late = g_strdup_printf("%s_p95", theory_metrics[i]);
        table_column(p->table, theory_metrics[i], titles[i],
                     (p->shows[i] ? COLUMN_ALL : COLUMN_PROGRAMS) | COLUMN_RIGHT);
        if (i <= THEORY_T99) {
            table_column(p->table, early, early, COLUMN_PROGRAMS);
            table_column(p->table, late, late, COLUMN_PROGRAMS);
        }
        g_free(early);
        g_free(late);
    }
    table_column(p->table, "source", "source", COLUMN_PROGRAMS);
    table_column(p->table, "why_none", "why none", COLUMN_PROGRAMS);
}

static void add_alone(const struct printing *p, size_t point, int strategy,
                      const struct theory_prediction *prediction)
{
    begin_row(p, point, strategy);
    table_text(p->table, prediction->applies ? prediction->law.law : "none");
    for (int i = 0; i < THEORY_FIGURES; i++) {
        const struct theory_figure figure = theory_figure(prediction, i);
        add_number(p, i, figure.value);
        if (i <= THEORY_T99) {
            table_number(p->table, figure.early, NULL);
            table_number(p->table, figure.late, NULL);
        }
    }
    table_text(p->table, prediction->applies ? prediction->law.source : "");
    table_text(p->table, prediction->applies ? "" : prediction->law.why);
}

/* ---- beside what was measured: a row for each figure ---- */

static void add_columns_beside(const struct printing *p)
{
    add_axes(p);
    table_column(p->table, "law", "law", COLUMN_ALL);
    table_column(p->table, "figure", "figure", COLUMN_ALL);
    table_column(p->table, "theory", "theory", COLUMN_ALL | COLUMN_RIGHT);
    table_column(p->table, "theory_p5", "theory_p5", COLUMN_PROGRAMS);
    table_column(p->table, "theory_p95", "theory_p95", COLUMN_PROGRAMS);
    table_column(p->table, "measured_text", "measured", COLUMN_PEOPLE | COLUMN_RIGHT);
    table_column(p->table, "measured", "measured", COLUMN_PROGRAMS);
    table_column(p->table, "measured_lower", "measured_lower", COLUMN_PROGRAMS);
    table_column(p->table, "measured_upper", "measured_upper", COLUMN_PROGRAMS);
    table_column(p->table, "measured_p5", "measured_p5", COLUMN_PROGRAMS);
    table_column(p->table, "measured_p95", "measured_p95", COLUMN_PROGRAMS);
    table_column(p->table, "runs", "runs", COLUMN_ALL | COLUMN_RIGHT);
    table_column(p->table, "difference", "theory is", COLUMN_ALL);
    table_column(p->table, "source", "source", COLUMN_PROGRAMS);
    table_column(p->table, "why_none", "why none", COLUMN_PROGRAMS);
}

static void add_measured_text(const struct printing *p, int figure, const struct estimate *e)
{
    const struct scale scale = scale_choose(unit_of(figure), e->value);
    char *value = written(figure, e->value), lower[32], upper[32], *text;

    scale_write(lower, e->lower, scale);
    scale_write(upper, e->upper, scale);
    text = isfinite(e->lower) && isfinite(e->upper) && e->lower < e->upper
               ? g_strdup_printf("%s (%s–%s)", value, lower, upper)
               : g_strdup(value);
    table_text(p->table, text);
    g_free(text);
    g_free(value);
}

static void add_figure(const struct printing *p, size_t point, int strategy, int i,
                       const struct theory_prediction *prediction,
                       const struct theory_measured *measured)
{
    const struct theory_figure figure = theory_figure(prediction, i);
    char *difference = theory_difference(i, figure.value, measured);

    begin_row(p, point, strategy);
    table_text(p->table, prediction->applies ? prediction->law.law : "none");
    table_text(p->table, titles[i]);
    add_number(p, i, figure.value);
    table_number(p->table, figure.early, NULL);
    table_number(p->table, figure.late, NULL);
    add_measured_text(p, i, &measured->estimate);
    table_number(p->table, measured->estimate.value, NULL);
    table_number(p->table, measured->estimate.lower, NULL);
    table_number(p->table, measured->estimate.upper, NULL);
    table_number(p->table, measured->early, NULL);
    table_number(p->table, measured->late, NULL);
    table_number(p->table, (double)measured->runs, NULL);
    table_text(p->table, difference);
    table_text(p->table, prediction->applies ? prediction->law.source : "");
    table_text(p->table, prediction->applies ? "" : prediction->law.why);
    g_free(difference);
}

static bool add_beside(struct printing *p, size_t point, int strategy,
                       const struct theory_prediction *prediction, struct errors *errors)
{
    struct theory_measured measured = { .estimate = { NAN, NAN, NAN }, .early = NAN, .late = NAN };
    struct theory_place place;
    const bool has_runs = theory_find(p->options->study, p->plan, point, strategy, &place);
    const int first = prediction->applies && !isnan(prediction->law.detection) ? THEORY_DETECTION
                      : prediction->applies && !isnan(prediction->law.factor)  ? THEORY_FACTOR
                                                                               : THEORY_T50;
    const int last = first == THEORY_T50 ? THEORY_M : first;

    p->misses = p->misses || !has_runs;
    for (int i = first; i <= last; i++) {
        if (has_runs && !theory_measure(p->options->study, &place, i, &measured, errors))
            return false;
        add_figure(p, point, strategy, i, prediction, &measured);
    }
    return true;
}

/* ---- all of it ---- */

/* Predicts all that is asked for, point by point and strategy by strategy. */
static bool predict(struct printing *p, struct errors *errors)
{
    const int strategies = p->plan->strategy_count;

    p->predictions =
        g_new0(struct theory_prediction, p->plan->point_count * (size_t)strategies + 1);
    for (size_t point = 0; point < p->plan->point_count; point++) {
        struct setup *setup;
        if (!is_wanted(p, point))
            continue;
        setup = plan_setup(p->plan, point);
        if (!setup) {
            errors_add(errors, ERROR_IO, "not enough memory for a point of the scenario");
            return false;
        }
        for (int s = 0; s < strategies; s++) {
            struct theory_prediction *prediction =
                &p->predictions[point * (size_t)strategies + (size_t)s];
            theory_predict(setup_config(setup, s), prediction);
            theory_clear(prediction);
            for (int i = 0; i < THEORY_FIGURES; i++)
                p->shows[i] =
                    p->shows[i] || i <= THEORY_M || !isnan(theory_figure(prediction, i).value);
        }
        setup_free(setup);
    }
    return true;
}

static bool add_rows(struct printing *p, struct errors *errors)
{
    const int strategies = p->plan->strategy_count;
    bool is_good = true;

    for (size_t point = 0; point < p->plan->point_count; point++)
        for (int s = 0; is_good && s < strategies; s++) {
            const struct theory_prediction *prediction =
                &p->predictions[point * (size_t)strategies + (size_t)s];
            if (!is_wanted(p, point))
                continue;
            note_prediction(p, prediction, s);
            if (p->options->study)
                is_good = add_beside(p, point, s, prediction, errors);
            else
                add_alone(p, point, s, prediction);
        }
    return is_good;
}

static void print_notes(FILE *out, const struct printing *p)
{
    fputc('\n', out);
    for (size_t i = 0; i < p->notes->len; i++) {
        char *line = text_escape(g_ptr_array_index(p->notes, i));
        fprintf(out, "%s\n", line);
        g_free(line);
    }
    if (p->options->study)
        fputs("Times are medians over the runs, others means; in brackets: 95 % confidence "
              "intervals.\n",
              out);
    if (p->misses)
        fputs("Where nothing is measured, the database has no runs of that world and strategy.\n",
              out);
}

bool theory_table_print(FILE *out, const struct plan *plan,
                        const struct theory_table_options *options, struct errors *errors)
{
    struct printing p = { .plan = plan, .options = options };
    bool is_good = check_where(&p, errors);

    if (!is_good)
        return false;
    p.table = table_new(&options->style);
    p.notes = g_ptr_array_new_with_free_func(g_free);
    is_good = predict(&p, errors);
    if (options->study)
        add_columns_beside(&p);
    else
        add_columns_alone(&p);
    is_good = is_good && add_rows(&p, errors);
    if (is_good)
        table_print(out, p.table);
    if (is_good && options->style.format == TABLE_PEOPLE)
        print_notes(out, &p);
    table_free(p.table);
    g_ptr_array_free(p.notes, TRUE);
    g_free(p.predictions);
    return is_good;
}
