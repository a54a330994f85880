/* SPDX-License-Identifier: GPL-3.0-or-later */
/* expectation.c - see expectation.h. */
#include "analysis/verdict/expectation.h"

#include "analysis/study/summary.h"
#include "analysis/text/text.h"
#include "analysis/verdict/judge.h"

#include <glib.h>
#include <math.h>
#include <string.h>

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
        return statistics_mean(values, kept, metric_describe(e->metric).unit == UNIT_SHARE,
                               SUMMARY_CONFIDENCE);
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

/* True of the metric that is 0, not absent, in runs that did not get there. */
static bool is_convergence(const struct expression *expression)
{
    return strcmp(expression->metric, "converged") == 0;
}

/* Counts the runs that did not get there, by how they ended. */
static bool count_never(const struct study *study, size_t point, const char *strategy,
                        const struct expression *expression, const struct series *series,
                        struct never *never, struct errors *errors)
{
    struct endings *endings = endings_read(study, point, strategy, errors);
    struct series reached = *series;

    if (!endings)
        return false;
    reached.values = g_new(double, series->count + 1);
    for (size_t i = 0; i < series->count; i++)
        reached.values[i] =
            is_convergence(expression) && series->values[i] == 0 ? INFINITY : series->values[i];
    endings_note(endings, &reached);
    endings_count(endings, never);
    endings_free(endings);
    g_free(reached.values);
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
              count_never(study, point, strategy, expression, &series, &finding->never, errors);
    for (size_t i = 0; is_good && i < series.count; i++)
        if (!isnan(series.values[i]))
            series.values[used++] = series.values[i];
    finding->runs = used;
    finding->estimate = estimate(expression, series.values, used);
    finding->holds = expression_holds(expression, finding->estimate.value);
    series_clear(&series);
    return is_good;
}

/* ---- all places ---- */

/* `; 3 did not converge: gone quiet`; nothing if all did. */
static void append_never(GString *text, const struct finding *finding,
                         const struct expression *expression)
{
    const struct never *never = &finding->never;
    bool is_none = never->count == finding->runs && finding->runs > 1;
    const char *what = is_convergence(expression) ? is_none ? "converged" : "did not converge"
                       : is_none                  ? "reached it"
                                                  : "never reached it";
    char *why;

    if (never->count == 0)
        return;
    why = never_brief(never);
    if (is_none || finding->runs == 1)
        g_string_append_printf(text, "; %s %s: %s", is_none ? "none" : "it", what, why);
    else
        g_string_append_printf(text, "; %zu %s: %s", never->count, what, why);
    g_free(why);
}

/* What was found, in how many runs, and why runs did not get there.  g_free() it. */
static char *finding_text(const struct finding *finding, const struct expression *expression)
{
    char *value;
    GString *text;

    if (finding->runs == 0)
        return g_strdup("no run has it");
    value = judge_estimate_text(expression, finding->estimate);
    text = g_string_new(value);
    g_free(value);
    g_string_append_printf(text, " in %zu run%s", finding->runs, finding->runs == 1 ? "" : "s");
    append_never(text, finding, expression);
    if (judge_is_open(expression, finding->estimate))
        g_string_append(text, "; more runs may change that");
    return g_string_free(text, FALSE);
}

/* `strategy mail, at network.loss=5%`, escaped, of what the expression does not name. */
static char *place_name(const struct study *study, const struct expression *expression,
                        size_t point, const char *strategy)
{
    char *point_name = study_point_name(study, point, -1);
    char *at = text_escape(point_name), *who = text_escape(strategy);
    char *name =
        g_strconcat(expression->strategy ? "" : "strategy ", expression->strategy ? "" : who,
                    !expression->strategy && *at ? ", " : "", *at ? "at " : "", at, NULL);

    g_free(point_name);
    g_free(at);
    g_free(who);
    return name;
}

/* One strategy at every point. */
static bool judge_strategy(struct judge *judge, const struct study *study, const char *strategy,
                           struct errors *errors)
{
    const struct expression *e = judge->expression;

    for (size_t i = 0; i < study->point_count; i++) {
        struct finding finding;
        char *found, *place;

        if (!expectation_find(study, i, strategy, e, &finding, errors))
            return false;
        if (finding.runs == 0 && !e->strategy)
            continue;
        found = finding_text(&finding, e);
        place = place_name(study, e, i, strategy);
        judge_place(judge, finding.estimate.value, found, place);
        g_free(found);
        g_free(place);
    }
    return true;
}

/* One expression; *is_left_out: about a strategy that the study does not have. */
static bool judge_expression(struct judge *judge, const struct study *study, bool *is_left_out,
                             struct errors *errors)
{
    const struct expression *e = judge->expression;

    *is_left_out = e->strategy != NULL;
    for (size_t i = 0; i < study->strategy_count; i++) {
        const char *strategy = study->strategies[i];

        if (e->strategy != NULL && strcmp(e->strategy, strategy) != 0)
            continue;
        *is_left_out = false;
        if (!judge_strategy(judge, study, strategy, errors))
            return false;
    }
    if (!*is_left_out)
        judge_end(judge);
    return true;
}

bool expectation_judge(FILE *out, const struct study *study, const struct expression *list,
                       size_t count, bool wanted, struct expectation_count *result,
                       struct errors *errors)
{
    bool is_good = true;

    *result = (struct expectation_count){ 0 };
    for (size_t i = 0; is_good && i < count; i++) {
        struct judge judge = { .out = out, .expression = &list[i], .wanted = wanted };
        bool is_left_out = false;

        if (expression_is_relative(&list[i]))
            continue;
        is_good = judge_expression(&judge, study, &is_left_out, errors);
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

bool expectation_read(const struct study *study, const char *option, char *const *texts,
                      struct expression **list, size_t *count, struct errors *errors)
{
    size_t before = errors->count, wanted = 0, read = 0;
    struct expression *expressions;
    char why[EXPRESSION_WHY_MAX];

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
    if (errors->count == before) {
        *list = expressions;
        *count = read;
        return true;
    }
    expectation_free(expressions, read);
    return false;
}
