/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * lines.h - what a panel of a figure shows: lines of points, each of a series of the legend.
 *
 * A series is a label and a colour, whatever it stands for: a strategy, a value of a parameter, a
 * curve that somebody measured.  It may have several lines, so that theory lies over what it is
 * about, thin and dashed over the thick line.
 */
#ifndef ANALYSIS_FIGURE_LINES_H
#define ANALYSIS_FIGURE_LINES_H

#include "analysis/figure/canvas.h"

#include <glib.h>
#include <stdint.h>

/* In the place of a series: none.  Such a line is a grey guide. */
#define LINE_GUIDE SIZE_MAX

enum line_kind {
    LINE_DATA,   /* measured */
    LINE_THEORY, /* what a law says */
};

/* How a line looks, added up.  In a terminal there are no bands and no bars, and there should be no
 * boxes. */
enum line_looks {
    LINE_JOINED = 1,  /* from point to point */
    LINE_LINKED = 2,  /* the same, thinly: it tells the order of the points only */
    LINE_MARKED = 4,  /* a marker at each point */
    LINE_BARS = 8,    /* from the lower to the upper limit of each point */
    LINE_BARS_X = 16, /* the same along x */
    LINE_BAND = 32,   /* filled between the limits, behind everything else */
    LINE_BOXES = 64,  /* filled between the limits of each point, along x and y */
    LINE_FAINT = 128, /* thin and pale, broken where y is NAN; dots in a terminal; nothing else */
};

/* In the numbers that the axes show; NAN for what does not exist. */
struct line_point {
    double x, y;
    double lower, upper; /* limits of y */
    double beyond;       /* where an open marker stands for a y that the axis has no place for */
    double x_lower, x_upper;
};

struct line {
    size_t series; /* its place in the canvas' legend, or LINE_GUIDE */
    enum line_kind kind;
    unsigned looks;
    bool is_below;       /* what lies beyond the axis lies below it, otherwise above */
    const char *columns; /* what x, y and their limits are, for the head of the data file */
    GArray *points;      /* struct line_point, in the order in which they are joined */
};

/* The lines of a panel, in the order in which they are drawn, each above those before it. */
struct lines {
    GArray *list; /* struct line */
};

struct lines *lines_new(void);
void lines_free(struct lines *lines);

/* Adds a line without points; valid until the next is added. */
struct line *lines_add(struct lines *lines, size_t series, enum line_kind kind, unsigned looks,
                       const char *columns);

/* Adds a point to the end of the line. */
void line_add(struct line *line, struct line_point point);

/* For a logarithmic axis that ends at `low`: a line that goes below ends there, and its limits go
 * no further. */
void lines_cut_below(struct lines *lines, double low);

/* Plots the lines into the panel of the canvas that was started last, with the legend before them
 * in the first. */
void lines_plot(const struct lines *lines, struct canvas *canvas, size_t panel);

#endif
