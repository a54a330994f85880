/* SPDX-License-Identifier: GPL-3.0-or-later */
/* study_points.c - the points of a study; see study_points.h. */
#include "analysis/study/study_points.h"

#include "experiment/language/sweep.h"

#include <glib.h>
#include <math.h>
#include <string.h>

enum { LISTED_MAX = 20 }; /* values in an error */

/* ---- reading ---- */

static void take_point(void *context, sqlite3_stmt *row)
{
    struct study *study = context;

    study->points = g_renew(struct study_point, study->points, study->point_count + 1);
    study->points[study->point_count++] =
        (struct study_point){ .position = sqlite3_column_int64(row, 0),
                              .point_id = sqlite3_column_int64(row, 1),
                              .variant = sqlite3_column_int64(row, 2),
                              .values = g_new0(struct study_value, study->axis_count + 1) };
}

/* Where the reading of values has come to: rows and points both come by position. */
struct reading {
    struct study *study;
    size_t point;
};

static void take_value(void *context, sqlite3_stmt *row)
{
    struct reading *reading = context;
    const struct study *study = reading->study;
    int64_t position = sqlite3_column_int64(row, 0);
    const char *path = (const char *)sqlite3_column_text(row, 1);
    struct study_point *point;

    while (reading->point < study->point_count && study->points[reading->point].position < position)
        reading->point++;
    if (reading->point == study->point_count || study->points[reading->point].position != position)
        return;
    point = &study->points[reading->point];
    for (size_t axis = 0; path && axis < study->axis_count; axis++) {
        struct study_value *value = &point->values[axis];
        if (value->text || strcmp(study->axes[axis], path) != 0)
            continue;
        value->text = study_copy_text(row, 2);
        value->unit = study_copy_text(row, 4);
        value->number =
            sqlite3_column_type(row, 3) == SQLITE_NULL ? NAN : sqlite3_column_double(row, 3);
    }
}

static void take_id(void *ids, sqlite3_stmt *row)
{
    int64_t id = sqlite3_column_int64(row, 0);

    g_array_append_vals(ids, &id, 1);
}

/* The strategies of every variant; false and an error if a point has none of them. */
static bool read_variants(struct study *study, struct errors *errors)
{
    GArray *ids = g_array_new(FALSE, FALSE, sizeof(int64_t));
    bool is_read = study_rows(study,
                              "SELECT strategy_id FROM study_strategy WHERE study_id = ?1 "
                              "ORDER BY variant, position",
                              take_id, ids, errors);
    size_t variants = ids->len / MAX(study->strategy_count, 1);
    bool is_whole = variants * study->strategy_count == ids->len;

    study->strategy_ids = (int64_t *)(void *)g_array_free(ids, FALSE);
    for (size_t i = 0; i < study->point_count && is_whole; i++)
        is_whole = study->points[i].variant >= 0 && (size_t)study->points[i].variant < variants;
    if (is_read && !is_whole)
        errors_add(errors, ERROR_IO, "'%s' is damaged: study %lld has lost some of its strategies",
                   study->path, (long long)study->study_id);
    return is_read && is_whole;
}

bool study_points_read(struct study *study, struct errors *errors)
{
    study->is_fixed = g_new0(bool, study->axis_count + 1);
    return study_rows(study,
                      "SELECT position, point_id, variant FROM study_point WHERE study_id = ?1 "
                      "ORDER BY position",
                      take_point, study, errors) &&
           study_rows(study,
                      "SELECT position, path, text, number, unit FROM param WHERE study_id = ?1 "
                      "ORDER BY position",
                      take_value, &(struct reading){ study, 0 }, errors) &&
           read_variants(study, errors);
}

static void clear_point(const struct study *study, struct study_point *point)
{
    for (size_t axis = 0; axis < study->axis_count; axis++) {
        g_free(point->values[axis].text);
        g_free(point->values[axis].unit);
    }
    g_free(point->values);
}

void study_points_clear(struct study *study)
{
    for (size_t i = 0; study->points && i < study->point_count; i++)
        clear_point(study, &study->points[i]);
    g_free(study->points);
    g_free(study->strategy_ids);
    g_free(study->is_fixed);
}

char *study_point_name(const struct study *study, size_t point, int but)
{
    GString *name = g_string_new(NULL);

    for (size_t axis = 0; axis < study->axis_count; axis++)
        if ((int)axis != but && study->points[point].values[axis].text)
            g_string_append_printf(name, "%s%s=%s", name->len ? ", " : "", study->axes[axis],
                                   study->points[point].values[axis].text);
    return g_string_free(name, FALSE);
}

/* ---- choosing ---- */

/* `0.1%` and 0.001 differ in their last bit. */
static bool is_near(double a, double b)
{
    return fabs(a - b) <= 1e-12 * fabs(a);
}

bool study_value_is(const struct study_value *value, const char *text)
{
    struct point_param said;
    bool is_same;

    if (!value->text)
        return false;
    if (strcmp(value->text, text) == 0)
        return true;
    if (!sweep_describe_text(text, &said))
        return false;
    is_same = said.is_number
                  ? is_near(said.number, value->number) && g_strcmp0(said.unit, value->unit) == 0
                  : strcmp(said.text, value->text) == 0;
    g_free(said.text);
    return is_same;
}

/* Appends the different values of an axis, as they are written. */
static void list_values(GString *list, const struct study *study, size_t axis)
{
    GHashTable *seen = g_hash_table_new(g_str_hash, g_str_equal);
    const char *separator = "";

    for (size_t i = 0; i < study->point_count; i++) {
        char *text = study->points[i].values[axis].text;
        if (!text || !g_hash_table_add(seen, text))
            continue;
        if (g_hash_table_size(seen) > LISTED_MAX) {
            g_string_append(list, ", …");
            break;
        }
        g_string_append_printf(list, "%s%s", separator, text);
        separator = ", ";
    }
    g_hash_table_destroy(seen);
}

/* Tells which value of a filter no point has, or that no point has all of them. */
static void complain_none(const struct study *study, const struct setting *filters, const int *axes,
                          size_t count, struct errors *errors)
{
    for (size_t i = 0; i < count; i++) {
        bool is_there = false;
        GString *list;

        for (size_t point = 0; point < study->point_count && !is_there; point++)
            is_there = study_value_is(&study->points[point].values[axes[i]], filters[i].value);
        if (is_there)
            continue;
        list = g_string_new(NULL);
        list_values(list, study, (size_t)axes[i]);
        errors_add(errors, ERROR_SCENARIO, "--where %s=%s: the values are: %s", filters[i].path,
                   filters[i].value, list->str);
        g_string_free(list, TRUE);
        return;
    }
    errors_add(errors, ERROR_SCENARIO, "no point has all the values that --where asks for");
}

static bool passes(const struct study_point *point, const struct setting *filters, const int *axes,
                   size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (!study_value_is(&point->values[axes[i]], filters[i].value))
            return false;
    return true;
}

/* Keeps the points that pass, if there are any; false if there are none. */
static bool keep_points(struct study *study, const struct setting *filters, const int *axes,
                        size_t count)
{
    bool *keeps = g_new(bool, study->point_count);
    size_t kept = 0;

    for (size_t i = 0; i < study->point_count; i++) {
        keeps[i] = passes(&study->points[i], filters, axes, count);
        kept += keeps[i];
    }
    if (kept > 0) {
        size_t to = 0;
        for (size_t i = 0; i < study->point_count; i++)
            if (keeps[i])
                study->points[to++] = study->points[i];
            else
                clear_point(study, &study->points[i]);
        study->point_count = to;
    }
    g_free(keeps);
    return kept > 0;
}

bool study_where(struct study *study, const struct setting *filters, size_t count,
                 struct errors *errors)
{
    int *axes = g_new0(int, count + 1);
    bool is_good = true;

    for (size_t i = 0; i < count; i++) {
        axes[i] = study_find_axis(study, filters[i].path, errors);
        is_good = is_good && axes[i] >= 0;
        if (axes[i] >= 0)
            study->is_fixed[axes[i]] = true;
    }
    if (is_good && !keep_points(study, filters, axes, count)) {
        complain_none(study, filters, axes, count, errors);
        is_good = false;
    }
    g_free(axes);
    return is_good;
}
