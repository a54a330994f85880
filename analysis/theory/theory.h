/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * theory.h - what the equations of its model predict of a strategy, without simulating it.
 *
 * The models declare their equations (sim/theory.h); here a scenario's world is put in their
 * terms, the beginning, where chance rules, is solved as a branching process (early.h), and from
 * there on the equations (solve.h): recurrences in rounds, differential equations with delays in
 * events, by GSL's odeiv2.  Where one node tells all there is nothing to solve (told.h).  What the
 * laws are and where they fail is told in docs/theory.md.
 */
#ifndef ANALYSIS_THEORY_THEORY_H
#define ANALYSIS_THEORY_THEORY_H

#include "analysis/theory/predicted.h"
#include "sim/sim.h"

/* The beginnings that are solved: an update that takes off later than 95 % of the runs, than half
 * of them, than 5 %. */
enum { THEORY_SLOW, THEORY_MEDIAN, THEORY_FAST, THEORY_PATHS };

struct theory_prediction {
    bool applies; /* false: `law.why` says why not */
    struct theory law;
    const char *model; /* whose law it is; NULL: of no single one */
    bool has_curve;
    struct theory_curve curves[THEORY_PATHS];
    struct theory_curve mean; /* over runs, each with a beginning of its own */
    /* Medians over the runs that take hold, and what 5 and 95 % of them need; s, INFINITY: never;
     * NAN: not predicted. */
    double t50[THEORY_PATHS], t90[THEORY_PATHS], t99[THEORY_PATHS];
    double residue; /* share of the live nodes that is left out when it is over */
    double copies;  /* sent a node until then; NAN: not predicted */
};

/* Fills *prediction for the strategy of a configuration; theory_clear() frees its curves, and the
 * rest stays. */
void theory_predict(const struct sim_config *config, struct theory_prediction *prediction);
void theory_clear(struct theory_prediction *prediction);

#endif
