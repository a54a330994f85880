/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * plan.c - reads a scenario into the list of its points.
 *
 * Each point is made by putting the axes' values into a copy of the tree and reading that, so
 * swept values pass every check that written ones do.  What runs are keyed by is plan_keys.c's.
 *
 * Cost: one reading a point, about 20 us; 100 bytes a point.
 */
#include "base/nearest.h"
#include "experiment/plan/plan_keys.h"
#include "experiment/plan/plan_source.h"

#include <string.h>

bool scenario_source_read(const struct scenario_source *source, size_t point, struct errors *errors,
                          struct scenario *scenario)
{
    struct scenario_reader reader = source->reader;
    struct item *root = item_clone(source->root);
    size_t before = errors->count;

    reader.errors = errors;
    *scenario = (struct scenario){ 0 };
    for (size_t i = 0; i < source->sweep.axis_count; i++) {
        struct item *value = item_clone(sweep_value(&source->sweep, i, point));

        value->is_swept = true;
        sweep_set(root, source->sweep.axes[i].path, value, reader.models, errors);
    }
    if (errors->count == before)
        scenario_read(root, &reader, scenario);
    item_free(root);
    return errors->count == before;
}

static void source_close(struct scenario_source *source)
{
    if (source == NULL)
        return;
    plan_tables_free(source->tables);
    sweep_clear(&source->sweep);
    item_free(source->root);
    scenario_reader_clear(&source->reader);
    for (guint i = 0; i < source->sources->len; i++)
        source_free(g_ptr_array_index(source->sources, i));
    g_ptr_array_free(source->sources, TRUE);
    g_free(source);
}

/* Opens the scenario and applies the command line; NULL and errors if it cannot be read. */
static struct scenario_source *source_open(const char *path, const struct plan_options *options,
                                           struct errors *errors)
{
    struct scenario_source *source;
    struct source *file = options->text ? source_of_text(path, options->text, errors)
                                        : source_read_input(path, errors);

    if (file == NULL)
        return NULL;
    source = g_new0(struct scenario_source, 1);
    source->tables = plan_tables_new();
    source->sources = g_ptr_array_new();
    g_ptr_array_add(source->sources, file);
    scenario_reader_init(&source->reader, model_registry, source_name(path), errors);
    source->sweep.points = 1;
    source->root = document_parse(file, errors);
    if (source->root == NULL) {
        source_close(source);
        return NULL;
    }
    if (source->root->kind != ITEM_MAP)
        return source; /* reading says what is wrong */
    scenario_join_dotted(source->root, errors);
    scenario_source_change(source, options, errors);
    return source;
}

/* ---- points ---- */

/* The values of a point, as `nodes=100 network.loss=5%`. */
static char *point_label(const struct scenario_source *source, size_t point)
{
    GString *label = g_string_new(NULL);

    for (size_t i = 0; i < source->sweep.axis_count; i++) {
        g_string_append_printf(label, "%s%s=", i > 0 ? " " : "", source->sweep.axes[i].path);
        item_write(label, sweep_value(&source->sweep, i, point));
    }
    return g_string_free(label, FALSE);
}

/* Numbers of different units are no numbers of one axis: 100 entries are not 100B. */
static void level_units(struct plan_axis *axis)
{
    const char *unit = NULL;
    bool is_mixed = false;

    for (size_t k = 0; k < axis->count; k++) {
        if (!axis->values[k].is_number)
            continue;
        is_mixed |= unit != NULL && strcmp(unit, axis->values[k].unit) != 0;
        unit = axis->values[k].unit;
    }
    for (size_t k = 0; is_mixed && k < axis->count; k++) {
        axis->values[k].is_number = false;
        axis->values[k].unit = "";
    }
}

static void fill_axes(struct plan *plan)
{
    const struct sweep *sweep = &plan->source->sweep;

    plan->axes = g_new0(struct plan_axis, sweep->axis_count);
    plan->axis_count = sweep->axis_count;
    plan->design = sweep_design_name(sweep->design);
    plan->points_asked = sweep->spread;
    plan->is_zip = sweep_is_zip(sweep);
    for (size_t i = 0; i < sweep->axis_count; i++) {
        struct plan_axis *axis = &plan->axes[i];

        axis->path = g_strdup(sweep->axes[i].path);
        axis->count = sweep->picked != NULL ? sweep->points : sweep->axes[i].count;
        axis->values = g_new(struct point_param, axis->count);
        for (size_t k = 0; k < axis->count; k++)
            sweep_describe(sweep->picked != NULL ? sweep_value(sweep, i, k)
                                                 : sweep->axes[i].values[k],
                           &axis->values[k]);
        level_units(axis);
    }
}

static void clear_axes(struct plan *plan)
{
    for (size_t i = 0; i < plan->axis_count; i++) {
        for (size_t k = 0; k < plan->axes[i].count; k++)
            g_free(plan->axes[i].values[k].text);
        g_free(plan->axes[i].values);
        g_free(plan->axes[i].path);
    }
    g_free(plan->axes);
}

const struct point_param *plan_param(const struct plan *plan, size_t point, size_t axis)
{
    for (size_t i = plan->axis_count; !plan->is_zip && i-- > axis + 1;)
        point /= plan->axes[i].count;
    return &plan->axes[axis].values[point % plan->axes[axis].count];
}

/* The name of a study whose scenario has none: the file's, in the letters of names. */
static char *name_of_file(const char *path)
{
    char *name = g_path_get_basename(path);
    size_t length = strlen(name);
    char *out = name;

    if (g_str_has_suffix(name, ".yaml") || g_str_has_suffix(name, ".yml"))
        name[length - (g_str_has_suffix(name, ".yaml") ? 5 : 4)] = 0;
    for (const char *s = name; *s != 0 && out - name < 64; s++) {
        char c = g_ascii_tolower(*s);
        if (g_ascii_isalnum(c) || (out > name && (c == '_' || c == '-')))
            *out++ = c;
        else if (out > name && out[-1] != '-')
            *out++ = '-';
    }
    *out = 0;
    if (out == name) {
        g_free(name);
        return g_strdup("study");
    }
    return name;
}

/* The scenario's expectations become the plan's. */
static void take_expectations(struct plan *plan, struct scenario *scenario)
{
    plan->expectations = g_steal_pointer(&scenario->expect.list);
    plan->expectation_count = (size_t)scenario->expect.count;
    scenario->expect.count = 0;
}

/* What the whole study has in common, from its first point. */
static void fill_study(struct plan *plan, const char *path, struct scenario *first)
{
    GString *text = g_string_new(NULL);

    if (first->name == NULL)
        first->name = name_of_file(source_name(path));
    plan->name = g_strdup(first->name);
    plan->description = g_strdup(first->description);
    plan->seed = first->config.seed;
    plan->replications = first->replications;
    plan->replications.metric = g_strdup(first->replications.metric);
    plan->strategies = g_new0(char *, (size_t)first->strategies.count);
    for (int i = 0; i < first->strategies.count; i++)
        plan->strategies[plan->strategy_count++] = g_strdup(first->strategies.list[i].name);
    scenario_write(text, first, false);
    sweep_write(text, &plan->source->sweep);
    plan->scenario = g_string_free(text, FALSE);
    take_expectations(plan, first);
}

/* A sweep compares the same strategies at every point. */
static bool has_same_strategies(const struct plan *plan, const struct scenario *scenario)
{
    if (scenario->strategies.count != plan->strategy_count)
        return false;
    for (int i = 0; i < plan->strategy_count; i++)
        if (strcmp(scenario->strategies.list[i].name, plan->strategies[i]) != 0)
            return false;
    return true;
}

/* Two points with the same world and strategies would be the same figures twice. */
static void complain_same(const struct plan *plan, size_t earlier, size_t number,
                          struct errors *errors)
{
    char *a = point_label(plan->source, earlier);
    char *b = point_label(plan->source, number);

    errors_add(errors, ERROR_SCENARIO, "two points of the sweep are the same: %s and %s", a, b);
    g_free(a);
    g_free(b);
}

/* Takes what the plan needs of point `number`, which is read. */
static void take_point(struct plan *plan, struct plan_keys *keys, size_t number, const char *path,
                       struct scenario *scenario, struct errors *errors)
{
    size_t same;

    if (number == 0) {
        fill_study(plan, path, scenario);
        fill_axes(plan);
    }
    if (!has_same_strategies(plan, scenario))
        errors_add(errors, ERROR_SCENARIO, "the sweep changes which strategies there are");
    else if (!plan_keys_add(keys, number, scenario, &same))
        complain_same(plan, same, number, errors);
}

/* Reads the first `count` points; stops at one that is wrong: others would repeat its errors. */
static void read_points(struct plan *plan, const char *path, size_t count, struct errors *errors)
{
    struct plan_keys *keys = plan_keys_new(plan);
    size_t before = errors->count;

    plan->point_count = count;
    plan->points = g_new0(struct plan_point, plan->point_count);
    for (size_t i = 0; i < plan->point_count && errors->count == before; i++) {
        struct scenario scenario;

        if (scenario_source_read(plan->source, i, errors, &scenario)) {
            take_point(plan, keys, i, path, &scenario, errors);
        } else if (i > 0) {
            char *label = point_label(plan->source, i);
            errors_add(errors, ERROR_SCENARIO, "at the point %s of the sweep", label);
            g_free(label);
        }
        scenario_clear(&scenario);
    }
    plan_keys_free(keys);
}

/* Its scenario tells one study from another, and if that names files, what these held. */
static void identify(struct plan *plan)
{
    GChecksum *sum = g_checksum_new(G_CHECKSUM_SHA256);

    g_checksum_update(sum, (const guchar *)plan->scenario, -1);
    if (scenario_reader_has_files(&plan->source->reader)) {
        for (size_t i = 0; i < plan->point_count; i++)
            g_checksum_update(sum, (const guchar *)plan->points[i].hash, -1);
        for (size_t i = 0; i < plan->stack_count; i++)
            g_checksum_update(sum, (const guchar *)plan->stacks[i].hash, -1);
    }
    g_strlcpy(plan->sha256, g_checksum_get_string(sum), sizeof plan->sha256);
    g_checksum_free(sum);
}

/* Keeps the strategies that --only names, in the scenario's order. */
static void keep_only(struct plan *plan, const struct plan_options *options, struct errors *errors)
{
    bool is_wanted[STRATEGIES_MAX];

    for (size_t i = 0; i < options->only_count; i++) {
        struct nearest nearest = { .word = options->only[i] };
        bool is_known = false;
        for (int j = 0; j < plan->strategy_count; j++) {
            nearest_offer(&nearest, plan->strategies[j]);
            is_known = is_known || strcmp(plan->strategies[j], options->only[i]) == 0;
        }
        if (!is_known)
            errors_add(errors, ERROR_SCENARIO, "--only %s: there is no such strategy%s%s%s",
                       options->only[i], nearest.best != NULL ? "; did you mean `" : "",
                       nearest.best != NULL ? nearest.best : "", nearest.best != NULL ? "`?" : "");
    }
    for (int j = 0; options->only_count > 0 && j < plan->strategy_count; j++) {
        is_wanted[j] = false;
        for (size_t i = 0; i < options->only_count; i++)
            is_wanted[j] = is_wanted[j] || strcmp(plan->strategies[j], options->only[i]) == 0;
    }
    if (options->only_count > 0)
        plan_keys_keep(plan, is_wanted);
}

/* Puts errors in the order of their places, those of the command line first. */
static void sort_errors(struct errors *errors)
{
    size_t count = MIN(errors->count, ERRORS_KEPT_MAX);

    for (size_t i = 1; i < count; i++) {
        struct error moved = errors->list[i];
        size_t j = i;
        for (; j > 0 && (errors->list[j - 1].line > moved.line ||
                         (errors->list[j - 1].line == moved.line &&
                          errors->list[j - 1].column > moved.column));
             j--)
            errors->list[j] = errors->list[j - 1];
        errors->list[j] = moved;
    }
}

struct plan *plan_read(const char *path, const struct plan_options *options, struct errors *errors)
{
    struct plan *plan = g_new0(struct plan, 1);
    size_t before = errors->count;

    plan->source = source_open(path, options, errors);
    if (plan->source != NULL && plan->source->sweep.points <= SWEEP_POINTS_MAX)
        read_points(plan, path, errors->count == before ? plan->source->sweep.points : 1, errors);
    if (errors->count == before)
        identify(plan);
    if (errors->count == before)
        keep_only(plan, options, errors);
    if (errors->count == before) {
        plan_number_cells(plan);
        return plan;
    }
    sort_errors(errors);
    plan_free(plan);
    return NULL;
}

void plan_free(struct plan *plan)
{
    if (plan == NULL)
        return;
    clear_axes(plan);
    g_free(plan->points);
    for (size_t i = 0; i < plan->stack_count; i++)
        g_free(plan->stacks[i].text);
    g_free(plan->stacks);
    g_free(plan->variants);
    g_free(plan->cells);
    g_free(plan->memory);
    for (int i = 0; i < plan->strategy_count; i++)
        g_free(plan->strategies[i]);
    g_free(plan->strategies);
    for (size_t i = 0; i < plan->expectation_count; i++)
        expression_clear(&plan->expectations[i]);
    g_free(plan->expectations);
    g_free(plan->replications.metric);
    g_free(plan->name);
    g_free(plan->description);
    g_free(plan->scenario);
    source_close(plan->source);
    g_free(plan);
}
