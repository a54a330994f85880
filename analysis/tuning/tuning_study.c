/* SPDX-License-Identifier: GPL-3.0-or-later */
/* tuning_study.c - see tuning_study.h. */
#include "analysis/tuning/tuning_study.h"

#include "analysis/study/study.h"
#include "analysis/tuning/tuning_study_parts.h"

#include <math.h>
#include <string.h>

/* ---- settings ---- */

/* The last place of an axis, which is of 0 <= u < 1. */
static double within(double u)
{
    return fmin(u, 1 - 0x1p-30);
}

char **tuning_study_write(const struct tuning_study *study, const double *u)
{
    char **texts = g_new0(char *, study->problem.axes + 1);

    for (size_t i = 0; i < study->problem.axes; i++)
        texts[i] = axis_pick_text(&study->axes[i], within(u[i]));
    return texts;
}

struct plan *tuning_study_plan(const struct tuning_study *study, char *const *const *settings,
                               size_t count, struct errors *errors)
{
    const struct tuning_request *request = study->request;
    struct setting *sweeps = g_new0(struct setting, study->problem.axes);
    struct plan_options options = {
        .sets = request->sets,
        .set_count = request->set_count,
        .sweeps = sweeps,
        .sweep_count = study->problem.axes,
        .sweep_option = "--vary",
        .design = "zip",
        .only = (const char *const *)study->only,
        .only_count = study->only ? g_strv_length(study->only) : 0,
        .seed = request->seed,
    };
    struct plan *plan;

    for (size_t i = 0; i < study->problem.axes; i++) {
        GString *list = g_string_new(NULL);
        for (size_t k = 0; k < count; k++)
            g_string_append_printf(list, "%s%s", k > 0 ? ", " : "", settings[k][i]);
        sweeps[i].path = study->axes[i].path;
        sweeps[i].value = g_string_free(list, FALSE);
    }
    plan = plan_read(request->scenario, &options, errors);
    for (size_t i = 0; i < study->problem.axes; i++)
        g_free((char *)sweeps[i].value);
    g_free(sweeps);
    return plan;
}

/* What the scenario refuses is no setting: ranges may meet where both together make no sense. */
static char **write_setting(void *context, const double *u)
{
    struct tuning_study *study = context;
    char **texts = tuning_study_write(study, u);
    char *const *only[] = { texts };
    struct errors errors = { .count = 0 };
    struct plan *plan;

    plan = tuning_study_plan(study, only, 1, &errors);
    if (!plan) {
        g_strfreev(texts);
        texts = NULL;
        study->left_out++;
    }
    plan_free(plan);
    errors_clear(&errors);
    return texts;
}

/* ---- the study as it grows ---- */

static uint32_t most_wanted(const struct tuning *tuning)
{
    uint32_t most = 1;

    for (guint i = 0; i < tuning->settings->len; i++)
        most = MAX(most, tuning_get(tuning, i)->wanted);
    return most;
}

/* What all goals are, a line each. */
static char *goals_text(const struct tuning_study *study)
{
    GString *text = g_string_new(NULL);

    for (size_t i = 0; i < study->goal_count; i++)
        g_string_append_printf(text, "%s%s", i > 0 ? "\n" : "", study->goals[i].expression.text);
    return g_string_free(text, FALSE);
}

/* The plan of all settings by now, in the database. */
static bool grow(struct tuning_study *study, const struct tuning *tuning, struct errors *errors)
{
    const size_t count = tuning->settings->len;
    char *const **settings = g_new0(char *const *, count), *goals = goals_text(study);
    struct results_tuning row = { study->identity, goals, study->metric, study->strategy,
                                  study->request->confidence };
    struct plan *plan;
    uint32_t fewest = UINT32_MAX;
    bool is_good = false;

    for (size_t i = 0; i < count; i++) {
        settings[i] = tuning_get(tuning, i)->texts;
        fewest = MIN(fewest, tuning_get(tuning, i)->wanted);
    }
    plan = tuning_study_plan(study, settings, count, errors);
    if (plan) {
        g_free(plan->replications.metric);
        plan->replications = (struct replications){ .min = fewest, .max = most_wanted(tuning) };
        is_good = results_add_tuning(study->results, plan, &row, study->request->command,
                                     study->request->version, errors);
        plan_free(study->plan);
        study->plan = plan;
    }
    g_free(goals);
    g_free(settings);
    return is_good;
}

/* ---- runs ---- */

static bool run_missing(struct tuning_study *study, const struct tuning *tuning,
                        struct errors *errors)
{
    uint32_t *wanted = g_new(uint32_t, tuning->settings->len);
    struct runner_options how = *study->how;
    struct runner_outcome outcome;
    bool is_good;

    for (guint i = 0; i < tuning->settings->len; i++)
        wanted[i] = tuning_get(tuning, i)->wanted;
    how.wanted = wanted;
    is_good = runner_run(study->results, study->plan, &how, &outcome, errors);
    study->made += outcome.made;
    study->failed = outcome.failed;
    g_free(study->failure);
    study->failure = g_strdup(outcome.failure);
    study->is_interrupted = is_good && outcome.is_interrupted;
    if (is_good && outcome.refused > 0)
        errors_add(errors, ERROR_SCENARIO, "%s", outcome.refusal);
    is_good = is_good && outcome.refused == 0 && !outcome.is_interrupted;
    runner_outcome_clear(&outcome);
    g_free(wanted);
    return is_good;
}

/* ---- values ---- */

static bool read_values(const struct study *stored, size_t point, const char *strategy,
                        const char *metric, double *values, uint32_t count, struct errors *errors)
{
    struct series series = { 0 };
    bool is_good = study_read(stored, point, strategy, metric, &series, errors);

    for (uint32_t i = 0; i < count; i++)
        values[i] = NAN;
    for (size_t i = 0; is_good && i < series.count; i++)
        if (series.replications[i] < count)
            values[series.replications[i]] = series.values[i];
    series_clear(&series);
    return is_good;
}

static bool read_setting(const struct tuning_study *study, const struct study *stored,
                         struct tuning_setting *setting, struct errors *errors)
{
    bool is_good = true;

    for (size_t i = 0; i < study->goal_count && is_good; i++) {
        const struct expression *e = &study->goals[i].expression;
        is_good = read_values(stored, setting->number, e->strategy, e->metric, setting->values[i],
                              setting->wanted, errors);
    }
    return is_good && read_values(stored, setting->number, study->strategy, study->metric,
                                  setting->values[study->goal_count], setting->wanted, errors);
}

/* Whether runs of the strategy have the metric at any setting: not all strategies have each. */
static bool check_values(const struct tuning *tuning, size_t which, const char *metric,
                         const char *strategy, struct errors *errors)
{
    for (guint i = 0; i < tuning->settings->len; i++)
        for (uint32_t r = 0; r < tuning_get(tuning, i)->wanted; r++)
            if (!isnan(tuning_get(tuning, i)->values[which][r]))
                return true;
    errors_add(errors, ERROR_SCENARIO, "no run of '%s' has the metric '%s'", strategy, metric);
    return false;
}

static bool check_metrics(struct tuning_study *study, const struct tuning *tuning,
                          const struct study *stored, struct errors *errors)
{
    bool is_good = study_check_metric(stored, study->metric, errors);

    for (size_t i = 0; i < study->goal_count && is_good; i++) {
        const struct expression *e = &study->goals[i].expression;
        is_good = study_check_metric(stored, e->metric, errors) &&
                  check_values(tuning, i, e->metric, e->strategy, errors);
    }
    study->is_checked = true;
    return is_good &&
           check_values(tuning, study->goal_count, study->metric, study->strategy, errors);
}

static bool read_all(struct tuning_study *study, struct tuning *tuning, struct errors *errors)
{
    struct study *stored =
        study_open(study->request->database, results_study(study->results), errors);
    bool is_good = stored != NULL;

    for (guint i = 0; i < tuning->settings->len && is_good; i++) {
        struct tuning_setting *setting = tuning_get(tuning, i);
        if (setting->wanted > setting->runs)
            is_good = read_setting(study, stored, setting, errors);
    }
    if (is_good && !study->is_checked && study->failed == 0)
        is_good = check_metrics(study, tuning, stored, errors);
    study_close(stored);
    return is_good;
}

static bool evaluate(void *context, struct tuning *tuning, struct errors *errors)
{
    struct tuning_study *study = context;

    const bool is_planned = study->plan && study->plan->point_count == tuning->settings->len &&
                            study->plan->replications.max >= most_wanted(tuning);

    return (is_planned || grow(study, tuning, errors)) && run_missing(study, tuning, errors) &&
           read_all(study, tuning, errors);
}

/* ---- the whole ---- */

static bool store_findings(struct tuning_study *study, struct errors *errors)
{
    static const enum results_finding findings[] = { [TUNING_TRIED] = RESULTS_UNTESTED,
                                                     [TUNING_UNPROVED] = RESULTS_OPEN,
                                                     [TUNING_REJECTED] = RESULTS_MISSES,
                                                     [TUNING_ACCEPTED] = RESULTS_MEETS,
                                                     [TUNING_CHOSEN] = RESULTS_CHOSEN };
    const struct tuning *tuning = &study->tuning;
    enum results_finding *list = g_new(enum results_finding, tuning->settings->len);
    bool is_good;

    for (guint i = 0; i < tuning->settings->len; i++)
        list[i] = findings[tuning_get(tuning, i)->state];
    is_good = results_end_tuning(study->results, list, tuning->tests, tuning->runs, errors);
    g_free(list);
    return is_good;
}

bool tuning_study_run(struct tuning_study *study, struct results *results,
                      const struct runner_options *how, struct errors *errors)
{
    const size_t before = errors->count;

    study->results = results;
    study->how = how;
    study->problem.write = write_setting;
    study->problem.evaluate = evaluate;
    study->problem.context = study;
    if (!tuning_run(&study->problem, &study->tuning, errors))
        return errors->count == before && study->is_interrupted;
    if (!study->plan)
        errors_add(errors, ERROR_SCENARIO, "%s",
                   study->tuning.is_out_of_budget
                       ? "the budget is too small for a first look at so many settings"
                       : "the scenario refuses all settings of these ranges");
    return study->plan && store_findings(study, errors);
}
