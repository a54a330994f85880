/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * plan.h - what a scenario asks for: points x strategies x replications.
 *
 * Runs are pure functions of what they simulate and of the seed.  So a run's key is the world of
 * its point (all of the scenario but the strategies), the strategy's stack of models, and the
 * replication.  Points that differ only in another strategy's parameters share runs.
 *
 * Reading a scenario gives a plan: every point of its sweep, light enough to hold a hundred
 * thousand of them; what values they have stands once for each axis.  A point is set up (tables
 * built, model parameters filled) only while its runs are made.
 */
#ifndef EXPERIMENT_PLAN_PLAN_H
#define EXPERIMENT_PLAN_PLAN_H

#include "base/errors.h"
#include "experiment/language/expression.h"
#include "experiment/language/setting.h"
#include "experiment/topology/topology_file.h"
#include "sim/sim.h"

/* What the command line changes about a scenario.  A zeroed struct changes nothing. */
struct plan_options {
    const struct setting *sets;
    size_t set_count;
    const struct setting *sweeps;
    size_t sweep_count;
    const char *sweep_option;    /* what errors call the option of the axes; NULL: --sweep */
    const char *design, *points; /* of the sweep, texts as in a scenario; NULL: the scenario's */
    const char *const *only;     /* strategies to keep; none: all */
    size_t only_count;
    const char *replications; /* text as in a scenario; NULL: the scenario's */
    const char *seed;         /* text as in a scenario; NULL: the scenario's */
    const char *text;         /* the scenario itself, the path being its name only; NULL: a file */
};

struct plan_point {
    char hash[65];    /* hex SHA-256 of its world: of the completed scenario of this point without
                         its name, description, replications, expectations, sweep and strategies,
                         but with the seed */
    uint32_t variant; /* of the strategies, from 0 */
};

/* An axis of the sweep. */
struct plan_axis {
    char *path; /* as written */
    struct point_param *values;
    size_t count;
};

/* A stack of models that some strategy is at some point. */
struct plan_stack {
    char hash[65]; /* hex SHA-256 of `text` */
    char *text;    /* completed, as YAML without the strategy's name */
};

struct plan {
    char *name;
    char *description; /* NULL: none */
    char *scenario;    /* completed scenario as YAML, with the command line's changes */
    char sha256[65];   /* of `scenario` and what the files that it names held */
    uint64_t seed;
    struct replications replications;
    char **strategies; /* names, in written order */
    int strategy_count;
    struct expression *expectations;
    size_t expectation_count;
    struct plan_axis *axes;
    size_t axis_count;
    const char *design;  /* of the sweep, `grid` without one; never freed */
    size_t points_asked; /* of a sobol or random design, which has each point once; 0: another */
    bool is_zip;         /* the axes are walked together; otherwise the last one fastest */
    struct plan_point *points; /* at least one */
    size_t point_count;
    struct plan_stack *stacks; /* different ones, in the order in which points first have them */
    size_t stack_count;
    uint32_t *variants; /* stacks of variant 0's strategies, then those of variant 1, ... */
    uint32_t variant_count;
    uint32_t *cells; /* see plan_cell(); NULL: no two are the same */
    size_t cell_count;
    _Atomic uint64_t *memory;       /* of a run of each cell, bytes; 0: not estimated yet */
    struct scenario_source *source; /* how setups are made; private */
};

/* A point ready to run: one configuration for each strategy. */
struct setup;

/*
 * Reads the scenario `path`, a file or, as source_read_input() has it, a stream; the files that it
 * names are relative to its folder, those of a stream to the working folder.  NULL and errors (all
 * of one pass) if it is not usable.  Every point of the sweep is checked.
 */
struct plan *plan_read(const char *path, const struct plan_options *options, struct errors *errors);
void plan_free(struct plan *plan);

/* The value that axis `axis` has at a point. */
const struct point_param *plan_param(const struct plan *plan, size_t point, size_t axis);

/* Which of plan->stacks a strategy is at a point. */
size_t plan_stack(const struct plan *plan, size_t point, int strategy);

/*
 * A number, from 0 and below plan->cell_count, for what a strategy runs at a point: the same for
 * two of them if and only if their worlds and stacks are, so that they share their runs.
 */
size_t plan_cell(const struct plan *plan, size_t point, int strategy);

/* Sets up one point; NULL only if memory is short. */
struct setup *plan_setup(const struct plan *plan, size_t point);
void setup_free(struct setup *setup);

/* What the file of its topology has that its graph has not; NULL: no file. */
const struct topology_notes *setup_topology_notes(const struct setup *setup);

/* The configuration of a strategy (index into plan->strategies), replication 0, not watched.
 * Copy it, set `replication` and `watch`.  Borrowed from the setup. */
const struct sim_config *setup_config(const struct setup *setup, int strategy);

/* Bytes that its run will hold, about, or a bound that is below `enough` (sim_memory_estimate());
 * estimated once for each cell of the plan, whatever the setup.  Threads with setups of their own
 * may ask at once. */
uint64_t setup_memory(const struct setup *setup, int strategy, uint64_t enough);

/* Whether its scenario says what a key of the language, `stop.when`, is. */
bool setup_was_given(const struct setup *setup, const char *path);

/* What a group is called; borrowed from the setup. */
const char *setup_group(const struct setup *setup, size_t group);

/* What a fault of its configurations does, as scenarios write it: `crash: 10%`.  To be freed. */
char *setup_fault(const struct setup *setup, size_t fault);

#endif
