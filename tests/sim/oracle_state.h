/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * oracle_state.h - what the files of the oracle share; see oracle.h.
 */
#ifndef TESTS_SIM_ORACLE_STATE_H
#define TESTS_SIM_ORACLE_STATE_H

#include "sim/value/gap.h"
#include "tests/sim/oracle.h"

enum { COMING_MAX = 1 << 14, LANES = 8 };

/* What can happen, in the order of one instant. */
enum class { WINDOW, FAULT, CHURN, INJECT, COMMIT, ARRIVAL, ONE_SHOT, PERIODIC, SAMPLE, END };

struct coming {
    sim_time time;
    enum class class;
    uint64_t number; /* order within the class */
    node_id node, from;
    int layer, tag; /* tag: of a timer, or the kind of a message */
    uint32_t value, life;
    uint32_t message; /* of its sender's */
    uint64_t bytes;   /* of the message */
    bool is_lost;     /* it will be, once it has left */
    bool is_end;      /* FAULT: it is undone */
    bool is_awaited;  /* FAULT: the run does not end before it */
    bool is_uplink;   /* ONE_SHOT: the link of the node is idle */
    uint128 set, more[8];
    int more_count;
};

struct lane_plan {
    int layer, tag;
    sim_time interval, first, quantum;
    uint64_t steps;
    uint64_t place[ORACLE_NODES_MAX], phase[ORACLE_NODES_MAX]; /* of each node */
};

/* An access link, that of a node or of a fault of loss for it: was the last message lost? */
struct oracle_link {
    bool has_sent, was_lost;
};

struct oracle_node {
    bool is_up, is_awake[LANES];
    uint128 known, knew; /* now; ever */
    struct oracle_link link;
    sim_time idle_at; /* its uplink */
    uint32_t life, changes, sent, drawn, handled;
    uint32_t hops[ORACLE_UPDATES_MAX];
};

struct oracle_update {
    uint32_t key, size;
    node_id origin;
    bool is_delete, is_measured;
    sim_time injected, last, settled, reached[6]; /* settled: all know it since; SIM_NEVER */
    uint64_t learned, hops, hops_max, copies;
    double delay;
};

struct oracle {
    const struct sim_config *config;
    struct oracle_figures *f;
    uint64_t keys[PURPOSE_COUNT];
    sim_time now, round, stale_since;
    bool is_outside, is_muted, is_over; /* outside: what happens is no message and no timer */
    bool has_changed;                   /* who knows what, since it was last counted */
    double stale;
    struct coming coming[COMING_MAX]; /* the next last */
    size_t count;
    struct coming waiting[COMING_MAX]; /* for the uplinks of their senders */
    size_t waiting_count;
    bool sides[ORACLE_FAULTS_MAX][ORACLE_SIDES_MAX][ORACLE_NODES_MAX]; /* who is on which now */
    struct oracle_link links[ORACLE_FAULTS_MAX][ORACLE_NODES_MAX];
    size_t groups[ORACLE_NODES_MAX];                               /* which one each node is in */
    struct oracle_link paths[ORACLE_NODES_MAX][ORACLE_GROUPS_MAX]; /* to each group */
    uint64_t number;
    struct oracle_node nodes[ORACLE_NODES_MAX];
    struct oracle_update updates[ORACLE_UPDATES_MAX];
    uint32_t injected, left, node_count;
    node_id listed[ORACLE_NODES_MAX]; /* who may be picked: all, or the live ones */
    uint32_t listed_count;
    struct coming deferred[COMING_MAX];
    size_t deferred_count;
    struct lane_plan lanes[LANES];
    int lane_count;
    struct gap gap;
    const struct distribution *first_session, *first_downtime;
    double stale_area, stale_begin, stale_end; /* now; by the ends of the window */
    sim_time window_begin, window_end;
    bool has_begun, has_ended, has_struck;
    uint32_t struck; /* injected before the last fault */
    sim_time struck_at, repaired_at;
    struct oracle_figures spent; /* by the beginning of the window: sums only */
    node_id self;
    int layer;
};

extern struct oracle oracle;

void oracle_settle(const struct numbering *numbering); /* finds the nodes' groups */
void oracle_expect(struct coming coming);
sim_time oracle_credit(void); /* now, or the start of the round */

uint128 oracle_bit(uint32_t update);
uint32_t oracle_count(uint128 set);
uint128 oracle_newest_of(uint128 set); /* without values that it holds a newer one of */

/* The uplink of a node may be idle; or the node crashes, and what waits for it is lost. */
void oracle_uplink_is_idle(node_id node);
void oracle_lose_queue(node_id node);

void oracle_begin_faults(void);
void oracle_fault(const struct coming *c, const struct numbering *numbering);
bool oracle_awaits_fault(void);
bool oracle_is_cut(node_id from, node_id to); /* no message passes */
bool oracle_is_lost_by_fault(node_id from, uint32_t message);
double oracle_factor(node_id from); /* of the latencies of its messages */

/* Whether the next message on a link is lost. */
bool oracle_is_lost(struct oracle_link *link, uint32_t bits, double loss, double burst);

/* The lane of a tag of the layer whose turn it is. */
struct lane_plan *oracle_lane(int tag);
void oracle_expect_timer(const struct lane_plan *lane, sim_time time);

/* The node whose turn it is learns; from UINT32_MAX: a client. */
bool oracle_learn(node_id from, uint128 got);
void oracle_commit(void); /* the end of a round */

uint32_t oracle_alive(void);
uint32_t oracle_knowers(uint32_t update);
bool oracle_is_complete(void);
void oracle_count_anew(void); /* what shares and staleness have become */
void oracle_take_sample(sim_time at);
void oracle_look_for_repair(void);
void oracle_look_at_window(void); /* at its beginning and at its end */
void oracle_add_up(const struct numbering *numbering, bool stays_so); /* stays_so: to the end of
                                                                         the window */

#endif
