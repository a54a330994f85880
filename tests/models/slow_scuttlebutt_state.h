/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * slow_scuttlebutt_state.h - what the files of the slow program of Scuttlebutt share.
 */
#ifndef TESTS_MODELS_SLOW_SCUTTLEBUTT_STATE_H
#define TESTS_MODELS_SLOW_SCUTTLEBUTT_STATE_H

#include "tests/models/slow_scuttlebutt.h"

enum { NODES = SCUTTLE_NODES_MAX, KEYS = SCUTTLE_KEYS_MAX, WRITES = 400, UNDER_WAY = 1 << 13 };

/* Bytes: of that of a list in an ACK or ACK2; of which version of a key a node has. */
enum { LENGTH = 4, IDENTITY = 16 };

enum { ROUND, SHADOW }; /* timers */

#define SECOND 1e9

/* What one node has of an owner. */
struct scuttle_view {
    bool is_known;
    int generation, heartbeat, max;
    int versions[KEYS]; /* 0: no value */
};

/* What one node thinks of another. */
struct scuttle_belief {
    bool is_alive, asks; /* asks: an ECHO is under way */
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
    struct scuttle_view *views; /* its sender's: what follows says which of them are in it, */
    bool digests[NODES];        /* as digests of owners, */
    bool tells[NODES];          /* and as their generations and heartbeats */
    uint64_t keys[NODES];       /* with exact digests: a bit for each that is in one */
    struct scuttle_delta *deltas;
    int count;
};

struct scuttle_world {
    const struct scuttle_setup *setup;
    double *figures;
    struct scuttle_view views[NODES][NODES]; /* of a node, of an owner */
    struct scuttle_belief beliefs[NODES][NODES];
    int written[NODES];
    int64_t times[NODES][WRITES + 1];          /* of an owner's writes, from 1 on, */
    int next[NODES][WRITES + 1];               /* and which wrote the key next; 0: none yet */
    int first[NODES][KEYS];                    /* which wrote the key first */
    struct scuttle_content content[UNDER_WAY]; /* of the latest messages */
    int sent;
    int64_t phases[NODES]; /* of a node's rounds */
    bool in_shadow[NODES];
};

extern struct scuttle_world *const w;

/* What who boots has, as it says: it is told all, without a limit. */
extern const struct scuttle_view scuttle_nothing[NODES];

void scuttle_add(enum scuttle_figure figure, double much);

/* By generation and heartbeat. */
bool scuttle_is_younger(const struct scuttle_view *one, const struct scuttle_view *other);

bool scuttle_is_by_age(void);

/* What of the owners that are asked for is not in the digest, as far as there is room; with exact
 * digests of all owners. */
int scuttle_choose(int node, const bool *asked, const struct scuttle_view *digest,
                   struct scuttle_delta *deltas);

#endif
