/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * scenario_weights.h - what peers weigh for a model that picks them by weight:
 * `partner: {weights: {file: stake.csv, column: stake, other: 1}}`, or by group
 * `partner: {weights: {eu: 3, us: 1}}`.
 */
#ifndef EXPERIMENT_LANGUAGE_SCENARIO_WEIGHTS_H
#define EXPERIMENT_LANGUAGE_SCENARIO_WEIGHTS_H

#include "experiment/language/scenario.h"

/* The word of a model's choice that stands for weights, and whether a word is it. */
#define WEIGHTED "weighted"
bool scenario_is_for_weights(const char *word);

/* The table of a file of which `item` is the name, read once; NULL and an error.  `what` it has of
 * each node, as weight_table.h has it.  The reader's. */
const struct weight_table *scenario_find_table(const struct item *item,
                                               const struct file_source *source, const char *what,
                                               struct scenario_reader *reader);

/* Whether a parameter is a choice of partners that has weights among its words. */
bool scenario_takes_weights(const struct param *row);

/* Of the parameters of a model as written, `item`, those of the choice of partners that are
 * weights; NULL: there are none. */
const struct item *scenario_find_weights(const struct item *item, const struct param *rows);

/* Reads them; NULL and errors. */
struct scenario_weights *scenario_read_weights(const struct item *item,
                                               struct scenario_reader *reader);
void scenario_free_weights(struct scenario_weights *weights);

/* Appends `{weights: …}`; `for_hash`: the file by its contents. */
void scenario_write_weights(GString *out, const struct scenario_weights *weights, bool for_hash);

/* An error if they are not those of all nodes, or of no group, or all 0.  `item`: the weights. */
void scenario_check_weights(const struct item *item, const struct scenario_weights *weights,
                            const struct scenario *scenario, struct errors *errors);

/* What each node weighs; to be freed with g_free(). */
double *scenario_weigh(const struct scenario_weights *weights, const struct scenario *scenario);

/* Appends the schema of what may stand in the place of the word. */
void scenario_put_weights(GString *out);

#endif
