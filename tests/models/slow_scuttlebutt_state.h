/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * slow_scuttlebutt_state.h - what the files of the slow program of Scuttlebutt share.
 */
#ifndef TESTS_MODELS_SLOW_SCUTTLEBUTT_STATE_H
#define TESTS_MODELS_SLOW_SCUTTLEBUTT_STATE_H

#include "tests/models/slow_scuttlebutt.h"

#include <limits.h>

enum { NODES = SCUTTLE_NODES_MAX, KEYS = SCUTTLE_KEYS_MAX, WRITES = 400, UNDER_WAY = 1 << 12 };
enum { CRASHES = 64 };

/* Bytes: of that of a list in an ACK or ACK2; of which version of a key a node has. */
enum { LENGTH = 4, IDENTITY = 16 };

enum { SCUTTLE_ROUND, SCUTTLE_SHADOW, SCUTTLE_GIVE_UP }; /* timers */

enum { SCUTTLE_HEARTBEAT = -1 };     /* in place of a key */
enum { SCUTTLE_HAS_LEFT = INT_MAX }; /* a heartbeat that nothing is above */

#define SECOND 1e9

/* What one node has of an owner. */
struct scuttle_view {
    bool is_known, has_gap; /* has_gap: the maximum says nothing of older keys */
    int generation, heartbeat, max;
    int versions[KEYS]; /* 0: no value */
};

/* What one node thinks of another. */
enum scuttle_member {
    SCUTTLE_UNKNOWN,
    SCUTTLE_LIVE,
    SCUTTLE_NEW, /* known, and not held alive yet */
    SCUTTLE_GONE,
    SCUTTLE_LEFT
};
struct scuttle_belief {
    enum scuttle_member state;
    int64_t since;  /* it is not held alive */
    bool is_silent; /* no longer told of */
    int64_t quarantined_until;
    bool was_heard;
    int64_t heard; /* last */
    int count;
    double sum; /* of the intervals */
};

struct scuttle_delta {
    int owner, key, version;
    double place; /* in the order of sending */
};

struct scuttle_content {
    bool is_empty; /* a SYN of nothing, or the answer of one who knows nothing either */
    bool is_all;   /* the answer to a SYN of nothing */
    struct scuttle_view *views; /* its sender's digest; */
    bool digests[NODES];        /* of these owners it has one */
    bool tells[NODES];          /* and of these it tells generation and heartbeat */
    int generations[NODES], heartbeats[NODES];
    bool gaps[NODES];
    uint64_t keys[NODES]; /* with exact digests: a bit for each that is in one */
    struct scuttle_delta *deltas;
    int count;
};

/* When who crashed was held dead; 0: never. */
struct scuttle_found {
    int node;
    int64_t at, first, half, all;
    bool is_over;
};

struct scuttle_world {
    const struct scuttle_setup *setup;
    double *figures;
    struct scuttle_view views[NODES][NODES]; /* of a node, of an owner */
    struct scuttle_belief beliefs[NODES][NODES];
    int written[NODES];
    int64_t times[NODES][WRITES + 1]; /* of an owner's writes, from 1 on, */
    int next[NODES][WRITES + 1];      /* and which wrote the key next; 0: none yet */
    int first[NODES][KEYS];           /* which wrote the key first, and last */
    int latest[NODES][KEYS];
    int last_key[NODES];                       /* that an owner wrote */
    struct scuttle_content content[UNDER_WAY]; /* of the latest messages */
    int sent;
    int64_t phases[NODES]; /* of a node's rounds */
    bool in_shadow[NODES], has_refused[NODES][NODES];
    struct scuttle_found found[CRASHES];
    int crash_count;
};

extern struct scuttle_world *const w;

/* What who boots has, as it says: it is told all, without a limit. */
extern const struct scuttle_view scuttle_nothing[NODES];

void scuttle_add(enum scuttle_figure figure, double much);

/* Whether the values that a node has of an owner say more than the maximum, by either's lights. */
bool scuttle_has_gap(const struct scuttle_view *one, const struct scuttle_view *other);

/* By generation and heartbeat. */
bool scuttle_is_younger(const struct scuttle_view *one, const struct scuttle_view *other);

bool scuttle_is_by_age(void);

/* What of the owners that are asked for is not in the digest, as far as there is room in a message
 * that has so many bytes already; with exact digests of all owners.  And of whom it tells. */
int scuttle_choose(int node, const bool *asked, const struct scuttle_view *digest, int bytes,
                   struct scuttle_delta *deltas, bool *tells);

/* `asked`: what it answers; NULL: nothing. */
void scuttle_send(int node, int to, int kind, const struct scuttle_content *asked);
void scuttle_send_goodbye(int node, int to);
void scuttle_begin_rounds(int node);

void scuttle_hear(int node, int owner, int generation, int heartbeat);
void scuttle_answered(int node, int owner); /* an ECHO */

/* Once a round: holds the silent dead; removes those who have been so for long. */
void scuttle_judge(int node);
void scuttle_bury(int node);

/* Those whom a node knows, held alive or not: their number. */
int scuttle_members(int node, bool alive, int *ids);
bool scuttle_tells_of(int node, int owner);

/* In a shadow round. */
void scuttle_ask_seeds(int node);
void scuttle_end_shadow(int node);
void scuttle_refused(int node, int by);

void scuttle_went(int node); /* it crashed */
void scuttle_came(int node);
void scuttle_look_at_crashes(void);

#endif
