/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * slow_hyparview.h - HyParView and a flood over its links once more, from their sections of the
 * manual alone: plain arrays, a list of events, random numbers of its own.
 */
#ifndef TESTS_MODELS_SLOW_HYPARVIEW_H
#define TESTS_MODELS_SLOW_HYPARVIEW_H

#include <stdbool.h>
#include <stdint.h>

enum { HYPARVIEW_NODES_MAX = 50, HYPARVIEW_UPDATES = 3 };

/* The kinds of messages of the model, as transmissions; its own figures; what its views are as the
 * first update is written, and at the end; what becomes of each update. */
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
    HYPARVIEW_COPIES,
    HYPARVIEW_LAST_HOP = HYPARVIEW_COPIES + HYPARVIEW_UPDATES,
    HYPARVIEW_LEARNED = HYPARVIEW_LAST_HOP + HYPARVIEW_UPDATES,
    HYPARVIEW_FIGURES = HYPARVIEW_LEARNED + HYPARVIEW_UPDATES
};

/* Times in ns.  Node 0 is the contact; the others join at even distances in a random order. */
struct hyparview_setup {
    int nodes;
    int active, active_min, passive, arwl, prwl, shuffle_active, shuffle_passive;
    int64_t interval, promotion_interval, request_timeout, keep_alive;
    bool refill;

    int64_t join_every, latency, latency_spread, retransmit, end;
    int64_t first_update, every;         /* each by one of the first `origins` nodes */
    int origins, first_crashed, crashed; /* none of them an origin */
    int64_t crash;
};

/* Who has whom in the view. */
typedef bool hyparview_views[HYPARVIEW_NODES_MAX][HYPARVIEW_NODES_MAX];

/* Of the nodes up: how many others there are in a view, how that varies, and how many triangles of
 * links there are; and the entries of dead ones. */
void hyparview_look(hyparview_views views, const bool *is_up, int nodes, double *three,
                    double *dead);

void slow_hyparview_run(const struct hyparview_setup *setup, unsigned long seed,
                        double figures[HYPARVIEW_FIGURES]);

#endif
