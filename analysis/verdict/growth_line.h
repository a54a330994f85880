/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * growth_line.h - a metric at points that differ in one parameter alone, and the law (base/law.h)
 * that comes nearest to its runs; for the table of growth.h and the figure of the same name.
 */
#ifndef ANALYSIS_VERDICT_GROWTH_LINE_H
#define ANALYSIS_VERDICT_GROWTH_LINE_H

#include "analysis/study/study.h"
#include "base/law.h"

struct growth_line {
    size_t point, strategy; /* the first of the points */
    struct metric metric;
    size_t points, left_out; /* of the latter some run never got there: the law is without them */
    bool has_law;            /* three points are enough */
    struct law law;
};

/* The parameter of that path, all of whose values are numbers above 0; NULL: `nodes`, or the first
 * such.  -1 and an error: there is none. */
int growth_line_axis(const struct study *study, const char *by, struct errors *errors);

/* Of each point the first that has the same values but for the axis; NULL and an error if of
 * several points no two are alike.  g_free() it. */
size_t *growth_line_firsts(const struct study *study, int axis, struct errors *errors);

/* Fills what follows from `point`, `strategy` and `metric`; false and errors if it cannot be read.
 */
bool growth_line_read(const struct study *study, int axis, const size_t *firsts,
                      struct growth_line *line, struct errors *errors);

/* A line's law for people, its parameter unescaped: `2.03 s + 693 ms · log2 nodes`.  g_free() it.
 */
char *growth_line_law(const struct study *study, int axis, const struct growth_line *line);

#endif
