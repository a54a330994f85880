/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * study.h - a study read from a results database.
 *
 * The frame of a study (its points in the order of the sweep, its strategies in written order)
 * is read at once; values are read on demand, one metric of one strategy at one point at a time,
 * so a large sweep costs no more memory than what is looked at.  All is read from one snapshot,
 * also while another process adds runs, and nothing is ever written.  Until it has read all it
 * wants, a reader keeps the next `run` from starting, so it shall not wait for others meanwhile.
 */
#ifndef ANALYSIS_STUDY_STUDY_H
#define ANALYSIS_STUDY_STUDY_H

#include "base/errors.h"
#include "experiment/language/metric_name.h"
#include "experiment/plan/plan.h"
#include "experiment/store/results.h"

#include <sqlite3.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Condition on run_id in SQL for the runs of a strategy at a point, whose numbers follow one
 * another by replication (results.h); study_bind() gives it its values, ?1 to ?3.  Another study
 * may have made more replications than this one wants. */
#define STUDY_RUNS                                         \
    "run_id >= " STUDY_TEXT(RESULTS_FIRST_RUN(?1, ?2))    \
    " AND run_id < " STUDY_TEXT(RESULTS_FIRST_RUN(?1, ?2)) \
    " + (SELECT replications_max FROM study WHERE study_id = ?3)"
#define STUDY_TEXT(...)    STUDY_AS_TEXT(__VA_ARGS__)
#define STUDY_AS_TEXT(...) #__VA_ARGS__

/* The value of an axis at a point. */
struct study_value {
    char *text;    /* as written; NULL: the point does not have this axis */
    double number; /* in base units; NAN: not a number */
    char *unit;    /* of the number: s, B, /s or "" */
};

struct study_point {
    int64_t position;           /* in the study, from 0: study_where() leaves gaps */
    int64_t point_id;           /* of its world, which other points may have, too */
    int64_t variant;            /* of the strategies */
    struct study_value *values; /* one for each axis */
};

struct metric_place;

struct study {
    sqlite3 *database;
    sqlite3_stmt *read_values, *read_of_runs; /* of study_read(): metrics, columns of `run` */
    sqlite3_stmt *count_runs;                 /* of study_count_runs() */
    struct metric_place *place;               /* of the metric that read_values gives */
    char *path;                               /* of the file, as the user named it */
    int64_t study_id;
    size_t count; /* studies in the file */
    char *shard;  /* `2/4`: of its runs the file has those of this shard; NULL: all that are made */
    char *name;
    char *version;         /* of the program that began it */
    char *scenario_sha256; /* of the completed scenario and its files */
    double nodes; /* of the scenario; NAN: it does not say.  An axis `nodes` goes before it. */
    uint64_t seed;
    size_t replications_min; /* runs asked for of each strategy at each point */
    char **axes;             /* paths of the swept parameters */
    bool *is_fixed;          /* of each: study_where() asked for a value of it */
    size_t axis_count;
    struct study_point *points;
    size_t point_count; /* at least 1 */
    char **strategies;
    size_t strategy_count;
    int64_t *strategy_ids; /* of variant 0's strategies, then those of variant 1, ... */
};

/*
 * Opens the study `study_id` of the database `path`, 0 being the newest.  NULL and errors if the
 * file cannot be used (ERROR_IO) or has no such study (ERROR_SCENARIO).
 */
struct study *study_open(const char *path, int64_t study_id, struct errors *errors);
void study_close(struct study *study);

/* Lets go of the database: nothing more can be read, but what has been is still there.  To be
 * called before anything that may wait: another program, a pipe. */
void study_end_reading(struct study *study);

/* The position of a strategy by name, of an axis by path; -1 and an error that lists them. */
int study_find_strategy(const struct study *study, const char *name, struct errors *errors);
int study_find_axis(const struct study *study, const char *path, struct errors *errors);

/* True if the text says the same value: `10%` is 0.1, `1000ms` is 1s, `1e3` is 1000. */
bool study_value_is(const struct study_value *value, const char *text);

/*
 * Leaves out all points but those at which every filter holds, and notes the axes that they fix.
 * False and errors, which list what there is, for a path that is no axis and for values that no
 * point has (together).
 */
bool study_where(struct study *study, const struct setting *filters, size_t count,
                 struct errors *errors);

/* A number that is the same where points and strategies (by their positions) have the same runs. */
int64_t study_cell(const struct study *study, size_t point, size_t strategy);

/* Calls `take` with each row of the query, in which ?1 is the study; false and an error if it
 * cannot be read to its end. */
bool study_rows(const struct study *study, const char *sql,
                void (*take)(void *context, sqlite3_stmt *row), void *context,
                struct errors *errors);

/* A copy of a text column; "" for NULL.  A text with a NUL inside ends there.  g_free() it. */
char *study_copy_text(sqlite3_stmt *row, int column);

/* Binds the values of STUDY_RUNS. */
void study_bind(const struct study *study, size_t point, const char *strategy,
                sqlite3_stmt *statement);

/* A name for a point: `network.loss=5%, nodes=100`, unescaped, without the axis `but` (-1: with
 * all); "" without sweep.  g_free() it. */
char *study_point_name(const struct study *study, size_t point, int but);

/* The number of nodes at a point; NAN: the scenario does not say. */
double study_nodes(const struct study *study, size_t point);

/* How many runs of a strategy at a point are stored, and how many of them failed. */
bool study_count_runs(const struct study *study, size_t point, const char *strategy, size_t *done,
                      size_t *failed, struct errors *errors);

/* The values of a metric over the runs that are done, by replication. */
struct series {
    size_t count;
    int64_t *replications; /* ascending */
    double *values;        /* INFINITY: never happened; NAN: does not apply */
    bool is_share;         /* the metric lies within 0..1 by definition */
};

/*
 * Reads the metric `name` (also `NAME/node`; events, peak_bytes, wall and sim_end of the runs
 * themselves; and `cut_off` and `went_quiet`, 1 if a run ended so).  O(runs log n).
 */
bool study_read(const struct study *study, size_t point, const char *strategy, const char *name,
                struct series *series, struct errors *errors);
void series_clear(struct series *series);

/* True if some run of the study has the metric; false and an error that lists those there are. */
bool study_check_metric(const struct study *study, const char *name, struct errors *errors);

#endif
