/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * run.h - everything that one run owns; for the files of the engine only.
 *
 * The struct is ordered by heat: what an event touches comes first.  `struct node`, the world as a
 * model sees it, is the head of the run: "the node whose turn it is".
 */
#ifndef SIM_WORLD_RUN_H
#define SIM_WORLD_RUN_H

#include "sim/net/burst.h"
#include "sim/net/fair_link.h"
#include "sim/net/inbox.h"
#include "sim/net/obstacle.h"
#include "sim/net/region.h"
#include "sim/net/uplink.h"
#include "sim/sim.h"
#include "sim/time/agenda.h"
#include "sim/time/event_queue.h"
#include "sim/time/lane.h"
#include "sim/truth/average.h"
#include "sim/truth/census.h"
#include "sim/truth/detection.h"
#include "sim/truth/live.h"
#include "sim/truth/numbering.h"
#include "sim/truth/placement.h"
#include "sim/truth/set_row.h"
#include "sim/truth/view_sizes.h"
#include "sim/value/ahead.h"
#include "sim/value/body.h"
#include "sim/value/distance.h"
#include "sim/value/draw.h"
#include "sim/value/memory.h"
#include "sim/value/observed.h"
#include "sim/value/records.h"
#include "sim/world/written.h"

#define LIKELY(x)   __builtin_expect(!!(x), 1)
#define UNLIKELY(x) __builtin_expect(!!(x), 0)

/* Kept out of the functions that every event goes through, so that these stay short. */
#define RARE __attribute__((noinline))

/* One node: all that an event touches of it, four to a cache line. */
struct replica {
    uint32_t known;   /* handle of the set of updates it knows */
    uint32_t sent;    /* messages sent: the number of its next link draw */
    uint32_t drawn;   /* other draws made: the number of the next */
    uint32_t handled; /* messages handled; the top bit: it is down */
};

#define REPLICA_DOWN 0x80000000u
#define HANDLED_MAX  (REPLICA_DOWN - 2) /* stays there: one more, with the bit, is still not 0 */

struct node {
    struct replica *me;
    struct layer *layer; /* whose turn it is */
    sim_time now;
    node_id id;
};

enum { LAYER_BYTES = 256 }; /* so that its address takes a shift of its place in the stack */

/* What is kept of a model's figure, by its kind. */
union figure_value {
    uint64_t count;            /* FIGURE_COUNT, FIGURE_PEAK */
    double *gauge;             /* of each node */
    struct observed *observed; /* of the run */
};

/* A model of the stack with what the engine keeps for it. */
struct layer {
    _Alignas(LAYER_BYTES) const struct model *model;
    const void *config;
    const struct weights *weights; /* of the scenario's nodes; NULL: all weigh the same */
    uint32_t index;                /* its place in the stack */
    bool connects;                 /* all that it sends goes over connections */
    bool is_plain;                 /* its configuration, as it says */
    int set_count;
    struct set **sets;       /* set_count a node */
    char *states;            /* state_size a node */
    struct records *records; /* one a node */
    struct records_pool *records_pool;
    struct records *lists; /* list_count a node */
    struct records_pool *list_pools[MODEL_LISTS_MAX];
    int list_count;
    union figure_value figures[MODEL_FIGURES_MAX];
};

/* What was sent of one kind of message. */
struct traffic {
    uint64_t messages, members; /* updates in their sets, superseded ones apart */
    uint64_t deletes;           /* of the members */
    uint64_t beside;            /* bytes of digest beside the sets: hashes and items */
};

/* Bytes charged for a message, a member of its set, a deletion among these; < 0: wraps around. */
struct toll {
    uint64_t message, member, deletion;
};

/* Bytes that the messages of a kind were charged for so far, and how they are. */
struct charge {
    uint64_t so_far;
    struct toll toll;
};

/* What was sent, by class. */
struct network_bytes {
    uint64_t payload, digest, control, header, messages, copies;
};

/* What has been spent since the start of the run, or since another time. */
struct costs {
    struct network_bytes sent;
    uint64_t useful, duplicates; /* payload copies received, as in the census */
    uint64_t lost, met_down, copied, dropped_queue, dropped_partition, dropped_inbox;
};

/* What is measured: updates injected from `begin` to `end`, averages between these, and costs since
 * `begin`; under `timing: rounds` both are starts of rounds. */
struct window {
    sim_time begin, end;
    bool has_begun, has_ended;
    double stale_begin, stale_end; /* areas of the census by then */
    double accuracy;               /* between them, once it has ended */
    struct costs before;           /* spent by `begin` */
};

/* Whether an update injected `at` is measured. */
static inline bool window_has(const struct window *window, sim_time at)
{
    return at >= window->begin && at <= window->end;
}

enum { SAMPLE_EDGES_MAX = 16 };

/* How the network finds the latency of a message. */
enum latency_rule {
    LATENCY_FIXED,       /* network_delay, no draw */
    LATENCY_MESSAGE,     /* a variate a message */
    LATENCY_PAIR,        /* a variate an ordered pair */
    LATENCY_REGION,      /* by the groups of the two, a variate a message, */
    LATENCY_REGION_PAIR, /* or an ordered pair */
    LATENCY_LINK,        /* of the link of the topology; where there is none, of an ordered pair */
};

/* The layer of one-shot timers that are the engine's own, and their tags. */
enum { LAYER_ENGINE = MODEL_STACK_MAX };
enum {
    ENGINE_UPLINK_IDLE,
    ENGINE_TRANSFER_DUE,
    ENGINE_DOWNLINK_REACHED,
    ENGINE_DOWNLINK_IDLE,
    ENGINE_HANDLED
};

enum { PACK_SETS_MAX = 8, KINDS = MODEL_STACK_MAX * MODEL_KINDS_MAX };

/* What messages of one node_send_pack() carry, and the duplicates of them. */
struct parcel {
    struct set *sets[PACK_SETS_MAX];
    struct body *body;   /* NULL: no items */
    struct body *folded; /* the members of sets[0], which is empty but while one arrives; NULL: it
                            is kept as it is */
    uint32_t value, stamp;
    union {
        uint32_t shares; /* messages under way with it */
        uint32_t next_free;
    };
    uint8_t count; /* sets */
};

/* A message of a connection under way; see network_connection.h. */
struct transfer {
    uint32_t load; /* what it carries: a set or a parcel; of a free one: the next free, 1 up */
    uint32_t from, to;
    uint32_t life;   /* of the sender */
    uint32_t number; /* of its sender's messages */
    uint32_t tries;  /* transmissions so far */
    uint8_t tag;
    sim_time sent; /* when it was last */
    uint64_t beside;
};

/* Learned in this round, to count from its end. */
struct deferred {
    node_id node, from;
    uint32_t life; /* of the node */
    uint32_t layer;
    struct set *set;
};

/* Who loses: each message by itself, links in bursts, or groups and links of a topology. */
enum loses { LOSES_EACH, LOSES_IN_BURSTS, LOSES_BY_PLACE };

/* What sending takes beside: nothing, an uplink alone, or anything that there is. */
enum more { MORE_NOTHING, MORE_UPLINKS, MORE_ANY };

/* What the network does beyond losing and delaying each message by itself: network_effects.h. */
struct effects {
    struct obstacles obstacles;
    struct bursts bursts;
    struct regions regions;
    enum loses loses;
    bool minds_arrivals; /* there are downlinks, or somebody looks on */
    struct uplinks uplinks;
    struct fair_links fair; /* instead of the queues of uplinks */
    struct uplinks downlinks;
    uint64_t bytes;         /* of the message that is leaving, where there are links */
    uint64_t copied_below;  /* a message arrives twice if 32 random bits are below */
    uint64_t copied;        /* messages that do */
    struct charge *charged; /* of each kind of message; NULL: nobody asks */
    uint64_t dropped_queue; /* messages that an uplink's queue had no room for, or lost */
    bool connects;          /* a model of the stack sends all over connections */
    enum more more;         /* what there is beside the fate of a message on its way */
    bool stands;            /* something stands in the way: an obstacle, or nodes are blocked */
};

/* A node that pauses, and what waits there for its end, see network_pause.h. */
struct pausing {
    sim_time until;
    sim_time well_from;     /* when it has worked off what waited of the pause before */
    uint32_t first, last;   /* that wait, 1 up; first 0: none */
    enum sim_timers timers; /* while it pauses */
    bool is_paused;
};
enum kept_as {
    KEPT_LETTER,
    KEPT_TIMER,  /* its tag and value, and as number the life of the node */
    KEPT_TICK,   /* as number that of its lane */
    KEPT_TICKED, /* a tick that blocks those behind it; by itself nothing waits */
};
struct kept {
    struct letter letter;
    enum kept_as as;
    uint32_t next; /* the one behind it, 1 up; 0: none */
};
struct pauses {
    struct pausing *nodes; /* NULL: nobody ever does */
    uint32_t blocked;      /* that pause and may send, so that it waits */
    struct kept *kept;
    size_t capacity;
    uint32_t count, free; /* free: head of the list of those not in use, 1 up; 0: none */
};

/* What picks are narrowed to, see peers_group.c: those of one group, in the scenario's numbers, or
 * all others. */
struct group_part {
    const struct peer_source *whole; /* the source without it; NULL: nothing is narrowed */
    bool was_all;                    /* all_are_peers without it */
    bool is_own;
    uint32_t first, count, own; /* of the group; own: the node whose turn it is */
};

/* How the cluster comes together, see members.h. */
struct members {
    uint32_t to_join, joined; /* not there at the start, and those of them that have come */
    struct numbering order;   /* in which they do */
};

struct run {
    struct node node; /* first: a model's struct node is the run */

    /* every event */
    struct replica *replicas;
    struct event_queue queue;
    uint64_t fingerprint;
    uint64_t timers, arrivals, steps; /* steps: of the agenda and the network */
    bool is_over;                     /* stop before the next event */
    bool holds_back;                  /* not all that nodes send is sent: mute.h */
    bool weighs;         /* sets may hold several updates: what they carry takes counting */
    bool weighs_closely; /* they may hold old values or deletions, or sizes differ */
    bool all_are_peers;  /* a node picks among all others, up or down */
    bool learns_plainly; /* no update supersedes another, and none is dormant */
    bool minds_changes;  /* somebody keeps track of who is up, beside the census, */
    bool minds_learning; /* and of who learns what, */
    bool minds_views;    /* and of who comes into views: an observer or a model of the stack */
    bool is_noted;       /* somebody looks at each message: an observer or a tally */
    bool recalls;        /* a node has forgotten deletions or keeps them dormant */
    bool has_effects;    /* messages are sent by effects_send() */

    /* every message */
    uint32_t nodes;
    uint64_t keys[PURPOSE_COUNT];
    uint64_t loss_below; /* lost if the low half of the link draw is below */
    bool draws_latency;  /* a variate a message, from a table and without jitter */
    enum latency_rule latency_rule;
    sim_time network_delay;
    sim_time round;     /* 0: real-valued time */
    int64_t jitter;     /* fraction * 2^32 */
    bool jitters_apart; /* by a draw of its own: the link draw is the latency's */
    const struct distribution *latency;
    struct traffic traffic[KINDS];
    uint8_t carries[KINDS];
    uint64_t lost, met_down; /* messages that did not arrive */
    struct effects effects;
    struct inboxes inboxes;
    uint64_t dropped_inbox; /* messages that an inbox had no room for, or that were lost with it */

    struct ahead ahead;
    struct lanes lanes;
    struct live live; /* `peers: alive`, where nodes come and go */
    const struct peer_source *peers;
    struct layer *provider;          /* of views; NULL: none */
    uint8_t starts[MODEL_STACK_MAX]; /* the layers in the order in which they start on a node */
    struct layer layers[MODEL_STACK_MAX];
    uint32_t layer_count;
    struct set_pool pool;
    struct placement placement;
    struct distances distances;
    node_id *inside;   /* with a topology, or views: the numbering in a table, of the scenario's */
    uint32_t *outside; /* nodes, and the other way; NULL: not */
    struct hops *hops; /* of peers_hops.c; NULL: not yet needed */
    struct group_part part;
    update_id *by_hash; /* updates in the order of their keys' hashes; NULL: not yet asked for */
    uint32_t hashed;    /* of them */
    uint32_t *numbers;  /* of updates, among those of their origin; NULL: not yet asked for */
    uint32_t *written;  /* by each node, of the first `numbered` updates */
    uint32_t numbered;
    uint32_t via_layer;  /* the layer through which came what the stack is told of, */
    node_id via_node;    /* and who sent it, or NODE_NONE */
    uint32_t *forgotten; /* handles: deletions that a node no longer has a record of, with what
                            they supersede; NULL: nobody forgets */
    uint32_t *dormant;   /* handles: deletions that a node keeps but does not tell, likewise */
    uint32_t *unlearned; /* handles: what a node knew once and lost; NULL: nobody loses */
    struct set *lapsed;  /* deletions that a node ever let go of, with what they supersede: to show
                            no value of their keys is to know of them */
    struct census census;
    struct detection detection;
    struct average average;
    struct members members;
    struct view_sizes view_sizes;
    struct overlay *overlay; /* rows of it; NULL: nobody asks for any, or there is none */
    struct agenda agenda;
    uint32_t *lives; /* how often a node has gone down: which life it is in; NULL: nobody does */
    uint8_t *absent; /* why a node is away, see presence.h */
    uint32_t *churn_changes; /* churn draws made by a node */
    struct trail *trails;    /* where each node is in a trace of churn; NULL: there is none */
    sim_time *crashed_until; /* when the last of its lasting crashes is over; NULL: no faults */
    struct pauses pauses;
    sim_time *mute_until; /* of each node, 0: it is not; NULL: nobody ever is */
    uint32_t mute_count;
    bool is_crashing;                /* the node whose turn it is: what it sends is dropped */
    bool is_returning;               /* the same: it comes up, and goes on where it was */
    struct fault_steps *fault_steps; /* of each fault; NULL: none has any */

    struct parcel *parcels;
    size_t parcel_capacity;
    uint32_t parcel_free, parcel_count; /* parcel_free: head of the free list, 1 up; 0: none */
    struct body_pool bodies;            /* of the parcels */
    struct transfer *transfers;
    size_t transfer_capacity;
    uint32_t transfer_free, transfer_count; /* likewise */
    struct deferred *deferred;
    size_t deferred_count, deferred_capacity;
    uint64_t *copies; /* bit planes that count the payload copies of each update */
    struct writes writes;
    struct holding *holding; /* NULL: no model holds writes back */
    uint64_t *payloads; /* bytes of values sent of each kind of message; NULL: sizes are alike */

    /* set up once */
    const struct sim_config *config;
    struct observation *observation; /* NULL: nobody looks on */
    struct recording *recording;     /* NULL: nothing beyond the usual is recorded */
    struct tally *tally;             /* NULL: messages are not counted one by one */
    struct numbering numbering;
    struct memory memory;
    struct gap gap;                                            /* between Poisson arrivals */
    const struct distribution *first_session, *first_downtime; /* of stationary churn */
    uint32_t injections_left, faults_left; /* of the timeline: the run does not end before them */
    struct window window;
    struct sim_fault_event *fault_events;
    size_t fault_event_count, fault_event_capacity;
    sim_time fault_end, repaired_at;     /* of the last fault; when all before it was agreed upon */
    sim_time sample_every, sample_first; /* the period now, and at first */
    struct sim_sample *samples;
    size_t sample_count, sample_capacity;
    double *gauges; /* of models, gauge_count a sample; NULL: nobody asks */
    size_t gauge_capacity;
    uint32_t gauge_count;
    sim_time edges[SAMPLE_EDGES_MAX]; /* times of the samples that result_sample_before() took */
    uint32_t edge_count;
    uint64_t sampled; /* events and steps of the agenda by the latest sample, its own with them */
    uint64_t look_at; /* the work done when the limits are to be looked at again */
    const char *stop_reason;
};

/* The run behind a model's node. */
static inline struct run *run_of(struct node *node)
{
    return (struct run *)(void *)node;
}

static inline const struct run *run_of_const(const struct node *node)
{
    return (const struct run *)(const void *)node;
}

static inline bool run_is_down(const struct run *run, node_id id)
{
    return run->replicas[id].handled & REPLICA_DOWN;
}

static inline bool run_is_paused(const struct run *run, node_id id)
{
    return run->pauses.nodes && run->pauses.nodes[id].is_paused;
}

/* Which of its lives a node is in. */
static inline uint32_t run_life(const struct run *run, node_id id)
{
    return run->lives ? run->lives[id] : 0;
}

/* Makes `id` the node whose turn it is. */
static inline void run_turn(struct run *run, node_id id)
{
    run->node.id = id;
    run->node.me = &run->replicas[id];
}

/* Makes layer `index` the one whose turn it is, and returns its model's table. */
static inline const struct model *run_layer(struct run *run, uint32_t index)
{
    run->node.layer = &run->layers[index];
    return run->node.layer->model;
}

/* Whether somebody asked for its end. */
static inline bool run_is_cancelled(const struct run *run)
{
    return run->config->watch &&
           atomic_load_explicit(&run->config->watch->cancel, memory_order_relaxed);
}

/* Bytes of the value of an update, which is no deletion. */
static inline uint32_t run_size_of(const struct run *run, uint32_t update)
{
    return run->writes.sizes ? run->writes.sizes[update]
                             : (uint32_t)run->config->workload.size_bytes;
}

/* The time that things of this moment are credited to: under `timing: rounds`, the round. */
static inline sim_time run_credit(const struct run *run, sim_time now)
{
    return run->round ? now - now % run->round : now;
}

/* Every live replica knows every update, and nothing is still to be written or to go wrong. */
static inline bool run_has_converged(const struct run *run)
{
    return census_is_complete(&run->census) && run->injections_left == 0 && run->faults_left == 0 &&
           run->deferred_count == 0;
}

/* What has happened, as the cap on events counts: also what the agenda and uplinks brought. */
static inline uint64_t run_work(const struct run *run)
{
    return run->timers + run->arrivals + run->steps;
}

/* When something is due so long after now; under `timing: rounds` at the first round that begins
 * after so long, counted from the one that a message sent now belongs to. */
static inline sim_time run_after(const struct run *run, sim_time delay)
{
    if (!run->round)
        return run->node.now + delay;
    const sim_time rounds = (delay + run->round - 1) / run->round;
    const sim_time sent = run->node.now + run->network_delay - 1;

    return run_credit(run, sent) + (rounds ? rounds : 1) * run->round;
}

/* The run ends before its next event. */
static inline void run_stop(struct run *run, const char *reason)
{
    if (!run->is_over)
        run->stop_reason = reason;
    run->is_over = true;
    run->queue.until = -1;
}

/* Something was added to the agenda, and may come before what else is due. */
static inline void run_heed_agenda(struct run *run)
{
    const sim_time before = run->agenda.due ? (sim_time)((run->agenda.due - 1) >> 1) : -1;

    if (before < run->queue.until)
        run->queue.until = before;
}

#endif
