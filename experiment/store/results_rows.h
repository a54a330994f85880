/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * results_rows.h - the rows of new runs, as tables that SQLite reads.
 *
 * Each table that holds what came of runs has a virtual one beside it, `new_sample` beside
 * `sample`, with the same columns in the same order.  One statement then stores what all runs of a
 * transaction have for a table, which takes SQLite two thirds of what a statement a row does: it
 * begins, finds its tables and the place where rows go, and ends once only.
 */
#ifndef EXPERIMENT_STORE_RESULTS_ROWS_H
#define EXPERIMENT_STORE_RESULTS_ROWS_H

#include "experiment/store/database.h"

#include <sqlite3.h>
#include <stddef.h>
#include <stdint.h>

enum results_table {
    TABLE_RUN,
    TABLE_METRIC_VALUE,
    TABLE_SAMPLE,
    TABLE_FIGURE_SAMPLE,
    TABLE_OUTCOME,
    TABLE_DETECTION,
    TABLE_DETECTION_CURVE,
    TABLE_HISTOGRAM,
    TABLE_OVERLAY,
    TABLE_FAULT,
    TABLE_COUNT,
};

/* What a table is called, and its key behind run_id, as SQL orders by it. */
struct results_table_name {
    const char *name, *order;
};
extern const struct results_table_name results_tables[TABLE_COUNT];

/* A row of `run`, without run_id. */
struct run_row {
    int64_t point_id, strategy_id;
    uint32_t replication;
    uint64_t seed;
    const char *status, *stop_reason;
    int64_t end;
    uint64_t events;
    int64_t wall_ns;
    uint64_t peak_bytes;
    char fingerprint[17];
    const char *error; /* NULL: none */
};

/* A row of `metric_value`, without run_id. */
struct metric_row {
    int64_t set_id;
    double values[METRICS_IN_ROW]; /* NAN: never, or there is no such */
};

/* A row of `fault`, without run_id. */
struct fault_row {
    uint64_t number;
    int64_t at;
    const char *kind;
    char detail[32];
};

/* What one run has for each table: struct run_row, metric_row, sim_sample, sim_outcome,
 * sim_detection, sim_spread, sim_bin, sim_overlay, fault_row, as many as `count`. */
struct results_rows {
    int64_t run_id;
    struct {
        const void *first;
        size_t count;
    } of[TABLE_COUNT];
};

/* All that is to be stored now, run by run. */
struct results_batch {
    const struct results_rows *runs;
    size_t count;
};

/* A virtual table; the caller keeps it. */
struct results_source {
    enum results_table table;
    const struct results_batch *batch;
};

/* Makes the virtual tables of a connection, in `temp`, where no table of the file takes their
 * names, as long as it lives: sources[TABLE_COUNT] for its use, and `batch`, which may change
 * between statements.  Returns SQLite's code. */
int results_rows_show(sqlite3 *database, struct results_source *sources,
                      const struct results_batch *batch);

#endif
