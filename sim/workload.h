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
    ARRIVAL_TRACE,   /* as `writes` has them */
    ARRIVAL_OWN,     /* every node writes keys of its own, at rates that may change */
    ARRIVAL_RATES    /* a Poisson process, at rates that may change, until `stop.at` */
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

/* From a time on, counted from the first injection that there may be, so many writes a second. */
struct sim_rate {
    sim_time from;
    double rate; /* 0..1e9 */
};

/*
 * ARRIVAL_RATES, and ARRIVAL_OWN: in the place of `rate` and `every` are rates, of all together and
 * of each node.  `updates` is what sim_rated_updates_max() says; fewer may be written.  The rest of
 * ARRIVAL_OWN is as of
 *
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
    bool is_together; /* ARRIVAL_RENEWAL, ARRIVAL_OWN: all at one instant; otherwise each at a
                         random phase */
    const struct sim_rate *rates; /* ARRIVAL_OWN, ARRIVAL_RATES: ascending; before the first none;
                                     borrowed */
    size_t rate_count;
    int64_t own_keys;    /* of each node; keys: those of all of them */
    bool writes_poisson; /* each node by a Poisson process; else evenly, as far as the rate is */
    bool writes_in_turn; /* its keys; else each time a random one */
    const struct sim_write *writes; /* ARRIVAL_TRACE: `updates` of them, in the order of their
                                       times; borrowed */
    enum sim_origin origin;
    node_id origin_node;  /* ORIGIN_NODE: the scenario's node number; ORIGIN_RANGE: the first */
    int64_t origin_nodes; /* ORIGIN_RANGE: how many, from origin_node on; a random one of them */
    double deletes;       /* share of the updates that delete their key */
};

/* The updates that ARRIVAL_OWN of so many nodes, or ARRIVAL_RATES, is expected to make until `end`,
 * or one more of each node; and the most whatever is drawn (with Poisson processes all but once in
 * 1e14 runs: then some of the last, of ARRIVAL_OWN some of the last nodes', are missing), huge if
 * they are too many to count. */
double sim_rated_updates(const struct sim_workload *workload, int64_t nodes, sim_time end);
int64_t sim_rated_updates_max(const struct sim_workload *workload, int64_t nodes, sim_time end);

#endif
