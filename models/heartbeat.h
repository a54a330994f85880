/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * heartbeat.h - what the files of the model heartbeat share; see heartbeat.c.
 *
 *   heartbeat_params.c    parameters and presets
 *   heartbeat_roster.c    who there is, and in which state; the view
 *   heartbeat_watch.c     who is watched, what was heard, and verdicts
 *   heartbeat_join.c      how nodes come to know of each other
 */
#ifndef MODELS_HEARTBEAT_H
#define MODELS_HEARTBEAT_H

#include "models/phi.h"
#include "sim/model.h"

struct config {
    int preset;
    sim_time interval;
    bool ask;
    int64_t monitors; /* 0: all */
    struct phi_params phi;
};

extern const struct param heartbeat_params[];
bool heartbeat_check(const void *config, uint64_t given, char why[PARAM_WHY_MAX]);

enum { BEAT, ASK, ANSWER, JOIN, WANT, MEMBERS, NEWS, BYE };
enum { TICK, JOIN_AGAIN }; /* tags of timers */
enum { VERDICTS, RETURNS, SILENCE };

enum peer_state { UNKNOWN, ALIVE, DEAD };

/* What a node knows of another; records are by node. */
enum { PEER_BITS = 20, PEER_MAX = (1 << PEER_BITS) - 1 };
struct peer {
    uint64_t place : PEER_BITS;   /* in the list of those known, if it is */
    uint64_t listed : PEER_BITS;  /* the node in this place of the list */
    uint64_t watched : PEER_BITS; /* place among those watched, 1 up; 0: it is not */
    uint64_t state : 2;
    uint64_t is_wanted : 1; /* while it is chosen who is watched */
};

/* A member in a list that is sent. */
struct told {
    node_id id : 31;
    node_id is_dead : 1;
};

/* Those watched, by their places: who they are, a struct phi of each, and if need be its squares.
 */
enum { WATCHED, PHIS, SQUARES, TOLD };
enum { ADDRESS_BYTES = 6 }; /* IPv4 and port */

struct state {
    struct phi_judge judge;
    struct phi_watch watch;
    uint32_t known, active; /* places of the list: alive ones come first */
    uint32_t hash;          /* a sum over those known, the node itself not among them */
    uint32_t tries;         /* to join */
    bool has_lived, has_joined;
    bool wants;      /* has asked for a list in this interval */
    bool is_changed; /* somebody came or went since it was chosen who is watched */
};

/* ---- heartbeat_roster.c ---- */

struct peer *peer_of(struct node *n, node_id id); /* NULL: no record */
enum peer_state peer_state(struct node *n, node_id id);
enum belief peer_belief(const struct peer *peer);

/* Whom it knows as the run begins, all alive. */
void heartbeat_roster_begin(struct node *n);

/* Up again with what it knew; and it goes, and believes nothing of anybody. */
void heartbeat_roster_resume(struct node *n);
void heartbeat_roster_withdraw(struct node *n);

/* Somebody is known from now on, who was not: false if memory is short, and the run over. */
bool peer_add(struct node *n, node_id id, enum peer_state state);
void peer_set(struct node *n, node_id id, enum peer_state state);

/* Its belief of somebody watched, where it had another. */
void peer_believe(struct node *n, node_id id, enum belief before);

/* All known: index 0 .. known-1, those alive, who are in the view, first. */
node_id heartbeat_roster_at(struct node *n, uint32_t index);
uint32_t heartbeat_roster_view_count(struct node *n);

/* ---- heartbeat_watch.c ---- */

void heartbeat_watch_begin(struct node *n);

/* Chooses who is watched, if that may have changed. */
void heartbeat_watch_choose(struct node *n);

/* Somebody known gives a sign of life. */
void heartbeat_watch_hear(struct node *n, node_id id);

/* Up again: those watched are taken to be heard now. */
void heartbeat_watch_resume(struct node *n);

/* Sends a message of nothing but who is known to all that are watched. */
void heartbeat_watch_send(struct node *n, int kind);

/* Who has been silent for too long is dead. */
void heartbeat_watch_judge(struct node *n);

/* ---- heartbeat_join.c ---- */

/* It comes up; and it tries to join again. */
void heartbeat_join_start(struct node *n);
void heartbeat_join_again(struct node *n, uint32_t tries);

/* What is said of those that the node knows: in each heartbeat, and what follows from it. */
void heartbeat_join_fill(struct node *n, struct pack *pack);
void heartbeat_join_compare(struct node *n, const struct message *m);

/* Somebody wants to join, who may be known already. */
void heartbeat_join_asked(struct node *n, node_id newcomer, bool is_new);
void heartbeat_join_tell(struct node *n, node_id to); /* a list of all */
void heartbeat_join_learn(struct node *n, const struct message *m);
uint32_t heartbeat_roster_hash(node_id id);

#endif
