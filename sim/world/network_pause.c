/* SPDX-License-Identifier: GPL-3.0-or-later */
/* network_pause.c - see network_pause.h. */
#include "sim/world/network_pause.h"

#include "sim/world/network.h"
#include "sim/world/network_connection.h"
#include "sim/world/network_processing.h"
#include "sim/world/observation.h"

void pause_init(struct run *run)
{
    for (size_t i = 0; i < run->config->fault_count; i++)
        if (run->config->faults[i].kind == FAULT_PAUSE && !run->pauses.nodes)
            run->pauses.nodes = memory_get(&run->memory, run->nodes, sizeof *run->pauses.nodes);
}

bool pause_begin(struct run *run, node_id node, sim_time until, enum sim_timers timers)
{
    struct pausing *pausing = &run->pauses.nodes[node];
    const bool is_first = !pausing->is_paused;

    if (run_is_down(run, node))
        return false;
    if (is_first)
        *pausing = (struct pausing){ .until = until, .timers = timers, .is_paused = true };
    else if (pausing->until < until)
        pausing->until = until;
    run->pauses.blocked -= !is_first && pausing->timers != TIMERS_LATE;
    if (timers < pausing->timers)
        pausing->timers = timers;
    run->pauses.blocked += pausing->timers != TIMERS_LATE;
    run->inboxes.nodes[node].is_held = true;
    effects_look(run);
    if (is_first && run->observation)
        observation_change(run, SEEN_PAUSED, node);
    return is_first;
}

/* ---- what waits ---- */

static bool keep(struct run *run, enum kept_as as, struct letter letter)
{
    struct pauses *pauses = &run->pauses;
    struct pausing *pausing = &pauses->nodes[run->node.id];
    uint32_t place = pauses->free;

    if (place)
        pauses->free = pauses->kept[place - 1].next;
    else if (memory_grow(&run->memory, &pauses->kept, &pauses->capacity, pauses->count + 1,
                         sizeof *pauses->kept))
        place = ++pauses->count;
    else
        return false;
    pauses->kept[place - 1] = (struct kept){ .letter = letter, .as = as };
    if (pausing->first)
        pauses->kept[pausing->last - 1].next = place;
    else
        pausing->first = place;
    pausing->last = place;
    return true;
}

/* The first that waits at a node; false if none does. */
static bool take(struct pauses *pauses, node_id node, struct kept *kept)
{
    struct pausing *pausing = &pauses->nodes[node];
    const uint32_t place = pausing->first;

    if (!place)
        return false;
    *kept = pauses->kept[place - 1];
    pausing->first = kept->next;
    pauses->kept[place - 1].next = pauses->free;
    pauses->free = place;
    return true;
}

/* The pause of the node whose turn it is; NULL: it does not pause. */
static const struct pausing *pausing_now(const struct run *run)
{
    return run_is_paused(run, run->node.id) ? &run->pauses.nodes[run->node.id] : NULL;
}

bool pause_keeps_timer(struct run *run, struct event event)
{
    const struct pausing *pausing = pausing_now(run);
    const bool is_of_engine = (event.when >> 4 & 15) == LAYER_ENGINE;

    if (!pausing || pausing->timers == TIMERS_RUN)
        return false;
    if (is_of_engine &&
        (pausing->timers == TIMERS_BLOCK || (event.when & 15) != ENGINE_TRANSFER_DUE))
        return false;
    if (!is_of_engine && run_life(run, run->node.id) != event.from)
        return false; /* of a life that is over: it does not fire */
    return keep(
        run, KEPT_TIMER,
        (struct letter){ .tag = (uint8_t)event.when, .load = event.load, .number = event.from });
}

/* Whether this waits of a lane. */
static bool has_kept(const struct pauses *pauses, const struct pausing *pausing, enum kept_as as,
                     uint32_t number)
{
    for (uint32_t i = pausing->first; i; i = pauses->kept[i - 1].next)
        if (pauses->kept[i - 1].as == as && pauses->kept[i - 1].letter.number == number)
            return true;
    return false;
}

bool pause_keeps_tick(struct run *run, const struct lane *lane)
{
    const struct pausing *pausing = pausing_now(run);
    const struct letter letter = { .number = (uint32_t)(lane - run->lanes.list) };

    if (!pausing || pausing->timers == TIMERS_RUN)
        return false;
    if (pausing->timers == TIMERS_BLOCK &&
        !has_kept(&run->pauses, pausing, KEPT_TICKED, letter.number)) {
        keep(run, KEPT_TICKED, letter);
        return false;
    }
    return has_kept(&run->pauses, pausing, KEPT_TICK, letter.number) ||
           keep(run, KEPT_TICK, letter);
}

bool pause_keeps_letter(struct run *run, const struct letter *letter)
{
    const struct pausing *pausing = pausing_now(run);

    return pausing && pausing->timers != TIMERS_LATE && keep(run, KEPT_LETTER, *letter);
}

/* ---- going on ---- */

static void fire(struct run *run, uint32_t layer, int tag, uint32_t value)
{
    const struct model *model = run_layer(run, layer);

    run->timers++;
    if (run->observation)
        observation_fire(run, model, tag);
    model->on_timer(&run->node, tag, value);
}

static void go_on_with(struct run *run, const struct kept *kept)
{
    const struct letter *letter = &kept->letter;
    const struct lane *lanes = run->lanes.list;

    if (kept->as == KEPT_TICKED)
        return;
    if (kept->as == KEPT_LETTER)
        effects_set_out(run, letter, 0);
    else if (kept->as == KEPT_TICK)
        fire(run, (uint32_t)lanes[letter->number].model, lanes[letter->number].tag, 0);
    else if (letter->tag >> 4 == LAYER_ENGINE)
        connection_continue(run, letter->load);
    else
        fire(run, letter->tag >> 4, letter->tag & 15, letter->load);
}

/* The node whose turn it is no longer pauses. */
static void clear(struct run *run)
{
    struct pausing *pausing = &run->pauses.nodes[run->node.id];

    run->pauses.blocked -= pausing->timers != TIMERS_LATE;
    pausing->is_paused = false;
    run->inboxes.nodes[run->node.id].is_held = false;
    effects_look(run);
    if (run->observation)
        observation_change(run, SEEN_RESUMED, run->node.id);
}

bool pause_end(struct run *run, node_id node)
{
    struct pausing *pausing = &run->pauses.nodes[node];
    struct kept kept;

    if (!pausing->is_paused || pausing->until > run->node.now)
        return false;
    run_turn(run, node);
    clear(run);
    pausing->well_from = run->node.now + processing_left(run) + 1; /* no more at that instant */
    while (take(&run->pauses, node, &kept))
        go_on_with(run, &kept);
    processing_catch_up(run);
    return true;
}

void pause_forget(struct run *run)
{
    struct kept kept;

    if (!run->pauses.nodes)
        return;
    run->pauses.nodes[run->node.id].well_from = 0;
    if (!run_is_paused(run, run->node.id))
        return;
    clear(run);
    while (take(&run->pauses, run->node.id, &kept)) {
        const bool is_transfer = kept.as == KEPT_TIMER && kept.letter.tag >> 4 == LAYER_ENGINE;

        if (kept.as == KEPT_LETTER)
            effects_drop(run, &kept.letter);
        if (kept.as == KEPT_LETTER || is_transfer)
            network_release(run, kept.letter.load);
    }
}
