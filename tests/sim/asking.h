/* SPDX-License-Identifier: GPL-3.0-or-later */
/* asking.h - runs whose nodes are asked to pick peers, once, when all faults have happened. */
#ifndef TESTS_SIM_ASKING_H
#define TESTS_SIM_ASKING_H

#include "sim/truth/numbering.h"
#include "tests/models/harness.h"

enum { NODES_MAX = 64, MANY_MAX = 4000, FEW_MAX = 12 };

/* What the nodes of a run are asked to do, once, when all faults have happened. */
struct config {
    void (*ask)(struct node *n, struct config *c);
    uint32_t nodes, wanted, replicas, picks;
    bool alive_only;
    bool is_down[MANY_MAX];
    struct numbering numbering;
    double exponent;
    const uint32_t *group_ends;
    size_t group_count;
    uint32_t by_steps[NODES_MAX]; /* picks, by steps up the ring */
    uint32_t by_place[NODES_MAX][NODES_MAX];
    uint32_t asked, degrees;
    node_id few[FEW_MAX]; /* met so far, and how often each was picked by each */
    uint32_t few_count, by_few[FEW_MAX][FEW_MAX];
    double chi; /* square, of all nodes together, with so many degrees of freedom */
};

/* Asks all nodes of a run; `crash` of them are down then. */
void ask(const struct config *how, uint32_t shards, int64_t crash, struct config *answer);

/* Those who may be picked: how many times each is met among this node's shards. */
uint32_t list_others(const struct node *n, const struct config *c, uint32_t times[NODES_MAX]);

/* Steps up the ring of the scenario's numbers from this node to `peer`. */
uint32_t steps_to(const struct node *n, const struct config *c, node_id peer);

#endif
