/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * fetch.h - fetching into the cache what later events will touch; speed only.
 *
 * With rows of sets an arrival touches three of them, of any nodes, which the cache misses in a
 * large run; fetched some events before, they take a third less time for a thousand rumors among
 * 1e5 nodes.
 */
#ifndef SIM_WORLD_FETCH_H
#define SIM_WORLD_FETCH_H

#include "sim/world/run.h"

/* A function that only fetches: gcc takes it for one without effects and drops calls of it, so it
 * has to stand in its caller. */
#define FETCHING static inline __attribute__((always_inline))

enum {
    FETCH_AHEAD = 4, /* events from fetching to touching, twice in a row */
    FETCH_LINE = 64,
    FETCH_LINES_MAX = 4, /* of a row: the processor sees by itself where longer ones go on */
};

FETCHING void fetch_row(const struct set_pool *pool, const struct set *set)
{
    if (!set_is_inline(set))
        for (uint32_t at = 0; at < FETCH_LINES_MAX * FETCH_LINE && at < pool->row_bytes;
             at += FETCH_LINE)
            __builtin_prefetch((const char *)set + at);
}

/* Where the model's sets of a node are. */
FETCHING void fetch_sets(const struct layer *layer, node_id node)
{
    if (layer->set_count > 0)
        __builtin_prefetch(&layer->sets[(size_t)node * (size_t)layer->set_count]);
}

/*
 * Fetches what messages soon to arrive carry and what their receivers have, and before that where
 * this is.  Behind the last event of the open bucket lie older ones, so any of them is good to look
 * at.
 */
FETCHING void fetch_rows(const struct run *run)
{
    const struct event soon = run->queue.open[run->queue.next + FETCH_AHEAD];
    const struct event later = run->queue.open[run->queue.next + 2 * FETCH_AHEAD];

    if (event_class(later) == EVENT_ARRIVAL)
        fetch_sets(&run->layers[later.when >> 4 & 15], later.to);
    if (event_class(soon) == EVENT_ARRIVAL) {
        const struct layer *layer = &run->layers[soon.when >> 4 & 15];
        const size_t first = (size_t)soon.to * (size_t)layer->set_count;

        fetch_row(&run->pool, set_of_handle(&run->pool, run->replicas[soon.to].known));
        if (handle_is_row(soon.load))
            fetch_row(&run->pool, set_of_handle(&run->pool, soon.load));
        for (int k = 0; k < layer->set_count; k++)
            fetch_row(&run->pool, layer->sets[first + (size_t)k]);
    }
}

#endif
