/* SPDX-License-Identifier: GPL-3.0-or-later */
/* expectation.c - see expectation.h. */
#include "analysis/expectation.h"

#include "analysis/summary.h"
#include "analysis/text.h"

#include <glib.h>
#include <math.h>
#include <string.h>

enum { LINES_MAX = 20 }; /* of one expression: a sweep may have a hundred thousand points */

/* ---- one place ---- */

/* The estimate over values that all apply; INFINITY is never. */
static struct estimate estimate(const struct expression *e, double *values, size_t count)
{
    size_t kept = 0, successes = 0;
    double extreme = NAN;

    switch (e->stat) {
    case STAT_QUANTILE:
        return statistics_quantile(values, count, e->quantile, SUMMARY_CONFIDENCE);
    case STAT_PROBABILITY:
        for (size_t i = 0; i < count; i++)
            successes += values[i] > 0;
        return statistics_proportion(successes, count, SUMMARY_CONFIDENCE);
    case STAT_MEAN:
        for (size_t i = 0; i < count; i++)
            if (isfinite(values[i]))
                values[kept++] = values[i];
        if (kept == 0 && count > 0)
            return (struct estimate){ INFINITY, NAN, NAN };
        return statistics_mean(values, kept, metric_describe(e->metric).unit == UNIT_SHARE,
                               SUMMARY_CONFIDENCE);
    case STAT_MIN:
    case STAT_MAX:
        for (size_t i = 0; i < count; i++)
            extreme = isnan(extreme) || (e->stat == STAT_MIN) == (values[i] < extreme) ? values[i]
                                                                                       : extreme;
        break;
    }
    return (struct estimate){ extreme, NAN, NAN };
}

bool expectation_find(const struct study *study, size_t point, const char *strategy,
                      const struct expression *expression, struct finding *finding,
                      struct errors *errors)
{
    struct series series = { 0 };
    size_t used = 0;

    if (!study_read(study, point, strategy, expression->metric, &series, errors))
        return false;
    for (size_t i = 0; i < series.count; i++)
        if (!isnan(series.values[i]))
            series.values[used++] = series.values[i];
    finding->runs = used;
    finding->estimate = estimate(expression, series.values, used);
    finding->holds = expression_holds(expression, finding->estimate.value);
    series_clear(&series);
    return true;
}

/* ---- all places ---- */

struct judge {
    FILE *out;
    const struct study *study;
    const struct expression *expression;
    bool wanted;
    size_t different; /* places where the expression is not as wanted */
    size_t applied;   /* places where it applies */
};

/* `3.21 s (95 % confidence 3.10 to 3.40) in 30 runs`. */
static char *finding_text(const struct finding *finding, const struct expression *expression)
{
    struct estimate e = finding->estimate;
    double size = isfinite(e.value) ? e.value : e.lower;
    struct scale scale = scale_choose(metric_describe(expression->metric).unit, size);
    const char *blank = scale.unit[0] != 0 ? " " : "";
    GString *text = g_string_new(NULL);
    char value[32], lower[32], upper[32];

    scale_write(value, e.value, scale);
    scale_write(lower, e.lower, scale);
    scale_write(upper, e.upper, scale);
    g_string_append_printf(text, "%s%s%s", value, isinf(e.value) ? "" : blank,
                           isinf(e.value) ? "" : scale.unit);
    if (isinf(e.value) && isfinite(e.lower))
        g_string_append_printf(text, " (95 %% confidence from %s%s%s)", lower, blank, scale.unit);
    else if (!isnan(e.lower) && !isnan(e.upper) && isfinite(e.value))
        g_string_append_printf(text, " (95 %% confidence %s to %s)", lower, upper);
    else if (isfinite(e.value) && expression->stat != STAT_MIN && expression->stat != STAT_MAX)
        g_string_append(text, " (too few runs that differ for an interval)");
    g_string_append_printf(text, " in %zu runs", finding->runs);
    return g_string_free(text, FALSE);
}

static void print_place(const struct judge *judge, size_t point, const char *strategy,
                        const struct finding *finding)
{
    char *text = text_escape(judge->expression->text);
    char *point_name = study_point_name(judge->study, point);
    char *at = text_escape(point_name), *who = text_escape(strategy);
    char *found =
        finding->runs > 0 ? finding_text(finding, judge->expression) : g_strdup("no run has it");

    fprintf(judge->out, "%s: %s: %s%s%s%s%s\n", judge->wanted ? "does not hold" : "holds", text,
            found, judge->expression->strategy == NULL ? ", strategy " : "",
            judge->expression->strategy == NULL ? who : "", at[0] != 0 ? ", at " : "", at);
    g_free(text);
    g_free(point_name);
    g_free(at);
    g_free(who);
    g_free(found);
}

/* One strategy at every point. */
static bool judge_strategy(struct judge *judge, const char *strategy, struct errors *errors)
{
    bool is_named = judge->expression->strategy != NULL;

    for (size_t i = 0; i < judge->study->point_count; i++) {
        struct finding finding;

        if (!expectation_find(judge->study, i, strategy, judge->expression, &finding, errors))
            return false;
        if (finding.runs == 0 && !is_named)
            continue;
        judge->applied++;
        if (finding.holds == judge->wanted)
            continue;
        judge->different++;
        if (judge->different <= LINES_MAX)
            print_place(judge, i, strategy, &finding);
    }
    return true;
}

/* One expression; *is_left_out: about a strategy that the study does not have. */
static bool judge_expression(struct judge *judge, bool *is_left_out, struct errors *errors)
{
    const struct expression *e = judge->expression;

    *is_left_out = e->strategy != NULL;
    for (size_t i = 0; i < judge->study->strategy_count; i++) {
        const char *strategy = judge->study->strategies[i];

        if (e->strategy != NULL && strcmp(e->strategy, strategy) != 0)
            continue;
        *is_left_out = false;
        if (!judge_strategy(judge, strategy, errors))
            return false;
    }
    if (*is_left_out)
        return true;
    if (judge->applied == 0 && judge->wanted) {
        char *text = text_escape(e->text);
        fprintf(judge->out, "does not hold: %s: no run has it\n", text);
        g_free(text);
        judge->different++;
    }
    if (judge->different > LINES_MAX)
        fprintf(judge->out, "and in %zu more places\n", judge->different - LINES_MAX);
    return true;
}

bool expectation_judge(FILE *out, const char *path, int64_t study_id, const struct expression *list,
                       size_t count, bool wanted, struct expectation_count *result,
                       struct errors *errors)
{
    struct study *study = study_open(path, study_id, errors);
    bool is_good = study != NULL;

    *result = (struct expectation_count){ 0 };
    for (size_t i = 0; is_good && i < count; i++) {
        struct judge judge = {
            .out = out, .study = study, .expression = &list[i], .wanted = wanted
        };
        bool is_left_out = false;

        is_good = judge_expression(&judge, &is_left_out, errors);
        result->left_out += is_left_out;
        result->judged += !is_left_out;
        result->different += judge.different > 0;
    }
    study_close(study);
    return is_good;
}

/* ---- options ---- */

void expectation_free(struct expression *list, size_t count)
{
    for (size_t i = 0; i < count; i++)
        expression_clear(&list[i]);
    g_free(list);
}

bool expectation_read(const char *path, int64_t study_id, const char *option, char *const *texts,
                      struct expression **list, size_t *count, struct errors *errors)
{
    struct study *study = study_open(path, study_id, errors);
    size_t before = errors->count, wanted = 0, read = 0;
    struct expression *expressions;
    char why[EXPRESSION_WHY_MAX];

    if (study == NULL)
        return false;
    while (texts[wanted] != NULL)
        wanted++;
    expressions = g_new0(struct expression, wanted);
    for (size_t i = 0; i < wanted; i++) {
        struct expression *e = &expressions[read];

        if (!expression_read(texts[i], e, why)) {
            errors_add(errors, ERROR_SCENARIO, "%s '%s': %s", option, texts[i], why);
            continue;
        }
        read++;
        if (e->strategy == NULL || study_find_strategy(study, e->strategy, errors) >= 0)
            study_check_metric(study, e->metric, errors);
    }
    study_close(study);
    if (errors->count == before) {
        *list = expressions;
        *count = read;
        return true;
    }
    expectation_free(expressions, read);
    return false;
}
