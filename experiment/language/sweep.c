/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * sweep.c - reads axes, generates ranges, and sets paths.
 *
 * A range `{from, to, steps, scale}` becomes a list when it is read: whole numbers stay whole,
 * times are rounded to the nanosecond, bit rates to the bit, and steps on a logarithmic scale to
 * six digits, far coarser than what differs between machines.
 */
#include "experiment/language/sweep.h"

#include "base/nearest.h"
#include "experiment/language/scenario_keys.h"

#include <math.h>
#include <string.h>

const char *const scenario_later_designs[] = { "sobol", "random", NULL };

enum dimension { NUMBER, COUNT, TIME, SIZE, RATE, BITRATE };

struct range {
    double from, to;
    enum dimension dimension;
    int64_t steps;
    int scale;
};
enum { LINEAR, LOGARITHMIC };
static const char *const scales[] = { [LINEAR] = "linear", [LOGARITHMIC] = "log", NULL };
static const struct param range_rows[] = {
    PARAM_COUNT(struct range, steps, NULL, "2..100000", "how many values"),
    PARAM_CHOICE(struct range, scale, "linear", scales, "equal differences or equal ratios"),
    PARAM_END,
};
#define RANGE_WANTED "a list of values or {from: 100, to: 100000, steps: 4, scale: log}"

/* ---- numbers of any dimension ---- */

/* True if `text` is a number of some dimension; the value is in base units, times in ns. */
static bool read_number(const char *text, double *value, enum dimension *dimension)
{
    int64_t whole = 0;

    if (quantity_read_count(text, &whole, NULL))
        *dimension = COUNT;
    else if (quantity_read_time(text, &whole, NULL))
        *dimension = TIME;
    else if (quantity_read_size(text, &whole, NULL))
        *dimension = SIZE;
    else if (quantity_read_rate(text, value, NULL))
        *dimension = RATE;
    else if (quantity_read_bitrate(text, value, NULL))
        *dimension = BITRATE;
    else
        *dimension = NUMBER;
    if (*dimension == COUNT || *dimension == TIME || *dimension == SIZE)
        *value = (double)whole;
    return *dimension != NUMBER || quantity_read_real(text, value, NULL) ||
           quantity_read_fraction(text, value, NULL);
}

static void write_number(double value, enum dimension dimension, char *text)
{
    if (dimension == TIME)
        quantity_write_time((sim_time)llround(value), text);
    else if (dimension == SIZE)
        quantity_write_size(llround(value), text);
    else if (dimension == RATE)
        quantity_write_rate(value, text);
    else if (dimension == BITRATE)
        quantity_write_bitrate(llround(value), text);
    else
        quantity_write_real(value, text);
}

void sweep_describe(const struct item *value, struct point_param *param)
{
    static const char *const units[] = {
        [NUMBER] = "", [COUNT] = "", [TIME] = "s", [SIZE] = "B", [RATE] = "/s", [BITRATE] = "bit/s",
    };
    enum dimension dimension = NUMBER;
    GString *text = g_string_new(NULL);

    *param = (struct point_param){ 0 };
    if (value->kind == ITEM_SCALAR) {
        g_string_append(text, value->text);
        param->is_number = read_number(value->text, &param->number, &dimension);
        if (dimension == TIME)
            param->number /= 1e9;
    } else {
        item_write(text, value);
    }
    param->unit = units[dimension];
    param->text = g_string_free(text, FALSE);
}

bool sweep_describe_text(const char *text, struct point_param *param)
{
    struct errors errors = { 0 };
    struct source *source = source_of_option("a value", "", text, &errors);
    struct item *value = source ? document_parse(source, &errors) : NULL;
    bool is_good = value != NULL && errors.count == 0;

    if (is_good)
        sweep_describe(value, param);
    item_free(value);
    source_free(source);
    errors_clear(&errors);
    return is_good;
}

/* ---- axes ---- */

static void axis_clear(struct axis *axis)
{
    for (size_t i = 0; i < axis->count; i++)
        item_free(axis->values[i]);
    g_free(axis->values);
    g_free(axis->path);
    *axis = (struct axis){ 0 };
}

void sweep_clear(struct sweep *sweep)
{
    for (size_t i = 0; i < sweep->axis_count; i++)
        axis_clear(&sweep->axes[i]);
    g_free(sweep->axes);
    *sweep = (struct sweep){ 0 };
}

/* One end of a range, or false and an error. */
static bool read_end(const struct item *map, const char *name, double *value,
                     enum dimension *dimension, struct errors *errors)
{
    const struct item *item = item_get(map, name);

    if (item == NULL) {
        item_error(map, errors, "`%s` is missing; an axis is " RANGE_WANTED, name);
        return false;
    }
    if (item->kind == ITEM_SCALAR && read_number(item->text, value, dimension))
        return true;
    item_error(item, errors, "a number was expected, as in 100, 5%%, 10s, 64KiB or 1Mbit/s");
    return false;
}

/* `steps` and `scale` of a range, and that there is nothing else in it. */
static bool read_rest(const struct item *map, struct range *range, struct errors *errors)
{
    size_t before = errors->count;
    char why[PARAM_WHY_MAX];

    param_defaults(range_rows, range);
    for (size_t i = 0; i < map->count; i++) {
        const struct item *child = map->children[i];
        const struct param *row = param_find(range_rows, child->key);

        if (row != NULL && (child->kind != ITEM_SCALAR || !param_set(row, range, child->text, why)))
            item_error(child, errors, "%s", child->kind == ITEM_SCALAR ? why : row->help);
        else if (row == NULL && strcmp(child->key, "from") != 0 && strcmp(child->key, "to") != 0)
            item_error_key(child, errors, "unknown key; known are from, to, steps, scale");
    }
    if (item_get(map, "steps") == NULL)
        item_error(map, errors, "`steps` is missing: how many values");
    return errors->count == before;
}

static bool read_range(const struct item *map, struct range *range, struct errors *errors)
{
    enum dimension to = NUMBER;

    if (!read_end(map, "from", &range->from, &range->dimension, errors) ||
        !read_end(map, "to", &range->to, &to, errors) || !read_rest(map, range, errors))
        return false;
    if (MAX(range->dimension, to) <= COUNT) {
        range->dimension = MIN(range->dimension, to); /* whole only if both are */
    } else if (MIN(range->dimension, to) <= COUNT) {
        const char *bare = to <= COUNT ? "to" : "from", *other = to <= COUNT ? "from" : "to";
        item_error(item_get(map, bare), errors, "%s lacks a unit; `%s` is %s",
                   item_get(map, bare)->text, other, item_get(map, other)->text);
        return false;
    } else if (range->dimension != to) {
        item_error(map, errors, "`from` and `to` are of different kinds");
        return false;
    }
    if (range->from == range->to) {
        item_error(map, errors, "`from` and `to` are the same");
        return false;
    }
    if (range->scale == LOGARITHMIC && !(range->from > 0 && range->to > 0)) {
        item_error(map, errors, "a logarithmic scale needs `from` and `to` above 0");
        return false;
    }
    return true;
}

/* The value at step `i` of a range. */
static double range_value(const struct range *range, int64_t i)
{
    double share = (double)i / (double)(range->steps - 1);
    double value;
    char text[40];

    if (i == 0 || i == range->steps - 1)
        return i == 0 ? range->from : range->to;
    if (range->scale == LINEAR)
        value = range->from + (range->to - range->from) * share;
    else
        value = range->from * pow(range->to / range->from, share);
    g_ascii_formatd(text, sizeof text, range->scale == LINEAR ? "%.12g" : "%.6g", value);
    value = g_ascii_strtod(text, NULL);
    return range->scale == LOGARITHMIC && range->dimension == COUNT ? round(value) : value;
}

/* Takes `value`, whose key becomes the place that errors name until it is put to use. */
static void axis_add(struct axis *axis, struct item *value)
{
    g_free(value->key);
    value->key = g_strconcat("sweep.axes.", axis->path, NULL);
    axis->values = g_renew(struct item *, axis->values, axis->count + 1);
    axis->values[axis->count++] = value;
}

static void axis_fill(struct axis *axis, const struct item *map, const struct range *range)
{
    char text[QUANTITY_TEXT_MAX];

    for (int64_t i = 0; i < range->steps; i++) {
        struct item *value = g_new(struct item, 1);
        write_number(range_value(range, i), range->dimension, text);
        *value = (struct item){ .kind = ITEM_SCALAR,
                                .text = g_strdup(text),
                                .source = map->source,
                                .line = map->line,
                                .column = map->column };
        axis_add(axis, value);
    }
}

/* The values that a range or a list stands for; false and an error if it is neither. */
static bool axis_read(struct axis *axis, const struct item *values, struct errors *errors)
{
    struct range range = { 0 };

    if (values->kind == ITEM_MAP) {
        if (!read_range(values, &range, errors))
            return false;
        axis_fill(axis, values, &range);
        return true;
    }
    for (size_t i = 0; values->kind == ITEM_LIST && i < values->count; i++)
        axis_add(axis, item_clone(values->children[i]));
    if (axis->count == 0)
        item_error(values, errors, RANGE_WANTED " was expected");
    return axis->count > 0;
}

/* Adds the axis `path`, or replaces it.  `is_option`: `values` is the list that an option was
 * read as, which holds a range or a list in brackets as its only member. */
static void read_axis(struct sweep *sweep, const char *path, const struct item *values,
                      bool is_option, struct errors *errors)
{
    const struct item *only = is_option && values->count == 1 ? values->children[0] : NULL;
    struct axis axis = { 0 };
    const char *fixed;
    size_t place = 0;

    if (!scenario_may_be_swept(path, &fixed)) {
        item_error_key(values, errors, "`%s` cannot be swept", fixed);
        return;
    }
    if (only != NULL &&
        (only->kind == ITEM_LIST || (only->kind == ITEM_MAP && item_get(only, "from") != NULL)))
        values = only;
    while (place < sweep->axis_count && strcmp(sweep->axes[place].path, path) != 0)
        place++;
    if (place == SWEEP_AXES_MAX) {
        item_error(values, errors, "more than %d axes", SWEEP_AXES_MAX);
        return;
    }
    axis.path = g_strdup(path);
    if (!axis_read(&axis, values, errors)) {
        axis_clear(&axis);
        return;
    }
    if (place < sweep->axis_count) {
        axis_clear(&sweep->axes[place]);
    } else {
        sweep->axes = g_renew(struct axis, sweep->axes, place + 1);
        sweep->axis_count++;
    }
    sweep->axes[place] = axis;
}

static void read_design(const struct item *item, struct sweep *sweep, struct errors *errors)
{
    const char *text = item->kind == ITEM_SCALAR ? item->text : "";

    sweep->is_zip = strcmp(text, "zip") == 0;
    if (g_strv_contains(scenario_later_designs, text))
        item_error(item, errors, "`%s` is not supported yet", text);
    else if (!sweep->is_zip && strcmp(text, "grid") != 0)
        item_error(item, errors, "grid or zip was expected");
}

/* A key of the section that is none, or is not built. */
static void refuse_key(const struct item *item, struct errors *errors)
{
    static const char *const known[] = { "axes", "design", NULL };
    const char *near = nearest_among(known, item->key);
    char *path = g_strconcat("sweep.", item->key, NULL);

    if (g_strv_contains(scenario_later_keys, path))
        item_error_key(item, errors, "is not supported yet");
    else if (near != NULL)
        item_error_key(item, errors, "unknown key; did you mean `%s`?", near);
    else
        item_error_key(item, errors, "unknown key; known are axes, design");
    g_free(path);
}

static void read_section(const struct item *section, struct sweep *sweep, struct errors *errors)
{
    if (section->kind != ITEM_MAP || item_get(section, "axes") == NULL) {
        item_error(section, errors,
                   "axes were expected, as in {axes: {network.loss: [0, 5%%, 10%%]}}");
        return;
    }
    for (size_t i = 0; i < section->count; i++) {
        const struct item *child = section->children[i];

        if (strcmp(child->key, "design") == 0)
            read_design(child, sweep, errors);
        else if (strcmp(child->key, "axes") != 0)
            refuse_key(child, errors);
        else if (child->kind != ITEM_MAP || child->count == 0)
            item_error(child, errors, "paths and values were expected, as in {nodes: [10, 100]}");
        else
            for (size_t j = 0; j < child->count; j++)
                read_axis(sweep, child->children[j]->key, child->children[j], false, errors);
    }
}

/* Axes of --sweep PATH=V1,V2: the values are read as the list `[V1,V2]`. */
static void read_option(const struct setting *option, GPtrArray *sources, struct sweep *sweep,
                        struct errors *errors)
{
    char *label = g_strdup_printf("--sweep %s=%s", option->path, option->value);
    char *text = g_strdup_printf("[%s]", option->value);
    struct source *source = source_of_option(label, option->path, text, errors);
    struct item *list = NULL;

    if (source != NULL) {
        g_ptr_array_add(sources, source);
        list = document_parse(source, errors);
    }
    if (list != NULL && list->kind == ITEM_LIST)
        read_axis(sweep, option->path, list, true, errors);
    else if (list != NULL)
        item_error(list, errors, "values with commas between them were expected");
    item_free(list);
    g_free(text);
    g_free(label);
}

/* Where errors about the sweep as a whole belong. */
static void sweep_error(const struct item *root, const struct sweep *sweep, struct errors *errors,
                        const char *text)
{
    const struct item *section = item_get(root, "sweep");
    const struct axis *last = &sweep->axes[sweep->axis_count - 1];

    if (section != NULL)
        item_error_key(section, errors, "%s", text);
    else
        item_error(last->values[0], errors, "%s", text);
}

static void count_points(const struct item *root, struct sweep *sweep, struct errors *errors)
{
    size_t points = 1;

    for (size_t i = 0; i < sweep->axis_count; i++) {
        if (sweep->is_zip && sweep->axes[i].count != sweep->axes[0].count) {
            sweep_error(root, sweep, errors, "`design: zip` needs as many values on each axis");
            return;
        }
        if (!sweep->is_zip && points <= SWEEP_POINTS_MAX)
            points *= sweep->axes[i].count; /* both at most 250000 */
    }
    if (sweep->is_zip && sweep->axis_count > 0)
        points = sweep->axes[0].count;
    if (points > SWEEP_POINTS_MAX)
        sweep_error(root, sweep, errors, "the sweep has more than 100000 points");
    sweep->points = points;
}

bool sweep_read(const struct item *root, const struct setting *options, size_t option_count,
                GPtrArray *sources, struct sweep *sweep, struct errors *errors)
{
    const struct item *section = item_get(root, "sweep");
    size_t before = errors->count;

    *sweep = (struct sweep){ .points = 1 };
    if (section != NULL && !item_is_null(section))
        read_section(section, sweep, errors);
    for (size_t i = 0; i < option_count; i++)
        read_option(&options[i], sources, sweep, errors);
    if (errors->count == before)
        count_points(root, sweep, errors);
    return errors->count == before;
}

const struct item *sweep_value(const struct sweep *sweep, size_t axis, size_t point)
{
    for (size_t i = sweep->axis_count; !sweep->is_zip && i-- > axis + 1;)
        point /= sweep->axes[i].count;
    return sweep->axes[axis].values[point % sweep->axes[axis].count];
}

void sweep_write(GString *out, const struct sweep *sweep)
{
    if (sweep->axis_count == 0)
        return;
    g_string_append_printf(out, "sweep:\n  design: %s\n  axes:\n", sweep->is_zip ? "zip" : "grid");
    for (size_t i = 0; i < sweep->axis_count; i++) {
        g_string_append(out, "    ");
        document_write_scalar(out, sweep->axes[i].path);
        g_string_append(out, ": [");
        for (size_t j = 0; j < sweep->axes[i].count; j++) {
            g_string_append(out, j > 0 ? ", " : "");
            item_write(out, sweep->axes[i].values[j]);
        }
        g_string_append(out, "]\n");
    }
}
