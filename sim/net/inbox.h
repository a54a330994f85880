/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * inbox.h - the messages that have come to each node and wait to be handled, first in, first out.
 *
 * The message that is being handled is out of the inbox.  A node that is held takes none up until
 * it is let go; what comes meanwhile waits like all else.
 *
 * Cost: 40 B a node, 40 B for one that waits, O(1) a message.
 */
#ifndef SIM_NET_INBOX_H
#define SIM_NET_INBOX_H

#include "base/quantity.h"
#include "sim/value/memory.h"

/* A message that has come. */
struct inboxed {
    uint32_t from;
    uint32_t load;    /* handle of what it carries */
    sim_time came;    /* when */
    uint64_t message; /* of the run, for its observer */
    uint8_t tag;      /* model << 4 | kind */
    uint32_t next;    /* the one behind it, 1 up; 0: none */
};

struct inbox {
    uint32_t first, last; /* of those that wait, 1 up; first 0: none waits */
    uint32_t count;       /* that wait */
    uint32_t serving;     /* the one that is being handled, 1 up; 0: none */
    uint32_t taken;       /* so far: the number of the next */
    bool is_held;
    sim_time busy;  /* that it has been since measuring began, to the end of what it handles */
    sim_time until; /* when it is done with that */
};

struct inboxes {
    struct inbox *nodes; /* NULL: messages are handled as they come */
    uint64_t max;        /* that may wait at a node */
    struct inboxed *messages;
    size_t capacity;
    uint32_t count, free; /* free: head of the list of those not in use, 1 up; 0: none */
    struct memory *memory;
    /* Since measuring began: */
    uint64_t taken; /* taken up by all nodes, */
    double waited;  /* having waited so long together, ns */
    sim_time waited_max;
    uint32_t most; /* that waited at a node at a time */
};

/* `max`: of each inbox, UINT64_MAX: no limit. */
void inboxes_init(struct inboxes *inboxes, struct memory *memory, uint32_t nodes, uint64_t max);

/* Puts a message in; false, and nothing done, if there is no room (or memory is short). */
bool inbox_put(struct inboxes *inboxes, uint32_t node, const struct inboxed *message);

/* How long it is still busy with what it handles; one that pauses with a message in its hands is so
 * no longer. */
static inline sim_time inbox_rest(const struct inbox *inbox, sim_time now)
{
    return inbox->serving && inbox->until > now ? inbox->until - now : 0;
}

/* Takes up the message that has waited longest, to be handled until `until`; false if none waits,
 * the node is held, or handles one already. */
bool inbox_may_take(const struct inboxes *inboxes, uint32_t node);
void inbox_take(struct inboxes *inboxes, uint32_t node, sim_time now, sim_time until);

/* The message that was taken up is handled: it is returned, and its place free. */
struct inboxed inbox_finish(struct inboxes *inboxes, uint32_t node);

/* Takes one out unhandled, the one that is being handled first; false if there is none. */
bool inbox_drop(struct inboxes *inboxes, uint32_t node, sim_time now, struct inboxed *message);

/* What is measured counts from now. */
void inboxes_begin(struct inboxes *inboxes, uint32_t nodes, sim_time now);

#endif
