/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * swim loses nobody without a reason, whatever happens to nodes and messages and whichever parts of
 * it are on:
 *
 *   - no message speaks of an incarnation that its member has not had;
 *   - no member is told dead that was not suspected at that incarnation, or left itself, where
 *     suspicion is on: what was refuted kills nobody;
 *   - a node never sends after its death, and its queue holds no more than one piece of news a
 *     member and the updates;
 *   - the view names everybody that is alive once all is calm again.
 *
 * Updates ride along; other models pick from the view, in which the dead stay until they are found.
 */
#include "models/swim.h"
#include "sim/observe.h"
#include "tests/models/swim_trial.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { NODES = 30, UPDATES = 5 };

/* ---- a spy between engine and model ---- */

static struct spy {
    uint32_t incarnation[NODES];  /* the highest that a node has had */
    uint32_t known[NODES][NODES]; /* what a node knows of another; 0: nothing */
    bool suspected[NODES][INCARNATION_MAX >> 8];
    bool is_up[NODES], may_kill_at_once;
    uint64_t told, dead;
    const char *violation;
} spy;

static void demand(bool holds, const char *otherwise)
{
    if (!holds && !spy.violation)
        spy.violation = otherwise;
}

/* After each callback: what the node itself may have raised. */
static void note(struct node *n)
{
    const struct state *s = node_state(n);
    uint32_t *highest = &spy.incarnation[node_self(n)];

    demand(spy.is_up[node_self(n)], "a node acted that was down");
    if (s->incarnation > *highest)
        *highest = s->incarnation;
    demand(node_list_count(n, QUEUE) <= NODES + UPDATES, "a queue had too much in it");
    for (node_id id = 0; id < NODES; id++) {
        const struct member *member = member_of(n, id);
        const uint32_t now = member && member->state != UNKNOWN ? (uint32_t)member->incarnation : 0;

        demand(now == 0 || now >= spy.known[node_self(n)][id], "what was refuted counted again");
        spy.known[node_self(n)][id] = now;
    }
    for (uint32_t i = 0; i < node_list_count(n, SUSPICION_LIST); i++) {
        const node_id member = ((struct suspicion *)node_list(n, SUSPICION_LIST))[i].member;

        demand(member_state(n, member) == SUSPECT, "a suspicion outlived its cause");
        spy.suspected[member][member_of(n, member)->incarnation] = true;
    }
}

static void look_at(const struct message *m)
{
    const struct news *news = m->items;

    for (uint32_t i = 0; i < m->item_count; i++) {
        const node_id member = news[i].member;

        spy.told++;
        demand(news[i].incarnation <= spy.incarnation[member],
               "news of an incarnation that its member has not had");
        if (news[i].state != DEAD || m->kind == PUSH_PULL || m->kind == PUSH_PULL_REPLY)
            continue;
        spy.dead++;
        demand(news[i].from == member || spy.may_kill_at_once ||
                   spy.suspected[member][news[i].incarnation],
               "dead without having been suspected");
    }
}

static void spy_start(struct node *n)
{
    spy.is_up[node_self(n)] = true;
    model_called("swim")->on_start(n);
    note(n);
}

static void spy_timer(struct node *n, int tag, uint32_t value)
{
    model_called("swim")->on_timer(n, tag, value);
    note(n);
}

static void spy_message(struct node *n, const struct message *m)
{
    look_at(m);
    model_called("swim")->on_message(n, m);
    note(n);
}

static void spy_down(struct node *n, bool graceful, bool loses)
{
    model_called("swim")->on_down(n, graceful, loses);
    note(n);
    spy.is_up[node_self(n)] = false;
}

static struct model spied(void)
{
    struct model model = *model_called("swim");

    model.on_start = spy_start;
    model.on_timer = spy_timer;
    model.on_message = spy_message;
    model.on_down = spy_down;
    return model;
}

/* ---- a hard life, and then a calm one ---- */

#define A_THIRD                               \
    {                                         \
        .kind = SELECT_SHARE, .share = 1. / 3 \
    }

static uint64_t all_dead; /* pieces of news of somebody's death */

static void live_hard(const char *parameters, int way)
{
    const struct sim_fault faults[] = {
        { .kind = FAULT_CRASH, .of = A_THIRD, .at = 20 * SIM_SECOND, .lasts = 15 * SIM_SECOND },
        { .kind = FAULT_PAUSE,
          .of = A_THIRD,
          .at = 50 * SIM_SECOND,
          .lasts = 9 * SIM_SECOND,
          .timers = way & 1 ? TIMERS_RUN : TIMERS_LATE },
        { .kind = FAULT_WIPE, .of = A_THIRD, .at = 75 * SIM_SECOND },
        { .kind = FAULT_RESTART,
          .of = A_THIRD,
          .at = 90 * SIM_SECOND,
          .batch = 2,
          .pace = 3 * SIM_SECOND,
          .down = way & 2 ? 5 * SIM_SECOND : SIM_SECOND / 2 },
    };
    struct model model = spied();
    struct setup setup;
    struct sim_result r;

    memset(&spy, 0, sizeof spy);
    swim_open(&setup, NODES, parameters, 300);
    spy.may_kill_at_once = !((const struct config *)setup.configs[0])->suspicion;
    setup.layers[0].model = &model;
    setup.config.network.loss = 0.05;
    setup.config.network.duplicate = 0.05;
    setup.config.network.jitter = 0.5;
    setup.config.network.retransmit = 200 * SIM_MILLISECOND;
    setup.config.workload = (struct sim_workload){ .updates = UPDATES,
                                                   .keys = UPDATES,
                                                   .size_bytes = 100,
                                                   .origin = ORIGIN_RANDOM,
                                                   .arrival = ARRIVAL_EVERY,
                                                   .every = 10 * SIM_SECOND };
    setup.config.faults = faults;
    setup.config.fault_count = sizeof faults / sizeof *faults;
    setup.config.seed = (uint64_t)way + 1;
    sim_run(&setup.config, &r);
    assert_int_equal(r.status, SIM_DONE);
    assert_true(spy.told > 1000);
    all_dead += spy.dead;
    if (spy.violation)
        fail_msg("%s, way %d: %s", parameters, way, spy.violation);
    sim_result_clear(&r);
    setup_clear(&setup);
}

static const char *const variants[] = {
    "",
    "preset=paper",
    "preset=memberlist-wan",
    "preset=memberlist-local",
    "suspicion=false",
    "lifeguard=false order=random",
    "gossip_nodes=0 log=e",
    "nacks=false buddy=false connection_probe=false",
    "local_health=false push_pull_interval=0s forget_after=0s",
    "helpers=0 broadcasts=false retransmit_mult=1",
    "preset=serf-lan interval=500ms",
};

static void nobody_is_lost_without_a_reason(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof variants / sizeof *variants; i++)
        for (int way = 0; way < 4; way++)
            live_hard(variants[i], way);
    assert_true(all_dead > 10000);
}

/* ---- calm ---- */

static void all_are_known_again_when_it_is_calm(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof variants / sizeof *variants; i++) {
        const struct sim_fault crash = {
            .kind = FAULT_CRASH, .of = A_THIRD, .at = 10 * SIM_SECOND, .lasts = 120 * SIM_SECOND
        };
        struct setup setup;

        swim_open(&setup, NODES, variants[i], 400);
        setup.config.faults = &crash;
        setup.config.fault_count = 1;
        if (swim_accuracy_after(&setup, 300) != 1)
            fail_msg("%s: some are not known", variants[i]);
        setup_clear(&setup);
    }
}

/* ---- updates, and models above ---- */

static void updates_ride_along(void **state)
{
    struct setup setup;
    struct sim_result r;

    (void)state;
    swim_open(&setup, NODES, "push_pull_interval=0s", 60);
    setup.config.workload = (struct sim_workload){ .updates = 40,
                                                   .keys = 40,
                                                   .size_bytes = 100,
                                                   .origin = ORIGIN_RANDOM,
                                                   .arrival = ARRIVAL_EVERY,
                                                   .every = SIM_SECOND / 4 };
    sim_run(&setup.config, &r);
    assert_true(metric(&r, "residue") == 0);
    for (int i = 0; i < 40; i++) /* 4 ceil(log10(31)) times by each node */
        assert_int_equal(r.outcomes[i].copies, NODES * 8);
    assert_true(metric(&r, "bytes_payload") == 40. * NODES * 8 * 100);
    assert_true(metric(&r, "swim.dropped") == 0);
    sim_result_clear(&r);

    /* one that fits into no message is dropped where it is written */
    setup.config.workload.size_bytes = 1400;
    sim_run(&setup.config, &r);
    assert_true(metric(&r, "swim.dropped") == 40 && metric(&r, "bytes_payload") == 0);
    sim_result_clear(&r);
    setup_clear(&setup);
}

static void others_pick_from_the_view(void **state)
{
    static const struct sim_fault crash = { .kind = FAULT_CRASH,
                                            .of = { .kind = SELECT_COUNT, .count = 10 },
                                            .at = SIM_SECOND };
    static const char *const above[] = { "rumor-mongering", "anti-entropy" };

    (void)state;
    for (int i = 0; i < 2; i++)
        for (int late = 0; late < 2; late++) {
            struct setup setup;
            struct sim_result r;
            double dead;

            swim_open(&setup, NODES, "broadcasts=false connection_probe=false", 120);
            assert_true(setup_add(&setup, above[i], i == 0 ? "stop=never" : "interval=1s"));
            setup.config.peers = PEERS_VIEW;
            setup.config.workload = (struct sim_workload){ .updates = 1,
                                                           .keys = 1,
                                                           .size_bytes = 100,
                                                           .at = (late ? 60 : 2) * SIM_SECOND,
                                                           .origin = ORIGIN_RANDOM };
            setup.config.faults = &crash;
            setup.config.fault_count = 1;
            setup.config.warmup = late ? 55 * SIM_SECOND : 0; /* the dead are forgotten by then */
            sim_run(&setup.config, &r);
            assert_true(metric(&r, "residue") == 0);
            dead = metric(&r, "dropped_down");
            assert_true(late ? dead == 0 : dead > 20);
            sim_result_clear(&r);
            setup_clear(&setup);
        }
}

/* ---- memory ---- */

static void the_table_is_estimated(void **state)
{
    (void)state;
    for (int64_t nodes = 100; nodes <= 2500; nodes *= 5) {
        struct setup setup;
        struct sim_result r;
        double taken, estimated;

        swim_open(&setup, nodes, "", 2);
        estimated = (double)sim_memory_estimate(&setup.config, 0);
        sim_run(&setup.config, &r);
        assert_int_equal(r.status, SIM_DONE);
        taken = (double)r.peak_bytes;
        assert_true(estimated > taken / 1.5 && estimated < 1.5 * taken);
        assert_true(nodes < 2500 || fabs(estimated / taken - 1) < 0.05); /* most of it the table */
        sim_result_clear(&r);
        setup_clear(&setup);
    }
}

static void little_memory_ends_the_run(void **state)
{
    uint32_t failed = 0;

    (void)state;
    for (uint64_t memory = 40 << 10; memory < 900 << 10; memory += 6 << 10) {
        const struct sim_fault faults[] = {
            { .kind = FAULT_CRASH, .of = A_THIRD, .at = 2 * SIM_SECOND, .lasts = 20 * SIM_SECOND },
            { .kind = FAULT_WIPE, .of = A_THIRD, .at = 10 * SIM_SECOND },
        };
        struct setup setup;
        struct sim_result r;

        swim_open(&setup, NODES, "preset=serf-lan", 60);
        setup.config.faults = faults;
        setup.config.fault_count = 2;
        setup.config.memory_max = memory;
        sim_run(&setup.config, &r);
        failed += r.status == SIM_FAILED;
        sim_result_clear(&r);
        setup_clear(&setup);
    }
    assert_in_range(failed, 20, 149);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nobody_is_lost_without_a_reason),
        cmocka_unit_test(all_are_known_again_when_it_is_calm),
        cmocka_unit_test(updates_ride_along),
        cmocka_unit_test(others_pick_from_the_view),
        cmocka_unit_test(the_table_is_estimated),
        cmocka_unit_test(little_memory_ends_the_run),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
