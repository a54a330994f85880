/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * scuttlebutt.h - what the files of the model scuttlebutt share; see scuttlebutt.c.
 *
 *   scuttlebutt_params.c     parameters, presets and what must go together
 *   scuttlebutt_members.c    who there is, alive or not; the view; heartbeats heard
 *   scuttlebutt_removal.c    who has been dead for long: told no more, removed, quarantined
 *   scuttlebutt_round.c      whom a node gossips with, and what it does at each interval
 *   scuttlebutt_exchange.c   SYN, ACK and ACK2
 *   scuttlebutt_deltas.c     which deltas go, and which of them first
 *   scuttlebutt_versions.c   the maxima, and what may raise them
 *   scuttlebutt_rate.c       flow control: how much a node lets its clients write
 *   scuttlebutt_join.c       the shadow round of who boots, and the goodbye of who leaves
 */
#ifndef MODELS_SCUTTLEBUTT_H
#define MODELS_SCUTTLEBUTT_H

#include "models/phi.h"
#include "sim/model.h"

enum { BREADTH, DEPTH, OLDEST, NEWEST };
enum { REPLY_WANTED, REPLY_ALL };
enum { FANOUT_MAX = 100 };

struct config {
    int preset, first, reply, transport;
    sim_time interval, limit_from, silent_after, remove_dead, remove_left, quarantine;
    int64_t fanout, limit;
    int64_t syn_bytes, digest_bytes, state_bytes, delta_bytes;
    bool heartbeats, try_dead, try_seeds, echo, shadow_round, goodbye, flow_control;
    double rate_initial, rate_increase, rate_decrease, rate_min, rate_max;
    struct phi_params phi;
};

extern const struct param scuttlebutt_params[];
bool scuttlebutt_check(const void *config, uint64_t given, char why[PARAM_WHY_MAX]);

static inline bool is_exact(const struct config *c)
{
    return c->first >= OLDEST;
}

enum { SYN, SYN_EXACT, ACK, ACK2, ECHO, ECHO_REPLY };

/* What the lowest bits of a message's `value` say; above them, of a SYN, is a rate. */
enum { IS_SHADOW = 1, IS_REFUSED = 2, HAS_GAPS = 4, MESSAGE_FLAGS = 7 };

/* Tags of timers. */
enum { ROUND, SHADOW_AGAIN, SHADOW_OVER };

enum {
    EXCHANGES,
    DELTAS,
    LEFT_OUT,
    SYN_BYTES,
    ACK_BYTES,
    ACK2_BYTES,
    VERDICTS,
    REMOVED,
    SHADOW_ROUNDS,
    RATE,
};

/*
 * A node's table has one for each node of the run, by its number; messages hold a copy of it, but
 * are charged for those entries alone that they tell of.  Life: generation and heartbeat, 0: not
 * known.  Version: as far as all its keys are known, the number of an update + 1, for numbers rise
 * from each to the next of an owner; where there is a gap it says nothing of older keys.
 */
struct digest {
    uint64_t life;
    uint32_t version;
    uint32_t marks;
};

/* GAP stays, the others are of the message under way; above them how much of the version is not
 * told, or a count, see scuttlebutt_deltas.c. */
enum { WANTED = 1, TOLD = 2, GAP = 4, MARKS = 7, MARK_BITS = 3 };

static inline uint32_t told_version(const struct digest *told)
{
    return told->version - (told->marks >> MARK_BITS);
}

/* The generation of who was there as the run began; and the heartbeat that nothing is above: its
 * owner has left. */
enum { FIRST_GENERATION = 1 };
#define HEARTBEAT_LEFT UINT32_MAX

static inline uint64_t life_of(uint32_t generation, uint32_t heartbeat)
{
    return (uint64_t)generation << 32 | heartbeat;
}

static inline bool has_left(uint64_t life)
{
    return (uint32_t)life == HEARTBEAT_LEFT;
}

/* What a node holds of another; records are by node. */
enum member_state { UNKNOWN, ALIVE, MEMBER_NEW /* not alive yet */, DEAD, LEFT };
enum { PLACE_BITS = 20, PLACE_MAX = (1 << PLACE_BITS) - 1 };
struct member {
    struct phi phi;
    uint64_t place : PLACE_BITS;  /* in the list of those known, the living first */
    uint64_t listed : PLACE_BITS; /* the node in this place of the list */
    uint64_t state : 3;
    uint64_t is_silent : 1;      /* no longer told of */
    uint64_t is_quarantined : 1; /* nothing that is said of it counts */
};

/* One who is not alive, or is in quarantine. */
struct grave {
    node_id member;
    bool is_quarantine;
    sim_time since;
};

/* An entry of the table as it stands, while a message tells less. */
struct saved {
    node_id owner;
    struct digest digest;
};

/* A version that counts from the next round on. */
struct pending {
    node_id owner;
    uint32_t version;
};

/* Whose deltas are to be chosen from: `count` of them in DELTA_IDS from `first` on. */
struct owner {
    node_id node;
    uint32_t tie; /* random */
    uint32_t first, count, taken;
    bool has_beat, has_header; /* a newer heartbeat; a place in the message */
};

/* Of updates that a node's clients write; a second. */
struct rate {
    double allowed;
    double lately; /* what they wrote in the last rounds */
    double credit; /* updates that they may write at once, as of `since` */
    sim_time since;
    sim_time holds_until; /* a client waits; -1: none does */
    uint32_t written;     /* since the last round */
};

enum { TABLE, GRAVES, SAVED, PENDING, OWNERS, DELTA_IDS, SQUARES };

struct state {
    struct phi_judge judge;
    struct phi_watch watch;
    uint32_t known, live; /* places of the list, see scuttlebutt_members.c */
    uint32_t seeds;       /* without the node itself */
    uint32_t silent;      /* members that are no longer told of */
    uint32_t refusals;    /* seeds that are in a shadow round, too */
    bool has_begun, is_in_shadow;
    bool has_gaps;    /* of any owner */
    uint32_t written; /* updates of its own, if it knows them all */
    sim_time pending_since;
    struct rate rate;
};

static inline struct digest *table_of(struct node *n)
{
    return node_list(n, TABLE);
}

static inline struct member *members_of(struct node *n)
{
    return node_records(n);
}

/* ---- scuttlebutt_members.c ---- */

/* Room for all; whom it knows as the run begins, or knew before. */
void roster_start(struct node *n);

/* It goes, and believes nothing of anybody. */
void roster_withdraw(struct node *n);

/* A newer life of another was heard of. */
void member_hear(struct node *n, node_id id, uint64_t life);
void member_echoed(struct node *n, node_id id);

/* Holds those dead of whom nothing was heard for too long. */
void roster_judge(struct node *n);

void member_forget(struct node *n, node_id id);

/* A random one of the living, or else of the others; false if there is none. */
bool member_pick(struct node *n, bool is_live, node_id *id);

uint32_t roster_view_count(struct node *n);
node_id roster_view_at(struct node *n, uint32_t index);

/* ---- scuttlebutt_removal.c ---- */

void removal_note(struct node *n, node_id id);
void removal_undo(struct node *n, node_id id);
void removal_look(struct node *n);

/* ---- scuttlebutt_round.c ---- */

void round_start(struct node *n);
void round_act(struct node *n);

/* ---- scuttlebutt_exchange.c ---- */

/* A SYN to each; `is_empty`: of a shadow round, which asks for all. */
void exchange_begin(struct node *n, const node_id *to, int count, bool is_empty);
void exchange_syn(struct node *n, const struct message *m);
void exchange_ack(struct node *n, const struct message *m);
void exchange_ack2(struct node *n, const struct message *m);

/* To each what is new of the node itself. */
void exchange_tell(struct node *n, const node_id *to, int count);

/* ---- scuttlebutt_deltas.c ---- */

/* What goes to a partner of whom this is known, and how many bytes a message has beside. */
struct demand {
    const struct digest *digests; /* of all nodes; NULL: it knows nobody, not even gaps */
    const struct set *known;
    bool has_gaps; /* either of the two, of any owner */
    node_id from;
    uint64_t bytes;
};

/*
 * The deltas for a partner; a new set.  Entries of the table that are to be told of are marked; of
 * some less is told, or nothing, where the limit leaves no more: table_restore() when it is sent.
 */
struct set *deltas_choose(struct node *n, const struct demand *demand);

/* ---- scuttlebutt_versions.c ---- */

void versions_start(struct node *n);
void version_raise(struct node *n, node_id owner, uint32_t version);

/* What became known in earlier rounds counts now. */
void versions_settle(struct node *n);
void versions_note_written(struct node *n, const struct set *news);

/* An owner has a gap; marks those with one of whom either lacks what the other has.  `unasked`: of
 * all owners; otherwise of those in the partner's digest or, as one `answers`, wanted. */
void version_note_gap(struct node *n, node_id owner);
void versions_mark_gaps(struct node *n, const struct demand *demand, bool unasked, bool answers);

/* Entries of the table that have a mark. */
uint32_t count_marked(struct node *n, uint32_t mark);

/* Keeps an entry as it is, to be changed for a message; and sets all that are kept right again. */
void table_save(struct node *n, node_id owner);
void table_restore(struct node *n);

/* ---- scuttlebutt_rate.c; without flow control nothing happens ---- */

void rate_start(struct node *n);

/* How long a client has to wait, as holds_back() in sim/model.h; only with flow control. */
sim_time rate_wait(struct node *n);
void rate_note_written(struct node *n, const struct set *news);

/* Once a round. */
void rate_look(struct node *n);

/* A message had room for all that was due, or not. */
void rate_adapt(struct node *n, bool has_overflowed);

/* The rates in a SYN; what its receiver takes of them, the `stamp` of its ACK; who sent the SYN
 * gives it.  And what they are on the wire. */
void rate_tell(struct node *n, struct pack *syn);
uint32_t rate_take(struct node *n, const struct message *syn);
void rate_give(struct node *n, const struct message *ack);
uint32_t rate_bytes(const struct config *c, int kind);

/* ---- scuttlebutt_join.c ---- */

void join_start(struct node *n);
void join_again(struct node *n);

/* The answer of one who knows all, or of a seed that knows nothing either. */
void join_over(struct node *n);
void join_refused(struct node *n);
void join_leave(struct node *n);

#endif
