/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * recording.h - one run of a study made again, and all that happened in it: for traces and replays.
 *
 * An observer (sim/observe.h) notes each event of the run in the order in which they happen: 48 B
 * an event, 88 B a message, 8 B a range of updates; beside them is what the run results in, as it
 * is stored.  Nodes have the scenario's numbers; messages are numbered from 1 in the order in which
 * they are sent.
 *
 * What is noted has a limit.  Beyond it the run goes on to its end, so that its result is whole,
 * but nothing more is noted, and the recording says so.  Messages and timers may also be noted in a
 * window of time only; who is up, knows and believes what is noted from the start on.
 */
#ifndef EXPERIMENT_TRACE_RECORDING_H
#define EXPERIMENT_TRACE_RECORDING_H

#include "experiment/plan/plan.h"

#include <stdint.h>

enum {
    RECORDING_EVENTS = 1000000,       /* the usual limit, */
    RECORDING_EVENTS_MAX = 100000000, /* and the highest */
    RECORDING_CARRIED_MAX = 32,   /* ranges of updates that are kept of what a message carries */
    RECORDED_BY_NONE = UINT8_MAX, /* in the place of a layer: no model's */
};

/* Updates first .. last. */
struct recorded_range {
    update_id first, last;
};

/* Some updates: `kept` ranges in ascending order from recording->ranges[start] on. */
struct recorded_updates {
    uint64_t start;
    uint32_t kept;
    uint32_t count; /* updates; of a message maybe more than the ranges hold */
};

struct recorded_event {
    sim_time at; /* as struct sight has it, like the next */
    node_id node, peer;
    struct recorded_updates learned; /* SEEN_LEARNED: by `node` from `peer`, all of them */
    uint32_t message;                /* of recording->messages, 1 up; 0: it is no message's */
    uint16_t what;                   /* enum seen */
    uint8_t why;                     /* SEEN_LOST: enum why */
    uint8_t layer;                   /* of the stack: whose message, timer or belief it is, or by
                                        which it was learned; or RECORDED_BY_NONE */
    uint8_t kind;                    /* of the message, or the timer's tag */
    uint8_t from, to;                /* SEEN_BELIEF: enum belief */
    bool is_there;                   /* SEEN_VIEW */
};

struct recorded_message {
    sim_time sent;  /* SIM_NEVER: before the window, so that its bytes are not known */
    sim_time ended; /* it arrived, first, or was lost; SIM_NEVER: neither was seen */
    uint64_t bytes; /* as it is charged, with its header; of it by class: */
    uint64_t payload, digest, control;
    uint32_t copies;                 /* of updates, that it carries as payload */
    struct recorded_updates carries; /* what its set is, which it need not carry as values */
    node_id from, to;
    uint8_t layer, kind;
    uint8_t why;        /* it was lost: enum why */
    uint8_t ends;       /* how often it arrived or was lost: twice, if the network made two */
    bool is_connection; /* a transmission over a connection, no datagram */
};

struct recording_options {
    uint64_t events_max;  /* 1..RECORDING_EVENTS_MAX */
    sim_time from, until; /* the window of messages and timers, both ends in it */
    sim_time stop_at; /* the run ends there, if it does not before: only a part of the study's; 0:
                         as the scenario has it */
};

struct recording {
    const struct plan *plan; /* borrowed */
    size_t point;
    int strategy;
    uint32_t replication;
    struct setup *setup;
    struct sim_config config; /* of the run; its parts are the setup's, and it has no observer */
    struct sim_result result; /* whose status may be SIM_FAILED */
    struct recording_options options;

    struct recorded_event *events; /* in the order in which they happened */
    size_t event_count;
    struct recorded_message *messages; /* messages[0] is none */
    size_t message_count;              /* that one included */
    struct recorded_range *ranges;
    size_t range_count;
    uint32_t *keys;   /* of the updates that somebody had written by then */
    size_t key_count; /* the highest of these + 1 */

    uint64_t events_seen; /* what there was to note, in the window; more than event_count: the
                             limit was met, and nothing noted after `noted_until` */
    sim_time noted_until; /* time of the last event noted before the limit; without it the run's end
                           */
};

/*
 * Makes the run of a strategy at a point and notes it.  A run that fails is a recording, too, and
 * its result says why.  NULL and an error if memory is short.  Frees nothing of the plan.
 */
struct recording *recording_make(const struct plan *plan, size_t point, int strategy,
                                 uint32_t replication, const struct recording_options *options,
                                 struct errors *errors);
void recording_free(struct recording *recording);

/* About what it takes to note so many events, in bytes. */
uint64_t recording_memory(uint64_t events);

/* The group of a node, from 0; its name is setup_group(). */
size_t recording_group(const struct recording *recording, node_id node);

/* The model of a layer, what it calls a kind of message, what an event and a reason are called. */
const struct model *recording_model(const struct recording *recording, uint8_t layer);
const char *recording_kind(const struct recording *recording, const struct recorded_message *m);
const char *recording_what(enum seen what); /* `sent` */
const char *recording_why(enum why why);    /* `loss`; "" for none */
const char *recording_belief(enum belief belief);

/* Goes through the updates of a list that were kept, in order; *walk is zeroed at first.  False at
 * the end. */
struct recorded_walk {
    uint32_t range, place;
};
bool recording_next(const struct recording *recording, const struct recorded_updates *updates,
                    struct recorded_walk *walk, update_id *update);

#endif
