/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * observation.h - what the observer of a run is shown, where it has one; see sim/observe.h.
 *
 * An event of the queue does not say which message it is.  So those that are under way are kept
 * here once more, in a heap by the time of arrival; of two at one instant the one scheduled first
 * arrives first, in the queue as here.
 *
 * All but the first two are for runs that have an observer.
 */
#ifndef SIM_WORLD_OBSERVATION_H
#define SIM_WORLD_OBSERVATION_H

#include "sim/world/run.h"

/* A message under way. */
struct flight {
    sim_time arrives;
    uint64_t order; /* of scheduling */
    uint64_t message;
    node_id from, to;
};

struct observation {
    const struct sim_observer *observer;
    struct memory memory; /* not the run's, which is measured */
    struct flight *flights;
    size_t count, capacity;
    uint64_t order;
    node_id *outside; /* the scenario's number of each node, 1 up, to which it may be a long walk
                         (numbering.h); 0: not yet asked for */
    struct charge charged[KINDS];     /* as in struct effects */
    struct network_bytes sent[KINDS]; /* that have been shown, of each kind */
};

/* NULL if there is nobody, or no memory; `run` then knows the latter.  Needs the numbering. */
struct observation *observation_new(struct run *run, const struct sim_observer *observer);
void observation_free(struct observation *observation);

/* A message of the node whose turn it is: is sent (`so_far`: with all of its kind before it), is
 * under way, is lost. */
void observation_send(struct run *run, const struct letter *letter, const struct message *carried,
                      uint64_t bytes, const struct network_bytes *so_far);
void observation_depart(struct run *run, const struct letter *letter, sim_time arrives);
void observation_lose(struct run *run, const struct letter *letter, const struct message *carried,
                      enum why why);

/* One arrives at the node whose turn it is, which may be down. */
void observation_arrive(struct run *run, struct event event, const struct message *carried);

/* The same where it waits in an inbox: it lands, and the number of the message is returned; then it
 * is handled, or is not: `why`. */
uint64_t observation_land(struct run *run, struct event event);
void observation_handle(struct run *run, const struct inboxed *message,
                        const struct message *carried, enum why why);

/* Of the node whose turn it is: a timer of a model fires; it has learned `set` from `from`, or
 * NODE_NONE, through the layer whose turn it is; its belief has changed. */
void observation_fire(struct run *run, const struct model *model, int tag);
void observation_learn(struct run *run, node_id from, const struct set *set);
void observation_believe(struct run *run, node_id about, enum belief from, enum belief to);

/* A peer has come into its view, or left it. */
void observation_meet(struct run *run, node_id peer, bool is_there);

/* What becomes of any node: SEEN_UP, SEEN_DOWN, SEEN_WIPED, SEEN_PAUSED or SEEN_RESUMED. */
void observation_change(struct run *run, enum seen what, node_id node);

#endif
