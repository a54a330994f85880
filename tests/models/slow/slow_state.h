/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * slow_state.h - what the files of the slow program share; see slow_swim.h.
 */
#ifndef TESTS_MODELS_SLOW_SLOW_STATE_H
#define TESTS_MODELS_SLOW_SLOW_STATE_H

#include "tests/models/slow/slow_swim.h"

#include <stddef.h>

#define NEVER INT64_MAX

enum {
    NODES = SLOW_NODES_MAX,
    COMING_MAX = 1 << 11,
    RELAYS_MAX = 64,
    RETURNS_MAX = 16 * NODES,
    CRASHES_MAX = 16 * NODES
};

enum belief { NOTHING, ALIVE, SUSPECT, DEAD };

struct news {
    enum belief state; /* of the member; DEAD from the member itself: it has left */
    int member, from;
    int incarnation;
};

struct packet {
    enum slow_kind kind;
    int from, to, subject; /* subject: whom a PING_REQ is about */
    uint32_t number;       /* of the probe, as its sender counts */
    bool wants_nack, is_connection, may_double;
    int count, tries;
    uint32_t life; /* of the sender */
    int64_t sent;
    int bytes; /* beside the updates */
    uint64_t updates;
    struct news news[NODES + 2];
};

/* What can happen, in the order of one instant. */
enum class { CHANGE, WRITE, ARRIVAL, ONE_SHOT, PERIODIC };
enum tag {
    TICK_PROBE,
    TICK_GOSSIP,
    TICKS,
    ASK_HELPERS = TICKS,
    PROBE_OVER,
    SUSPICION_OVER,
    HELP_OVER,
    CONTACT_OVER,
    SYNC_OVER,
    RECONNECT_OVER
};

struct coming {
    int64_t time;
    enum class class;
    uint64_t number;
    int node, tag; /* tag of a CHANGE: which one */
    bool is_turn;  /* CHANGE: rather, that of the node to join */
    bool is_churn; /* CHANGE: rather, the end of its session or downtime */
    bool is_end;   /* CHANGE: it is undone */
    bool is_again; /* ARRIVAL: to be sent again, rather */
    uint32_t life, value;
    struct packet *packet;
};

/* What one node believes of another, with the suspicion that it has. */
struct member {
    enum belief state;
    bool has_left;
    int incarnation;
    int64_t since;
    bool is_timed;
    int64_t start, min, max;
    int wanted, confirmed;
    bool has_confirmed[NODES];
    uint32_t timer;
};

struct told {
    bool is_update;
    struct news news;
    int update, size, times;
    uint64_t number;
};

struct relay {
    uint32_t number, theirs; /* of the helper's ping, and of the probe of who asked */
    int asker;
    bool wants_nack;
    int64_t until;
};

struct probe {
    bool is_on, is_helped, has_knocked, is_awaited; /* awaited: a tick has come meanwhile */
    int target, incarnation, expected, nacks;
    uint32_t number;
};

struct node {
    bool is_up, is_there, has_left, has_new_size; /* there: it has joined */
    int reasons;                                  /* why it is down */
    bool is_paused;
    enum slow_change_kind how; /* it pauses */
    int64_t until;             /* it does */
    bool has_ticked[TICKS];    /* while it did */
    int64_t well_from;         /* just after it went on with what waited of a pause */
    uint32_t life, counted;    /* counted: numbers given to probes and timers */
    struct member table[NODES];
    int lap[NODES], lap_count, lap_next;
    struct told queue[NODES + SLOW_UPDATES_MAX];
    int queue_count;
    struct probe probe;
    struct relay relays[RELAYS_MAX];
    int relay_count, score;
    int contacts[NODES], contact_count, contact_next;
    uint32_t contact;
    bool is_contacting;
    int64_t failed[NODES]; /* when it came to hold each dead; 0: it does not */
    uint64_t known;
    int64_t learned[SLOW_UPDATES_MAX];
};

struct crash {
    int node;
    bool is_over;
    int64_t at, suspected, first, half, most, all, end;
};

struct comeback {
    int node;
    bool is_over;
    int64_t at, most, all;
};

struct slow {
    const struct slow_setup *setup;
    double *figures;
    int64_t now;
    uint64_t number;
    struct coming coming[COMING_MAX]; /* the next last */
    size_t count;
    struct coming held[COMING_MAX]; /* by pauses, in the order of their falling due */
    size_t held_count;
    struct node nodes[NODES];
    bool is_beginning, has_changed;
    bool stands[SLOW_CHANGES_MAX]; /* a partition */
    int64_t written[SLOW_UPDATES_MAX];
    int sizes[SLOW_UPDATES_MAX];
    int written_count;
    struct crash crashes[CRASHES_MAX];
    int crash_count;
    struct comeback returns[RETURNS_MAX];
    int return_count;
    double right; /* share of right beliefs, times ns, until `counted` */
    int64_t counted;
    int64_t mistaken[NODES]; /* held dead since; NEVER: it is not */
    double mistake_sum;
    int mistakes;
    bool has_size[NODES + 1];
};

extern struct slow slow;

/* ---- world ---- */

double slow_uniform(void);
int slow_below(int limit);
void slow_shuffle(int *list, int count);
void slow_expect(struct coming coming);
void slow_after(int node, int64_t delay, enum tag tag, uint32_t value);
void slow_learn(int node, uint64_t updates, bool by_table);
void slow_handle(struct coming *c); /* what comes to a node that is up and does not stand still */
void slow_hold(const struct coming *c); /* until its node goes on */

/* ---- network ---- */

/* Takes a copy. */
void slow_send(const struct packet *packet);
void slow_connect(struct packet *packet);
void slow_depart(struct packet *packet); /* owned */
void slow_resend(struct packet *packet);
void slow_met_down(struct packet *packet);
void slow_drop(struct packet *packet); /* by its receiver, who goes */
bool slow_is_cut(int a, int b);

/* ---- measuring ---- */

void slow_believe(int node, int other, enum belief belief);
void slow_count_beliefs(void); /* before who is up changes */
void slow_went(int node, bool gracefully);
void slow_came(int node, bool counts);
void slow_look(void); /* at what an event leaves behind */
void slow_add_up(void);

/* ---- swim ---- */

void slow_begin(int node, bool joined); /* joined: it knows who is up */
void slow_farewell(int node);
void slow_tick(int node, enum tag tag);
void slow_timer(int node, enum tag tag, uint32_t value);
void slow_receive(int node, const struct packet *packet);
void slow_given_up(int node, const struct packet *packet);
void slow_queue_updates(int node, uint64_t updates);

int slow_members(int node); /* known ones, itself among them */
int slow_rounded(int node); /* their rounded logarithm */
void slow_tell(int node, struct news news);
int slow_compressed(int bytes); /* with `compression`, otherwise the same */
int slow_table_bytes(int members);
void slow_pack(int node, struct packet *packet, int own);
void slow_hear(int node, struct news news);
void slow_suspect_by_table(int node, int member, int incarnation);
void slow_suspicion_over(int node, uint32_t value);
void slow_chance(int node); /* another one for all that it suspects */
void slow_forget(int node);
void slow_set_score(int node, int score);
void slow_failed(int node, int member, int incarnation);

void slow_probe_tick(int node);
void slow_answer(int node, const struct packet *packet);
void slow_probe_timer(int node, enum tag tag, uint32_t value);

int slow_pick(int node, bool (*fits)(const struct member *), int but, int *list, int most);

#endif
