/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * network_connection.h - messages over connections: sent again until they arrive or are given up.
 *
 * A transmission that is lost, cut off or finds no room in the uplink's queue, or that finds its
 * receiver down, is repeated: 200 ms after it was sent (`retransmit` of struct sim_network), then
 * twice as long each time, RETRANSMISSIONS_MAX times.  So an independent loss p adds up to a delay
 * and fails a message with probability p^7, 127 times 200 ms after it was first sent, which its
 * model is told then.  A receiver that has left gracefully refuses: its machine is up, and the
 * sender is told after one latency.  A connection needs both directions: a one-way cut cuts it.
 * What the receiver sends back is neither counted nor lost.
 *
 * Each transmission counts as a message sent and has a fate of its own, so that sums hold.  Its
 * link draw is that of the sender's message for the first, and for a repetition of a number counted
 * down from the top: no other message's fate depends on it, up to 2^29 messages of a node, where
 * the two meet.  Messages of one pair may overtake each
 * other, as datagrams may; none arrives twice.  All of it ends with the sender's life.
 *
 * Cost: 48 B a message under way, and an event for each repetition.
 *
 * Source of the times: the exponential backoff of RFC 6298, section 5.5, without its clock of the
 * round trip.
 */
#ifndef SIM_WORLD_NETWORK_CONNECTION_H
#define SIM_WORLD_NETWORK_CONNECTION_H

#include "sim/world/run.h"

enum { RETRANSMISSIONS_MAX = 6 };

/* Sends from the node whose turn it is, as network_send() does; `beside`: bytes of digest beside
 * what its kind charges for its set. */
void connection_send(struct run *run, node_id to, int kind, uint32_t load, uint64_t beside);

/* The same of a message that the node whose turn it is has just sent, its first transmission, with
 * nothing beside: `letter` then carries the transfer.  False, and what it carried is released, if
 * memory is short. */
bool connection_open(struct run *run, struct letter *letter);

/* What a transfer carries: the handle of a set or a parcel. */
uint32_t connection_load(const struct run *run, uint32_t handle);

/* A transmission has not got through: it is tried again, or given up. */
void connection_miss(struct run *run, uint32_t handle);

/* A transmission has come to a receiver that is down, and whose machine may refuse it. */
void connection_meet_down(struct run *run, uint32_t handle, bool refuses);

/* What the sender, whose turn it is, has waited for is due: it tries again, or knows that it
 * failed. */
RARE void connection_continue(struct run *run, uint32_t handle);

/* A transfer is over, and what it carries is released. */
void connection_close(struct run *run, uint32_t handle);

#endif
