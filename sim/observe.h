/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * observe.h - looking on while a run goes on, event by event: for traces, figures and tests.
 *
 * An observer changes nothing: no draw, no event, no figure of the result but its `peak_bytes`, by
 * a little.  A run without one pays next to nothing: what is sent is seen where messages leave the
 * short path anyway, what arrives and which timers fire in a loop of its own; a test that is not
 * taken stands where a node learns, believes, goes or comes, a view changes or a message meets
 * effects of the network.  A run that has one takes these longer paths, and O(log n) for each
 * message, n being those under way.
 */
#ifndef SIM_OBSERVE_H
#define SIM_OBSERVE_H

#include "sim/node.h"

/* What can be seen; added up, what is wanted.  Messages first, of which `node` is the sender and
 * `peer` the receiver. */
enum seen {
    SEEN_SENT = 1 << 0,
    SEEN_ARRIVED = 1 << 1, /* and is about to be handled */
    SEEN_LOST = 1 << 2,    /* will not be handled: `why` */
    SEEN_LEARNED = 1 << 3, /* `node` has learned `set` from `peer`, and its models are about to hear
                              of it */
    SEEN_TIMER = 1 << 4,   /* a timer of a model is about to fire on `node` */
    SEEN_UP = 1 << 5,      /* `node` comes back, and its models are about to start */
    SEEN_DOWN = 1 << 6,    /* `node` is gone, after its models' farewell; or away at the start */
    SEEN_WIPED = 1 << 7,   /* all that `node` knew and its models remembered is gone */
    SEEN_BELIEF = 1 << 8,  /* `node` believes `to` of `peer`, and no longer `from` */
    SEEN_VIEW = 1 << 9,    /* `peer` has come into the view of `node`, or left it: `is_there` */
    SEEN_PAUSED = 1 << 10, /* `node` stands still, by a fault, */
    SEEN_RESUMED = 1 << 11, /* and goes on, or down */
};

enum why {
    WHY_NONE,
    WHY_LOSS,      /* lost on the way, by the network or a fault */
    WHY_PARTITION, /* stopped by a partition or a one-way cut */
    WHY_QUEUE,     /* its uplink, or its receiver's downlink, had no room for it, or it was on its
                      uplink when its node crashed */
    WHY_DOWN,      /* it met a node that was down */
    WHY_INBOX, /* its receiver's inbox had no room for it, or it was there when that went down */
};

struct model;
struct run;

struct sight {
    sim_time at; /* as metrics have it: under `timing: rounds` the start of the round */
    enum seen what;
    enum why why;
    node_id node, peer;        /* the scenario's numbers; OBSERVE_NOBODY: a client wrote what `node`
                                  has learned, or it knew it from the start */
    const struct model *model; /* whose message, timer or belief it is, or by which it was learned;
                                  NULL: by none */
    int kind;                  /* of the message, an index into the model's table; or the timer's
                                  tag */
    uint64_t message; /* which one it is, of a connection each transmission by itself: the same when
                         sent, lost and arrived, and for both copies if the network makes two; no
                         other message of the run has it */
    /* A message as its receiver sees it, but for `from`, the scenario's number; node ids in what
     * its model put in, `value` and `items`, are the engine's: observe_node().  This and the set
     * are valid during the call. */
    const struct message *carried;
    const struct set *set; /* SEEN_LEARNED */
    bool is_connection;    /* of a message: a transmission over a connection, no datagram */
    uint64_t bytes;        /* SEEN_SENT: as it is charged, with its header; of it by class: */
    uint64_t bytes_payload, bytes_digest, bytes_control;
    uint32_t copies;       /* SEEN_SENT: of updates, that it carries as payload */
    enum belief from, to;  /* SEEN_BELIEF */
    bool is_there;         /* SEEN_VIEW */
    const struct run *run; /* for observe_node() and observe_key() */
};

#define OBSERVE_NOBODY UINT32_MAX

/* The scenario's number of a node, by the id that models know it by; OBSERVE_NOBODY if no node has
 * that id.  During the call that shows `sight`. */
node_id observe_node(const struct sight *sight, node_id id);

/* The key of an update that somebody has learned, by then; during the call likewise. */
uint32_t observe_key(const struct sight *sight, update_id update);

/* Several runs may go on at once with one: it is then called from several threads. */
struct sim_observer {
    unsigned wants; /* of enum seen */
    void (*see)(void *context, const struct sight *sight);
    void *context;
};

#endif
