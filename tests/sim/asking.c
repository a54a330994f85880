/* SPDX-License-Identifier: GPL-3.0-or-later */
/* asking.c - see asking.h. */
#include "asking.h"

#include "sim/value/draw.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static struct config *config_of(const struct node *n)
{
    return (struct config *)(uintptr_t)node_config(n);
}

static void start(struct node *n)
{
    node_after(n, SIM_SECOND, 0, 0);
}

static void be_asked(struct node *n, int tag, uint32_t value)
{
    struct config *c = config_of(n);

    (void)tag;
    (void)value;
    c->asked++;
    c->ask(n, c);
}

static void go(struct node *n, bool graceful, bool loses)
{
    (void)graceful;
    (void)loses;
    config_of(n)->is_down[node_self(n)] = true;
}

static const struct param params[] = { PARAM_END };
static const struct message_kind messages[] = { { .name = NULL } };
static const struct model asked = {
    .name = "asked",
    .params = params,
    .messages = messages,
    .config_size = sizeof(struct config),
    .on_start = start,
    .on_timer = be_asked,
    .on_down = go,
};

void ask(const struct config *how, uint32_t shards, int64_t crash, struct config *answer)
{
    const struct sim_fault fault = {
        FAULT_CRASH,     { .kind = SELECT_COUNT, .count = crash }, SIM_MILLISECOND, 0, 0,
        .obstacle = NULL
    };
    struct setup setup;
    struct sim_result result;

    setup_init(&setup, how->nodes);
    setup_add_model(&setup, &asked, "");
    *(struct config *)setup.configs[0] = *how;
    numbering_init(&((struct config *)setup.configs[0])->numbering, how->nodes,
                   draw_key(1, 0, PURPOSE_NUMBERING));
    setup.config.peers = how->alive_only ? PEERS_ALIVE : PEERS_ALL;
    setup.config.group_ends = how->group_ends;
    setup.config.group_count = how->group_count;
    setup.config.store.shards = shards;
    setup.config.store.replicas = how->replicas;
    setup.config.workload.updates = 0;
    setup.config.faults = &fault;
    setup.config.fault_count = crash > 0;
    setup.config.stop.when = STOP_QUIET;
    sim_run(&setup.config, &result);
    assert_int_equal(result.status, SIM_DONE);
    *answer = *(struct config *)setup.configs[0];
    assert_int_equal(answer->asked, how->nodes - crash);
    sim_result_clear(&result);
    setup_clear(&setup);
}

uint32_t list_others(const struct node *n, const struct config *c, uint32_t times[NODES_MAX])
{
    uint32_t others = 0;

    memset(times, 0, NODES_MAX * sizeof *times);
    for (uint32_t i = 0; i < node_shard_count(n); i++)
        for (uint32_t place = 0; place < node_replica_count(n); place++)
            times[node_holder(n, node_shard(n, i), place)]++;
    times[node_self(n)] = 0;
    for (node_id i = 0; i < c->nodes; i++) {
        if (c->alive_only && c->is_down[i])
            times[i] = 0;
        others += times[i] > 0;
    }
    return others;
}

uint32_t steps_to(const struct node *n, const struct config *c, node_id peer)
{
    return (numbering_outside(&c->numbering, peer) + c->nodes -
            numbering_outside(&c->numbering, node_self(n))) %
           c->nodes;
}
