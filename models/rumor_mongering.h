/* SPDX-License-Identifier: GPL-3.0-or-later */
/* rumor_mongering.h - what the files of the model rumor-mongering share; see rumor_mongering.c. */
#ifndef MODELS_RUMOR_MONGERING_H
#define MODELS_RUMOR_MONGERING_H

#include "models/call.h"
#include "models/limit.h"

enum { PUSH, PULL, PUSH_PULL };
enum { COUNTER, COIN, ROUNDS, TRANSMISSIONS, NEVER };
enum { FIRST_FEWEST_SENT = FIRST_OWN };
enum { HOT_AGAIN, MAIL_AGAIN, LEAVE_COLD };

struct config {
    struct calls calls;
    int mode, stop, revive, transport, first;
    int64_t k, limit;
    bool feedback, reset, minimisation, relay;
};

/* What can be asked for (rumor_mongering_params.c). */
extern const struct param rumor_params[];
bool rumor_check(const void *config, uint64_t given, char why[PARAM_WHY_MAX]);
bool rumor_check_stack(const void *config, uint64_t given, const struct model *const *stack,
                       char why[PARAM_WHY_MAX]);
bool rumor_theory(const void *config, const struct theory_world *world, struct theory *theory);

enum { RUMOR, CALL, ASK, KNEW, NEEDED, FAREWELL, CONNECT, ACCEPT, REJECT };

enum { CONTACTS, UNNECESSARY, RETIRED, REJECTED };

/*
 * A node's sets: what is hot, and then the planes of the counters; where cycles are judged two more
 * between them collect a cycle for the next timer: what was told in vain (coin: what fell; rounds:
 * what has been hot since the last timer), and what was needed.
 */
enum { HOT, PLANES, VAIN = PLANES, WANTED, PLANES_JUDGED };

/* Does the teller of rumors want to hear which of them were known, and also which were needed? */
static inline bool wants_knew(const struct config *c)
{
    return (c->stop == COUNTER || c->stop == COIN) && c->feedback;
}

static inline bool wants_needed(const struct config *c)
{
    return c->feedback && c->stop == COUNTER && (c->mode != PUSH || (c->reset && c->k > 1));
}

/*
 * limit: what of the hot rumors goes into the next message to a peer, a new set; the others stay
 * hot and wait for another message.  An older value of a key takes no place, and is hot no more.
 */
struct set *interest_first(struct node *n, node_id to);

/* Whether a limit, if there is one, can be kept with how interest is lost; else says why not. */
bool interest_can_limit(const struct config *c, char why[PARAM_WHY_MAX]);

/* Sets per node. */
int interest_sets(const void *config);

/* Whether contacts are judged at the teller's next timer, by what all recipients said: where
 * pulling is part of it, and where partners have yet to accept when a cycle of `rounds` ends. */
bool interest_is_judged(const struct config *c);

/* Loses interest in some of `told`, after one contact that counts with each. */
void interest_fade(struct node *n, const struct set *told);

/* Blind: the partners have been told `hot`, and it counts whatever they say. */
void interest_count_blind(struct node *n, const struct set *hot, const node_id *partners,
                          int count);

/* The recipient of a contact needed the rumors in `told`. */
void interest_renew(struct node *n, const struct set *told);

/* One more of the k contacts, cycles or transmissions for each of `told`. */
void interest_tally(struct node *n, const struct set *told);

/* Judges the cycle that ends. */
void interest_end_cycle(struct node *n);

/* Minimisation: sends `told`, taken, with its counters; counts a contact with a node that sent its
 * own in `m`, and returns what was hot at both, a new set. */
__attribute__((noinline)) void interest_send_counters(struct node *n, node_id to, int kind,
                                                      struct set *told);
struct set *interest_compare_counters(struct node *n, const struct message *m);

#endif
