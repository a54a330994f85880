/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * slow_swim.h - swim and the world around it once more, in the plainest way, to compare the product
 * with.
 *
 * One sorted list of all that is to come, a table of n x n members, queues and sets that are
 * arrays, and what is measured counted anew after every change.  Written from the manual
 * (docs/models.md, world.md, metrics.md) and from what memberlist does; nothing of the engine, its
 * models or their random numbers is used.  For a few dozen nodes; one run at a time.
 */
#ifndef TESTS_MODELS_SLOW_SLOW_SWIM_H
#define TESTS_MODELS_SLOW_SLOW_SWIM_H

#include <stdbool.h>
#include <stdint.h>

enum { SLOW_NODES_MAX = 40, SLOW_UPDATES_MAX = 40, SLOW_CHANGES_MAX = 6 };

#define SLOW_SECOND INT64_C(1000000000)

enum slow_change_kind {
    SLOW_CRASH,
    SLOW_LEAVE,
    SLOW_JOIN,
    SLOW_WIPE,
    SLOW_PAUSE_LATE, /* the pauses that hold more first */
    SLOW_PAUSE_BLOCK,
    SLOW_PAUSE_RUN,
    SLOW_PARTITION
};

/* What happens to nodes first .. first + nodes - 1; for a partition, between them and the others.
 */
struct slow_change {
    enum slow_change_kind kind;
    int first, nodes;
    int64_t at, lasts; /* lasts: of a crash, pause or partition; 0: for good */
};

/* Times in ns. */
struct slow_setup {
    int nodes, seeds;
    bool forms;                      /* `members.start: join` */
    double join_rate;                /* a second; 0: all at once */
    int absent, absents;             /* from node `absent` on so many are not there at first */
    int64_t latency, latency_spread; /* uniform from the one to the one and the other */
    double loss, duplicate;
    int64_t end, retransmit;
    int mtu;
    double churning;           /* probability that a node comes and goes; 0: no churn */
    int64_t session, downtime; /* means; exponential */
    bool loses, says_goodbye, begins_up;
    struct slow_change changes[SLOW_CHANGES_MAX];
    int change_count;

    const char *preset; /* what all of these are from, but for `helpers`; NULL: none */
    int64_t interval, timeout, gossip_interval, forget_after, push_pull_interval,
        reconnect_interval;
    int helpers, suspicion_mult, suspicion_max_mult, retransmit_mult, gossip_nodes;
    bool is_random, connection_probe, suspicion, natural, lifeguard, local_health, nacks, buddy,
        broadcasts, compression; /* natural: `log: e` */

    int updates, update_size, update_spread; /* uniform, as latencies are; bytes */
    int origin;
    int64_t first_update, every;
};

/* Messages of each kind first, in the order of enum slow_kind. */
enum slow_kind {
    SLOW_PING,
    SLOW_PING_REQ,
    SLOW_ACK,
    SLOW_NACK,
    SLOW_KNOCK,
    SLOW_KNOCK_REPLY,
    SLOW_GOSSIP,
    SLOW_PUSH_PULL,
    SLOW_PUSH_PULL_REPLY,
    SLOW_KINDS
};

enum slow_figure {
    SLOW_PAYLOAD = SLOW_KINDS, /* bytes */
    SLOW_DIGEST,
    SLOW_LOST,
    SLOW_MET_DOWN,
    SLOW_PROBES,
    SLOW_HELPED,
    SLOW_CONNECTED,
    SLOW_FAILED,
    SLOW_SUSPICIONS,
    SLOW_VERDICTS,
    SLOW_REFUTATIONS,
    SLOW_QUEUE_MAX,
    SLOW_DROPPED,
    SLOW_HEALTH,
    SLOW_FALSE_SUSPECT,
    SLOW_FALSE_DEAD,
    SLOW_FALSE_DEAD_AT_HEALTHY,
    SLOW_MISTAKE_TIME, /* 0: no mistake */
    SLOW_ACCURACY,
    SLOW_VIEW_SIZES,
    SLOW_UNDETECTED,
    /* Mean over the crashes, in seconds; what never came counts as coming with the run's end. */
    SLOW_SUSPECT_FIRST,
    SLOW_DETECT_FIRST,
    SLOW_DETECT_T50,
    SLOW_DETECT_T99,
    SLOW_DETECT_ALL,
    SLOW_JOIN_T99, /* the same of returns; the run's end if one never came */
    SLOW_JOIN_ALL,
    SLOW_RESIDUE,
    SLOW_T_AVG, /* of updates, seconds */
    SLOW_T_LAST,
    SLOW_FIGURES
};

void slow_run(const struct slow_setup *setup, unsigned long seed, double figures[SLOW_FIGURES]);

#endif
