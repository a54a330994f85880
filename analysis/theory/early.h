/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * early.h - the beginning of an epidemic, where a few nodes and chance decide.
 *
 * While hardly anybody is informed, each informed node informs others whatever the rest do: a
 * branching process (Crump, Mode, Jagers).  Its size grows as W e^(rt); r and the mean of W are
 * those of the equations, and so is all that follows, except that a run starts W times as large as
 * they say.  W has the mean 1; its variance follows from that of what one node gives,
 *     Z = sum over its children, h e^(-r age),    Var W = Var Z + sum of E e^(-2r age) Var W_child
 * (P. Jagers, Branching processes with biological applications, 1975, chapter 6), h being how much
 * children of that type count.  A gamma law of this variance stands for that of W: where nodes
 * inform others at a constant rate it is the right one, the exponential law of Yule's process.
 */
#ifndef ANALYSIS_THEORY_EARLY_H
#define ANALYSIS_THEORY_EARLY_H

#include "analysis/theory/world.h"

struct early {
    bool takes_hold; /* a node informs more than one in the mean */
    double rate;     /* r, per second */
    double variance; /* of W */
};

void early_find(const struct theory *theory, const struct world_delays *delays,
                struct early *early);

/* The quantile of W, 0..1. */
double early_size(const struct early *early, double quantile);

#endif
