/* SPDX-License-Identifier: GPL-3.0-or-later */
/* anti_entropy.h - what the files of the model anti-entropy share; see anti_entropy.c. */
#ifndef MODELS_ANTI_ENTROPY_H
#define MODELS_ANTI_ENTROPY_H

#include "models/call.h"

enum { PUSH, PULL, PUSH_PULL, MODES };
enum { FULL, BY_CHECKSUM, BY_DIGEST, RECENT, PEEL_BACK, MERKLE, COMPARISONS };
enum { BY_LEVEL, WHOLE };
enum { DIFFERENCES, LEAVES };
enum { LEAVES_MAX = 1 << 20 };

struct config {
    struct calls calls;
    bool enabled;
    sim_time recent;
    int preset, mode, compare, transport, first, tree, stream;
    int64_t depth, branching, limit;
};

enum { ENTRIES, SWAP, ASK, CHECKSUM, DIGEST, WANT, PEEL, BACK, TREE, CONNECT, ACCEPT, REJECT };

enum { EXCHANGES, USEFUL, REJECTED };

extern const struct param anti_entropy_params[];
bool anti_entropy_check(const void *config, uint64_t given, char why[PARAM_WHY_MAX]);

bool anti_entropy_theory(const void *config, const struct theory_world *world,
                         struct theory *theory);

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

#endif
