/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * slow_gossipsub.h - GossipSub once more, from its section of the manual alone: plain arrays, a
 * list of events that is searched for the next, random numbers of its own.
 */
#ifndef TESTS_MODELS_SLOW_GOSSIPSUB_H
#define TESTS_MODELS_SLOW_GOSSIPSUB_H

#include <stdbool.h>
#include <stdint.h>

enum { GOSSIPSUB_NODES_MAX = 60, GOSSIPSUB_UPDATES_MAX = 12, GOSSIPSUB_CRASHES_MAX = 2 };

/* The kinds of messages, as transmissions, in the order of the model's table; then its own figures,
 * and what is measured of updates: times in seconds. */
enum gossipsub_figure {
    GOSSIPSUB_MESSAGE,
    GOSSIPSUB_IHAVE,
    GOSSIPSUB_IWANT,
    GOSSIPSUB_IDONTWANT,
    GOSSIPSUB_GRAFT,
    GOSSIPSUB_PRUNE,
    GOSSIPSUB_SUBSCRIBE,
    GOSSIPSUB_KINDS,
    GOSSIPSUB_MESH = GOSSIPSUB_KINDS,
    GOSSIPSUB_GRAFTS,
    GOSSIPSUB_PRUNES,
    GOSSIPSUB_IHAVES,
    GOSSIPSUB_IWANTS,
    GOSSIPSUB_IDONTWANTS,
    GOSSIPSUB_DUPLICATES,
    GOSSIPSUB_SPARED,
    GOSSIPSUB_M,
    GOSSIPSUB_T_AVG,
    GOSSIPSUB_T_LAST_MEAN,
    GOSSIPSUB_RESIDUE,
    GOSSIPSUB_FIGURES
};

/* Times in ns. */
struct gossipsub_crash {
    int first, nodes; /* none of them is an origin */
    int64_t at, lasts;
    bool is_for_good; /* else it is over after `lasts` */
};

struct gossipsub_setup {
    int nodes, links; /* links: that each opens */
    bool is_peer[GOSSIPSUB_NODES_MAX][GOSSIPSUB_NODES_MAX];

    int d, d_low, d_high, d_out, d_lazy, history, gossip_window, threshold, ttl;
    double gossip_factor;
    int64_t heartbeat, backoff;
    bool refuse_when_full, flood_publish, idontwant;

    int64_t latency, latency_spread, retransmit, end;
    double loss;
    int updates, update_size, origins; /* each by one of the first nodes */
    int64_t first_update, every;
    struct gossipsub_crash crashes[GOSSIPSUB_CRASHES_MAX];
    int crash_count;
};

void slow_gossipsub_run(const struct gossipsub_setup *setup, unsigned long seed,
                        double figures[GOSSIPSUB_FIGURES]);

#endif
