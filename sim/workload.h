/* SPDX-License-Identifier: GPL-3.0-or-later */
/* workload.h - what the clients of a run write, from the outside: a part of sim.h. */
#ifndef SIM_WORKLOAD_H
#define SIM_WORKLOAD_H

#include "sim/node.h"
#include "sim/value/distribution.h"

enum sim_arrival {
    ARRIVAL_AT_ONCE,
    ARRIVAL_POISSON,
    ARRIVAL_EVERY,
    ARRIVAL_RENEWAL, /* every node writes a key of its own, again and again */
    ARRIVAL_TRACE    /* as `writes` has them */
};
enum sim_origin { ORIGIN_RANDOM, ORIGIN_FIRST, ORIGIN_NODE, ORIGIN_RANGE };

enum {
    SIM_UPDATES_MAX = 1 << 20,
    SIM_SIZE_MAX = 1 << 30, /* bytes of an update */
};

/* What somebody was once seen to write. */
struct sim_write {
    sim_time at;
    node_id node; /* the scenario's number */
    uint32_t key;
    uint32_t bytes; /* 0..SIM_SIZE_MAX */
    bool is_delete;
};

/*
 * ARRIVAL_RENEWAL: the scenario's nodes write in the order of their phases, again and again every
 * `every`, and never at `stop.at` or later; who is down or pauses when its turn comes, writes
 * nothing.  `updates` is a multiple of `keys`, which are as many as the nodes.
 */
struct sim_workload {
    int64_t updates; /* 0..SIM_UPDATES_MAX, with preloaded ones together */
    int64_t keys; /* that they write in turn: 1..updates; or, drawn or of a trace, that there are,
                     1..SIM_UPDATES_MAX */
    bool draws_keys;                  /* each by Zipf's law (zipf.h), the hottest first */
    double zipf;                      /* its exponent */
    int64_t size_bytes;               /* 0..SIM_SIZE_MAX, */
    const struct distribution *sizes; /* or drawn for each update, bytes where times have ns, cut at
                                         SIM_SIZE_MAX; borrowed; NULL: all are alike */
    sim_time at;                      /* of the first injection; not ARRIVAL_TRACE */
    enum sim_arrival arrival;
    double rate;      /* ARRIVAL_POISSON: per second */
    sim_time every;   /* ARRIVAL_EVERY, ARRIVAL_RENEWAL */
    bool is_together; /* ARRIVAL_RENEWAL: all at one instant; otherwise each at a random phase */
    const struct sim_write *writes; /* ARRIVAL_TRACE: `updates` of them, in the order of their
                                       times; borrowed */
    enum sim_origin origin;
    node_id origin_node;  /* ORIGIN_NODE: the scenario's node number; ORIGIN_RANGE: the first */
    int64_t origin_nodes; /* ORIGIN_RANGE: how many, from origin_node on; a random one of them */
    double deletes;       /* share of the updates that delete their key */
};

#endif
