/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * slow_hyparview.h - HyParView once more, from its section of the manual alone, and a broadcast
 * over its links: plain arrays, in the world of slow_net.h.
 */
#ifndef TESTS_MODELS_SLOW_HYPARVIEW_H
#define TESTS_MODELS_SLOW_HYPARVIEW_H

#include "tests/models/slow_net.h"

enum { HYPARVIEW_NODES_MAX = NET_NODES_MAX };

/* The kinds of messages of the model, as transmissions; its own figures; what its views are as the
 * first update is written, and at the end. */
enum hyparview_figure {
    HYPARVIEW_JOIN,
    HYPARVIEW_FORWARD_JOIN,
    HYPARVIEW_REQUEST,
    HYPARVIEW_ANSWER,
    HYPARVIEW_DISCONNECT,
    HYPARVIEW_SHUFFLE,
    HYPARVIEW_REPLY,
    HYPARVIEW_KEEP_ALIVE,
    HYPARVIEW_KINDS,
    HYPARVIEW_LINKS = HYPARVIEW_KINDS,
    HYPARVIEW_REQUESTS,
    HYPARVIEW_REFUSALS,
    HYPARVIEW_EVICTIONS,
    HYPARVIEW_FAILURES,
    HYPARVIEW_VIEW_MEAN,
    HYPARVIEW_VIEW_SD,
    HYPARVIEW_TRIANGLES,
    HYPARVIEW_VIEW_MEAN_END,
    HYPARVIEW_VIEW_SD_END,
    HYPARVIEW_TRIANGLES_END,
    HYPARVIEW_DEAD_END,
    HYPARVIEW_FIGURES
};

/* Times in ns.  Node 0 is the contact; the others join at even distances in a random order. */
struct hyparview_setup {
    int nodes;
    int active, active_min, passive, arwl, prwl, shuffle_active, shuffle_passive;
    int64_t interval, promotion_interval, request_timeout, keep_alive;
    bool refill;

    int64_t join_every, latency, latency_spread, retransmit, end;
    int updates;
    int64_t first_update, every; /* from one update to the next */
    int first_crashed, crashed;
    int64_t crash;
};

/* What goes over the links.  Its kinds of messages and timers are numbered from NET_BROADCAST. */
struct slow_broadcast {
    void (*write)(void); /* the next update */
    void (*peer)(int node, int peer, bool is_there);
    void (*sent)(const struct net_event *message);
    void (*receive)(const struct net_event *message);
    void (*timer)(const struct net_event *timer);
    void (*crashed)(void); /* nodes have gone */
};

/* Who has whom in the view. */
typedef bool hyparview_views[HYPARVIEW_NODES_MAX][HYPARVIEW_NODES_MAX];

/* Of the nodes up: how many others there are in a view, how that varies, and how many triangles of
 * links there are; and the entries of dead ones. */
void hyparview_look(hyparview_views views, const bool *is_up, int nodes, double *three,
                    double *dead);

void slow_hyparview_run(const struct hyparview_setup *setup, const struct slow_broadcast *broadcast,
                        unsigned long seed, double figures[HYPARVIEW_FIGURES]);

#endif
