/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * set.h - sets of updates: what a replica knows, what a message carries.
 *
 * A set is a value behind a pointer that its holder never dereferences.  While a run has at most 30
 * updates the pointer itself holds the bits, nothing is allocated or counted, and the engine stores
 * it in 32 bits; above that it is a row of bits in the run's pool, shared by reference count; the
 * empty set is always the bare word.  A set never changes once handed out: set_copy() is O(1), and
 * a message carries what its sender knew when it was sent.  Other operations cost O(1) up to 30
 * updates; above, they go over the words of 64 updates between the first and the last member of
 * their sets, so that a few new updates among many cost little.
 *
 * Ownership: functions that return a set return a new one; "takes" is said where an argument is
 * consumed.  Sets of one run mix with each other only.
 */
#ifndef SIM_SET_H
#define SIM_SET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct set;
typedef uint32_t update_id; /* 0 .. updates-1, in order of injection */

struct set *set_new(void);                                        /* the empty set */
struct set *set_copy(const struct set *a);                        /* O(1) */
struct set *set_minus(const struct set *a, const struct set *b);  /* in a, not in b */
struct set *set_common(const struct set *a, const struct set *b); /* in both */
struct set *set_join(const struct set *a, const struct set *b);   /* in either */
struct set *set_below(const struct set *a, update_id limit);      /* in a, numbered below limit */
struct set *set_only(const struct set *a, update_id i);           /* i if it is in a, O(1) */
void set_free(struct set *a);

bool set_is_empty(const struct set *a);
bool set_is_equal(const struct set *a, const struct set *b);
bool set_has(const struct set *a, update_id i);
uint32_t set_count(const struct set *a);

/* *a = *a without b; *a = *a with b.  In place where nobody else holds *a. */
void set_remove(struct set **a, const struct set *b);
void set_add(struct set **a, const struct set *b);

/* Removes all members; frees what it held. */
void set_clear(struct set **a);

/* *a = *a without the member i, which it may lack. */
void set_drop(struct set **a, update_id i);

/* Smallest member >= *i in *i, or false.  for (i = 0; set_next(s, &i); i++) */
bool set_next(const struct set *a, update_id *i);

/* The member that `index` others come before in *i, or false: there are no more than `index`. */
bool set_nth(const struct set *a, uint32_t index, update_id *i);

/*
 * A small counter for every update at once, kept as bit planes: planes[k] holds bit k.  Adds 1
 * to the counter of each member of `a` and returns those whose counter thereby reached `limit`
 * (1 .. 2^planes - 1); these count from 0 again.  set_tally_reset() sets the counters of the
 * members of `a` to 0, and so does set_remove() from all planes.  A plane belongs to its counter
 * alone: it is never a copy of another set.
 */
struct set *set_tally(struct set **planes, const struct set *a, unsigned limit);
void set_tally_reset(struct set **planes, const struct set *a, unsigned limit);

/* Bit planes that a counter with this limit needs. */
int set_tally_planes(unsigned limit);

#endif
