/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * region.h - groups of nodes with a network of their own: which group a node is in, how long
 * messages take from one to another, and what is lost at the senders' links and on the paths.
 *
 * A message can be lost twice: on its sender's access link, by the loss of the sender's group, and
 * on the path from there to the receiver's group.  The two are independent.  Bursts of a link are
 * those of burst.h.  Those of a path are of one sender's messages to one group, whatever it sends
 * to others meanwhile: so the fate of a node's message depends on what it has sent itself, and on
 * nothing that others do.
 *
 * Cost: 2 B a node, and where paths lose in bursts 1 B a node for each group.
 * Known values: tests/theory/regions_test.c.
 */
#ifndef SIM_NET_REGION_H
#define SIM_NET_REGION_H

#include "sim/net/burst.h"
#include "sim/sim.h"
#include "sim/truth/numbering.h"

struct loss_bounds {
    uint64_t below[LINK_STATES];
};

struct regions {
    uint16_t *of; /* the group of each node; NULL: there are no groups */
    uint32_t count;
    const struct sim_groups *plan; /* borrowed */
    struct loss_bounds *links;     /* of each group; NULL: all nodes lose alike */
    struct loss_bounds *paths;     /* of each pair of groups; NULL: paths lose nothing */
    uint8_t *link_states;          /* enum link_state of each node's link, */
    uint8_t *path_states;          /* and of its path to each group; NULL: no path has bursts */
};

void regions_init(struct regions *regions, struct memory *memory, const struct sim_network *network,
                  const struct numbering *numbering);

/* Bytes a node that all this takes. */
double regions_node_bytes(const struct sim_network *network);

/* Whether the next message of `from` is lost on its link, given 32 random bits; `links` is there.
 */
bool regions_lose_on_link(struct regions *regions, uint32_t from, uint32_t bits);

/* The same on the path to `to`; `paths` is there. */
bool regions_lose_on_path(struct regions *regions, uint32_t from, uint32_t to, uint32_t bits);

/* The latency from one node to another, whose groups have some, given 32 random bits. */
static inline sim_time regions_latency(const struct regions *regions, uint32_t from, uint32_t to,
                                       uint32_t bits)
{
    const struct sim_groups *plan = regions->plan;
    const sim_time cell = plan->latency[regions->of[from] * plan->count + regions->of[to]];

    return cell >= 0 ? cell : distribution_value(plan->laws[-1 - cell], bits);
}

#endif
