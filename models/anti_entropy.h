/* SPDX-License-Identifier: GPL-3.0-or-later */
/* anti_entropy.h - what the files of the model anti-entropy share; see anti_entropy.c. */
#ifndef MODELS_ANTI_ENTROPY_H
#define MODELS_ANTI_ENTROPY_H

#include "models/door.h"
#include "models/partner.h"
#include "sim/model.h"

enum { PUSH, PULL, PUSH_PULL, MODES };
enum { FULL, BY_CHECKSUM, BY_DIGEST, RECENT, PEEL_BACK, MERKLE, COMPARISONS };

struct config {
    bool enabled;
    sim_time interval, recent;
    int clock, phase, mode, compare, partner, transport, first;
    int64_t depth, branching, connection_limit, hunt, limit;
    double spatial_exponent;
};

enum { ENTRIES, SWAP, ASK, CHECKSUM, DIGEST, WANT, PEEL, BACK, TREE, CONNECT, ACCEPT, REJECT };

enum { EXCHANGES, USEFUL, REJECTED };

struct state {
    uint32_t turn; /* partner: shuffled, round-robin */
    struct door door;
};

/* What this node knows of what `peer` should hold too; a new set. */
struct set *shared_with(struct node *n, node_id peer);

/* recent, peel-back (anti_entropy_peel.c): gives the first chunk; asks the giver for it; takes a
 * PEEL; takes a BACK. */
__attribute__((noinline)) void peel_first(struct node *n, node_id taker);
void peel_ask(struct node *n, node_id giver);
void peel_take(struct node *n, const struct message *m);
void peel_go_on(struct node *n, const struct message *m);

/* merkle (anti_entropy_tree.c): the roots differ, so begins the descent; takes a TREE. */
void tree_descend(struct node *n, node_id caller);
void tree_take(struct node *n, const struct message *m);

/* Whether a configuration needs a state; whom to call (anti_entropy_call.c). */
bool call_needs_state(const void *config);
struct partner_choice call_choice(struct node *n);

/* With a connection limit: asks a partner, who may be hunted past so often; answers a CONNECT;
 * tries another partner after a REJECT. */
void call_ask(struct node *n, uint32_t hunts_left);
void call_answer(struct node *n, const struct message *m);
void call_again(struct node *n, const struct message *m);

/* on_failed() of the model. */
void call_fail(struct node *n, node_id to, const struct message *m);

#endif
