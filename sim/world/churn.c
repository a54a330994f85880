/* SPDX-License-Identifier: GPL-3.0-or-later */
/* churn.c - see churn.h. */
#include "sim/world/churn.h"
#include "sim/world/fetch.h"
#include "sim/world/presence.h"
#include "sim/world/trail.h"

/* Numbers of a node's churn draws; its later ones are DRAW_STAY + its changes so far. */
enum { DRAW_CHURNS, DRAW_IS_UP, DRAW_STAY };

/* Of a node that follows a trace. */
enum { DRAW_RECORD = DRAW_IS_UP, DRAW_FROM };

/* ---- by a trace ---- */

static void schedule_next(struct run *run, node_id node)
{
    const struct sim_churn *churn = &run->config->churn;
    const sim_time time =
        trail_next(churn->trace, &run->trails[node], churn->repeats, run->config->stop.at);

    if (time != SIM_NEVER)
        agenda_add(&run->agenda, time, AGENDA_CHURN, node);
}

/* The node follows the recorded node of this number, or one that is drawn. */
static void follow(struct run *run, node_id node, uint32_t record)
{
    const struct sim_churn *churn = &run->config->churn;
    const struct sim_trace *trace = churn->trace;
    const uint64_t key = run->keys[PURPOSE_CHURN];
    sim_time from = 0;

    if (!draw_chance(draw(key, node, DRAW_CHURNS), churn->share))
        return;
    if (churn->is_drawn)
        record = (uint32_t)draw_below(draw(key, node, DRAW_RECORD), trace->count);
    if (churn->is_shifted)
        from = (sim_time)draw_below(draw(key, node, DRAW_FROM), (uint64_t)trace->length);
    if (!trail_begin(trace, &run->trails[node], record, from))
        presence_begin_away(run, node, ABSENT_CHURN);
    schedule_next(run, node);
}

static void init_by_trace(struct run *run)
{
    run->trails = memory_get(&run->memory, run->nodes, sizeof *run->trails);
    for (uint32_t i = 0; i < run->nodes && !run->memory.is_short; i++)
        follow(run, numbering_inside(&run->numbering, i), i);
}

/* ---- by drawn sessions ---- */

static void schedule_change(struct run *run, node_id node, const struct distribution *stay)
{
    const uint32_t number = DRAW_STAY + run->churn_changes[node]++;
    const uint64_t bits = draw(run->keys[PURPOSE_CHURN], node, number);
    const sim_time length = distribution_value(stay, (uint32_t)(bits >> 32));
    const sim_time time = run->node.now + (length > 0 ? length : 1); /* time goes on */

    if (time <= run->config->stop.at)
        agenda_add(&run->agenda, time, AGENDA_CHURN, node);
}

static void init_node(struct run *run, node_id node, double share_up)
{
    const struct sim_churn *churn = &run->config->churn;
    const uint64_t key = run->keys[PURPOSE_CHURN];

    if (!draw_chance(draw(key, node, DRAW_CHURNS), churn->share))
        return;
    if (churn->start == CHURN_UP)
        schedule_change(run, node, churn->session);
    else if (draw_chance(draw(key, node, DRAW_IS_UP), share_up))
        schedule_change(run, node, run->first_session);
    else {
        presence_begin_away(run, node, ABSENT_CHURN);
        schedule_change(run, node, run->first_downtime);
    }
}

void churn_init(struct run *run)
{
    const struct sim_churn *churn = &run->config->churn;

    if (churn->trace)
        init_by_trace(run);
    if (!churn->session)
        return;
    const double session = distribution_mean(churn->session);
    const double both = session + distribution_mean(churn->downtime);

    run->churn_changes = memory_get(&run->memory, run->nodes, sizeof *run->churn_changes);
    if (churn->start == CHURN_STATIONARY) {
        run->first_session = distribution_residual(churn->session);
        run->first_downtime = distribution_residual(churn->downtime);
        if (!run->first_session || !run->first_downtime)
            run->memory.is_short = true;
    }
    if (run->memory.is_short)
        return;
    for (node_id i = 0; i < run->nodes; i++)
        init_node(run, i, both > 0 ? session / both : 1);
}

/* Fetches, one change ahead, all that the next change will touch of its node: at a million nodes
 * four cache misses in a row took 0.30 of a run. */
FETCHING void fetch_next(const struct run *run)
{
    const struct agenda_entry *next = agenda_next(&run->agenda);

    if (!next || next->class != AGENDA_CHURN || next->about >= run->nodes)
        return;
    __builtin_prefetch(&run->replicas[next->about]);
    __builtin_prefetch(&run->absent[next->about]);
    __builtin_prefetch(&run->lives[next->about]);
    if (run->churn_changes)
        __builtin_prefetch(&run->churn_changes[next->about]);
    else
        __builtin_prefetch(&run->trails[next->about]);
}

void churn_change(struct run *run, node_id node)
{
    const struct sim_churn *churn = &run->config->churn;
    const bool was_away = presence_is_away(run, node, ABSENT_CHURN);

    fetch_next(run);
    if (was_away)
        presence_return(run, node, ABSENT_CHURN);
    else
        presence_leave(run, node, ABSENT_CHURN,
                       churn->leave == LEAVE_GRACEFUL ? FAREWELL_GRACEFUL : FAREWELL_NONE,
                       churn->rejoin == REJOIN_LOSE);
    if (run->trails)
        schedule_next(run, node);
    else
        schedule_change(run, node, was_away ? churn->session : churn->downtime);
}
