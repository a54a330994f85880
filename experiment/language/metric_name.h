/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * metric_name.h - any metric by its name, and how values are written.
 *
 * Beside the rows of sim/metric.h there are NAME/node, a metric divided by the nodes, NAME@GROUP
 * and NAME@GROUP>OTHER, it by group and between groups, and what the models count; a name that is
 * none of these works everywhere, as a plain number.
 */
#ifndef EXPERIMENT_LANGUAGE_METRIC_NAME_H
#define EXPERIMENT_LANGUAGE_METRIC_NAME_H

#include "sim/metric.h"

/* NAME@GROUP, of the nodes of a group, or NAME@GROUP>OTHER, from one group to another, taken apart;
 * what is text stays part of the name. */
struct group_metric {
    const struct metric *row; /* NAME's; NULL: there is none */
    const char *group;
    int group_length;
    const char *other; /* NULL: of one group */
};

/* False if `name` is nothing of the kind. */
bool group_metric_read(const char *name, struct group_metric *metric);

/* Where the name of a metric at the start of `text` ends, and `OP VALUE` may stand: groups' names
 * begin with letters, values do not. */
const char *metric_name_end(const char *text);

/* The metric called `name`; unknown ones are plain numbers.  `name` must outlive the result. */
struct metric metric_describe(const char *name);

/* A unit and the power that brings a value into it. */
struct scale {
    double factor;    /* value * factor is what is written */
    const char *unit; /* "s", "kB", "%" or "" */
};

/* The scale in which `largest` reads best: 0.002 s as 2 ms.  INFINITY and NAN count as 1. */
struct scale scale_choose(enum metric_unit unit, double largest);

/* Writes `value` with three significant digits and without its unit; "never" if it is INFINITY,
 * "–" if NAN. */
void scale_write(char out[32], double value, struct scale scale);

#endif
