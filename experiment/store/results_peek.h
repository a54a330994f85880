/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * results_peek.h - which runs of a plan a database has, without writing to it.
 */
#ifndef EXPERIMENT_STORE_RESULTS_PEEK_H
#define EXPERIMENT_STORE_RESULTS_PEEK_H

#include "experiment/store/results.h"

struct results_peek;

/* Opens the database `path` for a look at the runs of `plan` (borrowed); NULL and an error if it is
 * none. */
struct results_peek *results_peek_open(const char *path, const struct plan *plan,
                                       struct errors *errors);
void results_peek_close(struct results_peek *peek);

/* As results_states(); the plan's study need not be in the database. */
bool results_peek_states(struct results_peek *peek, size_t point, int strategy, uint32_t count,
                         enum results_state *states, struct errors *errors);

#endif
