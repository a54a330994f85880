/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * slow_scuttlebutt.h - Scuttlebutt once more: plain arrays in the world of slow_net.h.
 *
 * Sources: R. van Renesse, D. Dumitriu, V. Gough, C. Thomas, Efficient Reconciliation and Flow
 * Control for Anti-Entropy Protocols, LADIS 2008, sections 2 to 4.
 *
 * Every node is the only one that writes its keys, and counts its writes: versions.  Once an
 * interval it asks a random other one for what it lacks; that one answers, and asks back:
 *
 *   SYN, what the asker has; ACK, what it lacks and what the other has; ACK2, what that lacks.
 *
 * Only the latest value of a key is kept and sent.  Of more values than a message may have its
 * sender leaves out the last in an order:
 *
 *   newest, oldest  by their times of writing, equal ones at random: precise reconciliation, where
 *                   a node says of every key which version it has;
 *   breadth         the lowest version of every owner, then the second lowest of every owner, and
 *                   so on: by rank among those to be sent, not by the number.  Equal ranks are in
 *                   random order;
 *   depth           all of the owner who has most to be sent, lowest versions first, then all of
 *                   the next.  Owners with as many are in random order.
 *
 * For the last two a node says of every owner which is the highest version it has, and lacks all
 * beyond: hence an owner's values always leave in the order of their versions.
 *
 * A value is stale from when its owner next wrote the key; a node without one lacks it from the
 * first write.  At the start nobody has any.
 */
#ifndef TESTS_MODELS_SLOW_SCUTTLEBUTT_H
#define TESTS_MODELS_SLOW_SCUTTLEBUTT_H

#include "tests/models/slow_net.h"

enum { SCUTTLE_NODES_MAX = NET_WORLD_MAX, SCUTTLE_KEYS_MAX = 64 };

enum scuttle_order { SCUTTLE_BREADTH, SCUTTLE_DEPTH, SCUTTLE_OLDEST, SCUTTLE_NEWEST };

enum {
    SCUTTLE_SYN = NET_BROADCAST,
    SCUTTLE_ACK,
    SCUTTLE_ACK2,
    SCUTTLE_ECHO,
    SCUTTLE_ECHO_ACK,
    SCUTTLE_KINDS_END
};

/* Times in ns, sizes in bytes. */
struct scuttle_setup {
    int nodes, keys;
    int64_t interval, limit_from;
    enum scuttle_order first;
    int limit;       /* values a message; 0: all */
    int limit_bytes; /* of a message; 0: all */

    bool heartbeats, try_dead, try_seeds, wanted, echo, shadow_round, goodbye, is_datagram;
    int fanout, seeds; /* seeds: the first nodes */
    bool phi, log_10, anew;
    double threshold;
    int64_t initial, max_interval, timeout;
    int64_t silent_after, remove_dead, remove_left, quarantine;
    int prior;

    int size, syn_bytes, digest_bytes, state_bytes, delta_bytes;
};

enum scuttle_figure {
    SCUTTLE_SYNS,
    SCUTTLE_ACKS,
    SCUTTLE_ACK2S,
    SCUTTLE_ECHOS,
    SCUTTLE_ECHO_ACKS,
    SCUTTLE_EXCHANGES,
    SCUTTLE_DELTAS,
    SCUTTLE_LEFT_OUT,
    SCUTTLE_BYTES_SYN,
    SCUTTLE_BYTES_ACK,
    SCUTTLE_BYTES_ACK2,
    SCUTTLE_SHADOW_ROUNDS,
    SCUTTLE_VERDICTS,
    SCUTTLE_REMOVED,
    SCUTTLE_FALSE_DEAD,
    SCUTTLE_DETECT_FIRST, /* of crashes: until the first live node holds it dead, half of them, all
                           */
    SCUTTLE_DETECT_T50,
    SCUTTLE_DETECT_ALL,
    SCUTTLE_LAG_MAX, /* three times */
    SCUTTLE_LAG_MEAN = SCUTTLE_LAG_MAX + 3,
    SCUTTLE_STALE = SCUTTLE_LAG_MEAN + 3,
    SCUTTLE_ALIVE = SCUTTLE_STALE + 3, /* share of the nodes up that nodes up hold alive */
    SCUTTLE_DEAD = SCUTTLE_ALIVE + 3,  /* share of those down that they hold dead */
    SCUTTLE_FIGURES = SCUTTLE_DEAD + 3
};

/* Over the nodes that are up: of the greatest staleness of a key, of that of all keys, 0 of those
 * that are not stale, and of the number of stale ones; times in s. */
struct scuttle_lag {
    double max, mean, stale;
};

/* `figures` NULL: nobody wants them. */
void slow_scuttlebutt_begin(const struct scuttle_setup *setup, double *figures);
void slow_scuttlebutt_end(void);

/* What the world has to tell it of. */
void slow_scuttlebutt_start(int node); /* at 0 s, known to all others */
void slow_scuttlebutt_join(int node);  /* later, or known to nobody */
void slow_scuttlebutt_crash(int node);
void slow_scuttlebutt_return(int node);         /* with what it knew */
void slow_scuttlebutt_wipe(int node);           /* it begins afresh */
void slow_scuttlebutt_leave(int node);          /* gracefully, for good */
void slow_scuttlebutt_write(int node, int key); /* its key */
void slow_scuttlebutt_receive(const struct net_event *message);
void slow_scuttlebutt_timer(const struct net_event *timer);
void slow_scuttlebutt_sent(const struct net_event *message);

struct scuttle_lag slow_scuttlebutt_lag(void);

/* Times of detection; a run that ended before: until its end. */
void slow_scuttlebutt_conclude(int64_t end);

/* Shares of the pairs of an observer that is up and another node, up (or else down), that it holds
 * alive (or else dead); 1 without pairs. */
double slow_scuttlebutt_right(bool is_up);

#endif
