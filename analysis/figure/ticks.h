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

struct ticks {
    double low, high; /* the ends of the axis, in base units; low < high, above 0 if is_log */
    bool is_log;
    enum metric_unit unit;
    struct scale scale; /* of the numbers that gnuplot sees */
    size_t room;        /* letters beside each other along x, rows along y */
};

/* The unit to write behind the label of the axis; "" where the ticks say it. */
const char *ticks_unit(const struct ticks *ticks);

/* Appends `set xtics (...)`, or ytics. */
void ticks_set(const struct ticks *ticks, char axis, struct gnuplot *gnuplot);

#endif
