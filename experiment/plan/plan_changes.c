/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * plan_changes.c - what the command line changes about a scenario, and its axes.
 *
 * Changes are made in the order --set, --replications and --seed, then the axes at each point, so
 * a later one can put its value where an earlier one did.  One whose value would thus be seen
 * nowhere is an error: it was given for nothing.
 */
#include "experiment/plan/plan_source.h"

#include <string.h>

/* One value, or an axis of them, on its way into the tree. */
struct change {
    char *label; /* `--set nodes=5`; of an axis of the scenario: NULL */
    const char *path;
    struct item *value; /* owned; NULL: an axis */
    const struct axis *axis;
    GPtrArray *targets; /* where it goes, by sweep_targets() */
};

static void free_change(gpointer data)
{
    struct change *change = data;

    g_free(change->label);
    item_free(change->value);
    g_ptr_array_free(change->targets, TRUE);
    g_free(change);
}

/* ---- making the changes ---- */

/* Puts the text of an option, called `label`, at a path of the tree. */
static void change_value(struct scenario_source *source, char *label, const char *path,
                         const char *text, GPtrArray *changes, struct errors *errors)
{
    struct source *value_source = source_of_option(label, path, text, errors);
    struct item *value = NULL;
    struct change *change;

    if (value_source != NULL) {
        g_ptr_array_add(source->sources, value_source);
        value = document_parse(value_source, errors);
    }
    if (value == NULL) {
        g_free(label);
        return;
    }
    change = g_new(struct change, 1);
    *change = (struct change){ .label = label, .path = path, .value = item_clone(value) };
    change->targets = g_ptr_array_new_with_free_func(g_free);
    g_ptr_array_add(changes, change);
    sweep_set(source->root, path, value, source->reader.models, errors);
}

static void change_all(struct scenario_source *source, const struct plan_options *options,
                       GPtrArray *changes, struct errors *errors)
{
    for (size_t i = 0; i < options->set_count; i++)
        change_value(source,
                     g_strdup_printf("--set %s=%s", options->sets[i].path, options->sets[i].value),
                     options->sets[i].path, options->sets[i].value, changes, errors);
    if (options->replications != NULL)
        change_value(source, g_strdup_printf("--replications %s", options->replications),
                     "replications", options->replications, changes, errors);
    if (options->seed != NULL)
        change_value(source, g_strdup_printf("--seed %s", options->seed), "seed", options->seed,
                     changes, errors);
}

static void add_axes(const struct sweep *sweep, GPtrArray *changes)
{
    for (size_t i = 0; i < sweep->axis_count; i++) {
        const struct axis *axis = &sweep->axes[i];
        struct change *change = g_new(struct change, 1);

        *change = (struct change){ .label = g_strdup(axis->written->source->option),
                                   .path = axis->path,
                                   .axis = axis,
                                   .targets = g_ptr_array_new_with_free_func(g_free) };
        g_ptr_array_add(changes, change);
    }
}

/* ---- changes for nothing ---- */

static bool holds(const struct change *change, const char *path)
{
    if (change->value != NULL)
        return item_find(change->value, path) != NULL;
    for (size_t i = 0; i < change->axis->count; i++)
        if (item_find(change->axis->values[i], path) != NULL)
            return true;
    return false;
}

/* The rest of `path` behind `start` and a dot, "" if they are equal, NULL if it is elsewhere. */
static const char *behind(const char *path, const char *start)
{
    size_t length = strlen(start);

    if (strncmp(path, start, length) != 0 || (path[length] != 0 && path[length] != '.'))
        return NULL;
    return path + length + (path[length] == '.');
}

/* True if `later` puts something in the place of what `earlier` has put at `target`. */
static bool replaces(const struct change *later, const struct change *earlier, const char *target)
{
    for (guint i = 0; i < later->targets->len; i++) {
        const char *other = g_ptr_array_index(later->targets, i);
        const char *within = behind(other, target);

        if (behind(target, other) != NULL || (within != NULL && holds(earlier, within)))
            return true;
    }
    return false;
}

static bool is_for_nothing(const struct change *earlier, const struct change *later)
{
    for (guint i = 0; i < earlier->targets->len; i++)
        if (!replaces(later, earlier, g_ptr_array_index(earlier->targets, i)))
            return false;
    return earlier->targets->len > 0;
}

static void refuse(const struct change *earlier, const struct change *later, struct errors *errors)
{
    char *other =
        later->label != NULL ? g_strdup(later->label) : g_strdup_printf("axis `%s`", later->path);

    if (earlier->label == NULL)
        item_error(earlier->axis->count > 0 ? earlier->axis->values[0] : earlier->axis->written,
                   errors, "has no effect: %s replaces it", other);
    else if (later->label == NULL && earlier->axis == NULL &&
             strcmp(earlier->path, later->path) == 0 && g_str_has_prefix(earlier->label, "--set "))
        errors_add(errors, ERROR_SCENARIO, "%s: the scenario sweeps it; use --sweep %s",
                   earlier->label, earlier->label + strlen("--set "));
    else
        errors_add(errors, ERROR_SCENARIO, "%s has no effect: %s replaces it", earlier->label,
                   other);
    g_free(other);
}

static void check_changes(struct scenario_source *source, GPtrArray *changes, struct errors *errors)
{
    for (guint i = 0; i < changes->len; i++) {
        struct change *change = g_ptr_array_index(changes, i);

        sweep_targets(source->root, change->path, source->reader.models, change->targets);
    }
    for (guint i = 0; i < changes->len; i++) {
        const struct change *earlier = g_ptr_array_index(changes, i);
        bool is_refused = false;

        for (guint k = i + 1; k < changes->len && !is_refused; k++) {
            const struct change *later = g_ptr_array_index(changes, k);

            is_refused = is_for_nothing(earlier, later);
            if (is_refused)
                refuse(earlier, later, errors);
        }
    }
}

/* Two --sweep of one path: the second would replace the first, as it does an axis of the file. */
static void check_sweeps(const struct plan_options *options, struct errors *errors)
{
    for (size_t i = 0; i < options->sweep_count; i++)
        for (size_t k = i + 1; k < options->sweep_count; k++)
            if (strcmp(options->sweeps[i].path, options->sweeps[k].path) == 0)
                errors_add(errors, ERROR_SCENARIO,
                           "--sweep %s=%s has no effect: --sweep %s=%s replaces it",
                           options->sweeps[i].path, options->sweeps[i].value,
                           options->sweeps[k].path, options->sweeps[k].value);
}

/* The axes are in source->sweep now: a tree that is copied for each point shall not hold them. */
static void forget_section(struct item *root, struct errors *errors)
{
    const struct item *section = item_get(root, "sweep");
    struct item *nothing;

    if (section == NULL)
        return;
    nothing = g_new(struct item, 1);
    *nothing = (struct item){ .kind = ITEM_MAP,
                              .source = section->source,
                              .line = section->line,
                              .column = section->column };
    item_set(root, "sweep", nothing, errors);
}

void scenario_source_change(struct scenario_source *source, const struct plan_options *options,
                            struct errors *errors)
{
    GPtrArray *changes = g_ptr_array_new_with_free_func(free_change);
    const struct sweep_options sweep = { .axes = options->sweeps,
                                         .axis_count = options->sweep_count,
                                         .option = options->sweep_option,
                                         .design = options->design,
                                         .points = options->points };
    size_t before = errors->count;

    check_sweeps(options, errors);
    change_all(source, options, changes, errors);
    if (sweep_read(source->root, &sweep, source->sources, &source->sweep, errors) &&
        errors->count == before) {
        add_axes(&source->sweep, changes);
        check_changes(source, changes, errors);
        forget_section(source->root, errors);
    }
    g_ptr_array_free(changes, TRUE);
}
