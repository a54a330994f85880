/* SPDX-License-Identifier: GPL-3.0-or-later */
/* written.h - what a run keeps of the updates that its clients write: see writes.h. */
#ifndef SIM_WORLD_WRITTEN_H
#define SIM_WORLD_WRITTEN_H

#include "sim/node.h"

/* A node writes a key of its own. */
struct own_write {
    sim_time at;
    node_id node; /* the scenario's number */
    uint32_t key;
    uint32_t number; /* of the node's writes */
};

/* What is known beforehand of the updates that clients will write. */
struct writes {
    uint32_t *sizes;  /* of each update, preloaded ones too; NULL: all as the workload says */
    uint32_t *keys;   /* of each injected one; NULL: in turn */
    node_id *turns;   /* ARRIVAL_RENEWAL: the scenario's nodes in the order in which they write */
    sim_time *phases; /* of these, in the same order */
    struct own_write *own; /* ARRIVAL_OWN: all of them */
    uint32_t own_count;
    sim_time *times; /* ARRIVAL_RATES: of all of them */
    uint32_t time_count;
    uint32_t *clients; /* of each update: the number of the client that wrote it; NULL: they are
                          numbered alike */
    uint32_t let_in;   /* of the injected ones, where they are not */
    uint32_t expected; /* the last client that the agenda had */
};

#endif
