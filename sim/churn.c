/* SPDX-License-Identifier: GPL-3.0-or-later */
/* churn.c - see churn.h. */
#include "sim/churn.h"

#include <string.h>

/* Numbers of a node's churn draws; its later ones are DRAW_STAY + its changes so far. */
enum { DRAW_CHURNS, DRAW_IS_UP, DRAW_STAY };

static void schedule_change(struct run *run, node_id node, const struct distribution *stay)
{
    uint32_t u =
        (uint32_t)(draw(run->keys[PURPOSE_CHURN], node, DRAW_STAY + run->lives[node]) >> 32);
    sim_time time = run->node.now + distribution_value(stay, u);

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
        run->replicas[node].handled |= REPLICA_DOWN;
        census_down(&run->census, SET_EMPTY, 0);
        schedule_change(run, node, run->first_downtime);
    }
}

void churn_init(struct run *run)
{
    const struct sim_churn *churn = &run->config->churn;

    if (!churn->session)
        return;
    double session = distribution_mean(churn->session);
    double downtime = distribution_mean(churn->downtime);

    run->lives = memory_get(&run->memory, run->nodes, sizeof *run->lives);
    if (churn->start == CHURN_STATIONARY) {
        run->first_session = distribution_residual(churn->session);
        run->first_downtime = distribution_residual(churn->downtime);
        if (!run->first_session || !run->first_downtime)
            run->memory.is_short = true;
    }
    if (run->memory.is_short)
        return;
    double both = session + downtime;

    for (node_id i = 0; i < run->nodes; i++)
        init_node(run, i, both > 0 ? session / both : 1);
}

void churn_start_node(struct run *run)
{
    for (int i = 0; i < run->layer_count; i++) {
        const struct model *model = run_layer(run, i);

        if (model->on_start)
            model->on_start(&run->node);
    }
}

/* The node's data and what its models remember are gone. */
static void lose_everything(struct run *run)
{
    struct replica *me = run->node.me;

    set_release(set_of_handle(&run->pool, me->known));
    me->known = set_handle(SET_EMPTY);
    for (int i = 0; i < run->layer_count; i++) {
        struct layer *layer = &run->layers[i];
        const size_t id = run->node.id;

        for (int k = 0; k < layer->set_count; k++)
            set_clear(&layer->sets[id * (size_t)layer->set_count + (size_t)k]);
        if (layer->states)
            memset(layer->states + id * layer->model->state_size, 0, layer->model->state_size);
        if (layer->records)
            layer->records[id].count = 0;
    }
}

static void go_down(struct run *run)
{
    const struct sim_churn *churn = &run->config->churn;
    const bool is_graceful = churn->leave == LEAVE_GRACEFUL, loses = churn->rejoin == REJOIN_LOSE;

    run->is_muted = !is_graceful;
    for (int i = 0; i < run->layer_count; i++) {
        const struct model *model = run_layer(run, i);

        if (model->on_down)
            model->on_down(&run->node, is_graceful, loses);
    }
    run->is_muted = false;
    run->node.me->handled |= REPLICA_DOWN;
    for (int i = 0; i < run->lanes.count; i++)
        lane_disarm(&run->lanes, &run->lanes.list[i], run->node.id);
    census_down(&run->census, set_of_handle(&run->pool, run->node.me->known),
                run_credit(run, run->node.now));
    if (loses)
        lose_everything(run);
}

void churn_change(struct run *run, node_id node)
{
    const struct sim_churn *churn = &run->config->churn;

    run_turn(run, node);
    run->lives[node]++; /* its one-shot timers are of a former life now */
    if (run_is_down(run, node)) {
        run->node.me->handled &= ~REPLICA_DOWN;
        census_up(&run->census, set_of_handle(&run->pool, run->node.me->known),
                  run_credit(run, run->node.now));
        churn_start_node(run);
        schedule_change(run, node, churn->session);
    } else {
        go_down(run);
        schedule_change(run, node, churn->downtime);
    }
}
