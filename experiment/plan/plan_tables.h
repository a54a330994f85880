/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * plan_tables.h - the tables of random quantities, which points that have the same law share.
 *
 * To make one takes as long as some short runs.  Those in use are kept, and some that were.  Safe
 * from several threads.
 */
#ifndef EXPERIMENT_PLAN_PLAN_TABLES_H
#define EXPERIMENT_PLAN_PLAN_TABLES_H

#include "sim/value/distribution.h"

struct plan_tables;

struct plan_tables *plan_tables_new(void);
void plan_tables_free(struct plan_tables *tables); /* none may be in use */

/* The table of `spec`, whose values live as long as `tables`; NULL if memory is short. */
const struct distribution *plan_tables_take(struct plan_tables *tables,
                                            const struct distribution_spec *spec);

/* Gives back a table, which may be NULL. */
void plan_tables_return(struct plan_tables *tables, const struct distribution *table);

#endif
