/* SPDX-License-Identifier: GPL-3.0-or-later */
/* mute.c - see mute.h. */
#include "sim/world/mute.h"

#include "sim/world/network.h"

void mute_init(struct run *run)
{
    for (size_t i = 0; i < run->config->fault_count; i++)
        if (run->config->faults[i].kind == FAULT_MUTE && !run->mute_until)
            run->mute_until = memory_get(&run->memory, run->nodes, sizeof *run->mute_until);
}

bool mute_begin(struct run *run, node_id node, sim_time until)
{
    const bool is_first = run->mute_until[node] == 0;

    run->mute_count += is_first;
    if (run->mute_until[node] < until)
        run->mute_until[node] = until;
    run->holds_back = true;
    return is_first;
}

bool mute_end(struct run *run, node_id node)
{
    if (run->mute_until[node] == 0 || run->mute_until[node] > run->node.now)
        return false;
    run->mute_until[node] = 0;
    run->mute_count--;
    run->holds_back = run->mute_count > 0;
    return true;
}

static bool is_mute(const struct run *run, int kind)
{
    return run->mute_count > 0 && run->mute_until[run->node.id] > 0 &&
           (run->carries[network_tag(&run->node, kind)] & CARRIES_PAYLOAD);
}

static bool is_own(const struct run *run, update_id update)
{
    return run->census.tracks[update].origin == run->node.id;
}

struct set *mute_hold_back(struct run *run, int kind, struct set *set)
{
    struct set *own = SET_EMPTY;

    if (run->is_crashing) {
        set_free(set);
        return NULL;
    }
    if (!is_mute(run, kind) || set_is_empty(set))
        return set;
    for (update_id i = 0; set_next(set, &i); i++)
        if (is_own(run, i))
            set_put(&run->pool, &own, i);
    set_free(set);
    return !set_is_empty(own) || run->node.layer->model->messages[kind].asks ? own : NULL;
}

bool mute_lets_pack(const struct run *run, int kind, const struct set *set)
{
    if (run->is_crashing)
        return false;
    for (update_id i = 0; is_mute(run, kind) && set_next(set, &i); i++)
        if (!is_own(run, i))
            return false;
    return true;
}
