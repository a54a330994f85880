/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * sweep.h - the points of a study: a design over axes, and how a value gets into a scenario's tree.
 */
#ifndef EXPERIMENT_LANGUAGE_SWEEP_H
#define EXPERIMENT_LANGUAGE_SWEEP_H

#include "experiment/language/axis.h"
#include "sim/model.h"

enum {
    SWEEP_POINTS_MAX = 100000,
    SWEEP_AXES_MAX = 32, /* no more than SPACE_AXES_MAX */
};

enum sweep_design {
    SWEEP_GRID, /* all combinations; the last axis changes fastest */
    SWEEP_ZIP,  /* the axes are walked together */
    SWEEP_SOBOL,
    SWEEP_RANDOM, /* points spread over the axes, by space.h; each point once */
};

/* A zeroed struct is no sweep: one point. */
struct sweep {
    struct axis *axes;
    size_t axis_count;
    enum sweep_design design;
    size_t spread;        /* points that a sobol or random design asks for; 0: no such design */
    size_t points;        /* at least 1 */
    struct item **picked; /* values of a sobol or random design, by point and axis; else NULL */
};

/* What the command line says of the sweep.  A zeroed struct says nothing. */
struct sweep_options {
    const struct setting *axes; /* --sweep: replace an axis of the same path or add one */
    size_t axis_count;
    const char *option;          /* what errors call it; NULL: --sweep */
    const char *design, *points; /* texts as in a scenario; NULL: the scenario's */
};

/*
 * Reads the scenario's `sweep` section (`root`: the whole tree), then the options.  The options'
 * texts go into `sources`, which must outlive the sweep.  False and errors if it is not usable.
 */
bool sweep_read(const struct item *root, const struct sweep_options *options, GPtrArray *sources,
                struct sweep *sweep, struct errors *errors);
void sweep_clear(struct sweep *sweep);

/* What scenarios call a design. */
const char *sweep_design_name(enum sweep_design design);

/* Whether the axes are walked together, value by value, as in a zip. */
bool sweep_is_zip(const struct sweep *sweep);

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

/* Appends the section as YAML, every axis of a grid or zip as a list; nothing if there is no
 * axis. */
void sweep_write(GString *out, const struct sweep *sweep);

#endif
