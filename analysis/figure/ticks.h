/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * ticks.h - where an axis has its ticks, and what is written there.
 *
 * Ticks stand at round numbers, of which as many are labelled as have room.  A logarithmic axis
 * writes each in a unit of its own (10 ms, 100 ms, 1 s), a linear one in the unit of its scale.
 */
#ifndef ANALYSIS_FIGURE_TICKS_H
#define ANALYSIS_FIGURE_TICKS_H

#include "analysis/figure/gnuplot.h"
#include "experiment/language/metric_name.h"

#include <math.h>

struct ticks {
    double low, high; /* the ends of the axis, in base units; low < high, above 0 if is_log */
    bool is_log;
    enum metric_unit unit;
    struct scale scale; /* of the numbers that gnuplot sees */
    size_t room;        /* letters beside each other along x, rows along y */
};

/* An axis that is to hold values begins with none, takes each that is finite, and then ends a
 * little beyond them: logarithmic if none is 0 or less and the highest is more than `log_from`
 * times the lowest, otherwise from 0. */
#define TICKS_NONE ((struct ticks){ .low = INFINITY, .high = -INFINITY })
void ticks_widen(struct ticks *ticks, double value);
void ticks_end(struct ticks *ticks, enum metric_unit unit, double log_from, size_t room);

/* The value at a share of the axis, 0..1, and the share at which a value lies. */
double ticks_at(const struct ticks *ticks, double share);
double ticks_share(const struct ticks *ticks, double value);

/* The unit to write behind the label of the axis; "" where the ticks say it. */
const char *ticks_unit(const struct ticks *ticks);

/* Appends `set xtics (...)`, or ytics. */
void ticks_set(const struct ticks *ticks, char axis, struct gnuplot *gnuplot);

/* The same behind `set xrange`, and whether the axis is logarithmic. */
void ticks_axis(const struct ticks *ticks, char axis, struct gnuplot *gnuplot);

#endif
