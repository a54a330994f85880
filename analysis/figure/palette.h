/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * palette.h - colours of amounts: viridis (N. Smith and S. van der Walt, 2015, CC0), whose
 * lightness rises evenly, so that colour-blind readers and prints in grey keep the order.
 */
#ifndef ANALYSIS_FIGURE_PALETTE_H
#define ANALYSIS_FIGURE_PALETTE_H

#include "analysis/figure/canvas.h"
#include "analysis/figure/ticks.h"

/* The colour at 0..1, as 0xrrggbb; a value beyond has that of the end. */
unsigned palette_colour(double share);

/* The colour of text that is to be read upon it. */
unsigned palette_ink(double share);

/* Makes room for a bar of the palette above the panels of a page; before the first panel, on a
 * canvas whose legend is empty. */
void palette_reserve(struct canvas *canvas);

/* Draws it there, after the first panel was started: what is low on the left, what is high on the
 * right, in numbers of the scale. */
void palette_bar(struct canvas *canvas, const struct ticks *range);

#endif
