/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * axis.h - one parameter of a sweep: a path and its values, a list or a range.
 */
#ifndef EXPERIMENT_LANGUAGE_AXIS_H
#define EXPERIMENT_LANGUAGE_AXIS_H

#include "experiment/language/document.h"
#include "experiment/language/setting.h"
#include "experiment/language/space.h"

/* A zeroed struct is none. */
struct axis {
    char *path;           /* as written */
    struct item *written; /* what it was read from: its place is that of errors about the axis */
    struct item **values; /* NULL: a range of which a design says the values */
    size_t count;
    struct space_range range; /* without values */
};

/*
 * Reads the values of `path`: a list; a range in words, `{from: 1, to: 8, scale: log}`, which is a
 * list if it has `steps`; or `1..8`.  False and errors if they are not usable; the axis is empty
 * then.
 */
bool axis_read(struct axis *axis, const char *path, const struct item *values,
               struct errors *errors);

/*
 * The same of PATH=V1,V2 or PATH=1..8, of an option called `option` (`--sweep`).  Its text goes
 * into `sources`, which must outlive the axis.
 */
bool axis_read_option(struct axis *axis, const char *option, const struct setting *setting,
                      GPtrArray *sources, struct errors *errors);
void axis_clear(struct axis *axis);

/* The value at `u`, 0 <= u < 1; owned by the caller.  Of a list: all values alike likely. */
struct item *axis_pick(const struct axis *axis, double u);

/* The same as one writes it, in one line; g_free() it. */
char *axis_pick_text(const struct axis *axis, double u);

/* Appends the values as YAML, in one line. */
void axis_write(GString *out, const struct axis *axis);

#endif
