/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * holding.h - clients that wait because a model of the stack holds their writes back.
 *
 * Who wants to write on a node asks its models first (`holds_back` in sim/model.h).  If it has to
 * wait, it does so in a queue of the node, in the order of coming, and those who come later stand
 * behind it unasked.  When its time is over the models are asked again, until they let somebody
 * wait again or nobody is left.  A write happens, for all that is measured, when it is let in.
 *
 * If the node is down or stands still then, all who wait there look for another node, as if they
 * came only now; where every node writes keys of its own they give up, as whoever comes to a node
 * that is down does there.  HOLDING_MAX may wait at a node; who finds so many there gives up, too.
 *
 * Updates are numbered as they are let in, so that the order of their numbers is that in which they
 * were written, here as everywhere; what they are (key, size, deletion) goes by the number of the
 * client, which is the same for all strategies.
 */
#ifndef SIM_WORLD_HOLDING_H
#define SIM_WORLD_HOLDING_H

#include "sim/world/run.h"

enum { HOLDING_MAX = 1024 };

/* In what AGENDA_INJECT is about: not a client that comes, but a node where the first one's wait
 * is over. */
#define HOLDING_NODE 0x80000000u

/* Clients at a node, by the numbers of their writes. */
struct client_queue {
    uint32_t first, last;
    uint32_t count;
};

struct holding {
    struct client_queue *nodes;
    uint32_t *next;   /* behind the client of each write */
    uint32_t waiting; /* clients, in all */
    uint32_t fresh; /* the first that has not come yet: they come in order, but for coming again */
    uint64_t came, gave_up;
    double waited; /* sum of the waits until `since`, ns */
    sim_time since;
};

/* Sets it up if a model of the stack holds back; otherwise run->holding stays NULL. */
void holding_init(struct run *run);

/* The rest is for runs that have it.  A client comes to a node that is up. */
enum holding_says { HOLDING_WRITE, HOLDING_WAIT, HOLDING_GIVE_UP };
enum holding_says holding_ask(struct run *run, node_id node, uint32_t client);

/* The first one's wait at a node is over, and the node is up: who may write now, one after another;
 * false: nobody, for the time being. */
bool holding_next(struct run *run, node_id node, uint32_t *client);

/* Takes the first off the queue of a node that is not there; false: there is nobody. */
bool holding_leave(struct run *run, node_id node, uint32_t *client);

/* Mean wait of all who came and did not give up at once, s; of those who wait still, up to now. */
double holding_mean(struct run *run);

#endif
