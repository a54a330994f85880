/* SPDX-License-Identifier: GPL-3.0-or-later */
/* growth_line.c - see growth_line.h. */
#include "analysis/verdict/growth_line.h"

#include "analysis/study/summary.h"
#include "analysis/text/text.h"

#include <glib.h>
#include <math.h>
#include <string.h>

/* ---- the axis ---- */

static bool is_of_sizes(const struct study *study, size_t axis)
{
    for (size_t i = 0; i < study->point_count; i++)
        if (!(study->points[i].values[axis].number > 0))
            return false;
    return true;
}

int growth_line_axis(const struct study *study, const char *by, struct errors *errors)
{
    int found = -1;

    if (by) {
        found = study_find_axis(study, by, errors);
        if (found >= 0 && !is_of_sizes(study, (size_t)found)) {
            errors_add(errors, ERROR_SCENARIO, "--by %s: its values are not all numbers above 0",
                       by);
            found = -1;
        }
        return found;
    }
    for (size_t i = study->axis_count; i-- > 0;)
        if (!study->is_fixed[i] && is_of_sizes(study, i) &&
            (found < 0 || strcmp(study->axes[found], "nodes") != 0))
            found = (int)i;
    if (found < 0)
        errors_add(
            errors, ERROR_SCENARIO,
            "study %lld sweeps no parameter of numbers above 0 that anything could grow with",
            (long long)study->study_id);
    return found;
}

/* ---- points ---- */

/* What points have in common that differ in the axis alone.  g_free() it. */
static char *key_of(const struct study *study, int axis, size_t point)
{
    GString *key = g_string_new(NULL);

    for (size_t i = 0; i < study->axis_count; i++) {
        const char *text = study->points[point].values[i].text;

        if ((int)i != axis)
            g_string_append_printf(key, "%zu:%s", text ? strlen(text) : 0, text ? text : "");
    }
    return g_string_free(key, FALSE);
}

bool growth_points_find(const struct study *study, int axis, struct growth_points *points,
                        struct errors *errors)
{
    GHashTable *firsts = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    bool has_two = study->point_count < 2;

    points->next = g_new(size_t, study->point_count + 1);
    points->is_first = g_new(bool, study->point_count + 1);
    for (size_t i = study->point_count; i-- > 0;) {
        char *key = key_of(study, axis, i);
        const size_t later = GPOINTER_TO_SIZE(g_hash_table_lookup(firsts, key));

        points->next[i] = later;
        if (later > 0)
            points->is_first[later] = false;
        has_two = has_two || later > 0;
        points->is_first[i] = true;
        g_hash_table_replace(firsts, key, GSIZE_TO_POINTER(i));
    }
    g_hash_table_destroy(firsts);
    if (!has_two)
        errors_add(
            errors, ERROR_SCENARIO,
            "no two points of the sweep differ in '%s' alone, so there is no growth with it; "
            "report --sensitivity tells which parameter matters",
            study->axes[axis]);
    return has_two;
}

void growth_points_clear(struct growth_points *points)
{
    g_free(points->next);
    g_free(points->is_first);
}

/* ---- reading ---- */

static void add_values(GArray *values, double x, const struct series *series)
{
    for (size_t i = 0; i < series->count; i++)
        if (isfinite(series->values[i]))
            g_array_append_val(values, ((struct law_value){ x, series->values[i] }));
}

static bool add_point(const struct study *study, struct growth_line *line, size_t point, double x,
                      GArray *values, struct errors *errors)
{
    const char *strategy = study->strategies[line->strategy];
    struct series series;
    struct summary all;

    if (!study_read(study, point, strategy, line->metric.name, &series, errors))
        return false;
    all = summary_mean(&series);
    if (all.runs > 0 && all.never == 0)
        add_values(values, x, &series);
    line->points += all.runs > 0 && all.never == 0;
    line->left_out += all.never > 0;
    series_clear(&series);
    return true;
}

static int compare_values(const void *a, const void *b)
{
    const struct law_value *x = a, *y = b;

    return (x->x > y->x) - (x->x < y->x);
}

bool growth_line_read(const struct study *study, int axis, const struct growth_points *points,
                      struct growth_line *line, struct errors *errors)
{
    GArray *values = g_array_new(FALSE, FALSE, sizeof(struct law_value));
    bool is_good = true;

    line->points = line->left_out = 0;
    for (size_t i = line->point, more = 1; is_good && more > 0; i = more) {
        is_good = add_point(study, line, i, study->points[i].values[axis].number, values, errors);
        more = points->next[i];
    }
    g_array_sort(values, compare_values);
    line->has_law = is_good && law_choose((const struct law_value *)(void *)values->data,
                                          values->len, &line->law);
    g_array_free(values, TRUE);
    return is_good;
}

/* ---- the law ---- */

static char *number_text(double value, struct scale scale)
{
    char text[32];

    scale_write(text, value, scale);
    return g_strconcat(text, *scale.unit ? " " : "", scale.unit, NULL);
}

/* `nodes`, or a quantity in its unit: `(interval / s)`.  g_free() it. */
static char *size_text(const struct study *study, int axis)
{
    const char *path = study->axes[axis];
    const char *unit = study->points[0].values[axis].unit;

    return unit && *unit ? g_strdup_printf("(%s / %s)", path, unit) : g_strdup(path);
}

char *growth_line_law(const struct study *study, int axis, const struct growth_line *line)
{
    const struct law *law = &line->law;
    const struct scale start_scale = scale_choose(line->metric.unit, fabs(law->start.value));
    const struct scale rate_scale = scale_choose(line->metric.unit, fabs(law->rate.value));
    char *start = number_text(law->start.value, start_scale), *x = size_text(study, axis);
    char *rate = number_text(fabs(law->rate.value), rate_scale);
    char *text = law->rate.value == 0 ? g_strdup_printf("%s, constant", start)
                 : law->kind == LAW_POWER
                     ? g_strdup_printf("%s · %s^%.3f", start, x, law->rate.value)
                     : g_strdup_printf("%s %s %s · log2 %s", start, law->rate.value < 0 ? "-" : "+",
                                       rate, x);

    g_free(start);
    g_free(rate);
    g_free(x);
    return text;
}
