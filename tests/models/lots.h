/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * lots.h - draws of the random configurations by which models are compared with slow programs: the
 * same for a number on every machine, and one configuration at a time.
 */
#ifndef TESTS_MODELS_LOTS_H
#define TESTS_MODELS_LOTS_H

#include <stdbool.h>
#include <stdint.h>

#include <gsl/gsl_rng.h>

/* From now to the end of the configuration `number`; and its generator, for others. */
void lots_begin(int number);
void lots_end(void);
gsl_rng *lots_dice(void);

int lots_below(int limit);
bool lots_one_in(int n);
double lots_share(void); /* in [0, 1) */

/* Between the two shares of a time, and seldom equal to another that is drawn so. */
int64_t lots_part(int64_t time, double least, double most);

#endif
