/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * figure.h - figures of a study, drawn by gnuplot into a file or into the terminal.
 *
 *   convergence   mean informed share against time, a line and a 95 % band per strategy, a
 *                 panel per point; faults are shaded as long as they last
 *   residue       what is left uninformed against the traffic spent, with the law e^-m of rumor
 *                 mongering as a guide (Demers et al., PODC 1987, section 1.4)
 *   sweep         a metric against a swept parameter, a line per strategy with 95 % intervals,
 *                 a panel per combination of the other parameters (one panel where lists are
 *                 walked together)
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
#include "analysis/study/study.h"
#include "base/errors.h"
#include "base/quantity.h"

#include <stdint.h>

enum figure_kind { FIGURE_CONVERGENCE, FIGURE_RESIDUE, FIGURE_SWEEP };

struct figure_options {
    enum figure_kind kind;
    int64_t study_id;              /* 0: the newest */
    const char *metric;            /* FIGURE_SWEEP; NULL: t99 */
    const char *by;                /* FIGURE_SWEEP: the x axis; NULL: the first axis */
    sim_time until;                /* FIGURE_CONVERGENCE: end of the x axis; 0: chosen */
    const struct setting *filters; /* all must hold */
    size_t filter_count;
    const char *keep; /* folder for script and data; NULL: none */
};

/*
 * Draws a figure of the database `path` and returns its *bytes bytes, to be freed with g_free();
 * NULL and errors on failure.
 */
char *figure_draw(const char *path, const struct figure_options *options,
                  const struct canvas_size *size, size_t *bytes, struct errors *errors);

#endif
