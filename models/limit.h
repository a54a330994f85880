/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * limit.h - messages of at most so many entries: what models offer as `limit` and `first`.
 *
 * Cost: nothing without a limit; else some operations on sets, and with `random` a draw for each
 * entry that there is.
 */
#ifndef MODELS_LIMIT_H
#define MODELS_LIMIT_H

#include "sim/node.h"

enum first { FIRST_OLDEST, FIRST_NEWEST, FIRST_RANDOM, FIRST_OWN /* from here on a model's own */ };

extern const char *const first_names[]; /* closed by NULL */

/* Of the entries in `a`, which it takes, those that go first, at most `limit`; 0: all.  An older
 * value of a key that `a` has a newer one of is none. */
struct set *limit_entries(struct node *n, struct set *a, int64_t limit, enum first first);

#endif
