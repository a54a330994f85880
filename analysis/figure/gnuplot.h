/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * gnuplot.h - a gnuplot script with its data files, and running it.
 *
 * gnuplot runs as a process of its own, never through a shell, in a private folder that holds
 * `plot.gp` and the data; its picture is read back from there, so no name that a user chose is
 * ever a file name to gnuplot.  Text of users reaches it only through gnuplot_quote().
 */
#ifndef ANALYSIS_FIGURE_GNUPLOT_H
#define ANALYSIS_FIGURE_GNUPLOT_H

#include "base/errors.h"

#include <glib.h>

enum gnuplot_format { GNUPLOT_SVG, GNUPLOT_PNG, GNUPLOT_PDF, GNUPLOT_TEXT };

struct gnuplot {
    enum gnuplot_format format;
    GString *script;
    GPtrArray *names; /* of the data files */
    GPtrArray *data;  /* GString, their contents */
};

/* A script that begins with its terminal: `width` times `height` pixels, or characters of
 * GNUPLOT_TEXT, with colour there if asked for. */
struct gnuplot *gnuplot_new(enum gnuplot_format format, int width, int height, bool colour);
void gnuplot_free(struct gnuplot *gnuplot);

/* Appends to the script, which must not hold text of users but through gnuplot_quote(). */
void gnuplot_add(struct gnuplot *gnuplot, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Adds a data file called `name` (ours, without odd characters); append its rows to the result. */
GString *gnuplot_data(struct gnuplot *gnuplot, const char *name);

/*
 * `text` as a string of gnuplot's script: in single quotes, in which nothing but the quote itself
 * is special (backquotes in double quotes would run commands), with control characters escaped,
 * shown as it is in the picture's format, and cut to `columns`.  g_free() it.
 */
char *gnuplot_quote(const struct gnuplot *gnuplot, const char *text, size_t columns);

/* The same for a text under a tic of an axis, where gnuplot takes `%` for a number's format. */
char *gnuplot_quote_tic(const struct gnuplot *gnuplot, const char *text, size_t columns);

/*
 * Runs the script and returns the picture of *bytes bytes, which the caller frees with g_free();
 * NULL and an error if gnuplot is missing or fails.  With `keep` the script and its data are
 * left in that folder, ready for `cd FOLDER && gnuplot plot.gp`.
 */
char *gnuplot_run(const struct gnuplot *gnuplot, const char *keep, size_t *bytes,
                  struct errors *errors);

#endif
