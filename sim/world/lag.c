/* SPDX-License-Identifier: GPL-3.0-or-later */
/* lag.c - see lag.h. */
#include "sim/world/lag.h"
#include "sim/world/knowledge.h"

/* Lags of all keys of all live replicas, s. */
static double sum_lags(const struct census *census, sim_time at)
{
    double sum = 0;

    for (update_id i = 0; i < census->begun; i++) {
        const struct track *track = &census->tracks[i];
        const uint32_t before =
            track->older == UPDATE_NONE ? 0 : census->tracks[track->older].deficit;

        if (track->deficit > before)
            sum += (double)(track->deficit - before) * ((double)(at - track->injected) / 1e9);
    }
    return sum;
}

/* Adds a node with its largest lag, if it should hold anything. */
static void add_node(struct run *run, node_id node, sim_time at, struct lag *lag)
{
    const struct census *all = &run->census;
    struct set *meant = placement_restrict(&run->placement, node, all->everything);
    update_id first = 0;

    if (!set_is_empty(meant)) {
        struct set *held = knowledge_held(run, node), *lacking = set_minus(meant, held);

        lag->replicas++;
        if (set_next(lacking, &first)) /* the first written, as numbers go by that */
            lag->max += (double)(at - all->tracks[first].injected) / 1e9;
        set_free(lacking);
        set_free(held);
    }
    set_free(meant);
}

struct lag lag_look(struct run *run, const struct census *census, sim_time at, uint32_t first,
                    uint32_t count)
{
    struct lag lag = { 0 };

    for (uint32_t i = first; i < first + count; i++) {
        const node_id node = numbering_inside(&run->numbering, i);

        if (!run_is_down(run, node))
            add_node(run, node, at, &lag);
    }
    if (lag.replicas > 0) {
        lag.max /= lag.replicas;
        lag.mean = sum_lags(census, at) / (double)census->key_pairs;
        lag.stale_keys = (double)census->stale / lag.replicas;
    }
    return lag;
}
