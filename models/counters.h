/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * counters.h - small counters of updates as bit planes, beyond what set_tally() of sim/set.h does
 * with them: those of two nodes compared, and counters that go up and down.
 */
#ifndef MODELS_COUNTERS_H
#define MODELS_COUNTERS_H

#include "sim/set.h"

/* Those of `of` whose counter in `mine` is not larger than in `theirs`; a new set. */
struct set *counters_not_larger(struct set *const *mine, const struct set *const *theirs,
                                int planes, const struct set *of);

/* Adds 1 to the counter of each member of `of`, or takes 1 from it: from -2^(planes-1) to
 * 2^(planes-1) - 1, which the caller keeps to, in two's complement. */
void counters_step(struct set **counters, int planes, const struct set *of, bool is_up);

/* Those of `of` whose such counter is positive; a new set. */
struct set *counters_positive(struct set *const *counters, int planes, const struct set *of);

#endif
