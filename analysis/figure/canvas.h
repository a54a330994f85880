/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * canvas.h - the page of a figure: title, legend, and panels side by side, in gnuplot's words.
 *
 *   title
 *   subtitle
 *   -- first   -- second   -- third      (legend, above the data, never over them)
 *   +--------+ +--------+ +--------+
 *   | panel  | | panel  | | panel  |
 *
 * In a terminal the panels follow each other, each in the full size.  Colours are those of
 * M. Okabe and K. Ito, Color universal design (2008), which colour-blind readers can tell apart;
 * the ninth series and further repeat them with other dashes.  Names that are too long for the
 * legend are cut in the middle, where they still differ.
 */
#ifndef ANALYSIS_FIGURE_CANVAS_H
#define ANALYSIS_FIGURE_CANVAS_H

#include "analysis/figure/gnuplot.h"

#include <stddef.h>

enum { CANVAS_PANELS_MAX = 12, CANVAS_SERIES_MAX = 64 };

struct canvas_size {
    enum gnuplot_format format;
    int width, height; /* pixels, or characters of GNUPLOT_TEXT; 0: as the panels need */
    bool colour;       /* GNUPLOT_TEXT */
    size_t names;      /* columns that a name of the legend has for certain; 0: the usual */
};

struct canvas {
    struct gnuplot *gnuplot;
    struct canvas_size size;
    char *title, *subtitle; /* as given */
    char **series;          /* names, escaped and cut for the legend */
    size_t series_count;
    size_t panel_count, columns, rows;
    size_t legend_rows, legend_columns, name_columns;
    double slant; /* room below the panels for slanting words, in pixels */
};

/* Starts a page with `panel_count` panels (1..CANVAS_PANELS_MAX) and a legend of the series
 * (at most CANVAS_SERIES_MAX); texts may be anything. */
struct canvas *canvas_new(const struct canvas_size *size, const char *title, const char *subtitle,
                          const char *const *series, size_t series_count, size_t panel_count);
void canvas_free(struct canvas *canvas);

/*
 * Starts panel `panel`: its place, name (NULL: none) and axis labels, of which y_label stands once
 * for all panels.  Then set ranges and go on with lines_plot() (lines.h).
 */
void canvas_panel(struct canvas *canvas, size_t panel, const char *name, const char *x_label,
                  const char *y_label);

/* For lines.c: begins the plot command, and before it the legend, with markers if `points`; on a
 * page only the first panel has any.  The elements of the plot follow, without titles. */
void canvas_plot(struct canvas *canvas, size_t panel, bool points);

/* Ends the page.  Then gnuplot_run() draws it. */
void canvas_finish(struct canvas *canvas);

/* False and an error if the page is too small for what is on it. */
bool canvas_check_size(const struct canvas *canvas, struct errors *errors);

/* Makes room under each panel for words of so many letters that stand aslant, before the first. */
void canvas_slant(struct canvas *canvas, size_t letters);

/* The colour of a series, as `#rrggbb`. */
const char *canvas_colour(size_t series);

/* Line type of a series, from 0. */
int canvas_line(size_t series);

/* Letters that fit under the x axis of a panel, lines of text along its y axis. */
size_t canvas_letters(const struct canvas *canvas);
size_t canvas_lines(const struct canvas *canvas);

/* The width of a panel between its axes, in pixels or characters. */
int canvas_panel_width(const struct canvas *canvas);

bool canvas_is_text(const struct canvas *canvas);

#endif
