/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * plan_source.h - what a plan keeps of its scenario to set up points.  For plan*.c.
 */
#ifndef EXPERIMENT_PLAN_PLAN_SOURCE_H
#define EXPERIMENT_PLAN_PLAN_SOURCE_H

#include "experiment/language/scenario.h"
#include "experiment/language/sweep.h"
#include "experiment/plan/plan.h"
#include "experiment/plan/plan_tables.h"

struct scenario_source {
    GPtrArray *sources; /* struct source, the scenario first */
    struct item *root;  /* with the command line's changes, without axes */
    struct sweep sweep;
    struct scenario_reader reader; /* remembers files: nothing is read twice */
    struct plan_tables *tables;
};

/*
 * Makes the command line's changes and reads the axes.  It is an error, too, if one change replaces
 * the value of another, which was then given for nothing.
 */
void scenario_source_change(struct scenario_source *source, const struct plan_options *options,
                            struct errors *errors);

/*
 * Reads one point into *scenario, which needs scenario_clear() in both cases.  False and errors
 * if it is not usable.  Safe from several threads once every point was read.
 */
bool scenario_source_read(const struct scenario_source *source, size_t point, struct errors *errors,
                          struct scenario *scenario);

#endif
