/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * metric_place.h - where the value of a metric stands in the rows of `metric_value`.
 *
 * A name has the same place in all runs of a set of names (schema.sql), so it is looked up when
 * the set changes, not run by run as the view `metric` does: that takes longer than reading the
 * value.
 */
#ifndef ANALYSIS_STUDY_METRIC_PLACE_H
#define ANALYSIS_STUDY_METRIC_PLACE_H

#include <sqlite3.h>
#include <stdbool.h>
#include <stdint.h>

struct metric_place {
    sqlite3_stmt *find;
    const char *name; /* of the metric; borrowed */
    bool is_known;    /* the place in the set that was asked for last */
    int64_t set_id;
    int place; /* -1: the set does not have the name */
};

/* Makes an SQL function metric_place(set_id) of the connection, which gives the place of the
 * metric that was asked for, or NULL, and fails if that cannot be read; *place must live as long.
 * Returns SQLite's code. */
int metric_place_init(struct metric_place *place, sqlite3 *database);
void metric_place_clear(struct metric_place *place);

/* From now on the function means this metric. */
void metric_place_ask(struct metric_place *place, const char *name);

#endif
