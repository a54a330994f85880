/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * scenario_files.h - files of measurements that a scenario names, and how their values are meant:
 * `{file: pings.csv, column: avg, unit: ms, scale: 0.5, skip: 1}`.
 *
 * Each file is read once for each way in which its values are meant, and remembered by the reader.
 */
#ifndef EXPERIMENT_LANGUAGE_SCENARIO_FILES_H
#define EXPERIMENT_LANGUAGE_SCENARIO_FILES_H

#include "base/csv.h"
#include "experiment/language/scenario_keys.h"

/* How values are meant: times and sizes in a column, those of a matrix of times, of one that comes
 * with the program, of a matrix of shares, of a record of comings and goings, of a trace of writes,
 * and weights of nodes. */
extern const struct param file_value_rows[], file_size_rows[], file_matrix_rows[],
    file_preset_rows[], file_share_rows[], file_churn_rows[], file_trace_rows[], file_weight_rows[];

/* Whether an item names a file; an error if not. */
bool scenario_names_file(const struct item *item, struct errors *errors);

/* Reads `file`, `column` where there may be one, and the rows of a table from the map `item`; the
 * parameters of `other`, if it is not NULL, are passed over.  False and errors. */
bool scenario_read_source(const struct item *item, const struct param *rows, bool has_column,
                          const struct param *other, struct file_source *source,
                          struct scenario_reader *reader);

/* Appends `file: NAME` and the rest that was given. */
void scenario_write_source(GString *out, const struct file_source *source,
                           const struct param *rows);
void scenario_clear_source(struct file_source *source);

/* Of the values, ns, or bytes by file_size_rows; 0: each has its own. */
sim_time scenario_source_unit(const struct file_source *source, const struct param *rows);

/* Its values are in ms. */
void scenario_source_in_ms(struct file_source *source, const struct param *rows);

/* The values of a column, times or by file_size_rows sizes; NULL and an error about the item if
 * they cannot be had.  The reader's. */
const struct measurements *scenario_measure(const struct item *item,
                                            const struct file_source *source,
                                            const struct param *rows,
                                            struct scenario_reader *reader);

/* Where the file is; to be freed with g_free(). */
char *scenario_source_path(const struct file_source *source, const struct scenario_reader *reader);

/* Whether it can be opened; false and an error about the item. */
bool scenario_source_opens(const struct item *item, const char *path,
                           struct scenario_reader *reader);

/* Opens the file; NULL and an error about the item.  *path is to be freed with g_free() after
 * csv_close(). */
struct csv *scenario_open_source(const struct item *item, const struct file_source *source,
                                 char **path, struct scenario_reader *reader);

#endif
