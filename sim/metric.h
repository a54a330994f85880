/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * metric.h - what is measured: one table (metric.def), a row a metric.
 *
 * From it are made the result of a run, the columns of reports and of the database's view, the
 * choices of `until` and `expect`, `gossipsim help metrics` and docs/metrics.md.  What a model
 * counts beside these is declared in its own table (sim/model.h).
 */
#ifndef SIM_METRIC_H
#define SIM_METRIC_H

#include <stdbool.h>

/* Characters of the name of a metric, a model's own ones and those of groups too. */
enum { METRIC_NAME_MAX = 159 };

enum metric_unit {
    UNIT_TIME,  /* seconds */
    UNIT_SHARE, /* 0..1 */
    UNIT_BYTES,
    UNIT_BYTE_RATE, /* bytes a second */
    UNIT_RATE,      /* a second */
    UNIT_COUNT,
    UNIT_NUMBER,
};

/* Over what a metric is taken. */
enum metric_window {
    WINDOW_UPDATES,  /* the measured updates, those injected from `warmup` on and not within
                        `cooldown` before `stop.at`; each from then to the run's end */
    WINDOW_PRESENCE, /* crashes and returns of nodes in that time, each to the run's end */
    WINDOW_END,      /* as things stand when the run ends */
    WINDOW_RUN,      /* from 0 to the run's end */
    WINDOW_MEASURED, /* from `warmup` to the run's end: costs */
    WINDOW_HORIZON,  /* from `warmup` to `cooldown` before `stop.at`, whenever the run ended */
    WINDOW_PROGRAM,  /* what the simulation itself took: columns of the table run, not of metric */
};

/* What has to be asked for before a run has it. */
enum metric_record { RECORD_ALWAYS, RECORD_NODES, RECORD_AGE, RECORD_LAG, RECORD_OVERLAY };

struct metric {
    const char *name;     /* as in the database */
    const char *label;    /* of a column or an axis, without unit */
    const char *event;    /* UNIT_TIME: what happens then, as in "push reaches all nodes" */
    const char *meaning;  /* one sentence */
    const char *per_node; /* label of NAME/node, it divided by the nodes; NULL: makes no sense */
    enum metric_unit unit;
    enum metric_window window;
    bool may_never_come; /* a time that a run need not reach: its value is then NULL, "never" */
    enum metric_record record;
    bool by_group; /* there is NAME@GROUP, */
    bool between;  /* and NAME@GROUP>OTHER, from the one to the other */
};

/* METRIC_T50 and so on: the numbers of the table's rows. */
enum metric_id {
#define ROW(id, ...) METRIC_##id,
#include "sim/metric.def"
    METRICS
};

enum { METRIC_OF_PROGRAM = METRIC_SIM_END }; /* from here on WINDOW_PROGRAM */

extern const struct metric metric_table[METRICS];

/* The row called `name`, or NULL. */
const struct metric *metric_find(const char *name);

#endif
