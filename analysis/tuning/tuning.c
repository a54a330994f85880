/* SPDX-License-Identifier: GPL-3.0-or-later */
/* tuning.c - see tuning.h. */
#include "analysis/tuning/tuning_parts.h"

#include <math.h>
#include <string.h>

enum { DEPTH_MIN = 64, DEPTH_MAX = 128 };

/* ---- settings ---- */

static void free_setting(gpointer data)
{
    struct tuning_setting *setting = data;
    size_t i = 0;

    while (setting->values[i])
        g_free(setting->values[i++]);
    g_free(setting->values);
    g_strfreev(setting->texts);
    g_free(setting->u);
    g_free(setting);
}

struct tuning_setting *tuning_get(const struct tuning *tuning, size_t number)
{
    return g_ptr_array_index(tuning->settings, number);
}

struct tuning_setting *tuning_try(struct tuning *tuning, const double *u)
{
    const struct tuning_problem *problem = tuning->problem;
    struct tuning_setting *setting;
    char **texts = problem->write(problem->context, u);
    char *name = texts ? g_strjoinv("\n", texts) : NULL;

    if (!name || g_hash_table_contains(tuning->known, name)) {
        g_strfreev(texts);
        g_free(name);
        return NULL;
    }
    setting = g_new0(struct tuning_setting, 1);
    setting->u = g_memdup2(u, problem->axes * sizeof *u);
    setting->texts = texts;
    setting->number = tuning->settings->len;
    setting->cost = INFINITY;
    setting->values = g_new0(double *, problem->goal_count + 2);
    for (size_t i = 0; i <= problem->goal_count; i++)
        setting->values[i] = g_new(double, 1);
    g_ptr_array_add(tuning->settings, setting);
    g_hash_table_insert(tuning->known, name, setting);
    return setting;
}

void tuning_want(struct tuning_setting *setting, uint32_t runs)
{
    setting->wanted = MAX(setting->wanted, runs);
}

/* ---- values ---- */

static double mean_cost(const double *values, uint32_t count)
{
    double sum = 0;

    for (uint32_t i = 0; i < count; i++)
        sum += isnan(values[i]) ? INFINITY : values[i];
    return sum / count;
}

static void look_at(const struct tuning *tuning, struct tuning_setting *setting)
{
    const struct tuning_problem *problem = tuning->problem;
    struct tuning_outlook all = { INFINITY, 0, 0 };

    setting->cost = mean_cost(setting->values[problem->goal_count], setting->runs);
    for (size_t i = 0; i < problem->goal_count; i++) {
        struct tuning_outlook one =
            tuning_goal_look(&problem->goals[i], setting->values[i], setting->runs);
        if (one.slack + one.error < all.slack + all.error) {
            all.slack = one.slack;
            all.error = one.error;
        }
        all.needed = fmax(all.needed, one.needed);
    }
    setting->outlook = all;
}

bool tuning_evaluate(struct tuning *tuning, struct errors *errors)
{
    const struct tuning_problem *problem = tuning->problem;
    uint64_t more = 0;

    for (guint i = 0; i < tuning->settings->len; i++) {
        struct tuning_setting *setting = tuning_get(tuning, i);
        more += setting->wanted - setting->runs;
    }
    if (problem->budget > 0 && tuning->runs + more > problem->budget) {
        for (guint i = 0; i < tuning->settings->len; i++)
            tuning_get(tuning, i)->wanted = tuning_get(tuning, i)->runs;
        tuning->is_out_of_budget = true;
        return false;
    }
    for (guint i = 0; i < tuning->settings->len; i++) {
        struct tuning_setting *setting = tuning_get(tuning, i);
        for (size_t k = 0; setting->wanted > setting->runs && k <= problem->goal_count; k++)
            setting->values[k] = g_renew(double, setting->values[k], setting->wanted);
    }
    if (!problem->evaluate(problem->context, tuning, errors))
        return false;
    tuning->runs += more;
    for (guint i = 0; i < tuning->settings->len; i++) {
        struct tuning_setting *setting = tuning_get(tuning, i);
        if (setting->wanted == setting->runs)
            continue;
        setting->runs = setting->wanted;
        look_at(tuning, setting);
    }
    return true;
}

/* ---- which is better ---- */

bool tuning_is_better(const struct tuning_setting *a, const struct tuning_setting *b)
{
    const double a_misses = fmin(0, a->outlook.slack + a->outlook.error);
    const double b_misses = fmin(0, b->outlook.slack + b->outlook.error);

    if (a_misses < b_misses || a_misses > b_misses)
        return a_misses > b_misses;
    if (a->cost < b->cost || a->cost > b->cost)
        return a->cost < b->cost;
    return a->number < b->number;
}

static int compare(gconstpointer a, gconstpointer b)
{
    const struct tuning_setting *const *first = a, *const *second = b;

    return tuning_is_better(*first, *second) ? -1 : *first != *second;
}

void tuning_rank(GPtrArray *settings)
{
    g_ptr_array_sort(settings, compare);
}

GPtrArray *tuning_ranked(const struct tuning *tuning, uint32_t runs)
{
    GPtrArray *ranked = g_ptr_array_new();

    for (guint i = 0; i < tuning->settings->len; i++)
        if (tuning_get(tuning, i)->runs >= runs)
            g_ptr_array_add(ranked, tuning_get(tuning, i));
    tuning_rank(ranked);
    return ranked;
}

/* ---- the search ---- */

/* The rarer a goal lets a run fail, the more runs tell how rarely it does. */
static uint32_t depth_for(const struct tuning_problem *problem)
{
    uint32_t depth = DEPTH_MIN;

    for (size_t i = 0; i < problem->goal_count; i++)
        while (depth < DEPTH_MAX && depth * problem->goals[i].failures < 2)
            depth *= 2;
    return depth;
}

void tuning_set_alpha(struct tuning *tuning, double alpha)
{
    tuning->alpha = alpha;
    for (size_t i = 0; i < tuning->problem->goal_count; i++)
        tuning_goal_set_alpha(&tuning->problem->goals[i], alpha);
}

bool tuning_run(const struct tuning_problem *problem, struct tuning *tuning, struct errors *errors)
{
    const size_t before = errors->count;
    bool is_done;

    *tuning =
        (struct tuning){ .problem = problem,
                         .settings = g_ptr_array_new_with_free_func(free_setting),
                         .known = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL),
                         .depth = depth_for(problem),
                         .chosen = SIZE_MAX };
    tuning_set_alpha(tuning, (1 - problem->confidence) / 2);
    is_done = tuning_explore(tuning, errors) && tuning_prove(tuning, errors);
    return errors->count == before && (is_done || tuning->is_out_of_budget);
}

void tuning_clear(struct tuning *tuning)
{
    if (!tuning->settings)
        return;
    g_hash_table_destroy(tuning->known);
    g_ptr_array_free(tuning->settings, TRUE);
    *tuning = (struct tuning){ .chosen = SIZE_MAX };
}

bool tuning_is_missed(const struct tuning *tuning, const struct tuning_setting *setting)
{
    const struct tuning_problem *problem = tuning->problem;
    const double alpha = (1 - problem->confidence) / (double)tuning->settings->len;

    if (setting->state == TUNING_REJECTED)
        return true;
    for (size_t i = 0; i < problem->goal_count; i++)
        if (tuning_goal_doubt(&problem->goals[i], setting->values[i], setting->runs) <=
            alpha / (double)problem->goal_count)
            return true;
    return false;
}
