/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ring_repair.h - what the files of the model ring-repair share; see ring_repair.c. */
#ifndef MODELS_RING_REPAIR_H
#define MODELS_RING_REPAIR_H

#include "models/limit.h"
#include "sim/model.h"

enum { FULL, BY_CHECKSUM, BY_DIGEST };
enum { SKIP, WAIT, RESTART };

struct config {
    bool enabled;
    sim_time interval, timeout;
    int preset, compare, on_failure, transport, first;
    int64_t limit;
};

enum { CHECK, DIFFERS, REQUEST, SHARD, ASK, DIGEST, OFFER, WANT, SEND, ACK, FAILED };

enum { SENDS, SHARDS_COPIED, PASSES };

/* The check comes every interval; the others carry a shard and an attempt, see timer_value(). */
enum { NEXT_CHECK, CHECK_AGAIN, TAKE_TURN, TURN_TIMEOUT };

/*
 * Which turn of a loop: 1 and 2 for a holder's turns of the first lap and of the further sends, 3
 * and 4 for those after the first restart, and so on.  0: the loop has not begun.
 */
enum { FIRST_TURN = 1, RESTARTS_MAX = 3 };

/* The newest loop of a shard that this node knows of. */
struct loop {
    uint32_t check;   /* its number; 0: none yet */
    uint32_t ahead;   /* the turn was handed to the holder so many places on; 0: to nobody */
    uint16_t attempt; /* numbers what timers are set for */
    uint8_t turn;     /* the newest that this node had; 0: it awaits its copy of the shard */
    uint8_t handed;   /* the turn that the next one has */
    bool is_again;    /* it was handed to the same holder once more */
};

/* What every message is about: `value` has the shard above and the turn below, and between them, of
 * a SEND that more follow and what asks for these, the low bits of the sender's attempt. */
enum { SHARD_SHIFT = 16, LOW_MASK = 0xffff, ATTEMPT_SHIFT = 8, TURN_MASK = 0xff };

static inline uint32_t shard_of(const struct message *m)
{
    return m->value >> SHARD_SHIFT;
}

static inline uint32_t turn_of(const struct message *m)
{
    return m->value & TURN_MASK;
}

static inline uint32_t timer_value(uint32_t shard, const struct loop *loop)
{
    return shard << SHARD_SHIFT | loop->attempt;
}

/* Sends about turn `turn` of check `check`; answers `m`.  Both take `set`. */
void ring_tell(struct node *n, node_id to, int kind, struct set *set, uint32_t shard, uint32_t turn,
               uint32_t check);
void ring_answer(struct node *n, const struct message *m, int kind, struct set *set);

/* What this node has of a shard; a new set. */
struct set *ring_part(struct node *n, uint32_t shard);

/* The record of a shard, made at first use. */
struct loop *ring_loop(struct node *n, uint32_t shard);

/* The number of the check that goes on; the place of the holder that starts one; who holds the
 * shard so many places on. */
uint32_t ring_check_number(const struct node *n);
uint32_t ring_start(const struct node *n, uint32_t shard, uint32_t check);
node_id ring_holder(const struct node *n, uint32_t shard, uint32_t ahead);

/* Whether a shard of which a holder has nothing is copied whole. */
static inline bool copies_shards(const struct node *n)
{
    return ((const struct config *)node_config(n))->limit == 0;
}

/* With a limit (ring_repair_batch.c): sends `part`, taken, to who gets the turn, as much of it as a
 * message may bring, and with the last of it the turn; asks who sent so much for the rest; sends
 * more to who asks. */
void batch_send(struct node *n, node_id to, uint32_t shard, const struct loop *loop,
                struct set *part);
void batch_ask_on(struct node *n, const struct message *m);
void batch_go_on(struct node *n, const struct message *m, struct loop *loop);

/* The check (ring_repair_check.c): this node sends those that it starts; or one of a shard, for the
 * second time if `again`; compares its shard with a CHECK; gives it, and takes it. */
void check_start(struct node *n);
void check_send(struct node *n, uint32_t shard, uint32_t check, bool again);
void check_compare(struct node *n, const struct message *m);
void check_give(struct node *n, const struct message *m);
void check_take(struct node *n, const struct message *m);

#endif
