/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * network_tally.h - what each node sends and handles, and what groups send each other, counted
 * message by message; for runs that ask for it.
 *
 * An event does not say what its message was charged for.  Of a set that is worked out again when
 * it arrives; of what else messages carry it is kept, beside the parcels and transfers, as long as
 * they are under way.
 */
#ifndef SIM_WORLD_NETWORK_TALLY_H
#define SIM_WORLD_NETWORK_TALLY_H

#include "sim/world/run.h"

struct tally_sums {
    uint64_t messages, bytes;
};

/* Of one node, since measuring began; what it was sent counts as it is handled. */
struct tally_node {
    struct tally_sums sent;
    uint64_t bytes_in;
};

/* What was charged, by place. */
struct tally_charges {
    uint64_t *of;
    size_t capacity;
};

struct tally {
    struct tally_node *nodes;
    const uint16_t *group_of; /* of each node; borrowed */
    uint32_t groups;
    struct tally_sums *between; /* from each group to each, [from * groups + to]; NULL: no groups */
    struct tally_charges parcels, transfers;
};

/* `groups` 0: only the nodes are counted.  24 B a node.  NULL if memory is short. */
struct tally *tally_new(struct run *run, const uint16_t *group_of, uint32_t groups);

/* What was counted so far does not count. */
void tally_begin(struct tally *tally, uint32_t nodes);

/* A message of the node whose turn it is, charged with so many bytes. */
void tally_send(struct tally *tally, struct run *run, const struct letter *letter, uint64_t bytes);

/* The node whose turn it is handles a message of `tag`. */
void tally_handle(struct tally *tally, const struct run *run, uint32_t tag, uint32_t load);

#endif
