/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * axis.c - reads axes and generates ranges.
 *
 * A range with `steps` becomes a list when it is read: whole numbers stay whole, times are rounded
 * to the nanosecond, bit rates to the bit, and steps on a logarithmic scale to six digits, far
 * coarser than what differs between machines.
 */
#include "experiment/language/axis.h"

#include "base/param.h"
#include "experiment/language/scenario_keys.h"

#include <math.h>
#include <string.h>

enum { LINEAR, LOGARITHMIC };
static const char *const scales[] = { [LINEAR] = "linear", [LOGARITHMIC] = "log", NULL };

/* What a range has beside its ends. */
struct rest {
    int64_t steps; /* 0: none */
    int scale;
};
static const struct param rest_rows[] = {
    PARAM_COUNT(struct rest, steps, NULL, "2..100000", "how many values"),
    PARAM_CHOICE(struct rest, scale, "linear", scales, "equal differences or equal ratios"),
    PARAM_END,
};
#define VALUES_WANTED \
    "a list of values or {from: 100, to: 100000, steps: 4, scale: log} or 1..8 was expected"

void axis_clear(struct axis *axis)
{
    for (size_t i = 0; i < axis->count; i++)
        item_free(axis->values[i]);
    g_free(axis->values);
    item_free(axis->written);
    g_free(axis->path);
    *axis = (struct axis){ 0 };
}

/* ---- ranges ---- */

/* `steps` and `scale` of a range, and that there is nothing else in it but its ends. */
static bool read_rest(const struct item *map, struct rest *rest, struct errors *errors)
{
    size_t before = errors->count;
    char why[PARAM_WHY_MAX];

    *rest = (struct rest){ 0 };
    param_defaults(rest_rows, rest);
    for (size_t i = 0; i < map->count; i++) {
        const struct item *child = map->children[i];
        const struct param *row = param_find(rest_rows, child->key);

        if (row != NULL && (child->kind != ITEM_SCALAR || !param_set(row, rest, child->text, why)))
            item_error(child, errors, "%s", child->kind == ITEM_SCALAR ? why : row->help);
        else if (row == NULL && strcmp(child->key, "from") != 0 && strcmp(child->key, "to") != 0)
            item_error_key(child, errors, "unknown key; known are from, to, steps, scale");
    }
    return errors->count == before;
}

/* One end of a range: "" if it is no scalar, which no number is; NULL and an error without it. */
static const char *end_of(const struct item *map, const char *name, struct errors *errors)
{
    const struct item *item = item_get(map, name);

    if (item != NULL)
        return item->kind == ITEM_SCALAR ? item->text : "";
    item_error(map, errors, "`%s` is missing: " VALUES_WANTED, name);
    return NULL;
}

static bool read_range(const struct item *map, struct space_range *range, struct rest *rest,
                       struct errors *errors)
{
    const char *from = end_of(map, "from", errors);
    const char *to = from != NULL ? end_of(map, "to", errors) : NULL;
    char why[QUANTITY_WHY_MAX];
    enum space_fault fault;

    if (to == NULL || !read_rest(map, rest, errors))
        return false;
    range->is_log = rest->scale == LOGARITHMIC;
    fault = space_range_set(range, from, to, why);
    if (fault != SPACE_RIGHT)
        item_error(fault == SPACE_BOTH ? map : item_get(map, fault == SPACE_TO ? "to" : "from"),
                   errors, "%s", why);
    return fault == SPACE_RIGHT;
}

/* The value at step `i` of `steps`. */
static double step_value(const struct space_range *range, int64_t steps, int64_t i)
{
    double share = (double)i / (double)(steps - 1);
    double value;
    char text[40];

    if (i == 0 || i == steps - 1)
        return i == 0 ? range->from : range->to;
    if (!range->is_log)
        value = range->from + (range->to - range->from) * share;
    else
        value = range->from * pow(range->to / range->from, share);
    g_ascii_formatd(text, sizeof text, range->is_log ? "%.6g" : "%.12g", value);
    value = g_ascii_strtod(text, NULL);
    return range->is_log && range->dimension == DIMENSION_COUNT ? round(value) : value;
}

/* A value that stands where the axis does, which is the place that errors name. */
static struct item *new_value(const struct axis *axis, const char *text)
{
    struct item *value = g_new(struct item, 1);

    *value = (struct item){ .kind = ITEM_SCALAR,
                            .text = g_strdup(text),
                            .key = g_strdup(axis->written->key),
                            .source = axis->written->source,
                            .line = axis->written->line,
                            .column = axis->written->column };
    return value;
}

static void add_value(struct axis *axis, struct item *value)
{
    axis->values = g_renew(struct item *, axis->values, axis->count + 1);
    axis->values[axis->count++] = value;
}

static void add_steps(struct axis *axis, int64_t steps)
{
    char text[QUANTITY_TEXT_MAX];

    for (int64_t i = 0; i < steps; i++) {
        dimension_write(step_value(&axis->range, steps, i), axis->range.dimension, text);
        add_value(axis, new_value(axis, text));
    }
}

/* ---- reading ---- */

/* A value of a list, under the axis's name. */
static struct item *clone_value(const struct axis *axis, const struct item *value)
{
    struct item *clone = item_clone(value);

    g_free(clone->key);
    clone->key = g_strdup(axis->written->key);
    return clone;
}

/* False and an error if the values are nothing that an axis has. */
static bool read_values(struct axis *axis, const struct item *values, struct errors *errors)
{
    struct rest rest = { 0 };
    char why[QUANTITY_WHY_MAX] = "";

    if (values->kind == ITEM_MAP) {
        if (!read_range(values, &axis->range, &rest, errors))
            return false;
        add_steps(axis, rest.steps);
        return true;
    }
    if (values->kind == ITEM_SCALAR && space_range_read(&axis->range, values->text, why))
        return true;
    for (size_t i = 0; values->kind == ITEM_LIST && i < values->count; i++)
        add_value(axis, clone_value(axis, values->children[i]));
    if (axis->count == 0)
        item_error(values, errors, "%s", *why != 0 ? why : VALUES_WANTED);
    return axis->count > 0;
}

bool axis_read(struct axis *axis, const char *path, const struct item *values,
               struct errors *errors)
{
    const char *fixed;
    bool is_good;

    *axis = (struct axis){ 0 };
    if (!scenario_may_be_swept(path, &fixed)) {
        item_error_key(values, errors, "`%s` cannot be swept", fixed);
        return false;
    }
    axis->path = g_strdup(path);
    axis->written = item_clone(values);
    g_free(axis->written->key);
    axis->written->key = g_strconcat("sweep.axes.", path, NULL);
    is_good = read_values(axis, values, errors);
    if (!is_good)
        axis_clear(axis);
    return is_good;
}

/* Of an option's values the only one, if it is a range or a list in brackets, which is the axis. */
static struct item *whole_axis(struct item *list)
{
    struct item *only = list->kind == ITEM_LIST && list->count == 1 ? list->children[0] : NULL;

    if (only == NULL ||
        !(only->kind == ITEM_LIST || (only->kind == ITEM_MAP && item_get(only, "from") != NULL) ||
          (only->kind == ITEM_SCALAR && strstr(only->text, "..") != NULL)))
        return list;
    only->parent = NULL; /* errors name the option, not a place in it */
    list->count = 0;
    item_free(list);
    return only;
}

bool axis_read_option(struct axis *axis, const char *option, const struct setting *setting,
                      GPtrArray *sources, struct errors *errors)
{
    char *label = g_strdup_printf("%s %s=%s", option, setting->path, setting->value);
    char *text = g_strdup_printf("[%s]", setting->value);
    struct source *source = source_of_option(label, setting->path, text, errors);
    struct item *list = NULL;
    bool is_good = false;

    *axis = (struct axis){ 0 };
    if (source != NULL) {
        g_ptr_array_add(sources, source);
        list = document_parse(source, errors);
    }
    if (list != NULL && list->kind != ITEM_LIST)
        item_error(list, errors, "values with commas between them were expected");
    else if (list != NULL)
        is_good = axis_read(axis, setting->path, list = whole_axis(list), errors);
    item_free(list);
    g_free(text);
    g_free(label);
    return is_good;
}

/* ---- values ---- */

struct item *axis_pick(const struct axis *axis, double u)
{
    char text[QUANTITY_TEXT_MAX];

    if (axis->count > 0)
        return item_clone(axis->values[space_choice(axis->count, u)]);
    space_range_write(&axis->range, u, text);
    return new_value(axis, text);
}

char *axis_pick_text(const struct axis *axis, double u)
{
    struct item *value = axis_pick(axis, u);
    GString *text = g_string_new(NULL);

    item_write(text, value);
    item_free(value);
    return g_string_free(text, FALSE);
}

void axis_write(GString *out, const struct axis *axis)
{
    char from[QUANTITY_TEXT_MAX], to[QUANTITY_TEXT_MAX];

    if (axis->count == 0) {
        space_range_write_ends(&axis->range, from, to);
        g_string_append_printf(out, "{from: %s, to: %s, scale: %s}", from, to,
                               scales[axis->range.is_log ? LOGARITHMIC : LINEAR]);
        return;
    }
    g_string_append_c(out, '[');
    for (size_t j = 0; j < axis->count; j++) {
        g_string_append(out, j > 0 ? ", " : "");
        item_write(out, axis->values[j]);
    }
    g_string_append_c(out, ']');
}
