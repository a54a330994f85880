/* SPDX-License-Identifier: GPL-3.0-or-later */
/* rumor_mongering.h - what the files of the model rumor-mongering share; see rumor_mongering.c. */
#ifndef MODELS_RUMOR_MONGERING_H
#define MODELS_RUMOR_MONGERING_H

#include "sim/model.h"

enum { PUSH, PULL, PUSH_PULL };
enum { COUNTER, COIN, ROUNDS, NEVER };
enum { HOT_AGAIN, MAIL_AGAIN, LEAVE_COLD };

struct config {
    int mode, clock, phase, stop, revive, transport;
    int64_t fanout, k, connection_limit, hunt;
    sim_time interval;
    bool feedback, reset, minimisation;
};

enum { RUMOR, CALL, ASK, KNEW, NEEDED, FAREWELL, CONNECT, ACCEPT, REJECT };

enum { CONTACTS, UNNECESSARY, RETIRED, REJECTED };

/*
 * A node's sets: what is hot, and then the planes of the counters; where cycles are judged two more
 * between them collect a cycle for the next timer: what was told in vain (coin: what fell; rounds:
 * what has been hot since the last timer), and what was needed.
 */
enum { HOT, PLANES, VAIN = PLANES, WANTED, PLANES_JUDGED };

/* Sets per node. */
int interest_sets(const void *config);

/* Whether contacts are judged at the teller's next timer, by what all recipients said: where
 * pulling is part of it, and where partners have yet to accept when a cycle of `rounds` ends. */
bool interest_is_judged(const struct config *c);

/* Loses interest in some of `told`, after one contact that counts with each. */
void interest_fade(struct node *n, const struct set *told);

/* The recipient of a contact needed the rumors in `told`. */
void interest_renew(struct node *n, const struct set *told);

/* One more of the k contacts or cycles for each of `told`. */
void interest_tally(struct node *n, const struct set *told);

/* Judges the cycle that ends. */
void interest_end_cycle(struct node *n);

/* Minimisation: sends `told`, taken, with its counters; counts a contact with a node that sent its
 * own in `m`, and returns what was hot at both, a new set. */
__attribute__((noinline)) void interest_send_counters(struct node *n, node_id to, int kind,
                                                      struct set *told);
struct set *interest_compare_counters(struct node *n, const struct message *m);

/* With a connection limit (rumor_mongering_contact.c): asks a partner, who may be hunted past so
 * often; answers a CONNECT; tries another partner after a REJECT. */
void contact_ask(struct node *n, node_id partner, uint32_t hunts_left);
void contact_answer(struct node *n, const struct message *m);
void contact_again(struct node *n, const struct message *m);

/* on_failed() of the model. */
void contact_fail(struct node *n, node_id to, const struct message *m);

#endif
