/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * scenario_matrix.h - matrices between groups: `{regions: {eu: {eu: 2ms, us: 40ms}}}`, of a file,
 * or a preset.  What a cell may hold is the key's to say.
 *
 * Where one direction of two groups is silent it is as the other.  The regions of a file or a
 * preset are the scenario's groups, or where it has none become them, in the order of the file and
 * of the size of their weights, or of equal size.
 */
#ifndef EXPERIMENT_LANGUAGE_SCENARIO_MATRIX_H
#define EXPERIMENT_LANGUAGE_SCENARIO_MATRIX_H

#include "experiment/language/region_table.h"
#include "experiment/language/scenario_files.h"

/* Matrices of one kind of value. */
struct matrix_kind {
    const char *what;         /* as in `no latency from a to b` */
    const struct param *rows; /* beside a file */
    bool has_presets;
    size_t size; /* of a cell as written */
    void (*read)(const struct item *item, void *cell, struct scenario_reader *reader);
    void (*write)(GString *out, const void *cell, bool for_hash);
    region_value_read *read_value; /* of a file; `about`: its struct file_source */
};

/* True if the item is `{regions: …}`. */
bool scenario_is_matrix(const struct item *item);

/* Reads it; returns the cells written, to be freed with g_free(), or NULL: there are none. */
void *scenario_read_matrix(const struct item *item, const struct matrix_kind *kind,
                           struct scenario_matrix *matrix, struct scenario_reader *reader);

/* Appends it as written. */
void scenario_write_matrix(GString *out, const struct matrix_kind *kind,
                           const struct scenario_matrix *matrix, const void *cells);
void scenario_clear_matrix(struct scenario_matrix *matrix);

/* Where the value for two groups comes from. */
struct matrix_cell {
    int written;     /* which of the cells written; -1: none of them */
    bool is_of_file; /* `value` is the file's */
    bool is_inside;  /* one group's, of which the file says nothing */
    union region_value value;
};

/* Tells for each two groups; must_have_all: none may be without.  False and errors. */
bool scenario_resolve_matrix(const struct item *item, const struct matrix_kind *kind,
                             const struct scenario_matrix *matrix,
                             const struct scenario_groups *groups, bool must_have_all,
                             struct errors *errors,
                             void (*take)(void *about, size_t cell, const struct matrix_cell *is),
                             void *about);

#endif
