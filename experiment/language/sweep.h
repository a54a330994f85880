/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * sweep.h - the points of a study: axes of values, and how a value gets into a scenario's tree.
 */
#ifndef EXPERIMENT_LANGUAGE_SWEEP_H
#define EXPERIMENT_LANGUAGE_SWEEP_H

#include "experiment/language/document.h"
#include "experiment/language/setting.h"
#include "sim/model.h"

enum { SWEEP_POINTS_MAX = 100000, SWEEP_AXES_MAX = 32 };

struct axis {
    char *path; /* as written */
    struct item **values;
    size_t count;
};

/* A zeroed struct is no sweep: one point. */
struct sweep {
    struct axis *axes; /* grid: the last one changes fastest */
    size_t axis_count;
    bool is_zip;
    size_t points; /* at least 1 */
};

/*
 * Reads the scenario's `sweep` section (`root`: the whole tree), then the --sweep options, which
 * replace an axis of the same path or add one.  The options' texts go into `sources`, which must
 * outlive the sweep.  False and errors if it is not usable.
 */
bool sweep_read(const struct item *root, const struct setting *options, size_t option_count,
                GPtrArray *sources, struct sweep *sweep, struct errors *errors);
void sweep_clear(struct sweep *sweep);

/* The value that axis `axis` has at `point`. */
const struct item *sweep_value(const struct sweep *sweep, size_t axis, size_t point);

/*
 * Puts `value` (taken) at `path` of a scenario's tree; a path that begins with a model's name
 * goes to every strategy that has the model.  False and an error if the path leads nowhere.
 */
bool sweep_set(struct item *root, const char *path, struct item *value,
               const struct model *const *models, struct errors *errors);

/*
 * Appends to `targets` where sweep_set() puts a value: paths below `root` (g_free() each) in which
 * only dots between keys are dots, so that two places within each other share their beginning.
 */
void sweep_targets(const struct item *root, const char *path, const struct model *const *models,
                   GPtrArray *targets);

/* What a point_param says of a value: its text, and its number in base units if it is one. */
void sweep_describe(const struct item *value, struct point_param *param);

/* The same of a value that is written as on the command line; false if it is no YAML. */
bool sweep_describe_text(const char *text, struct point_param *param);

/* Appends the section as YAML, every axis as a list; nothing if there is no axis. */
void sweep_write(GString *out, const struct sweep *sweep);

#endif
