/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * metric.h - what the metrics of a run are called and how their values are written.
 *
 * The database knows names and numbers; this is the one place that says what people call a
 * metric and which unit it has.  A name that is not listed here (a model's own count, say) works
 * everywhere, as a plain number.
 */
#ifndef EXPERIMENT_METRIC_H
#define EXPERIMENT_METRIC_H

#include <stdbool.h>
#include <stddef.h>

enum metric_unit {
    METRIC_TIME,  /* seconds */
    METRIC_SHARE, /* 0..1 */
    METRIC_BYTES,
    METRIC_COUNT,
    METRIC_NUMBER,
};

struct metric {
    const char *name;  /* in the database; NAME/node is the metric divided by the nodes */
    const char *label; /* of an axis, without unit: "time until 99 % of the nodes know it" */
    const char *event; /* METRIC_TIME: what happens then, as in "push reaches all nodes" */
    enum metric_unit unit;
};

/* The metric called `name`; unknown ones are plain numbers.  `name` must outlive the result. */
struct metric metric_describe(const char *name);

/* The listed names in order; NULL after the last. */
const char *metric_name(size_t index);

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
