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
 * Nodes join by contact points, and say goodbye; updates ride along; other models pick from the
 * view, in which the dead stay until they are found; a slow node is taken to be slow where
 * Lifeguard is on.
 */
#include "models/swim.h"
#include "sim/observe.h"
#include "tests/models/harness.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { NODES = 30, UPDATES = 5, SEEDS = 3 };

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

static void open_swim(struct setup *setup, int64_t nodes, const char *parameters, int seconds)
{
    setup_init(setup, nodes);
    assert_true(setup_add(setup, "swim", parameters));
    setup->config.seeds = SEEDS;
    setup->config.workload = (struct sim_workload){ 0 };
    setup->config.stop.when = STOP_NEVER;
    setup->config.stop.at = seconds * SIM_SECOND;
}

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
    open_swim(&setup, NODES, parameters, 300);
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

/* Accuracy is measured from the time on when all should be well again. */
static double accuracy_after(struct setup *setup, int seconds)
{
    struct sim_result r;
    double accuracy;

    setup->config.warmup = seconds * SIM_SECOND;
    sim_run(&setup->config, &r);
    assert_int_equal(r.status, SIM_DONE);
    accuracy = metric(&r, "accuracy");
    assert_true(accuracy < 1 || metric(&r, "false_dead") == 0);
    sim_result_clear(&r);
    return accuracy;
}

static void all_are_known_again_when_it_is_calm(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof variants / sizeof *variants; i++) {
        const struct sim_fault crash = {
            .kind = FAULT_CRASH, .of = A_THIRD, .at = 10 * SIM_SECOND, .lasts = 120 * SIM_SECOND
        };
        struct setup setup;

        open_swim(&setup, NODES, variants[i], 400);
        setup.config.faults = &crash;
        setup.config.fault_count = 1;
        if (accuracy_after(&setup, 300) != 1)
            fail_msg("%s: some are not known", variants[i]);
        setup_clear(&setup);
    }
}

/* ---- joining and leaving ---- */

static void nodes_join_by_contact_points(void **state)
{
    const struct sim_fault faults[] = {
        { .kind = FAULT_JOIN,
          .of = { .kind = SELECT_RANGE, .first = 10, .nodes = 20 },
          .at = 10 * SIM_SECOND },
        { .kind = FAULT_CRASH, .of = { .kind = SELECT_RANGE, .first = 0, .nodes = 1 }, .at = 1 },
    };

    (void)state;
    for (size_t down = 0; down < 2; down++) { /* one of the contact points */
        struct setup setup;
        struct sim_result r;

        open_swim(&setup, NODES, "", 100);
        setup.config.absent_first = 10;
        setup.config.absent_nodes = 20;
        setup.config.network.retransmit = 200 * SIM_MILLISECOND;
        setup.config.faults = faults;
        setup.config.fault_count = 1 + down;
        sim_run(&setup.config, &r);
        assert_int_equal(r.status, SIM_DONE);
        assert_true(metric(&r, "join_all") < (down ? 10 + 5 : 5));
        assert_true(metric(&r, "false_dead") == 0 && metric(&r, "false_suspect") == 0);
        sim_result_clear(&r);
        if (!down)
            assert_true(accuracy_after(&setup, 30) == 1);
        setup_clear(&setup);
    }
}

/* Who is yet to join has nothing of what the others have from the start, and gets it with the
 * table.
 */
static void a_cluster_forms_and_hands_on_what_it_holds(void **state)
{
    struct setup setup;
    struct sim_result r;

    (void)state;
    open_swim(&setup, NODES, "", 30);
    setup.config.members = MEMBERS_JOIN;
    setup.config.join_rate = 2;
    setup.config.store.preload = 2;
    setup.config.sample_every = SIM_SECOND / 4;
    sim_run(&setup.config, &r);
    assert_int_equal(r.status, SIM_DONE);
    assert_true(r.samples[0].alive == SEEDS && r.samples[0].informed == SEEDS);
    assert_true(metric(&r, "residue") == 0 && metric(&r, "view_sizes") == NODES - 1);
    assert_true(metric(&r, "false_dead") == 0 && metric(&r, "join_all") < 2);
    sim_result_clear(&r);
    setup_clear(&setup);
}

static void those_who_leave_say_goodbye(void **state)
{
    const struct sim_fault leave = { .kind = FAULT_LEAVE,
                                     .of = { .kind = SELECT_COUNT, .count = 4 },
                                     .at = 10 * SIM_SECOND };
    struct setup setup;
    struct sim_result r;

    (void)state;
    open_swim(&setup, NODES, "", 60);
    setup.config.faults = &leave;
    setup.config.fault_count = 1;
    sim_run(&setup.config, &r);
    assert_true(metric(&r, "swim.suspicions") == 0 && metric(&r, "swim.verdicts") == 0);
    sim_result_clear(&r);
    assert_true(accuracy_after(&setup, 12) == 1);
    setup_clear(&setup);
}

/* Nobody asks after the dead: two halves that were apart stay so, unless somebody tries. */
static void a_partition_heals_only_by_reconnecting(void **state)
{
    const struct sim_selector half[] = {
        { .kind = SELECT_RANGE, .first = 0, .nodes = NODES / 2 },
        { .kind = SELECT_RANGE, .first = NODES / 2, .nodes = NODES / 2 },
    };
    const struct sim_side sides[] = { { .parts = &half[0], .part_count = 1 },
                                      { .parts = &half[1], .part_count = 1 } };
    const struct sim_obstacle cut = { .sides = sides, .side_count = 2 };
    const struct sim_fault partition = {
        .kind = FAULT_PARTITION, .at = 10 * SIM_SECOND, .lasts = 200 * SIM_SECOND, .obstacle = &cut
    };

    (void)state;
    for (int tries = 0; tries < 2; tries++) {
        struct setup setup;

        open_swim(&setup, NODES, tries ? "preset=serf-lan" : "", 600);
        setup.config.faults = &partition;
        setup.config.fault_count = 1;
        const double accuracy = accuracy_after(&setup, 400);

        assert_true(tries ? accuracy == 1 : fabs(accuracy - 14. / 29) < 1e-9);
        setup_clear(&setup);
    }
}

/* ---- updates, and models above ---- */

static void updates_ride_along(void **state)
{
    struct setup setup;
    struct sim_result r;

    (void)state;
    open_swim(&setup, NODES, "push_pull_interval=0s", 60);
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

            open_swim(&setup, NODES, "broadcasts=false connection_probe=false", 120);
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

/* ---- Lifeguard ---- */

/* Four of 30 members stand still again and again, with their timers going on. */
static double count_false_verdicts(const char *parameters)
{
    static const struct sim_fault slow = { .kind = FAULT_PAUSE,
                                           .of = { .kind = SELECT_COUNT, .count = 4 },
                                           .at = 10 * SIM_SECOND,
                                           .lasts = 16 * SIM_SECOND,
                                           .every = 16 * SIM_SECOND + 64 * SIM_MILLISECOND,
                                           .keeps = true,
                                           .timers = TIMERS_RUN };

    double verdicts = 0;

    for (uint32_t i = 0; i < 6; i++) {
        struct setup setup;
        struct sim_result r;

        open_swim(&setup, NODES, parameters, 140);
        setup.config.faults = &slow;
        setup.config.fault_count = 1;
        setup.config.replication = i;
        sim_run(&setup.config, &r);
        verdicts += metric(&r, "false_dead_at_healthy");
        sim_result_clear(&r);
        setup_clear(&setup);
    }
    return verdicts;
}

static void lifeguard_spares_the_healthy(void **state)
{
    (void)state;
    assert_true(count_false_verdicts("lifeguard=false suspicion_mult=5") >
                10 * count_false_verdicts("suspicion_mult=5"));
}

/* Members that are dead but held to be suspected only, for as long as the run lasts. */
static void open_with_dead(struct setup *setup, const char *parameters,
                           const struct sim_observer *observer)
{
    static const struct sim_fault crash = { .kind = FAULT_CRASH,
                                            .of = { .kind = SELECT_COUNT, .count = 4 },
                                            .at = SIM_SECOND };

    open_swim(setup, 10, parameters, 95);
    setup->config.faults = &crash;
    setup->config.fault_count = 1;
    setup->config.observer = observer;
}

/* Helpers that say that they got no answer leave the prober as healthy as it is. */
static void nacks_speak_for_the_prober(void **state)
{
    (void)state;
    for (int has_nacks = 0; has_nacks < 2; has_nacks++) {
        struct setup setup;
        struct sim_result r;

        open_with_dead(&setup,
                       has_nacks ? "suspicion_mult=100 timeout=300ms"
                                 : "suspicion_mult=100 timeout=300ms nacks=false",
                       NULL);
        sim_run(&setup.config, &r);
        assert_true(metric(&r, "swim.probes_failed") > 100);
        assert_true(has_nacks ? metric(&r, "swim.health") == 0 : metric(&r, "swim.health") > 0.3);
        sim_result_clear(&r);
        setup_clear(&setup);
    }
}

/* Two members that no message reaches: each probe fails, and may take an interval longer than the
 * one before, up to eight. */
static void health_gets_no_worse_than_seven(void **state)
{
    static const int ends[] = {
        1, 3, 6, 10, 15, 21, 28, 36, 44, 52, 60
    }; /* after the first tick */
    struct setup setup;
    struct sim_result r;

    (void)state;
    for (int i = 5; i < 11; i++) {
        open_swim(&setup, 2, "suspicion_mult=100 connection_probe=false", 0);
        setup.config.network.loss = 1;
        setup.config.stop.at = (ends[i] + 1) * SIM_SECOND; /* the first tick is within 1 s */
        sim_run(&setup.config, &r);
        assert_int_equal(metric(&r, "swim.probes_failed"), 2 * (i + 1));
        assert_int_equal(metric(&r, "swim.health"), i < 6 ? i + 1 : 7);
        sim_result_clear(&r);
        setup_clear(&setup);
    }
}

struct pings {
    bool is_up[10];
    uint64_t to_dead, telling;
};

/* Pings to the dead when all that there was to tell has been told. */
static void see_ping(void *context, const struct sight *sight)
{
    struct pings *pings = context;

    if (sight->what == SEEN_DOWN)
        pings->is_up[sight->node] = false;
    else if (sight->at > 60 * SIM_SECOND && sight->kind == PING && !pings->is_up[sight->peer]) {
        pings->to_dead++;
        pings->telling += sight->carried->item_count;
    }
}

static void a_ping_tells_the_member_that_it_is_suspected(void **state)
{
    (void)state;
    for (int has_buddy = 0; has_buddy < 2; has_buddy++) {
        struct pings pings = { .to_dead = 0 };
        const struct sim_observer observer = { SEEN_SENT | SEEN_DOWN, see_ping, &pings };
        struct setup setup;
        struct sim_result r;

        memset(pings.is_up, true, sizeof pings.is_up);
        open_with_dead(&setup,
                       has_buddy ? "suspicion_mult=100 push_pull_interval=0s"
                                 : "suspicion_mult=100 push_pull_interval=0s buddy=false",
                       &observer);
        sim_run(&setup.config, &r);
        assert_true(pings.to_dead > 40);
        /* each probe that fails has the prober's ping and those of three helpers */
        assert_int_equal(4 * pings.telling, has_buddy ? pings.to_dead : 0);
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

        open_swim(&setup, nodes, "", 2);
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

        open_swim(&setup, NODES, "preset=serf-lan", 60);
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
        cmocka_unit_test(nodes_join_by_contact_points),
        cmocka_unit_test(a_cluster_forms_and_hands_on_what_it_holds),
        cmocka_unit_test(those_who_leave_say_goodbye),
        cmocka_unit_test(a_partition_heals_only_by_reconnecting),
        cmocka_unit_test(updates_ride_along),
        cmocka_unit_test(others_pick_from_the_view),
        cmocka_unit_test(lifeguard_spares_the_healthy),
        cmocka_unit_test(nacks_speak_for_the_prober),
        cmocka_unit_test(health_gets_no_worse_than_seven),
        cmocka_unit_test(a_ping_tells_the_member_that_it_is_suspected),
        cmocka_unit_test(the_table_is_estimated),
        cmocka_unit_test(little_memory_ends_the_run),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
