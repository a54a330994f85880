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
            successes += expression_counts(e, values[i]);
        return statistics_proportion(successes, count, SUMMARY_CONFIDENCE);
    case STAT_MEAN:
        for (size_t i = 0; i < count; i++)
            if (isfinite(values[i]))
                values[kept++] = values[i];
        if (kept == 0 && count > 0)
            return (struct estimate){ INFINITY, NAN, NAN };
        return statistics_mean(values, kept, SUMMARY_CONFIDENCE);
    case STAT_RATIO:
    case STAT_DIFFERENCE:
        break; /* of a comparison, not of a strategy */
    case STAT_MIN:
    case STAT_MAX:
        for (size_t i = 0; i < count; i++)
            extreme = isnan(extreme) || (e->stat == STAT_MIN) == (values[i] < extreme) ? values[i]
                                                                                       : extreme;
        break;
    }
    return (struct estimate){ extreme, NAN, NAN };
}

/* Counts the runs in which it never happened, by how they ended. */
static bool count_never(const struct study *study, size_t point, const char *strategy,
                        const struct series *series, struct never *never, struct errors *errors)
{
    struct endings *endings = endings_read(study, point, strategy, errors);

    if (!endings)
        return false;
    endings_note(endings, series);
    endings_count(endings, never);
    endings_free(endings);
    return true;
}

bool expectation_find(const struct study *study, size_t point, const char *strategy,
                      const struct expression *expression, struct finding *finding,
                      struct errors *errors)
{
    struct series series = { 0 };
    size_t used = 0;
    bool is_good;

    *finding = (struct finding){ .runs = 0 };
    is_good = study_read(study, point, strategy, expression->metric, &series, errors) &&
              count_never(study, point, strategy, &series, &finding->never, errors);
    for (size_t i = 0; is_good && i < series.count; i++)
        if (!isnan(series.values[i]))
            series.values[used++] = series.values[i];
    finding->runs = used;
    finding->estimate = estimate(expression, series.values, used);
    finding->holds = expression_holds(expression, finding->estimate.value);
    series_clear(&series);
    return is_good;
}

/* ---- its words ---- */

/* ` (95 % confidence 3.10 to 3.40)`. */
static void append_interval(GString *text, const struct expression *expression, struct estimate e,
                            struct scale scale)
{
    const char *blank = *scale.unit ? " " : "";
    char lower[32], upper[32];

    scale_write(lower, e.lower, scale);
    scale_write(upper, e.upper, scale);
    if (isinf(e.value) && isfinite(e.lower))
        g_string_append_printf(text, " (95 %% confidence from %s%s%s)", lower, blank, scale.unit);
    else if (!isnan(e.lower) && !isnan(e.upper) && isfinite(e.value))
        g_string_append_printf(text, " (95 %% confidence %s to %s)", lower, upper);
    else if (isfinite(e.value) && expression->stat != STAT_MIN && expression->stat != STAT_MAX)
        g_string_append(text, " (too few runs for an interval)");
}

/* True if the runs leave it open whether the expression holds. */
static bool is_open(const struct expression *expression, struct estimate e)
{
    return !isnan(e.lower) && !isnan(e.upper) &&
           expression_holds(expression, e.lower) != expression_holds(expression, e.upper);
}

char *finding_text(const struct finding *finding, const struct expression *expression)
{
    struct estimate e = finding->estimate;
    double size = isfinite(e.value) ? e.value : e.lower;
    struct scale scale = scale_choose(expression_unit(expression), size);
    GString *text = g_string_new(NULL);
    char value[32];

    if (finding->runs == 0)
        return g_string_append(text, "no run has it"), g_string_free(text, FALSE);
    scale_write(value, e.value, scale);
    g_string_append(text, value);
    if (!isinf(e.value))
        g_string_append_printf(text, "%s%s", *scale.unit ? " " : "", scale.unit);
    append_interval(text, expression, e, scale);
    g_string_append_printf(text, " in %zu run%s", finding->runs, finding->runs == 1 ? "" : "s");
    if (finding->never.count > 0) {
        char *why = never_brief(&finding->never);

        g_string_append_printf(text, ", never in %zu: %s", finding->never.count, why);
        g_free(why);
    }
    if (is_open(expression, e))
        g_string_append(text, "; more runs may change that");
    return g_string_free(text, FALSE);
}

/* ---- all places ---- */

struct judge {
    FILE *out;
    const struct study *study;
    const struct expression *expression;
    bool wanted;
    size_t different; /* places where the expression is not as wanted */
    size_t applied;   /* places where it applies */
    char *closest;    /* of those as wanted, the line of the one that most nearly is not */
    double margin;    /* of that one */
};

/* A line without its end; `holds: TEXT: FOUND, strategy NAME, at POINT`. */
static char *place_text(const struct judge *judge, size_t point, const char *strategy,
                        const struct finding *finding)
{
    char *text = text_escape(judge->expression->text);
    char *point_name = study_point_name(judge->study, point);
    char *at = text_escape(point_name), *who = text_escape(strategy);
    char *found = finding_text(finding, judge->expression);
    char *line = g_strdup_printf("%s: %s: %s%s%s%s%s", finding->holds ? "holds" : "does not hold",
                                 text, found, judge->expression->strategy ? "" : ", strategy ",
                                 judge->expression->strategy ? "" : who, *at ? ", at " : "", at);

    g_free(text);
    g_free(point_name);
    g_free(at);
    g_free(who);
    g_free(found);
    return line;
}

/* Keeps the line if no place before was nearer to the other side. */
static void keep_closest(struct judge *judge, char *line, double found)
{
    double margin = fabs(found - judge->expression->bound.value);

    if (judge->closest && !(margin < judge->margin)) {
        g_free(line);
        return;
    }
    g_free(judge->closest);
    judge->closest = line;
    judge->margin = margin;
}

/* One strategy at every point. */
static bool judge_strategy(struct judge *judge, const char *strategy, struct errors *errors)
{
    bool is_named = judge->expression->strategy != NULL;

    for (size_t i = 0; i < judge->study->point_count; i++) {
        struct finding finding;
        char *line;

        if (!expectation_find(judge->study, i, strategy, judge->expression, &finding, errors))
            return false;
        if (finding.runs == 0 && !is_named)
            continue;
        judge->applied++;
        line = place_text(judge, i, strategy, &finding);
        if (finding.holds == judge->wanted) {
            keep_closest(judge, line, finding.estimate.value);
            continue;
        }
        judge->different++;
        if (judge->different <= LINES_MAX)
            fprintf(judge->out, "%s\n", line);
        g_free(line);
    }
    return true;
}

/* Where it is as wanted everywhere, the one line that says so. */
static void print_closest(const struct judge *judge)
{
    if (judge->applied > 1)
        fprintf(judge->out, "%s; the closest of %zu\n", judge->closest, judge->applied);
    else
        fprintf(judge->out, "%s\n", judge->closest);
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
    if (judge->applied == 0) {
        char *text = text_escape(e->text);
        fprintf(judge->out, "does not hold: %s: no run has it\n", text);
        g_free(text);
        judge->different += judge->wanted;
    }
    if (judge->different > LINES_MAX)
        fprintf(judge->out, "and in %zu more places\n", judge->different - LINES_MAX);
    if (judge->different == 0 && judge->closest)
        print_closest(judge);
    return true;
}

bool expectation_judge(FILE *out, const struct study *study, const struct expression *list,
                       size_t count, bool wanted, struct expectation_count *result,
                       struct errors *errors)
{
    bool is_good = true;

    *result = (struct expectation_count){ 0 };
    for (size_t i = 0; is_good && i < count; i++) {
        struct judge judge = {
            .out = out, .study = study, .expression = &list[i], .wanted = wanted
        };
        bool is_left_out = false;

        is_good = judge_expression(&judge, &is_left_out, errors);
        g_free(judge.closest);
        result->left_out += is_left_out;
        result->judged += !is_left_out;
        result->different += judge.different > 0;
    }
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
