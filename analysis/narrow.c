/* SPDX-License-Identifier: GPL-3.0-or-later */
/* narrow.c - see narrow.h. */
#include "analysis/narrow.h"

#include <glib.h>
#include <string.h>

static bool has_value(const struct study *study, size_t point, size_t axis, const char *value)
{
    const char *text = study->points[point].values[axis].text;

    return text && strcmp(text, value) == 0;
}

/* The points that have the value of one condition; *is_kept loses the others. */
static bool apply_where(const struct study *study, const struct setting *where, bool *is_kept,
                        struct errors *errors)
{
    int axis = study_find_axis(study, where->path, errors);
    size_t found = 0;

    if (axis < 0)
        return false;
    for (size_t i = 0; i < study->point_count; i++) {
        bool is_wanted = has_value(study, i, (size_t)axis, where->value);
        found += is_wanted;
        is_kept[i] = is_kept[i] && is_wanted;
    }
    if (found == 0)
        errors_add(errors, ERROR_SCENARIO, "'%s' has no value '%s' in this study", where->path,
                   where->value);
    return found > 0;
}

static void free_point(const struct study *study, struct study_point *point)
{
    for (size_t axis = 0; axis < study->axis_count; axis++) {
        g_free(point->values[axis].text);
        g_free(point->values[axis].unit);
    }
    g_free(point->values);
}

static bool narrow_points(struct study *study, const struct narrow *narrow, struct errors *errors)
{
    bool *is_kept = g_new(bool, study->point_count);
    size_t kept = 0;
    bool is_good = true;

    memset(is_kept, true, study->point_count * sizeof *is_kept);
    for (size_t i = 0; i < narrow->where_count; i++)
        is_good = apply_where(study, &narrow->where[i], is_kept, errors) && is_good;
    for (size_t i = 0; i < study->point_count; i++)
        kept += is_kept[i];
    if (is_good && kept == 0)
        errors_add(errors, ERROR_SCENARIO, "no point of the study has all the values of --where");
    is_good = is_good && kept > 0;
    kept = 0;
    for (size_t i = 0; is_good && i < study->point_count; i++) {
        if (is_kept[i])
            study->points[kept++] = study->points[i];
        else
            free_point(study, &study->points[i]);
    }
    if (is_good)
        study->point_count = kept;
    g_free(is_kept);
    return is_good;
}

static bool narrow_strategies(struct study *study, const struct narrow *narrow,
                              struct errors *errors)
{
    bool *is_kept = g_new0(bool, study->strategy_count + 1);
    size_t kept = 0;
    bool is_good = true;

    for (size_t i = 0; narrow->only[i]; i++) {
        int place = study_find_strategy(study, narrow->only[i], errors);
        is_good = is_good && place >= 0;
        if (place >= 0)
            is_kept[place] = true;
    }
    for (size_t i = 0; is_good && i < study->strategy_count; i++) {
        if (is_kept[i] || g_strcmp0(narrow->keep, study->strategies[i]) == 0)
            study->strategies[kept++] = study->strategies[i];
        else
            g_free(study->strategies[i]);
    }
    if (is_good) {
        study->strategies[kept] = NULL;
        study->strategy_count = kept;
    }
    g_free(is_kept);
    return is_good;
}

bool study_narrow(struct study *study, const struct narrow *narrow, struct errors *errors)
{
    return narrow_points(study, narrow, errors) &&
           (!narrow->only || narrow_strategies(study, narrow, errors));
}
