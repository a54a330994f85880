/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * scenario.h - random valid scenarios by their numbers, over the whole language.
 */
#ifndef TESTS_RANDOM_SCENARIO_H
#define TESTS_RANDOM_SCENARIO_H

#include "experiment/plan/plan.h"
#include "tests/random/language.h"

/*
 * Scenario `number` as YAML, to be freed with g_free(); it is the same each time, as long as the
 * language is.  What the program refuses of a draft is left out of it, line by line, and it starts
 * anew if nothing is left.  *plan: what was read from it, to be freed; NULL: not wanted.
 */
char *random_scenario(struct language *language, uint64_t number, struct plan **plan);

#endif
