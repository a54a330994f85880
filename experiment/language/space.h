/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * space.h - designs that spread points over a space: the unit cube, an axis of it for each
 * parameter, and what a number of 0..1 stands for on an axis.
 *
 * A point is the same whatever comes after it: more points of a design are the old ones and new
 * ones behind them.
 *
 * Sources: I. M. Sobol', USSR Comput. Math. Math. Phys. 7 (1967) 86-112; P. Bratley and B. L. Fox,
 * Algorithm 659, ACM Trans. Math. Softw. 14 (1988) 88-100, as in GSL, which computes with whole
 * numbers: the points are the same on every machine.  It leaves the origin out: the first point is
 * the centre, (0.5, 0.5, ...), then come (0.75, 0.25, ...) and (0.25, 0.75, ...).
 */
#ifndef EXPERIMENT_LANGUAGE_SPACE_H
#define EXPERIMENT_LANGUAGE_SPACE_H

#include "experiment/language/dimension.h"

enum {
    SPACE_AXES_MAX = 40, /* Sobol's numbers that GSL has */
};

enum space_design {
    SPACE_SOBOL,
    SPACE_RANDOM, /* independent draws, keyed by a seed */
};

/* The points of a design, one after the other. */
struct space_points;

/* `axes`: 1..SPACE_AXES_MAX; `seed` is for random ones.  Aborts if memory is short. */
struct space_points *space_points_new(enum space_design design, unsigned axes, uint64_t seed);
void space_points_free(struct space_points *points);

/* Fills u[0..axes-1], each at least 0 and below 1, with the next point. */
void space_points_next(struct space_points *points, double *u);

/*
 * From one number to another, both legal.  `from` may be above `to`.  On a logarithmic scale both
 * are above 0.
 */
struct space_range {
    double from, to; /* in base units, times in ns */
    enum dimension dimension;
    bool is_log;
};

/* Which part of a range is wrong. */
enum space_fault { SPACE_RIGHT, SPACE_FROM, SPACE_TO, SPACE_BOTH };

/*
 * Sets the ends of a range, whose scale is set already.  Whole numbers only if both are written
 * so: `1..8`; `1.0..8.0` are real ones.  What is wrong comes in `why` (QUANTITY_WHY_MAX bytes).
 */
enum space_fault space_range_set(struct space_range *range, const char *from, const char *to,
                                 char *why);

/*
 * Reads `1..8`, `100ms..2s`, `1kB..1MB:log`.  False and what is wrong if it is none; `why` is empty
 * if nobody would take it for one: it has no `..`.
 */
bool space_range_read(struct space_range *range, const char *text, char *why);

/* Both ends as space_range_set() reads them back; texts of QUANTITY_TEXT_MAX bytes. */
void space_range_write_ends(const struct space_range *range, char *from, char *to);

/*
 * The value at `u` of 0..1, as one writes it; `text` has QUANTITY_TEXT_MAX bytes.  What is written
 * is what is run.  Whole numbers: from `from` to `to`, all alike likely, or, on a logarithmic
 * scale, k as likely as log((k + 1) / k).  Others are rounded to a power of ten: one that goes at
 * least 10000 times into the range, or on a logarithmic scale 1000 times into the value and
 * the range.
 */
void space_range_write(const struct space_range *range, double u, char *text);

/* Which of `count` choices `u` is, from 0: all alike likely. */
size_t space_choice(size_t count, double u);

#endif
