/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * plumtree_case.h - random configurations of plumtree for two programs, the model and the slow one,
 * and what both tell of a run.
 */
#ifndef TESTS_MODELS_PLUMTREE_CASE_H
#define TESTS_MODELS_PLUMTREE_CASE_H

#include "sim/sim.h"
#include "tests/models/slow_plumtree.h"

#include <stddef.h>

struct plumtree_case {
    struct plumtree_setup setup;
    const char *preset; /* NULL: none, all is drawn */
};

/* Of the figures; those from PLUMTREE_GRAFTS on are metrics. */
extern const char *const plumtree_figure_names[PLUMTREE_FIGURES];

/* All but the number of nodes and the end; every fourth case is a preset. */
void plumtree_case_draw(struct plumtree_case *c, int number);
void plumtree_case_write(const struct plumtree_case *c, char *text, size_t size);

/* What a run of the model tells at its end: all but the messages. */
void plumtree_case_figures(const struct plumtree_case *c, const struct sim_result *result,
                           double figures[PLUMTREE_FIGURES]);

#endif
