/* SPDX-License-Identifier: GPL-3.0-or-later */
/* lapse.c - see lapse.h. */
#include "sim/world/lapse.h"

#include "sim/world/recording.h"

void lapse_keep_side(struct run *run, uint32_t **handles, node_id node, struct set *set)
{
    if (!*handles) {
        run->recalls |= handles != &run->unlearned;
        *handles = memory_get(&run->memory, run->nodes, sizeof **handles);
        for (node_id i = 0; i < run->nodes && *handles; i++)
            (*handles)[i] = set_handle(SET_EMPTY);
    }
    if (*handles)
        (*handles)[node] = set_handle(set);
}

/* Whether the newest that a node knows of the key of `update`, up to that, is a value. */
static bool shows_value(const struct run *run, node_id node, update_id update)
{
    const struct set *known = set_of_handle(&run->pool, run->replicas[node].known);

    while (update != UPDATE_NONE && !set_has(known, update))
        update = run->census.tracks[update].older;
    return update != UPDATE_NONE && !run->census.tracks[update].is_delete;
}

/* A node that shows no value of the keys of `lapsed` counts as having known and forgotten these. */
static void excuse(struct run *run, node_id node, const struct set *lapsed)
{
    struct set *forgotten = lapse_side(run, run->forgotten, node);
    struct set *meant = placement_restrict(&run->placement, node, lapsed);
    struct set *excused = SET_EMPTY;

    set_remove(&meant, set_of_handle(&run->pool, run->replicas[node].known));
    set_remove(&meant, forgotten);
    set_remove(&meant, lapse_side(run, run->dormant, node));
    for (update_id i = 0; set_next(meant, &i); i++) {
        if (shows_value(run, node, i))
            continue;
        set_put(&run->pool, &excused, i);
        if (run_is_down(run, node))
            continue;
        census_excuse(&run->census, i, run_credit(run, run->node.now));
        if (run->recording)
            recording_excuse(run, node, i);
    }
    set_add(&forgotten, excused);
    lapse_keep_side(run, &run->forgotten, node, forgotten);
    set_free(excused);
    set_free(meant);
}

/* The same of one update, and of all that should hold it. */
static void excuse_holders(struct run *run, update_id update)
{
    const struct placement *placement = &run->placement;
    struct set *lapsed = set_single(&run->pool, update);

    for (uint32_t place = 0; place < placement->replicas; place++)
        excuse(run, placement_holder(placement, placement->shard_of[update], place), lapsed);
    set_free(lapsed);
}

void lapse_excuse_newer(struct run *run, const struct set *changed)
{
    const struct track *tracks = run->census.tracks;
    struct set *newer = SET_EMPTY;

    for (update_id i = 0; set_next(changed, &i); i++)
        for (update_id k = tracks[i].newer; k != UPDATE_NONE && set_has(run->lapsed, k);
             k = tracks[k].newer)
            set_put(&run->pool, &newer, k);
    if (!set_is_empty(newer))
        excuse(run, run->node.id, newer);
    set_free(newer);
}

void lapse_first(struct run *run, const struct set *out)
{
    struct set *fresh = set_minus(out, run->lapsed);

    set_add(&run->lapsed, fresh);
    if (placement_is_everywhere(&run->placement))
        for (node_id i = 0; i < run->nodes && !set_is_empty(fresh); i++)
            excuse(run, i, fresh);
    else
        for (update_id i = 0; set_next(fresh, &i); i++)
            excuse_holders(run, i);
    set_free(fresh);
}
