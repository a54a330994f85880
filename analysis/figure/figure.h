/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * figure.h - figures of a study, drawn by gnuplot into a file or into the terminal.
 *
 * What a figure may show are its kinds: analysis/plots/NAME.c defines `const struct figure_kind
 * figure_NAME`, and the Makefile lists the folder into the registry, so a new kind touches no
 * other file.
 *
 * Where a single strategy has a swept parameter to spare, its values are lines of their own
 * colours in place of panels.  Strategies, panels and words along x stand in the order of the
 * scenario, numbers along x in that of their size.
 *
 * The same database gives the same SVG, byte by byte.
 */
#ifndef ANALYSIS_FIGURE_FIGURE_H
#define ANALYSIS_FIGURE_FIGURE_H

#include "analysis/figure/canvas.h"
#include "analysis/fitting/measured.h"
#include "analysis/study/study.h"
#include "base/errors.h"
#include "base/quantity.h"

/* The options that mean something to some kinds only. */
enum figure_takes {
    FIGURE_METRIC = 1,
    FIGURE_BY = 2,
    FIGURE_UNTIL = 4,
    FIGURE_SCALE = 8,
    FIGURE_WITH = 16,
    FIGURE_BASELINE = 32,
    FIGURE_RUNS = 64,
    FIGURE_THEORY = 128,
};

struct figure; /* in the making: figure_parts.h */

struct figure_kind {
    const char *name;    /* one word, as in --kind NAME */
    const char *summary; /* what it shows, in one line */
    bool is_default;     /* true of exactly one */
    unsigned takes;      /* of enum figure_takes, added up */

    /* The finished page; NULL and errors. */
    struct canvas *(*draw)(struct figure *figure, struct errors *errors);
};

/* All kinds by name, closed by NULL. */
extern const struct figure_kind *const figure_registry[];

/* The kind of that name; of NULL the default.  NULL: there is none. */
const struct figure_kind *figure_find(const char *name);

/* What the kind does not take is not looked at. */
struct figure_options {
    const struct figure_kind *kind;
    const char *metric; /* NULL: the kind's usual one */
    const char *by;     /* the parameter of the x axis; NULL: the first with several values */
    sim_time until;     /* end of the time axis; 0: chosen */
    const struct measured *with; /* a measured curve that is laid over; NULL: none */
    const char *with_name;       /* of that, for the legend */
    bool is_log;                 /* the y axis is logarithmic */
    const char *baseline;        /* a strategy; NULL: the first */
    bool has_runs;               /* single runs are drawn, too */
    bool theory;                 /* what equations predict is drawn over it */
    GPtrArray *notes;            /* gets lines on what could not be drawn; NULL: not wanted */
};

/* Lays out a figure, which reads all that it needs of the study; canvas_free() ends it.  NULL and
 * errors on failure. */
struct canvas *figure_lay_out(const struct study *study, const struct figure_options *options,
                              const struct canvas_size *size, struct errors *errors);

/* Draws it with gnuplot and returns its *bytes bytes, to be freed with g_free(); NULL and errors on
 * failure.  `keep` is a folder for script and data; NULL: none. */
char *figure_draw(const struct canvas *page, const char *keep, size_t *bytes,
                  struct errors *errors);

#endif
