/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * sim.h - one run of one strategy, from the outside.
 *
 * A run is a pure function of its `struct sim_config`: same configuration, same result, bit for
 * bit, on every machine and thread (docs/determinism.md).  Configurations are read-only while runs
 * use them, so many runs may share one.
 */
#ifndef SIM_SIM_H
#define SIM_SIM_H

#include "sim/model.h"
#include "sim/observe.h"
#include "sim/overlay.h"
#include "sim/probe.h"
#include "sim/value/distribution.h"
#include "sim/value/weights.h"
#include "sim/workload.h"

#include <stdatomic.h>

enum sim_timing { TIMING_EVENTS, TIMING_ROUNDS };
enum sim_peers { PEERS_ALL, PEERS_ALIVE, PEERS_VIEW };
enum sim_latency_per { LATENCY_PER_PAIR, LATENCY_PER_MESSAGE };
enum sim_rejoin { REJOIN_KEEP, REJOIN_LOSE };
enum sim_leave { LEAVE_CRASH, LEAVE_GRACEFUL };
enum sim_churn_start { CHURN_STATIONARY, CHURN_UP };
enum sim_timers { TIMERS_LATE, TIMERS_BLOCK, TIMERS_RUN }; /* what holds most first */
enum sim_stop_when { STOP_CONVERGED, STOP_QUIET, STOP_NEVER, STOP_ESTIMATED };

enum {
    SIM_NODES_MAX = 1 << 30,
    SIM_SAMPLES_MAX = 1000000, /* of a run */
    SIM_FAULTS_MAX = 1000,
    SIM_SIDES_MAX = 255,
    SIM_SHARDS_MAX = 1 << 16,
    SIM_GROUPS_MAX = 2500,
    SIM_GROUPS_RECORDED_MAX = 20 /* of metrics by group */
};

/* Bytes of a datagram: memberlist's; room for a ping with some news; the most of UDP over IPv4. */
enum { SIM_MTU = 1400, SIM_MTU_MIN = 256, SIM_MTU_MAX = 65507 };

#define SIM_RETRANSMIT     (200 * SIM_MILLISECOND)
#define SIM_RETRANSMIT_MAX (365 * SIM_DAY) /* 64 times as much is still a time */

enum sim_sharing { SHARING_FIFO, SHARING_FAIR };

/*
 * Who picks whom: the peers of the scenario's node i are to[start[i]] .. to[start[i + 1] - 1], in
 * ascending order, each once and never i; who is a peer of i has i for a peer.
 */
struct sim_graph {
    uint32_t nodes;
    uint64_t *start;   /* nodes + 1 of them */
    uint32_t *to;      /* start[nodes] of them */
    sim_time *latency; /* of each of these; NULL: as the network's */
    float *loss;       /* probability that a message on it is lost, beside the network's; NULL: 0 */
};

uint64_t sim_graph_bytes(const struct sim_graph *graph);

/* Of a graph whose arrays, and itself, are from malloc(); NULL: nothing. */
void sim_graph_free(struct sim_graph *graph);

/* What the network is to the nodes of one group, in the place of the same fields of struct
 * sim_network.  Groups take the scenario's node numbers in their order, and all of them. */
struct sim_group {
    int64_t nodes; /* 0..SIM_NODES_MAX */
    double loss, loss_burst;
    int64_t bandwidth, downlink, queue_bytes;
};

/* Of the messages from one group to another. */
struct sim_path_loss {
    double mean, burst; /* as loss and loss_burst of struct sim_network */
};

struct sim_groups {
    const struct sim_group *list; /* this and the others are borrowed */
    size_t count;                 /* 1..SIM_GROUPS_MAX */

    /* From each group to each, at [from * count + to]; NULL: as everywhere.  A latency >= 0 is all
     * there is, another, x, stands for the law laws[-1 - x]. */
    const sim_time *latency;
    const struct distribution *const *laws;
    const struct sim_path_loss *loss; /* beside that of the sender */
};

/* Access links of one class. */
struct sim_access_class {
    double share;                /* the probability, or share of nodes, whose link is of it */
    int64_t bandwidth, downlink; /* as those of struct sim_network */
};

struct sim_network {
    const struct distribution *latency; /* borrowed; where groups have their own, the law of them
                                           all, which shapes queues and samples */
    enum sim_latency_per latency_per;
    double jitter;        /* uniform in latency * (1 +- jitter), per message; 0..1 */
    double loss;          /* probability that a message is lost */
    double loss_burst;    /* mean length of a burst of losses, messages; 0: independent losses */
    double duplicate;     /* probability that a message that arrives does so twice */
    int64_t header_bytes; /* added to every message */
    int64_t bandwidth;    /* of each node's uplink, bit/s; 0: no limit.  TIMING_EVENTS only */
    int64_t downlink;     /* the same of its downlink */
    enum sim_sharing sharing;        /* of an uplink: one after another, or all at once */
    int64_t queue_bytes;             /* that may wait for an uplink, or a downlink; < 0: no limit */
    const struct sim_groups *groups; /* borrowed; NULL: all nodes are alike */
    const struct sim_access_class *access; /* borrowed; in the place of bandwidth and downlink, of
                                              all and of groups; NULL: there are none */
    size_t access_count;                   /* 1..65535; their shares make 1 */
    const uint16_t *access_of;             /* the class of each node; NULL: it is drawn */
    const struct distribution *processing; /* that a node needs for a message; NULL: none.
                                              TIMING_EVENTS only; borrowed */
    int64_t inbox_max;                     /* messages that may wait for it; < 0: no limit */
    sim_time retransmit; /* how late what is lost on a connection is sent again; then twice as late,
                            and so on; 0..SIM_RETRANSMIT_MAX, 0 counts as SIM_RETRANSMIT */
    int64_t mtu;         /* bytes that models pack into a datagram, its header apart; SIM_MTU_MIN..
                            SIM_MTU_MAX, 0 counts as SIM_MTU */
};

/* When nodes came and went, as somebody recorded it. */
struct sim_trace {
    uint32_t count;          /* of recorded nodes, at least 1 */
    const bool *begins_up;   /* each of them */
    const uint64_t *start;   /* count + 1: changes[start[i]..start[i + 1]) are those of node i */
    const sim_time *changes; /* when it goes or comes, in turn; each > 0 and after the one before */
    sim_time length;         /* of the record, > 0 ns; at least the last change */
};

struct sim_churn {
    const struct distribution *session;  /* borrowed; NULL: no churn, or a trace */
    const struct distribution *downtime; /* borrowed; not NULL with a session */
    const struct sim_trace *trace;       /* borrowed, in their place; NULL: none */
    bool is_drawn;   /* each node follows a recorded one that is drawn; else that of its number, and
                        there are as many of them as nodes, or more */
    bool repeats;    /* the record begins again at its end, and each of its nodes ends as it begins;
                        else what was last holds */
    bool is_shifted; /* each node begins at a moment of the record that is drawn; with `repeats` */
    double share;    /* of the nodes that come and go */
    enum sim_rejoin rejoin;
    enum sim_leave leave;
    enum sim_churn_start start;
};

struct sim_store {
    int64_t shards;   /* 1..SIM_SHARDS_MAX; 0 counts as 1 */
    int64_t replicas; /* nodes that hold each shard; 0: all */
    int64_t preload;  /* updates known at the start */
    /* Shares of them, and of whole shards, that each replica lacks, independently; what then is
     * missing on all goes back to a random one. */
    double missing, missing_shards;
};

/* Which nodes something is about.  SHARE, COUNT and ALL_BUT draw theirs at random: at one instant
 * equal selectors pick the same nodes, so that `crash` and `wipe` can hit together, and different
 * ones are independent, as are the sides of a cut. */
enum sim_select { SELECT_ALL, SELECT_SHARE, SELECT_COUNT, SELECT_ALL_BUT, SELECT_RANGE };

struct sim_selector {
    enum sim_select kind;
    double share;  /* SELECT_SHARE: of all nodes, rounded to whole nodes */
    int64_t count; /* SELECT_COUNT: so many; SELECT_ALL_BUT: all but so many */
    int64_t first; /* SELECT_RANGE: scenario's node numbers first .. first + nodes - 1: */
    int64_t nodes; /* a node, or a group */
};

enum sim_fault_kind {
    FAULT_CRASH,     /* the nodes go down without a word; they keep their data */
    FAULT_RECOVER,   /* those of them that crashed come back */
    FAULT_WIPE,      /* they lose their data and what their models remember, and start afresh */
    FAULT_PARTITION, /* no message passes between nodes of different sides */
    FAULT_ONE_WAY,   /* no message passes from the first side to the second */
    FAULT_HEAL,      /* all partitions and one-way cuts are over */
    FAULT_LOSS,      /* messages that the nodes send are lost, beside those that are anyway */
    FAULT_LATENCY,   /* messages that the nodes send take longer */
    FAULT_RESTART,   /* the nodes crash batch by batch, and come back */
    FAULT_JOIN,      /* those of the nodes come that were absent from the start */
    FAULT_LEAVE,     /* the nodes leave for good, gracefully */
    FAULT_PAUSE,     /* the nodes stand still */
    FAULT_MUTE,      /* the nodes forward nothing */
    FAULT_KINDS
};

/* How the cluster begins: together, as after a long time, or by its contact points alone, which the
 * others then join in a random order. */
enum sim_members { MEMBERS_JOINED, MEMBERS_JOIN };

/* What nodes start with where a model estimates the mean of it. */
enum sim_values {
    VALUES_LINEAR,  /* 1 to as many as there are nodes, by the scenario's numbers */
    VALUES_UNIFORM, /* each its own, uniform between 0 and 1 */
    VALUES_PEAK,    /* the scenario's node 0 as much as there are nodes, the others 0 */
    VALUES_GIVEN,   /* as `value_of` has them */
};

/* One side of an obstacle: all nodes of its parts, or without parts the next nodes of a random
 * order of all. */
struct sim_side {
    const struct sim_selector *parts; /* borrowed */
    size_t part_count;
    double share; /* without parts: of all nodes, rounded so that shares that make 1 take all */
};

/* What a fault puts in the way of messages: the sides of a partition, which have no node in common;
 * the senders and the receivers of a one-way cut, which may; or the senders of a loss or a latency.
 * Nodes on no side are not concerned. */
struct sim_obstacle {
    const struct sim_side *sides; /* borrowed */
    size_t side_count;            /* 2..SIM_SIDES_MAX; FAULT_ONE_WAY: 2; others: 1 */
    double loss, loss_burst;      /* FAULT_LOSS: as in struct sim_network */
    double factor;                /* FAULT_LATENCY: of the latency, > 0; TIMING_EVENTS only */
};

struct sim_fault {
    enum sim_fault_kind kind;
    struct sim_selector of; /* of faults that are about nodes */
    sim_time at;
    sim_time lasts; /* then it is undone, except for nodes that another crash still holds; 0: not by
                       itself.  FAULT_CRASH, _PAUSE, _MUTE and obstacles only */
    sim_time every; /* the time after which it happens again, also if it still lasts; 0: once */
    bool keeps;     /* it means the nodes that it drew first each time; false: it draws anew */
    int64_t batch;  /* so many of its nodes at a time, 1..SIM_NODES_MAX; 0: all at once.
                       FAULT_RECOVER, _RESTART (which needs it), _JOIN and _LEAVE only, whose steps
                       end before it happens again */
    sim_time pace;  /* from one batch to the next, > 0 */
    sim_time down;  /* FAULT_RESTART: how long each node is, > 0 */
    enum sim_timers timers;              /* FAULT_PAUSE: what else waits, beside the network */
    const struct sim_obstacle *obstacle; /* of faults that have one, NULL otherwise; borrowed */
};

struct sim_stop {
    sim_time at;
    enum sim_stop_when when;
    uint64_t events; /* cap; reaching it fails the run with a message */
};

struct sim_layer {
    const struct model *model;
    const void *config;            /* filled by the model's param table; borrowed */
    const struct weights *weights; /* of the scenario's nodes: how often node_pick_by_weight() picks
                                      each; borrowed; NULL: one as often as another */
};

/* Watched from other threads while a run goes on. */
struct sim_watch {
    atomic_bool cancel;      /* set by the watcher: the run ends soon, its result is void */
    _Atomic int64_t now;     /* simulated time, ns */
    atomic_uint alive;       /* live nodes */
    _Atomic double informed; /* mean share of live replicas that know a measured update */
    atomic_ullong events;
};

struct sim_config {
    int64_t nodes; /* 1..SIM_NODES_MAX */
    uint64_t seed;
    uint32_t replication; /* 0, 1, ... */
    enum sim_timing timing;
    sim_time round;                /* TIMING_ROUNDS: length of a round */
    enum sim_peers peers;          /* PEERS_VIEW: the stack has a membership model */
    const struct sim_graph *graph; /* of so many nodes; borrowed; NULL: each is a peer of each */
    const uint32_t *group_ends;    /* whom nodes pick as of their own group: the scenario's nodes
                                      from the end of the group before to this; borrowed */
    size_t group_count;            /* 0: all are in one */
    int64_t seeds; /* contact points: the scenario's nodes 0 .. seeds-1, as far as there are
                      so many; 0..SIM_NODES_MAX */
    enum sim_members members;
    double join_rate; /* MEMBERS_JOIN: nodes a second, at even distances; 0: all at 0 s */
    struct sim_network network;
    struct sim_churn churn;
    node_id absent_first; /* of the scenario's nodes, from this on so many are not there until a */
    int64_t absent_nodes; /* FAULT_JOIN means them */
    struct sim_workload workload;
    struct sim_store store;
    const struct sim_fault *faults; /* borrowed */
    size_t fault_count;             /* 0..SIM_FAULTS_MAX */
    enum sim_values values;
    const double *value_of; /* VALUES_GIVEN: of each of the scenario's nodes; borrowed */
    struct sim_stop stop;
    double estimate_error; /* STOP_ESTIMATED: all estimates are off by less than this share of the
                              truth, > 0 */
    /* Updates injected before the one, or within the other before stop.at, are not measured; costs
     * are counted from the one on, and averages over time are over what is between them. */
    sim_time warmup, cooldown;
    sim_time sample_every; /* of at most SIM_SAMPLES_MAX; more fail the run.  0: auto, 128 to 256
                              samples a run, fewer below 2048 nodes with little to do, down to 16 to
                              32, and some early ones besides */
    bool node_histograms;
    bool node_counts; /* what each node sends and is sent, message by message */
    bool ages;        /* the age_ metrics */
    bool lags;    /* how far replicas are behind: lag_max, lag_mean, stale_keys, of samples too */
    bool figures; /* samples of the gauges of models */
    sim_time overlay_every;         /* between rows of the overlay, where a model keeps views; 0:
                                       there are none */
    sim_overlay_measure *overlay;   /* makes them; not NULL with `overlay_every` */
    const char *const *group_names; /* the metrics by group are wanted, and this is what each of
                                       group_count is called; NULL: they are not; borrowed */
    const struct sim_layer *stack;  /* the strategy's models in their written order */
    int stack_count;                /* 1..MODEL_STACK_MAX */
    struct sim_watch *watch;        /* NULL: not watched */
    const struct sim_observer *observer; /* NULL: nobody looks on; borrowed */
    struct sim_probe *probe;             /* filled by the run; NULL: none */
    uint64_t memory_max;                 /* bytes; a run that wants more has failed; 0: no limit */
};

enum sim_status { SIM_DONE, SIM_FAILED, SIM_CANCELLED };

/* How long a turn of node_take_turn() is at least: a question, an answer, and a copy of either that
 * the network makes.  The turns of all nodes fit into half a round. */
#define SIM_TURN ((sim_time)4)

#define SIM_NEVER INT64_MIN /* a time that did not come within the run */

struct sim_metric {
    char name[METRIC_NAME_MAX + 1]; /* of a row of sim/metric.h, perhaps with @GROUP behind it,
                                       learned_by.MODEL or MODEL.FIGURE */
    double value;
    bool never; /* a time never reached: NULL in the database */
};

struct sim_sample {
    sim_time at;
    uint32_t alive;
    double informed;  /* live replicas that know a measured update, mean over these */
    double staleness; /* share of (live replica, key) pairs that lack the newest value */
    double entropy;   /* bits, mean over the keys */
    double variance;  /* of the live nodes' estimates; NAN: no model estimates, or no node lives */
    double estimate_error;    /* the largest, as a share of the truth; NAN likewise */
    double lag_max, lag_mean; /* s, as the metrics; NAN: not asked for, or there are no replicas */
    double stale_keys;
    uint64_t messages, bytes_payload, bytes_digest, bytes_control; /* since the start */
    uint64_t duplicates, dropped;                                  /* since the start */
    uint64_t in_flight;
};

/* How a model's gauge stood at a sample: the mean of the live nodes. */
struct sim_figure_sample {
    sim_time at;
    char name[METRIC_NAME_MAX + 1]; /* MODEL.FIGURE */
    double value;
};

/* What became of one measured update; times since its injection, or SIM_NEVER. */
struct sim_outcome {
    update_id update;
    node_id origin; /* the scenario's node number */
    sim_time injected;
    sim_time t50, t90, t95, t99, t999, t_all, t_last, t_settled;
    double t_avg;      /* ns; NAN if nobody learned it */
    uint32_t informed; /* live replicas that know it (or a newer value) at the end */
    uint32_t hops_max;
    uint64_t copies, bytes; /* payload copies sent and their bytes */
};

/* A crash, where a model judges who is up; times since it, or SIM_NEVER. */
struct sim_detection {
    node_id subject; /* the scenario's node number */
    sim_time crashed;
    sim_time suspected; /* a live node suspects it, where that is the first sign */
    sim_time first;     /* a live node holds it dead, */
    sim_time t50, t99;  /* and so many of them, */
    sim_time all;       /* and all */
};

/* How word of crashes spreads, from one such point to the next. */
struct sim_spread {
    sim_time at;         /* since the crash */
    uint64_t crashes;    /* that are not over so long after, nor is the run */
    double share;        /* of the live nodes that hold the crashed one dead, mean over these; NAN:
                            there are none */
    uint64_t false_dead; /* verdicts about nodes that were up and within reach, since the point
                            before, but `at` is then since the latest crash of any node */
};

struct sim_bin {
    char name[32]; /* of the histogram: load, bytes, delay, hops, in_degree */
    double lo, hi; /* lo <= x < hi */
    uint64_t count;
};

/* A fault that happened. */
struct sim_fault_event {
    sim_time at;
    const char *kind; /* the action, or of what is undone: recover, heal */
    uint32_t nodes;   /* how many it changed, or were on a side of what came or went */
};

#define SIM_DETECTIONS_MAX 4096

struct sim_result {
    enum sim_status status;
    const char *stop_reason; /* converged, quiet, estimated, time, events, samples, memory,
                                cancelled, model */
    char error[160];         /* SIM_FAILED: one sentence */
    sim_time end;
    uint64_t events;
    uint64_t fingerprint; /* over the ordered events */
    uint64_t peak_bytes;  /* of the run's own memory */

    struct sim_metric *metrics;
    size_t metric_count;
    struct sim_sample *samples;
    size_t sample_count;
    struct sim_figure_sample *figures; /* gauge by gauge in the order of the samples */
    size_t figure_count;
    struct sim_outcome *outcomes;
    size_t outcome_count;
    struct sim_detection *detections; /* the first SIM_DETECTIONS_MAX crashes that are measured */
    size_t detection_count;
    struct sim_spread *spread;
    size_t spread_count;
    struct sim_overlay *overlay; /* the last as the run ends */
    size_t overlay_count;
    struct sim_bin *bins;
    size_t bin_count;
    struct sim_fault_event *faults;
    size_t fault_count;
};

/* Bytes of the tables of weights that a run holds. */
uint64_t sim_weights_bytes(const struct sim_config *config);

/* Runs `config` to its end and fills *result, which the caller clears.  Thread-safe. */
void sim_run(const struct sim_config *config, struct sim_result *result);
void sim_result_clear(struct sim_result *result);

/* Of the preloaded entries, and of the shards that these fill, how many are missing on all replicas
 * and go back to one: means. */
struct sim_given_back {
    double entries, shards;
};
struct sim_given_back sim_given_back(const struct sim_config *config);

/* The first shard with preloaded entries none of whose holders is there from the start; or -1. */
int64_t sim_absent_shard(const struct sim_config *config);

/* What a run will take, as far as one can know before: mostly within a factor of 2 in events and
 * memory, 3 in time. */
struct sim_estimate {
    double events;   /* what `stop.events` counts: messages, timers, comings and goings, samples */
    double seconds;  /* of one core, whatever the machine */
    uint64_t memory; /* bytes */
    sim_time end;    /* simulated */
};

#define SIM_ESTIMATE_BUDGET 400000.0

/*
 * Fills *estimate from pilots, small runs of together about `budget` events (usually
 * SIM_ESTIMATE_BUDGET: some hundredths of a second) and at most 48 MiB.  It depends on `config` and
 * `budget` alone, not on the machine.
 */
void sim_estimate(const struct sim_config *config, double budget, struct sim_estimate *estimate);

/* The memory alone, at the usual budget; where a run cannot reach `enough` bytes, or 64 MiB, a
 * bound, which is cheaper. */
uint64_t sim_memory_estimate(const struct sim_config *config, uint64_t enough);

#endif
