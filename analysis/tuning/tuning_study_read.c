/* SPDX-License-Identifier: GPL-3.0-or-later */
/* tuning_study_read.c - reads what a search is asked for. */
#include "analysis/tuning/tuning_study_parts.h"

#include "base/nearest.h"
#include "experiment/language/sweep.h"

#include <math.h>
#include <string.h>

/* ---- parameters ---- */

/* Whether values have an order: numbers have. */
static bool are_numbers(const struct axis *axis)
{
    bool are_numbers = true;

    for (size_t i = 0; i < axis->count && are_numbers; i++) {
        struct point_param param;
        sweep_describe(axis->values[i], &param);
        are_numbers = param.is_number;
        g_free(param.text);
    }
    return are_numbers;
}

static size_t count_levels(const struct axis *axis)
{
    if (axis->values)
        return axis->count;
    return axis->range.dimension == DIMENSION_COUNT
               ? (size_t)fabs(axis->range.to - axis->range.from) + 1
               : 0;
}

static bool is_given_before(const struct tuning_request *request, size_t i)
{
    for (size_t k = 0; k < i; k++)
        if (strcmp(request->vary[k].path, request->vary[i].path) == 0)
            return true;
    return false;
}

/* Times differ by their ratio: where nobody says otherwise their scale is logarithmic. */
static void set_scale(struct axis *axis, const char *text)
{
    if (!axis->values && axis->range.dimension == DIMENSION_TIME && !strchr(text, ':') &&
        axis->range.from > 0 && axis->range.to > 0)
        axis->range.is_log = true;
}

static bool read_axes(struct tuning_study *study, struct errors *errors)
{
    const struct tuning_request *request = study->request;
    const size_t before = errors->count;

    study->axes = g_new0(struct axis, request->vary_count);
    study->levels = g_new0(size_t, request->vary_count);
    study->is_choice = g_new0(bool, request->vary_count);
    for (size_t i = 0; i < request->vary_count; i++) {
        const struct setting *vary = &request->vary[i];
        struct axis *axis = &study->axes[study->problem.axes];

        if (is_given_before(request, i)) {
            errors_add(errors, ERROR_SCENARIO, "--vary %s is given twice", vary->path);
            continue;
        }
        if (!axis_read_option(axis, "--vary", vary, study->sources, errors))
            continue;
        set_scale(axis, vary->value);
        if (!axis->values && axis->range.from > axis->range.to)
            errors_add(errors, ERROR_SCENARIO, "--vary %s=%s: the range is upside down", vary->path,
                       vary->value);
        if (axis->values && axis->count == 1)
            errors_add(errors, ERROR_SCENARIO,
                       "--vary %s=%s: one value leaves nothing to choose; --set sets it",
                       vary->path, vary->value);
        study->levels[study->problem.axes] = count_levels(axis);
        study->is_choice[study->problem.axes] = axis->values && !are_numbers(axis);
        study->problem.axes++;
    }
    if (errors->count == before && study->problem.axes == 0)
        errors_add(errors, ERROR_SCENARIO, "nothing to choose: --vary PATH=1..8 is missing");
    return errors->count == before;
}

/* ---- goals and cost ---- */

static bool read_goals(struct tuning_study *study, struct errors *errors)
{
    const size_t before = errors->count;
    char why[EXPRESSION_WHY_MAX];

    for (size_t i = 0; study->request->goals && study->request->goals[i]; i++) {
        const char *text = study->request->goals[i];

        study->goals = g_renew(struct tuning_goal, study->goals, study->goal_count + 1);
        if (tuning_goal_read(text, &study->goals[study->goal_count], why))
            study->goal_count++;
        else
            errors_add(errors, ERROR_SCENARIO, "--goal '%s': %s", text, why);
    }
    if (errors->count == before && study->goal_count == 0)
        errors_add(errors, ERROR_SCENARIO,
                   "no goal: --goal EXPR is missing, as in --goal 'p99(t99, push) < 3s'");
    return errors->count == before;
}

/* `bytes_rate` or `bytes_rate, push`. */
static bool read_cost(struct tuning_study *study, struct errors *errors)
{
    const char *text = study->request->minimise;
    char why[EXPRESSION_WHY_MAX], **parts;
    bool is_good;

    if (!text) {
        errors_add(errors, ERROR_SCENARIO,
                   "no cost: --minimise METRIC is missing, as in --minimise bytes_rate");
        return false;
    }
    parts = g_strsplit(text, ",", 2);
    study->metric = g_strdup(parts[0] ? g_strstrip(parts[0]) : "");
    if (parts[0] && parts[1])
        study->strategy = g_strdup(g_strstrip(parts[1]));
    g_strfreev(parts);
    is_good = expression_check_metric(study->metric, why);
    if (!is_good)
        errors_add(errors, ERROR_SCENARIO, "--minimise '%s': %s", text, why);
    return is_good;
}

/* ---- strategies ---- */

static bool is_among(char *const *names, size_t count, const char *name)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(names[i], name) == 0)
            return true;
    return false;
}

/* A name that an option gives must be one of the scenario's. */
static bool check_strategy(const struct plan *plan, const char *option, const char *text,
                           const char *name, struct errors *errors)
{
    struct nearest nearest = { .word = name };

    if (!name || is_among(plan->strategies, (size_t)plan->strategy_count, name))
        return true;
    for (int i = 0; i < plan->strategy_count; i++)
        nearest_offer(&nearest, plan->strategies[i]);
    errors_add(errors, ERROR_SCENARIO, "%s '%s': there is no strategy '%s'%s%s%s", option, text,
               name, nearest.best ? "; did you mean '" : "", nearest.best ? nearest.best : "",
               nearest.best ? "'?" : "");
    return false;
}

/* Whether a goal or the cost names the strategy. */
static bool is_named(const struct tuning_study *study, const char *name)
{
    bool is_named = g_strcmp0(study->strategy, name) == 0;

    for (size_t i = 0; i < study->goal_count && !is_named; i++)
        is_named = g_strcmp0(study->goals[i].expression.strategy, name) == 0;
    return is_named;
}

/* The names of all strategies, as in `a', 'b`.  g_free() it. */
static char *join_strategies(const struct plan *plan)
{
    GString *all = g_string_new(plan->strategies[0]);

    for (int i = 1; i < plan->strategy_count; i++)
        g_string_append_printf(all, "', '%s", plan->strategies[i]);
    return g_string_free(all, FALSE);
}

/* The strategies that are run: those named, or the only one. */
static bool choose_strategies(struct tuning_study *study, const struct plan *plan,
                              struct errors *errors)
{
    GPtrArray *only = g_ptr_array_new();
    char *all;

    for (int i = 0; i < plan->strategy_count; i++)
        if (plan->strategy_count == 1 || is_named(study, plan->strategies[i]))
            g_ptr_array_add(only, g_strdup(plan->strategies[i]));
    g_ptr_array_add(only, NULL);
    study->only = (char **)g_ptr_array_free(only, FALSE);
    if (study->only[0] && !study->strategy && !study->only[1])
        study->strategy = g_strdup(study->only[0]);
    if (study->strategy)
        return true;
    all = study->only[0] ? g_strjoinv("', '", study->only) : join_strategies(plan);
    if (study->only[0])
        errors_add(errors, ERROR_SCENARIO,
                   "--minimise %s: of which strategy? The goals are about '%s'; write "
                   "--minimise '%s, %s'",
                   study->metric, all, study->metric, study->only[0]);
    else
        errors_add(errors, ERROR_SCENARIO,
                   "which strategy is meant? The scenario has '%s'; write --minimise '%s, %s'", all,
                   study->metric, plan->strategies[0]);
    g_free(all);
    return false;
}

/* A goal without a strategy is one of each that is run. */
static void spread_goals(struct tuning_study *study, struct errors *errors)
{
    const size_t strategies = g_strv_length(study->only);
    struct tuning_goal *goals = g_new0(struct tuning_goal, study->goal_count * strategies);
    char why[EXPRESSION_WHY_MAX];
    size_t count = 0;

    for (size_t i = 0; i < study->goal_count; i++) {
        const struct expression *e = &study->goals[i].expression;
        const char *bracket = strrchr(e->text, ')');

        for (size_t k = 0; k < (e->strategy ? 1 : strategies); k++) {
            char *text = e->strategy ? g_strdup(e->text)
                                     : g_strdup_printf("%.*s, %s%s", (int)(bracket - e->text),
                                                       e->text, study->only[k], bracket);
            if (tuning_goal_read(text, &goals[count], why))
                count++;
            else
                errors_add(errors, ERROR_SCENARIO, "--goal '%s': %s", text, why);
            g_free(text);
        }
        tuning_goal_clear(&study->goals[i]);
    }
    g_free(study->goals);
    study->goals = goals;
    study->goal_count = count;
}

static bool read_strategies(struct tuning_study *study, const struct plan *plan,
                            struct errors *errors)
{
    const size_t before = errors->count;

    for (size_t i = 0; i < study->goal_count; i++)
        check_strategy(plan, "--goal", study->goals[i].expression.text,
                       study->goals[i].expression.strategy, errors);
    check_strategy(plan, "--minimise", study->request->minimise, study->strategy, errors);
    if (errors->count == before && choose_strategies(study, plan, errors))
        spread_goals(study, errors);
    return errors->count == before;
}

/* ---- the scenario ---- */

/* The scenario without its settings: it must have no points of its own. */
static struct plan *read_bare(const struct tuning_request *request, struct errors *errors)
{
    struct plan_options options = { .sets = request->sets,
                                    .set_count = request->set_count,
                                    .seed = request->seed };
    struct plan *plan = plan_read(request->scenario, &options, errors);

    if (plan && plan->axis_count > 0) {
        errors_add(errors, ERROR_SCENARIO,
                   "the scenario sweeps `%s`; tune chooses its points itself, by --vary",
                   plan->axes[0].path);
        plan_free(plan);
        plan = NULL;
    }
    return plan;
}

/* Whether the scenario takes the middle of all ranges, and their ends one by one. */
static bool try_ranges(struct tuning_study *study, struct errors *errors)
{
    double *u = g_new(double, study->problem.axes);
    bool is_good = true;

    for (size_t i = 0; i <= 2 * study->problem.axes && is_good; i++) {
        struct plan *plan;
        char **texts;
        char *const *only[1];

        for (size_t k = 0; k < study->problem.axes; k++)
            u[k] = 0.5;
        if (i > 0)
            u[(i - 1) / 2] = i % 2 == 1 ? 1 : 0;
        texts = tuning_study_write(study, u);
        only[0] = texts;
        plan = tuning_study_plan(study, only, 1, errors);
        is_good = plan != NULL;
        g_strfreev(texts);
        if (i == 0)
            study->first = plan;
        else
            plan_free(plan);
    }
    g_free(u);
    return is_good;
}

/* All that the search depends on. */
static void identify(struct tuning_study *study, const struct plan *plan)
{
    const struct tuning_request *request = study->request;
    GString *text = g_string_new(plan->sha256);
    char number[G_ASCII_DTOSTR_BUF_SIZE];

    for (size_t i = 0; i < study->problem.axes; i++) {
        g_string_append_printf(text, "\nvary %s=", study->axes[i].path);
        axis_write(text, &study->axes[i]);
    }
    for (size_t i = 0; i < study->goal_count; i++)
        g_string_append_printf(text, "\ngoal %s", study->goals[i].expression.text);
    g_string_append_printf(text, "\nminimise %s, %s\nconfidence %s\nbudget %" G_GUINT64_FORMAT,
                           study->metric, study->strategy,
                           g_ascii_dtostr(number, sizeof number, request->confidence),
                           request->budget);
    study->identity = g_compute_checksum_for_string(G_CHECKSUM_SHA256, text->str, -1);
    g_string_free(text, TRUE);
}

struct tuning_study *tuning_study_new(const struct tuning_request *request, struct errors *errors)
{
    struct tuning_study *study = g_new0(struct tuning_study, 1);
    const size_t before = errors->count;
    struct plan *bare = NULL;

    study->request = request;
    study->sources = g_ptr_array_new();
    read_axes(study, errors);
    read_goals(study, errors);
    read_cost(study, errors);
    if (errors->count == before)
        bare = read_bare(request, errors);
    if (bare && read_strategies(study, bare, errors) && try_ranges(study, errors)) {
        identify(study, bare);
        study->problem.levels = study->levels;
        study->problem.is_choice = study->is_choice;
        study->problem.goals = study->goals;
        study->problem.goal_count = study->goal_count;
        study->problem.confidence = request->confidence;
        study->problem.budget = request->budget;
    }
    plan_free(bare);
    if (errors->count == before)
        return study;
    tuning_study_free(study);
    return NULL;
}

void tuning_study_free(struct tuning_study *study)
{
    if (!study)
        return;
    tuning_clear(&study->tuning);
    plan_free(study->first);
    plan_free(study->plan);
    for (size_t i = 0; i < study->problem.axes; i++)
        axis_clear(&study->axes[i]);
    for (guint i = 0; i < study->sources->len; i++)
        source_free(g_ptr_array_index(study->sources, i));
    g_ptr_array_free(study->sources, TRUE);
    for (size_t i = 0; i < study->goal_count; i++)
        tuning_goal_clear(&study->goals[i]);
    g_free(study->goals);
    g_free(study->axes);
    g_free(study->levels);
    g_free(study->is_choice);
    g_strfreev(study->only);
    g_free(study->metric);
    g_free(study->strategy);
    g_free(study->identity);
    g_free(study->failure);
    g_free(study);
}
