/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * limit.h - messages of at most so many entries, or so many bytes of them: what models offer as
 * `limit` and `first`.
 *
 * A limit is a count, or a size as negative bytes; 0: none.  Entries are taken in the order that
 * `first` says until the next one does not fit.  One goes in any case: an entry larger than the
 * limit would never go otherwise.  An entry takes what the value of its update takes on the wire,
 * an identity 16 B; what else a message is charged for counts for nothing.
 *
 * Cost: nothing without a limit; else some operations on sets, with a size a look at each entry
 * that there is, and with `random` a draw for each: of a count, of those that there are; of a size,
 * of those that go.
 */
#ifndef MODELS_LIMIT_H
#define MODELS_LIMIT_H

#include "base/param.h"
#include "sim/node.h"

enum first { FIRST_OLDEST, FIRST_NEWEST, FIRST_RANDOM, FIRST_OWN /* from here on a model's own */ };

extern const char *const first_names[]; /* closed by NULL */

/* The two rows; `field` is an int64_t, and `words` begin with first_names. */
#define LIMIT_ROW(config, field, help) \
    PARAM_COUNT(config, field, "0", "0..1000000", help, .sizes = "1B..1GB", .is_young = true)
#define FIRST_ROW(config, field, words) \
    PARAM_CHOICE(config, field, "oldest", words, "limit: which of them go first", .is_young = true)

/* Of the entries in `a`, which it takes, those that go first.  An older value of a key that `a` has
 * a newer one of is none. */
struct set *limit_entries(struct node *n, struct set *a, int64_t limit, enum first first);

/* The same of a message that brings not the entries but their identities. */
struct set *limit_identities(struct node *n, struct set *a, int64_t limit, enum first first);

/* The same of entries that a small counter is kept of, as set_tally() has it in `planes`: those
 * first whose counters are low, of equals the oldest.  `a` has no older values. */
struct set *limit_by_counter(struct node *n, struct set *a, int64_t limit,
                             struct set *const *planes, int plane_count);

#endif
