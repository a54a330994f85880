/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * slow_plumtree.h - Plumtree once more, from its section of the manual alone: plain arrays, over
 * links that its caller names, in the world of slow_net.h.
 */
#ifndef TESTS_MODELS_SLOW_PLUMTREE_H
#define TESTS_MODELS_SLOW_PLUMTREE_H

#include "tests/models/slow_net.h"

enum { PLUMTREE_UPDATES_MAX = 100, PLUMTREE_ORIGINS_MAX = 5 };

/* Kinds of messages. */
enum {
    PLUMTREE_GOSSIP = NET_BROADCAST,
    PLUMTREE_IHAVE,
    PLUMTREE_GRAFT,
    PLUMTREE_PRUNE,
    PLUMTREE_KINDS_END
};

/* Transmissions of each kind, in the order of the model's table; the model's own figures; what is
 * measured of updates, as the metrics are called: times in seconds. */
enum plumtree_figure {
    PLUMTREE_GOSSIPS_SENT,
    PLUMTREE_IHAVES_SENT,
    PLUMTREE_GRAFTS_SENT,
    PLUMTREE_PRUNES_SENT,
    PLUMTREE_GRAFTS,
    PLUMTREE_PRUNES,
    PLUMTREE_OPTIMISED,
    PLUMTREE_RELIABILITY,
    PLUMTREE_RMR,
    PLUMTREE_LAST_HOP,
    PLUMTREE_HOPS_MEAN,
    PLUMTREE_T_AVG,
    PLUMTREE_T90,
    PLUMTREE_T99,
    PLUMTREE_FIGURES
};

/* Times in ns.  An update is written by a random one of the first `origins` nodes, of which
 * at least one is up. */
struct plumtree_setup {
    int64_t graft_timeout, regraft_timeout, lazy_interval;
    int threshold;
    bool per_origin, is_datagram;

    int nodes, updates, origins;
    int64_t end;
};

/* Begins with nodes without links. */
void slow_plumtree_begin(const struct plumtree_setup *setup, double *figures);

/* What the world has to tell it of. */
void slow_plumtree_start(int node); /* it comes up, or comes back with what it knew */
void slow_plumtree_peer(int node, int peer, bool is_there);
void slow_plumtree_write(void); /* the next update, now */
void slow_plumtree_sent(const struct net_event *message);
void slow_plumtree_receive(const struct net_event *message);
void slow_plumtree_timer(const struct net_event *timer);
void slow_plumtree_look(void); /* some have gone or come back */
void slow_plumtree_end(void);  /* adds up the figures */

#endif
