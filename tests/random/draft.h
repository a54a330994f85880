/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * draft.h - a random scenario as the schema allows it, which need not be a good one yet: rules over
 * several keys are unknown here.
 *
 * What a place may hold comes from the schema; what is here narrows numbers to small runs, and
 * knows the few places that name other parts of the scenario.
 */
#ifndef TESTS_RANDOM_DRAFT_H
#define TESTS_RANDOM_DRAFT_H

#include "sim/sim.h"
#include "tests/random/dice.h"
#include "tests/random/language.h"

#include <glib.h>

/* Who writes what: updates one after another, so many or at rates that change, each node keys of
 * its own, at a constant rate or at rates that change, or a file.  Most keys of `workload` go with
 * one of these only. */
enum draft_writes { BY_UPDATES, BY_RATE_OF_ALL, BY_NODES, BY_RATES, BY_FILE };

enum { DRAFT_NODES = 300, DRAFT_EVENTS = 300000, DRAFT_NAMES = 4 };

struct draft {
    struct language *language;
    GString *text;
    const char *folder; /* of the files that scenarios name */
    int64_t nodes;
    sim_time horizon; /* stop.at */
    sim_time round;   /* 0: no rounds */
    double density;   /* how likely a key with a default is written */
    int groups, strategies;
    enum draft_writes writes;
    bool by_record;   /* churn is that of a file, if there is any */
    bool by_latency;  /* latencies differ, and partners are picked by them */
    bool by_graph;    /* the topology is that of a file, of four nodes */
    bool has_absent;  /* a group is not there from the start */
    GPtrArray *paths; /* written so far, for axes: strings, each followed by its rule */
};

/* Appends scenario `number`, a key to a line: a line can be left out, with those below it that are
 * indented deeper. */
void draft_write(struct draft *draft, struct language *language, uint64_t number, uint32_t attempt,
                 const char *folder, GString *text);

/* ---- its parts ---- */

/* Appends what may stand at `path`, in flow style. */
void draft_value(struct draft *draft, const struct dice *dice, const char *path, rule *what);

/* Appends a number, or a text that the pattern allows; by the narrowed range of the path. */
void draft_number(struct draft *draft, struct dice *dice, const char *path, rule *what);
void draft_text(struct draft *draft, struct dice *dice, const char *path, const char *pattern);

/* Appends what stands there if the place is one that names other parts; false: it is not. */
bool draft_special(struct draft *draft, struct dice *dice, const char *path);

/* Whether what is called so in the map at `path` has to be there as others are written. */
bool draft_wants(const struct draft *draft, const char *path, const char *name);

/* Whether it must not be there, because something else is. */
bool draft_excludes(const struct draft *draft, const char *path, const char *name);

/* Appends entries of `faults` that go together. */
void draft_faults(struct draft *draft, const struct dice *dice);

/* Appends the lines of `expect` and of `sweep`. */
void draft_expect(struct draft *draft, struct dice *dice);
void draft_sweep(struct draft *draft, struct dice *dice);

/* What parts of the scenario are called: g_free() it. */
char *draft_group(int i);
char *draft_strategy(int i);

#endif
