/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * theory_lines.h - what equations predict, over what was measured: thin dashed lines in the colours
 * of the strategies.
 *
 * The equations are those of the scenario that the study keeps.  One that names files is not read
 * again: the database does not have them.
 */
#ifndef ANALYSIS_FIGURE_THEORY_LINES_H
#define ANALYSIS_FIGURE_THEORY_LINES_H

#include "analysis/figure/figure_parts.h"
#include "analysis/theory/theory.h"

struct theory_lines;

/* Predicts all strategies of the figure's points, if it is to show that; why there is nothing to
 * show of some goes to the notes of its options.  NULL: it is not. */
struct theory_lines *theory_lines_read(const struct figure *figure);
void theory_lines_free(struct theory_lines *lines);

/* Whether any strategy has a line. */
bool theory_lines_exist(const struct theory_lines *lines);

/* The prediction for a strategy at point i of the figure; NULL: none. */
const struct theory_prediction *theory_lines_of(const struct theory_lines *lines, size_t i,
                                                size_t strategy);

#endif
