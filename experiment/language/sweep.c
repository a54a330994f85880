/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * sweep.c - reads the designs of sweeps and makes their points.
 */
#include "experiment/language/sweep.h"

#include "base/nearest.h"
#include "base/param.h"
#include "experiment/language/scenario_keys.h"

#include <string.h>

static const char *const designs[] = {
    [SWEEP_GRID] = "grid",
    [SWEEP_ZIP] = "zip",
    [SWEEP_SOBOL] = "sobol",
    [SWEEP_RANDOM] = "random",
    NULL,
};

enum { POINTS_USUAL = 64 };

/* What a section says beside its axes. */
struct shape {
    int64_t points; /* 0: nothing */
    int design;     /* -1: nothing */
};
static const struct param shape_rows[] = {
    PARAM_COUNT(struct shape, points, NULL, "1..100000", "how many points"),
    PARAM_CHOICE(struct shape, design, NULL, designs, "which points"),
    PARAM_END,
};

const char *sweep_design_name(enum sweep_design design)
{
    return designs[design];
}

/* ---- values ---- */

void sweep_describe(const struct item *value, struct point_param *param)
{
    enum dimension dimension = DIMENSION_NUMBER;
    GString *text = g_string_new(NULL);

    *param = (struct point_param){ 0 };
    if (value->kind == ITEM_SCALAR) {
        g_string_append(text, value->text);
        param->is_number = dimension_read(value->text, &param->number, &dimension);
        if (dimension == DIMENSION_TIME)
            param->number /= 1e9;
    } else {
        item_write(text, value);
    }
    param->unit = dimension_unit(dimension);
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

/* ---- reading ---- */

void sweep_clear(struct sweep *sweep)
{
    for (size_t i = 0; sweep->picked != NULL && i < sweep->points * sweep->axis_count; i++)
        item_free(sweep->picked[i]);
    g_free(sweep->picked);
    for (size_t i = 0; i < sweep->axis_count; i++)
        axis_clear(&sweep->axes[i]);
    g_free(sweep->axes);
    *sweep = (struct sweep){ 0 };
}

/* Takes an axis, which may replace one of its path. */
static void add_axis(struct sweep *sweep, struct axis *axis, struct errors *errors)
{
    size_t place = 0;

    while (place < sweep->axis_count && strcmp(sweep->axes[place].path, axis->path) != 0)
        place++;
    if (place == SWEEP_AXES_MAX) {
        item_error(axis->written, errors, "more than %d axes", SWEEP_AXES_MAX);
        axis_clear(axis);
        return;
    }
    if (place < sweep->axis_count) {
        axis_clear(&sweep->axes[place]);
    } else {
        sweep->axes = g_renew(struct axis, sweep->axes, place + 1);
        sweep->axis_count++;
    }
    sweep->axes[place] = *axis;
}

static void read_axes(const struct item *map, struct sweep *sweep, struct errors *errors)
{
    if (map->kind != ITEM_MAP || map->count == 0) {
        item_error(map, errors, "paths and values were expected, as in {nodes: [10, 100]}");
        return;
    }
    for (size_t i = 0; i < map->count; i++) {
        struct axis axis;

        if (axis_read(&axis, map->children[i]->key, map->children[i], errors))
            add_axis(sweep, &axis, errors);
    }
}

/* `design` or `points`. */
static void read_shape(const struct param *row, const struct item *item, struct shape *shape,
                       struct errors *errors)
{
    char why[PARAM_WHY_MAX];

    if (item->kind != ITEM_SCALAR)
        item_error(item, errors, "%s was expected",
                   row->type == PARAM_TYPE_CHOICE ? "grid, zip, sobol or random" : "a count");
    else if (!param_set(row, shape, item->text, why))
        item_error(item, errors, "%s", why);
}

/* A key of the section that is none. */
static void refuse_key(const struct item *item, struct errors *errors)
{
    static const char *const known[] = { "axes", "design", "points", NULL };
    const char *near = nearest_among(known, item->key);

    if (near != NULL)
        item_error_key(item, errors, "unknown key; did you mean `%s`?", near);
    else
        item_error_key(item, errors, "unknown key; known are axes, design, points");
}

static void read_section(const struct item *section, struct sweep *sweep, struct shape *shape,
                         struct errors *errors)
{
    if (section->kind != ITEM_MAP || item_get(section, "axes") == NULL) {
        item_error(section, errors,
                   "axes were expected, as in {axes: {network.loss: [0, 5%%, 10%%]}}");
        return;
    }
    for (size_t i = 0; i < section->count; i++) {
        const struct item *child = section->children[i];
        const struct param *row = param_find(shape_rows, child->key);

        if (row != NULL)
            read_shape(row, child, shape, errors);
        else if (strcmp(child->key, "axes") == 0)
            read_axes(child, sweep, errors);
        else
            refuse_key(child, errors);
    }
}

/* The text of --design or --points; NULL: not given. */
static void read_shape_option(const char *name, const char *text, GPtrArray *sources,
                              struct shape *shape, struct errors *errors)
{
    char *label = g_strdup_printf("--%s %s", name, text);
    struct source *source = text != NULL ? source_of_option(label, name, text, errors) : NULL;
    struct item *item = NULL;

    if (source != NULL) {
        g_ptr_array_add(sources, source);
        item = document_parse(source, errors);
    }
    if (item != NULL)
        read_shape(param_find(shape_rows, name), item, shape, errors);
    item_free(item);
    g_free(label);
}

static void read_options(const struct sweep_options *options, GPtrArray *sources,
                         struct sweep *sweep, struct shape *shape, struct errors *errors)
{
    for (size_t i = 0; i < options->axis_count; i++) {
        struct axis axis;

        if (axis_read_option(&axis, options->option != NULL ? options->option : "--sweep",
                             &options->axes[i], sources, errors))
            add_axis(sweep, &axis, errors);
    }
    read_shape_option("design", options->design, sources, shape, errors);
    read_shape_option("points", options->points, sources, shape, errors);
}

/* ---- points ---- */

/* Where errors about the sweep as a whole belong. */
static void sweep_error(const struct item *root, const struct sweep *sweep, struct errors *errors,
                        const char *text)
{
    const struct item *section = item_get(root, "sweep");

    if (section != NULL)
        item_error_key(section, errors, "%s", text);
    else if (sweep->axis_count > 0)
        item_error(sweep->axes[sweep->axis_count - 1].written, errors, "%s", text);
    else
        errors_add(errors, ERROR_SCENARIO, "%s", text);
}

/* Points, even without a design, are those of a design that has them. */
static void set_shape(const struct item *root, struct sweep *sweep, const struct shape *shape,
                      struct errors *errors)
{
    const bool has_design = shape->design >= 0;

    sweep->design = has_design          ? (enum sweep_design)shape->design
                    : shape->points > 0 ? SWEEP_SOBOL
                                        : SWEEP_GRID;
    if (sweep->axis_count == 0 && (has_design || shape->points > 0))
        sweep_error(root, sweep, errors, "a design without axes: --sweep PATH=VALUES gives one");
    else if (sweep->design < SWEEP_SOBOL && shape->points > 0)
        sweep_error(root, sweep, errors,
                    "`points` are of a sobol or random design; a grid or zip has those of its "
                    "lists");
    for (size_t i = 0; sweep->design < SWEEP_SOBOL && i < sweep->axis_count; i++)
        if (sweep->axes[i].count == 0)
            item_error(sweep->axes[i].written, errors,
                       "`steps` is missing: how many values; or `points` of a sobol or random "
                       "design");
    if (sweep->design >= SWEEP_SOBOL)
        sweep->spread = shape->points > 0 ? (size_t)shape->points : POINTS_USUAL;
}

/* The study's master seed. */
static uint64_t seed_of(const struct item *root)
{
    const struct item *item = item_get(root, "seed");
    int64_t seed = 1;

    if (item != NULL && item->kind == ITEM_SCALAR)
        quantity_read_count(item->text, &seed, NULL); /* what is none is refused elsewhere */
    return (uint64_t)seed;
}

/* Picks the values at `u`; false if `seen` has that point, which is in it then in any case. */
static bool pick_point(struct sweep *sweep, const double *u, GHashTable *seen)
{
    struct item **values = &sweep->picked[sweep->points * sweep->axis_count];
    GString *text = g_string_new(NULL);

    for (size_t i = 0; i < sweep->axis_count; i++) {
        values[i] = axis_pick(&sweep->axes[i], u[i]);
        item_write(text, values[i]);
        g_string_append_c(text, '\n');
    }
    if (g_hash_table_add(seen, g_string_free(text, FALSE)))
        return true;
    for (size_t i = 0; i < sweep->axis_count; i++)
        item_free(values[i]);
    return false;
}

/* A point that comes again asks nothing new, and is left out. */
static void spread_points(const struct item *root, struct sweep *sweep)
{
    GHashTable *seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    struct space_points *points =
        space_points_new(sweep->design == SWEEP_SOBOL ? SPACE_SOBOL : SPACE_RANDOM,
                         (unsigned)sweep->axis_count, seed_of(root));
    double u[SPACE_AXES_MAX];

    sweep->picked = g_new(struct item *, sweep->spread * sweep->axis_count);
    sweep->points = 0;
    for (size_t i = 0; i < sweep->spread; i++) {
        space_points_next(points, u);
        sweep->points += pick_point(sweep, u, seen);
    }
    space_points_free(points);
    g_hash_table_destroy(seen);
}

static void count_points(const struct item *root, struct sweep *sweep, struct errors *errors)
{
    size_t points = 1;

    for (size_t i = 0; i < sweep->axis_count; i++) {
        if (sweep->design == SWEEP_ZIP && sweep->axes[i].count != sweep->axes[0].count) {
            sweep_error(root, sweep, errors, "`design: zip` needs as many values on each axis");
            return;
        }
        if (sweep->design == SWEEP_GRID && points <= SWEEP_POINTS_MAX)
            points *= sweep->axes[i].count; /* both at most 250000 */
    }
    if (sweep->design == SWEEP_ZIP && sweep->axis_count > 0)
        points = sweep->axes[0].count;
    if (points > SWEEP_POINTS_MAX)
        sweep_error(root, sweep, errors, "the sweep has more than 100000 points");
    sweep->points = points;
}

/* Leaves the axes that have values without a design, for a look at the first point. */
static void forget_ranges(struct sweep *sweep)
{
    size_t kept = 0;

    for (size_t i = 0; i < sweep->axis_count; i++)
        if (sweep->axes[i].count > 0)
            sweep->axes[kept++] = sweep->axes[i];
        else
            axis_clear(&sweep->axes[i]);
    sweep->axis_count = kept;
    sweep->design = SWEEP_GRID;
}

bool sweep_read(const struct item *root, const struct sweep_options *options, GPtrArray *sources,
                struct sweep *sweep, struct errors *errors)
{
    const struct item *section = item_get(root, "sweep");
    struct shape shape = { .points = 0, .design = -1 };
    size_t before = errors->count;

    *sweep = (struct sweep){ .points = 1 };
    if (section != NULL && !item_is_null(section))
        read_section(section, sweep, &shape, errors);
    read_options(options, sources, sweep, &shape, errors);
    if (errors->count == before)
        set_shape(root, sweep, &shape, errors);
    if (errors->count == before && sweep->design >= SWEEP_SOBOL)
        spread_points(root, sweep);
    else if (errors->count == before)
        count_points(root, sweep, errors);
    if (errors->count > before)
        forget_ranges(sweep);
    return errors->count == before;
}

bool sweep_is_zip(const struct sweep *sweep)
{
    return sweep->design != SWEEP_GRID;
}

const struct item *sweep_value(const struct sweep *sweep, size_t axis, size_t point)
{
    if (sweep->picked != NULL)
        return sweep->picked[point * sweep->axis_count + axis];
    for (size_t i = sweep->axis_count; !sweep_is_zip(sweep) && i-- > axis + 1;)
        point /= sweep->axes[i].count;
    return sweep->axes[axis].values[point % sweep->axes[axis].count];
}

void sweep_write(GString *out, const struct sweep *sweep)
{
    if (sweep->axis_count == 0)
        return;
    g_string_append_printf(out, "sweep:\n  design: %s\n", designs[sweep->design]);
    if (sweep->picked != NULL)
        g_string_append_printf(out, "  points: %zu\n", sweep->spread);
    g_string_append(out, "  axes:\n");
    for (size_t i = 0; i < sweep->axis_count; i++) {
        g_string_append(out, "    ");
        document_write_scalar(out, sweep->axes[i].path);
        g_string_append(out, ": ");
        axis_write(out, &sweep->axes[i]);
        g_string_append_c(out, '\n');
    }
}
