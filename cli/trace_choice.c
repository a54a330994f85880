/* SPDX-License-Identifier: GPL-3.0-or-later */
/* trace_choice.c - see trace_choice.h. */
#include "cli/trace_choice.h"

#include "analysis/study/study.h"
#include "base/nearest.h"
#include "base/quantity.h"

#include <glib.h>
#include <string.h>

enum { LISTED_MAX = 12 };

/* ---- the strategy ---- */

/* `a, b or c`; g_free() it. */
static char *list_strategies(const struct plan *plan)
{
    const int listed = MIN(plan->strategy_count, LISTED_MAX);
    GString *list = g_string_new(NULL);

    for (int i = 0; i < listed; i++)
        g_string_append_printf(list, "%s%s",
                               i == 0                                              ? ""
                               : i + 1 == listed && listed == plan->strategy_count ? " or "
                                                                                   : ", ",
                               plan->strategies[i]);
    if (listed < plan->strategy_count)
        g_string_append_printf(list, " or one of %d others", plan->strategy_count - listed);
    return g_string_free(list, FALSE);
}

static bool choose_strategy(const struct plan *plan, const char *name, int *strategy,
                            struct errors *errors)
{
    struct nearest nearest = { .word = name };
    char *list;

    *strategy = 0;
    if (!name && plan->strategy_count == 1)
        return true;
    for (int i = 0; name && i < plan->strategy_count; i++) {
        *strategy = i;
        if (strcmp(plan->strategies[i], name) == 0)
            return true;
        nearest_offer(&nearest, plan->strategies[i]);
    }
    list = list_strategies(plan);
    if (!name)
        errors_add(errors, ERROR_SCENARIO, "which strategy? --strategy %s", list);
    else if (nearest.best)
        errors_add(errors, ERROR_SCENARIO,
                   "--strategy %s: there is no such strategy; did you mean `%s`?", name,
                   nearest.best);
    else
        errors_add(errors, ERROR_SCENARIO, "--strategy %s: there is no such strategy; expected %s",
                   name, list);
    g_free(list);
    return false;
}

/* ---- the replication ---- */

static bool choose_replication(const struct plan *plan, const char *text, uint32_t *replication,
                               struct errors *errors)
{
    const uint32_t last = plan->replications.max - 1;
    char why[QUANTITY_WHY_MAX];
    int64_t number = 0;

    *replication = 0;
    if (text && !quantity_read_count(text, &number, why)) {
        errors_add(errors, ERROR_SCENARIO, "--replication %s: %s", text, why);
        return false;
    }
    if (number < 0 || number > last) {
        errors_add(errors, ERROR_SCENARIO,
                   "--replication %s: they are numbered from 0, and the last is %u; --set "
                   "replications=N has more",
                   text, last);
        return false;
    }
    *replication = (uint32_t)number;
    return true;
}

/* ---- the point ---- */

static bool is_value(const struct plan *plan, size_t point, size_t axis, const char *text)
{
    const struct point_param *param = plan_param(plan, point, axis);
    const struct study_value value = { .text = param->text,
                                       .number = param->number,
                                       .unit = (char *)(uintptr_t)param->unit };

    return study_value_is(&value, text);
}

static bool find_axis(const struct plan *plan, const char *path, size_t *axis,
                      struct errors *errors)
{
    struct nearest nearest = { .word = path };

    for (*axis = 0; *axis < plan->axis_count; ++*axis) {
        if (strcmp(plan->axes[*axis].path, path) == 0)
            return true;
        nearest_offer(&nearest, plan->axes[*axis].path);
    }
    if (plan->axis_count == 0)
        errors_add(errors, ERROR_SCENARIO,
                   "--where %s: this scenario sweeps nothing; --set changes it", path);
    else
        errors_add(errors, ERROR_SCENARIO, "--where %s: the sweep has no such axis%s%s%s", path,
                   nearest.best ? "; did you mean `" : "; it has `",
                   nearest.best ? nearest.best : plan->axes[0].path, "`?");
    return false;
}

/* Appends the values that an axis has. */
static void list_values(GString *list, const struct plan_axis *axis)
{
    for (size_t i = 0; i < axis->count; i++) {
        if (i == LISTED_MAX) {
            g_string_append(list, ", ...");
            return;
        }
        g_string_append_printf(list, "%s%s", i > 0 ? ", " : "", axis->values[i].text);
    }
}

static bool passes(const struct plan *plan, size_t point, const struct setting *where,
                   const size_t *axes, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (!is_value(plan, point, axes[i], where[i].value))
            return false;
    return true;
}

/* Says which axes are to be chosen from, or that no point has the values. */
static void complain(const struct plan *plan, const struct setting *where, const size_t *axes,
                     size_t count, size_t left, struct errors *errors)
{
    for (size_t axis = 0; axis < plan->axis_count; axis++) {
        const struct setting *said = NULL;
        bool is_there = false;
        GString *list;

        for (size_t i = 0; i < count && !said; i++)
            said = axes[i] == axis ? &where[i] : NULL;
        for (size_t point = 0; said && !is_there && point < plan->point_count; point++)
            is_there = is_value(plan, point, axis, said->value);
        if (said ? is_there : left == 0 || plan->axes[axis].count == 1)
            continue;
        list = g_string_new(NULL);
        list_values(list, &plan->axes[axis]);
        if (said)
            errors_add(errors, ERROR_SCENARIO, "--where %s=%s: the values are: %s", said->path,
                       said->value, list->str);
        else
            errors_add(errors, ERROR_SCENARIO,
                       "which point of the sweep? --where %s=VALUE, one of %s",
                       plan->axes[axis].path, list->str);
        g_string_free(list, TRUE);
    }
    if (errors->count == 0)
        errors_add(errors, ERROR_SCENARIO,
                   left > 0 ? "several points have what --where asks for"
                            : "no point has all the values that --where asks for");
}

static bool choose_point(const struct plan *plan, const struct setting *where, size_t count,
                         size_t *point, struct errors *errors)
{
    size_t *axes = g_new0(size_t, count + 1), left = 0;
    bool is_good = true;

    for (size_t i = 0; i < count && is_good; i++)
        is_good = find_axis(plan, where[i].path, &axes[i], errors);
    for (size_t i = 0; is_good && i < plan->point_count && left < 2; i++)
        if (passes(plan, i, where, axes, count)) {
            *point = i;
            left++;
        }
    if (is_good && left != 1)
        complain(plan, where, axes, count, left, errors);
    g_free(axes);
    return is_good && left == 1;
}

bool trace_choose(const struct plan *plan, const char *strategy, const char *replication,
                  const struct setting *where, size_t where_count, struct trace_choice *choice,
                  struct errors *errors)
{
    const bool has_strategy = choose_strategy(plan, strategy, &choice->strategy, errors);
    const bool has_replication =
        choose_replication(plan, replication, &choice->replication, errors);
    bool has_point;
    struct errors about_point = { 0 };

    has_point = choose_point(plan, where, where_count, &choice->point, &about_point);
    for (size_t i = 0; i < MIN(about_point.count, ERRORS_KEPT_MAX); i++)
        errors_add(errors, ERROR_SCENARIO, "%s", about_point.list[i].text);
    errors_clear(&about_point);
    return has_strategy && has_replication && has_point;
}
