/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * swim.h - what the files of the model swim share; see swim.c.
 *
 *   swim_params.c      parameters, presets and what must go together
 *   swim_members.c     the table of members: who there is, in which state; the view
 *   swim_probe.c       pings, direct and by helpers, and what comes of them
 *   swim_verdict.c     news of members: alive, suspected, dead; refutation
 *   swim_suspicion.c   how long a suspicion lasts
 *   swim_queue.c       what waits to be told, and packing it into messages
 *   swim_compress.c    how long messages are once they are compressed
 *   swim_sync.c        push/pull, joining, leaving
 *   swim_reconnect.c   members that were held dead, and may come back
 *   swim_health.c      how well a node thinks that it is itself
 */
#ifndef MODELS_SWIM_H
#define MODELS_SWIM_H

#include "sim/model.h"

enum { SHUFFLED, RANDOM };
enum { LOG_10, LOG_E };

struct config {
    int preset, order, log;
    sim_time interval, timeout;
    int64_t helpers;
    bool suspicion;
    int64_t suspicion_mult, suspicion_max_mult;
    int64_t retransmit_mult;
    sim_time gossip_interval;
    int64_t gossip_nodes;
    sim_time forget_after, push_pull_interval, reconnect_interval;
    bool lifeguard, local_health, nacks, buddy;
    bool connection_probe, broadcasts, compression;
};

extern const struct param swim_params[];
extern const char *const swim_orders[];
bool swim_check(const void *config, uint64_t given, char why[PARAM_WHY_MAX]);
bool swim_theory(const void *config, const struct theory_world *world, struct theory *theory);

enum { PING, PING_REQ, ACK, NACK, GOSSIP, PUSH_PULL, PUSH_PULL_REPLY, KNOCK, KNOCK_REPLY };

/* Tags of timers; the value says of which probe, member, request or life it is. */
enum {
    PROBE_TICK,
    GOSSIP_TICK,
    NO_ACK,
    PROBE_OVER,
    RELAY_OVER,
    SUSPICION_OVER,
    PUSH_PULL_TICK,
    JOIN_AGAIN,
    RECONNECT
};

enum {
    PROBES,
    PROBES_HELPED,
    PROBES_CONNECTED,
    PROBES_FAILED,
    SUSPICIONS,
    VERDICTS,
    REFUTATIONS,
    QUEUE_MAX,
    DROPPED,
    HEALTH,
};

/* What a node knows of another; records are by node. */
enum member_state { UNKNOWN, ALIVE, SUSPECT, DEAD, LEFT };
enum { MEMBER_BITS = 20, INCARNATION_MAX = (1 << MEMBER_BITS) - 1 };
struct member {
    uint64_t place : MEMBER_BITS;  /* in the list of those known, if it is */
    uint64_t listed : MEMBER_BITS; /* the node in this place of the list */
    uint64_t incarnation : MEMBER_BITS;
    uint64_t state : 3;
    uint64_t is_queued : 1; /* there is news of it in the queue */
};

/* News of a member, in messages. */
struct news {
    node_id member, from; /* who says so; of one that left, itself */
    uint32_t incarnation : 29, state : 3;
};

enum { TRANSMIT_BITS = 9, TRANSMITS_MAX = (1 << TRANSMIT_BITS) - 1 };

/* Of the queue: news of a member, or an update. */
struct queued {
    uint32_t subject, from;
    uint32_t number;                    /* in the order of queueing */
    uint32_t incarnation : MEMBER_BITS; /* of an update: how many bytes it has */
    uint32_t state : 3 /* UNKNOWN: an update */, transmits : TRANSMIT_BITS;
};

struct suspicion {
    node_id member;
    uint32_t wanted, confirmed; /* confirmations */
    sim_time since, min, due;
};

/* Who has said that a member is suspected. */
struct accuser {
    node_id member, from;
};

/* A dead member, or one that left, until it is forgotten; in the order of `since`. */
struct grave {
    node_id member;
    sim_time since;
};

/* A ping for somebody else. */
struct relay {
    uint32_t number; /* of our ping */
    node_id requester;
    uint32_t requested; /* the number of the requester's */
};

enum { QUEUE, SUSPICION_LIST, ACCUSERS, GRAVES, RELAYS, TABLE, FAILED };

struct state {
    uint32_t known, active, visited; /* places of the list, see swim_members.c */
    uint32_t incarnation;            /* one's own; 0: it has never been up */
    uint32_t number;                 /* of pings sent */
    uint32_t queue_number;
    uint32_t life; /* of timers that may outlast what they were for */

    bool is_probing, is_late; /* late: a tick came meanwhile */
    bool has_asked;           /* helpers, */
    bool is_answered;         /* on a connection */
    node_id target;
    uint32_t probe, target_incarnation; /* its ping's number */
    sim_time probe_began;
    uint32_t nacks_wanted, nacks;
    int health; /* 0: all is well */

    bool has_joined, is_merging;
    uint32_t seeds_tried;
};

/* ---- swim_members.c ---- */

struct member *member_of(struct node *n, node_id id); /* NULL: no record */
enum member_state member_state(struct node *n, node_id id);

/* How many members there are for the formulas: those known, dead ones too, and the node itself. */
uint32_t member_count(struct node *n);

/* Those that are known as the run begins. */
void members_begin(struct node *n);

/* Up again with what it knew: whom it suspected it gives another chance. */
void members_resume(struct node *n);

/* It goes, and believes nothing of anybody. */
void members_withdraw(struct node *n);

void member_set(struct node *n, node_id id, enum member_state state, uint32_t incarnation);

/* The next to be probed; false if nobody is. */
bool members_next(struct node *n, node_id *id);

/* Up to `count` different random ones, at most MEMBERS_PICK_MAX. */
enum pick { PICK_ALIVE, PICK_ACTIVE, PICK_GOSSIP };
enum { MEMBERS_PICK_MAX = 512 };
uint32_t members_pick(struct node *n, enum pick which, uint32_t count, node_id but,
                      node_id *picked);

/* All that a node knows, itself among it, as a list of news; members_told_over() when it is sent.
 */
const struct news *members_tell(struct node *n, uint32_t *count);
void members_told_over(struct node *n);

uint32_t members_view_count(struct node *n);
node_id members_view_at(struct node *n, uint32_t index);

/* ---- swim_probe.c ---- */

void probe_tick(struct node *n);
void probe_no_ack(struct node *n, uint32_t number);
void probe_over(struct node *n, uint32_t number);
void probe_ack(struct node *n, uint32_t number);
void probe_nack(struct node *n, uint32_t number);
void probe_knocked(struct node *n, uint32_t number);
void probe_relay(struct node *n, const struct message *m);
void probe_relay_over(struct node *n, uint32_t number);

/* ---- swim_verdict.c ---- */

void hear_alive(struct node *n, node_id member, uint32_t incarnation);
void hear_suspect(struct node *n, node_id member, uint32_t incarnation, node_id from);
bool hear_dead(struct node *n, node_id member, uint32_t incarnation, node_id from); /* true: that
                                                                                       was news */
void hear_news(struct node *n, const struct message *m);

/* ---- swim_suspicion.c ---- */

/* The limits and formulas of the paper and of memberlist, for `members` of them. */
uint32_t swim_transmit_limit(const struct config *c, uint32_t members);
sim_time swim_suspicion_min(const struct config *c, uint32_t members);
sim_time swim_suspicion_timeout(sim_time min, sim_time max, uint32_t confirmed, uint32_t wanted);

void suspicion_begin(struct node *n, node_id member, node_id from);
bool suspicion_confirm(struct node *n, node_id member, node_id from); /* true: that was news */
void suspicion_end(struct node *n, node_id member);
void suspicion_over(struct node *n, node_id member);
void suspicions_forget(struct node *n);

/* ---- swim_queue.c ---- */

/* Wire sizes: msgpack with names of 12 letters and IPv4, as memberlist sends them; without the
 * headers of IP and UDP, which are the scenario's `network.header`. */
enum {
    COMPOUND_BYTES = 2, /* of a message of several, and for each of them */
    PART_BYTES = 2,
    PARTS_MAX = 255,
    PING_BYTES = 85,
    PING_REQ_BYTES = 111,
    ACK_BYTES = 22,
    NACK_BYTES = 13,
    SUSPECT_BYTES = 51, /* dead, too */
    ALIVE_BYTES = 68,
    USER_BYTES = 1, /* beside the update */
    PUSH_PULL_BYTES = 33,
    ENTRY_BYTES = 74,
    ITEM_BYTES = 1,     /* of these, charged with each piece of news */
    UPDATES_MAX = 4096, /* in a queue: serf's MaxQueueDepth */
};

void queue_news(struct node *n, const struct news *news);
void queue_updates(struct node *n, const struct set *updates);
void queue_forget(struct node *n);

/* Sends a message with as much of the queue as fits; `first`: news that goes with it in any case,
 * NULL for none. */
struct header {
    int kind;
    uint32_t bytes; /* 0: none, only the queue's */
    uint32_t value, stamp;
};
void queue_send(struct node *n, node_id to, const struct header *header, const struct news *first);

void queue_gossip(struct node *n);

/* ---- swim_compress.c ---- */

/* The bytes of a packet of so many bytes, and of a table of so many members, at least one. */
uint32_t swim_compressed(uint32_t bytes);
uint32_t swim_compressed_table(uint32_t members);

/* ---- swim_sync.c ---- */

void sync_start(struct node *n);
void sync_tick(struct node *n, uint32_t life);
void sync_join_again(struct node *n, uint32_t life);
void sync_answer(struct node *n, const struct message *m);
void sync_merge(struct node *n, const struct message *m);
void sync_fail(struct node *n, node_id to, const struct message *m);
void sync_leave(struct node *n);

void sync_with(struct node *n, node_id partner);

/* ---- swim_reconnect.c ---- */

void reconnect_start(struct node *n);
void reconnect_tick(struct node *n, uint32_t life);

/* A member is held dead, or no longer. */
void reconnect_note(struct node *n, node_id member, bool is_dead);

/* ---- swim_health.c ---- */

void health_change(struct node *n, int by);

/* How long a probe may take. */
sim_time health_scale(struct node *n);

#endif
