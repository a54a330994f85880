/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * ring_trial.c - see ring_trial.h.
 */
#include "tests/models/ring_trial.h"

#include "sim/truth/numbering.h"
#include "sim/value/draw.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

enum { NO_ARRIVAL = -1 };

const char *const ring_comparisons[3] = { "full", "checksum", "digest" };

static struct spy *spy_of(const struct node *n)
{
    return (struct spy *)(uintptr_t)node_config(n);
}

static void spy_timer(struct node *n, int tag, uint32_t value)
{
    struct spy *spy = spy_of(n);
    const int64_t tick = node_now(n) / interval;

    if (tag == 0 && tick < TICKS_MAX && node_now(n) % interval == 0 && node_self(n) < HOLDERS_MAX) {
        uint64_t *known = &spy->known[tick][node_self(n)];

        *known = 0;
        for (update_id i = 0; set_next(node_known(n), &i) && i < 64; i++)
            *known |= (uint64_t)1 << i;
        spy->ticks[node_self(n)] = (int)tick;
    }
    spy->inner->on_timer(n, tag, value);
}

static bool is_of(const struct spy *spy, int kind, const char *name)
{
    return strcmp(spy->inner->messages[kind].name, name) == 0;
}

uint32_t ring_trial_start(const struct sim_config *c, uint32_t shard, uint32_t check)
{
    const uint64_t key = draw_key(c->seed, c->replication, PURPOSE_SHARED);

    return (uint32_t)draw_below(draw(key, shard, check), (uint64_t)c->nodes);
}

uint32_t ring_trial_place(const struct sim_config *c, node_id node)
{
    struct numbering numbering;

    numbering_init(&numbering, (uint32_t)c->nodes,
                   draw_key(c->seed, c->replication, PURPOSE_NUMBERING));
    return numbering_outside(&numbering, node);
}

/* Watches that nobody takes up an older loop or turn; messages keep their order here. */
static void watch_turns(struct spy *spy, const struct node *n, const struct message *m)
{
    const uint64_t turn = (uint64_t)m->stamp << 16 | (m->value & 0xffff);

    if (!is_of(spy, m->kind, "ask") && !is_of(spy, m->kind, "offer"))
        return;
    spy->is_out_of_turn |= turn < spy->newest[m->from] || m->from == node_self(n);
    spy->newest[m->from] = turn;

    const uint64_t restarts = (turn & 0xff) - 1, restarted = (uint64_t)m->stamp << 8 | restarts / 2;

    if (restarts < 2 || restarted <= spy->restarted)
        return;
    spy->restarted = restarted;
    spy->is_restarted_elsewhere |=
        ring_trial_place(spy->run, m->from) != ring_trial_start(spy->run, 0, m->stamp);
}

static void spy_message(struct node *n, const struct message *m)
{
    struct spy *spy = spy_of(n);

    if (m->from < HOLDERS_MAX)
        watch_turns(spy, n, m);
    if (is_of(spy, m->kind, "send") && spy->sends < WAY_MAX) {
        spy->way[spy->sends][0] = m->from;
        spy->way[spy->sends++][1] = node_self(n);
    }
    if (is_of(spy, m->kind, "check") && m->from < HOLDERS_MAX)
        spy->checks_of[m->from]++;
    if (spy->arrivals++ != spy->swallow) {
        spy->inner->on_message(n, m);
        return;
    }
    spy->swallowed_ack = is_of(spy, m->kind, "ack");
    spy->swallowed_hand_over = spy->swallowed_ack || is_of(spy, m->kind, "ask") ||
                               is_of(spy, m->kind, "digest") || is_of(spy, m->kind, "offer") ||
                               is_of(spy, m->kind, "want") || is_of(spy, m->kind, "send");
}

void ring_trial_init(struct ring_trial *t, int64_t holders, uint32_t replication,
                     const char *parameters)
{
    struct sim_config *c = &t->setup.config;

    memset(t, 0, sizeof *t);
    setup_init(&t->setup, holders);
    c->replication = replication;
    c->round = 100 * SIM_MILLISECOND;
    c->workload.updates = 0;
    c->store = (struct sim_store){ .preload = ENTRIES, .missing = 0.4, .missing_shards = 0.1 };
    c->sample_every = interval; /* speed only */
    c->stop.when = STOP_NEVER;
    c->stop.at = 2 * interval + 5 * SIM_SECOND;
    c->faults = t->faults;
    assert_true(setup_add(&t->setup, "ring-repair", parameters));
    t->spy.inner = t->setup.layers[0].model;
    assert_true(t->spy.inner->config_size <= sizeof t->spy.config);
    memcpy(t->spy.config, t->setup.layers[0].config, t->spy.inner->config_size);
    t->spy.swallow = NO_ARRIVAL;
    t->spy.table = *t->spy.inner;
    t->spy.table.config_size = sizeof t->spy;
    t->spy.table.on_timer = spy_timer;
    t->spy.table.on_message = spy_message;
    t->setup.layers[0] = (struct sim_layer){ .model = &t->spy.table, .config = &t->spy };
}

void ring_trial_run(struct ring_trial *t)
{
    t->spy.run = &t->setup.config;
    sim_run(&t->setup.config, &t->result);
    assert_int_equal(t->result.status, SIM_DONE);
}

void ring_trial_clear(struct ring_trial *t)
{
    sim_result_clear(&t->result);
    setup_clear(&t->setup);
}

double ring_trial_counter(const struct ring_trial *t, const char *counter)
{
    char name[64];

    snprintf(name, sizeof name, "ring-repair.%s", counter);
    return metric(&t->result, name);
}

bool all_know(const struct ring_trial *t, int tick, uint64_t what)
{
    for (int64_t i = 0; i < t->setup.config.nodes; i++)
        if (t->spy.known[tick][i] != what)
            return false;
    return true;
}

bool is_inconsistent(const struct ring_trial *t, int *empty)
{
    uint64_t some = 0;
    bool differs = false;

    *empty = 0;
    for (int64_t i = 0; i < t->setup.config.nodes; i++) {
        const uint64_t known = t->spy.known[1][i];

        differs |= known && some && known != some;
        some = known ? known : some;
        *empty += !known;
    }
    return differs;
}
