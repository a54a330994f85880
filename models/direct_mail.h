/* SPDX-License-Identifier: GPL-3.0-or-later */
/* direct_mail.h - what the files of the model direct-mail share; see direct_mail.c. */
#ifndef MODELS_DIRECT_MAIL_H
#define MODELS_DIRECT_MAIL_H

#include "sim/model.h"

enum { DROP_NEWEST, DROP_OLDEST };
enum { RETRY_PROBE, RETRY_ALL };

struct config {
    bool acknowledge, durable, hint_window_persistent;
    int preset, overflow, retry, transport;
    int64_t queue, attempts, replay_rate;
    sim_time timeout, retry_every, give_up_after, hint_window;
    double backoff;
};

enum { MAIL, ACK };
enum { RETRANSMISSIONS, QUEUE_MAX, LOST_OVERFLOW, LOST_GIVEN_UP, LOST_CRASH };

enum progress {
    UNDER_WAY, /* sent, its timeout still to come */
    CACHED,    /* failed; to be sent again, or sent again and unanswered */
    SETTLED,   /* acknowledged or lost, or a receiver without a list: to be forgotten */
    RESTING,   /* a receiver's record: its list has none of the cache */
    REPLAYED,  /* the same: it is up, and what waits for it is sent at `replay_rate` */
    OWING,     /* the same: it has answered none since one failed */
    DUE,       /* the same, while a pass goes on: one is to be sent to it */
    ASKED,     /* the same: one was sent to it */
};

/*
 * A mail, or what is known of a receiver with mails that have failed: these are its list, a ring in
 * order, of the places of records.  Those that were sent again and are under way stay in it.
 */
struct mail {
    update_id update; /* NO_UPDATE: the record of a receiver */
    node_id to;
    enum progress progress;
    uint32_t attempts; /* retransmissions made; of a mail also those of others in its place */
    union {
        sim_time sent;       /* for the first time, or written */
        struct {             /* a receiver: */
            uint32_t queued; /* mails in the cache */
            uint32_t first;  /* of its list; NOWHERE: it is empty */
        };
    };
    union {
        struct { /* a mail: the neighbours on its list; NOWHERE: it is on none */
            uint32_t next, previous;
        };
        sim_time wait; /* a receiver: until the retransmission after the next */
    };
    union {
        sim_time due;     /* UNDER_WAY: of the timeout; a receiver: of the next retransmission, or
                             REPLAYED: when `replay_rate` lets the next mail go */
        uint32_t sent_on; /* CACHED, while a pass goes on: the one that is sent after it */
    };
};

#define NO_UPDATE UINT32_MAX /* sorted last */
#define NOWHERE   UINT32_MAX

struct state {
    uint32_t cached, settled; /* mails; records */
    uint32_t owing;           /* receivers */
    uint32_t pass;            /* number of the pass that is to come; timers of others are void */
    uint32_t oldest;          /* no mail before it is in the cache */
    bool has_pass;            /* a pass is to come */
    sim_time pass_at;
};

/* Timers: of the update `value`; of what was sent again to the node `value`; of the pass `value`;
 * of the replay to the node `value`. */
enum { TIMEOUT, TIMEOUT_AGAIN, PASS, REPLAY };

/* Further list: the receivers that owe an answer, with a `hint_window`. */
enum { SILENCES };

struct silence {
    node_id to;
    sim_time since; /* when the first mail that failed was sent, or written */
};

/* The first record not before (update, to) among the first `high`. */
uint32_t cache_find(struct node *n, uint32_t high, update_id update, node_id to);

/* Whether new mails to a receiver should wait: one has failed, and so has a probe.  Its record is
 * among the first `high`. */
bool cache_is_silent(struct node *n, uint32_t high, node_id to);

/* The record of a receiver, settled or not; NULL: none. */
struct mail *cache_receiver(struct node *n, node_id to);

/* Whether mails of the cache wait for a receiver. */
static inline bool cache_owes(const struct mail *receiver)
{
    return receiver->progress >= OWING;
}

/* A receiver, back from the absence of this node or of its own, owes an answer from now on: mails
 * that wait for it have failed since `since`. */
void cache_owe(struct node *n, struct mail *receiver, sim_time since);

/* Of a receiver less waits than before: if nothing is left it is to be forgotten. */
void cache_look_at_receiver(struct node *n, struct mail *receiver);

/* A mail was acknowledged or is lost. */
void cache_settle(struct node *n, struct mail *m);

/* Of the records [low, high), the mails under way whose timeout is over, or all of them, fail. */
void cache_fail(struct node *n, uint32_t low, uint32_t high, bool all);

/* The same of what was sent again to one receiver, its timeout over. */
void cache_fail_again(struct node *n, node_id to);

/* A connection to the receiver has failed: the mails under way among the records [low, high) have,
 * and what it is tried with again need not be waited for. */
void cache_learn_of_failure(struct node *n, uint32_t low, uint32_t high, node_id to);

/* The receiver gave a sign of life: what waits for it is sent. */
void cache_replay(struct node *n, node_id to);

/* The set with one update, kept from one mail to the next: speed only. */
struct content {
    update_id update;
    struct set *set;
};

/* Sends a mail of the cache again, or gives it up: false. */
bool cache_send_again(struct node *n, struct mail *m, struct mail *receiver,
                      struct content *content);

/* A pass over the cache: sends what is due. */
void cache_pass(struct node *n, uint32_t number);

/* Makes sure that a pass comes within `retry_every`, and says when. */
sim_time cache_plan_pass(struct node *n);

/* Records have moved: makes the receivers' lists anew. */
void cache_relink(struct node *n);

/* Forgets the settled records when they are half of the list: constant cost a mail. */
void cache_forget_settled(struct node *n);

/* Hints (direct_mail_hints.c): whether a mail that failed comes within the `hint_window` of its
 * receiver, whose record is NULL if it owed nothing; a receiver fell silent, or speaks. */
bool hints_accept(struct node *n, const struct mail *m, const struct mail *receiver);
void hints_note_silence(struct node *n, node_id to, sim_time since);
void hints_end_silence(struct node *n, node_id to);

/* What waits for a receiver that owed an answer is sent at `replay_rate`; the next of it is due. */
void hints_replay(struct node *n, struct mail *receiver);
void hints_go_on(struct node *n, node_id to);

/* Its law (direct_mail_theory.c). */
bool direct_mail_theory(const void *config, const struct theory_world *world,
                        struct theory *theory);

#endif
