/* SPDX-License-Identifier: GPL-3.0-or-later */
/* holding.c - see holding.h. */
#include "sim/world/holding.h"

static bool some_hold_back(const struct run *run)
{
    for (uint32_t i = 0; i < run->layer_count; i++)
        if (model_holds_back(run->layers[i].model, run->layers[i].config))
            return true;
    return false;
}

void holding_init(struct run *run)
{
    const struct sim_config *config = run->config;
    const size_t writes = (size_t)(config->store.preload + config->workload.updates);
    struct holding *holding;

    if (!some_hold_back(run) || config->workload.updates == 0)
        return;
    holding = run->holding = memory_get(&run->memory, 1, sizeof *holding);
    if (!holding)
        return;
    holding->nodes = memory_get(&run->memory, run->nodes, sizeof *holding->nodes);
    holding->next = memory_get(&run->memory, writes, sizeof *holding->next);
}

/* Who waits passes time. */
static void pass_time(struct run *run)
{
    struct holding *holding = run->holding;

    holding->waited += (double)holding->waiting * (double)(run->node.now - holding->since);
    holding->since = run->node.now;
}

/* How long the models of a node let a client wait. */
static sim_time ask(struct run *run, node_id node)
{
    sim_time most = 0;

    run_turn(run, node);
    for (uint32_t i = 0; i < run->layer_count; i++) {
        const struct model *model = run_layer(run, i);
        const bool holds = model_holds_back(model, run->layers[i].config);
        const sim_time wait = holds ? model->holds_back(&run->node) : 0;

        most = wait > most ? wait : most;
    }
    return most;
}

static void expect(struct run *run, node_id node, sim_time wait)
{
    /* Beyond it nothing happens; a round at the end of the run is made to its end. */
    const sim_time rest = run->config->stop.at + run->round - run->node.now + 1;

    agenda_add(&run->agenda, run->node.now + (wait < rest ? wait : rest), AGENDA_INJECT,
               HOLDING_NODE | node);
}

static void append(struct run *run, node_id node, uint32_t client)
{
    struct holding *holding = run->holding;
    struct client_queue *waiting = &holding->nodes[node];

    if (waiting->count > 0)
        holding->next[waiting->last] = client;
    else
        waiting->first = client;
    waiting->last = client;
    waiting->count++;
    holding->waiting++;
}

enum holding_says holding_ask(struct run *run, node_id node, uint32_t client)
{
    struct holding *holding = run->holding;
    const struct client_queue *waiting = &holding->nodes[node];
    sim_time wait = 0;

    if (waiting->count == HOLDING_MAX) {
        holding->gave_up++;
        return HOLDING_GIVE_UP;
    }
    if (client >= holding->fresh) {
        holding->came++;
        holding->fresh = client + 1;
    }
    if (waiting->count == 0) {
        wait = ask(run, node);
        if (wait <= 0)
            return HOLDING_WRITE;
        expect(run, node, wait);
    }
    pass_time(run);
    append(run, node, client);
    return HOLDING_WAIT;
}

bool holding_leave(struct run *run, node_id node, uint32_t *client)
{
    struct holding *holding = run->holding;
    struct client_queue *waiting = &holding->nodes[node];

    if (waiting->count == 0)
        return false;
    pass_time(run);
    *client = waiting->first;
    waiting->first = holding->next[waiting->first];
    waiting->count--;
    holding->waiting--;
    return true;
}

bool holding_next(struct run *run, node_id node, uint32_t *client)
{
    sim_time wait;

    if (run->holding->nodes[node].count == 0)
        return false;
    wait = ask(run, node);
    if (wait > 0) {
        expect(run, node, wait);
        return false;
    }
    return holding_leave(run, node, client);
}

double holding_mean(struct run *run)
{
    const struct holding *holding = run->holding;

    pass_time(run);
    return holding->came > 0 ? holding->waited / (double)holding->came / 1e9 : 0;
}
