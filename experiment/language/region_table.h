/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * region_table.h - a matrix between regions as files have it.
 *
 *     rtt,eu,us        names in row and column: row from, column to; a column `weight` says how
 *     eu,,80           large a region is
 *     us,82,
 *
 *     0 81 82          a square without names: its regions are called 1, 2, ...
 *     81 0 95 ...      (of three, a file is taken for the next form)
 *
 *     eu us 80         from, to, value; perhaps under a header
 *
 * Fields are separated as csv.h has it.  Empty cells are known as such, and so are zeros on the
 * diagonal: nobody measures what is no distance.
 */
#ifndef EXPERIMENT_LANGUAGE_REGION_TABLE_H
#define EXPERIMENT_LANGUAGE_REGION_TABLE_H

#include "base/csv.h"

#include <glib.h>

enum { REGIONS_MAX = 2500 };

/* What a cell is: 8 bytes, whatever they mean. */
union region_value {
    sim_time time;
    double share;
};

struct region_table {
    GPtrArray *names;          /* owned texts */
    GHashTable *numbers;       /* name -> its place in them + 1 */
    double *weights;           /* of each; NULL: all alike */
    union region_value *cells; /* from * count + to */
    bool *is_given;            /* of each cell */
};

/* Reads the value of a field; false and an error. */
typedef bool region_value_read(struct csv *csv, size_t field, const void *about,
                               union region_value *value);

/* Reads the rest of `csv`, which the caller closes; NULL and an error if it is no such matrix, or
 * NULL itself. */
struct region_table *region_table_read(struct csv *csv, region_value_read *read, const void *about);
void region_table_free(struct region_table *table);

/* The place of a region; -1: there is none called so. */
int region_table_find(const struct region_table *table, const char *name);

#endif
