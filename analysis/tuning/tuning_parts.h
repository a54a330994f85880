/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * tuning_parts.h - what the stages of a search share; for tuning*.c.
 */
#ifndef ANALYSIS_TUNING_TUNING_PARTS_H
#define ANALYSIS_TUNING_TUNING_PARTS_H

#include "analysis/tuning/tuning.h"

/* Replications at which a stage begins, and to which what survives it comes. */
enum { TUNING_FIRST = 4, TUNING_EXPLORED = 16 };

/* Tries a place: a new setting, or NULL if there is none or it was tried before. */
struct tuning_setting *tuning_try(struct tuning *tuning, const double *u);

/* Raises what a setting has to at least so many replications, with the next evaluation. */
void tuning_want(struct tuning_setting *setting, uint32_t runs);

/* Makes the runs that are wanted.  False if the search is to end: out of budget, stopped, or an
 * error. */
bool tuning_evaluate(struct tuning *tuning, struct errors *errors);

/* True if `a` is better than `b`, or was tried earlier if they are equal. */
bool tuning_is_better(const struct tuning_setting *a, const struct tuning_setting *b);

/* Sorts settings, the best first. */
void tuning_rank(GPtrArray *settings);

/* The settings with at least so many replications, ranked.  g_ptr_array_free() it. */
GPtrArray *tuning_ranked(const struct tuning *tuning, uint32_t runs);

/* Sets how often the next row of tests may err. */
void tuning_set_alpha(struct tuning *tuning, double alpha);

/* The stages; false as tuning_evaluate(). */
bool tuning_explore(struct tuning *tuning, struct errors *errors);
bool tuning_prove(struct tuning *tuning, struct errors *errors);

#endif
