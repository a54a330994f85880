/* SPDX-License-Identifier: GPL-3.0-or-later */
/* presence.c - see presence.h. */
#include "sim/world/presence.h"
#include "sim/world/knowledge.h"
#include "sim/world/network_effects.h"
#include "sim/world/network_pause.h"
#include "sim/world/network_processing.h"
#include "sim/world/observation.h"
#include "sim/world/recording.h"

void presence_init(struct run *run)
{
    run->absent = memory_get(&run->memory, run->nodes, sizeof *run->absent);
    run->lives = memory_get(&run->memory, run->nodes, sizeof *run->lives);
    if (run->config->peers == PEERS_ALIVE)
        live_init(&run->live, &run->memory, run->nodes);
}

bool presence_is_away(const struct run *run, node_id node, enum absence why)
{
    return run->absent[node] & why;
}

bool presence_refuses(const struct run *run, node_id node)
{
    return run->absent[node] == ABSENT_LEFT ||
           (run->absent[node] == ABSENT_CHURN && run->config->churn.leave == LEAVE_GRACEFUL);
}

static void record_change(struct run *run, node_id node, int by)
{
    struct set *held = knowledge_held(run, node);

    recording_change(run, node, held, by);
    set_free(held);
}

/* `is_crash`: it goes without a word, and the others are to find out. */
static RARE void tell_down(struct run *run, node_id node, bool is_crash)
{
    const sim_time now = run_credit(run, run->node.now);

    if (run->live.nodes)
        live_remove(&run->live, node);
    if (run->detection.nodes)
        detection_down(&run->detection, node, is_crash && window_has(&run->window, now), now);
    if (run->average.held)
        average_down(&run->average, node);
    if (run->recording)
        record_change(run, node, -1);
    if (run->observation)
        observation_change(run, SEEN_DOWN, node);
}

static RARE void tell_up(struct run *run, node_id node)
{
    const sim_time now = run_credit(run, run->node.now);

    if (run->live.nodes)
        live_add(&run->live, node);
    if (run->detection.nodes)
        detection_up(&run->detection, node, window_has(&run->window, now), now);
    if (run->recording)
        record_change(run, node, 1);
    if (run->observation)
        observation_change(run, SEEN_UP, node);
}

static void set_down(struct run *run, node_id node, bool is_crash)
{
    run->replicas[node].handled |= REPLICA_DOWN;
    if (run->minds_changes)
        tell_down(run, node, is_crash);
}

void presence_begin_away(struct run *run, node_id node, enum absence why)
{
    const bool is_away = run->absent[node];

    run->absent[node] |= (uint8_t)why;
    if (is_away)
        return;
    set_down(run, node, false);
    census_down(&run->census, node, SET_EMPTY, 0);
}

void presence_begin_absent(struct run *run)
{
    const struct sim_config *config = run->config;

    for (int64_t i = 0; i < config->absent_nodes; i++)
        presence_begin_away(
            run, numbering_inside(&run->numbering, config->absent_first + (node_id)i), ABSENT_YET);
}

void presence_start_models(struct run *run)
{
    for (uint32_t i = 0; i < run->layer_count; i++) {
        const struct model *model = run_layer(run, run->starts[i]);

        if (model->on_start)
            model->on_start(&run->node);
    }
}

/* The data of the node whose turn it is, and what its models remember, are gone. */
static void lose_everything(struct run *run)
{
    knowledge_clear(run);
    if (run->provider)
        view_sizes_lose(&run->view_sizes, run->node.id);
    if (run->observation)
        observation_change(run, SEEN_WIPED, run->node.id);
    for (uint32_t i = 0; i < run->layer_count; i++) {
        struct layer *layer = &run->layers[i];
        const size_t id = run->node.id;

        for (int k = 0; k < layer->set_count; k++)
            set_clear(&layer->sets[id * (size_t)layer->set_count + (size_t)k]);
        if (layer->states)
            memset(layer->states + id * layer->model->state_size, 0, layer->model->state_size);
        if (layer->records)
            records_keep(layer->records_pool, &layer->records[id], 0);
        for (int k = 0; k < layer->list_count; k++)
            records_keep(layer->list_pools[k],
                         &layer->lists[id * (size_t)layer->list_count + (size_t)k], 0);
        for (int k = 0; layer->model->figures && layer->model->figures[k].name; k++)
            if (layer->model->figures[k].kind == FIGURE_GAUGE)
                layer->figures[k].gauge[id] = 0;
    }
}

/* The node whose turn it is, up until now, goes down. */
static void go_down(struct run *run, enum farewell farewell, bool loses)
{
    const bool is_graceful = farewell == FAREWELL_GRACEFUL;
    struct set *held;

    run->is_crashing = !is_graceful || run_is_paused(run, run->node.id);
    run->holds_back |= run->is_crashing;
    for (uint32_t i = 0; i < run->layer_count; i++) {
        const struct model *model = run_layer(run, i);

        if (model->on_down)
            model->on_down(&run->node, is_graceful, loses);
    }
    run->is_crashing = false;
    run->holds_back = run->mute_count > 0;
    pause_forget(run);
    if (!is_graceful)
        effects_crash(run);
    processing_empty(run);
    run->lives[run->node.id]++;
    set_down(run, run->node.id, !is_graceful);
    for (int i = 0; i < run->lanes.count; i++)
        lane_disarm(&run->lanes, &run->lanes.list[i], run->node.id);
    held = knowledge_held(run, run->node.id);
    census_down(&run->census, run->node.id, held, run_credit(run, run->node.now));
    set_free(held);
}

static void come_up(struct run *run)
{
    struct set *held = knowledge_held(run, run->node.id);

    run->node.me->handled &= ~REPLICA_DOWN;
    if (run->minds_changes)
        tell_up(run, run->node.id);
    census_up(&run->census, run->node.id, held, run_credit(run, run->node.now));
    set_free(held);
    run->is_returning = true;
    presence_start_models(run);
    run->is_returning = false;
}

void presence_leave(struct run *run, node_id node, enum absence why, enum farewell farewell,
                    bool loses)
{
    run_turn(run, node);
    if (!run->absent[node])
        go_down(run, farewell, loses);
    if (loses)
        lose_everything(run);
    run->absent[node] |= (uint8_t)why;
}

void presence_return(struct run *run, node_id node, enum absence why)
{
    const uint8_t before = run->absent[node];

    run->absent[node] &= (uint8_t)~why;
    run_turn(run, node);
    if (before && !run->absent[node])
        come_up(run);
}

void presence_begin_change(struct run *run)
{
    census_begin_change(&run->census);
    if (run->recording)
        recording_begin_change(run);
}

void presence_end_change(struct run *run)
{
    census_end_change(&run->census, run_credit(run, run->node.now));
    if (run->recording)
        recording_end_change(run);
}

void presence_wipe(struct run *run, node_id node)
{
    run_turn(run, node);
    if (run->absent[node]) {
        lose_everything(run);
        return;
    }
    go_down(run, FAREWELL_NONE, true);
    lose_everything(run);
    come_up(run);
}
