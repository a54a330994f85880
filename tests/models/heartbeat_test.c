/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Members of heartbeat come by contact points, know of each other whatever is lost, and go with a
 * goodbye; each is watched by as many as it should be; and who was away, cut off or stopped is
 * taken up again.
 */
#include "sim/observe.h"
#include "tests/models/harness.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

enum { NODES = 30, SEEDS = 3 };

static void open_heartbeat(struct setup *setup, const char *parameters, int seconds)
{
    setup_init(setup, NODES);
    assert_true(setup_add(setup, "heartbeat", parameters));
    setup->config.seeds = SEEDS;
    setup->config.network.retransmit = 200 * SIM_MILLISECOND;
    setup->config.workload = (struct sim_workload){ 0 };
    setup->config.stop.when = STOP_NEVER;
    setup->config.stop.at = seconds * SIM_SECOND;
}

/* From the time on when all should be well again, who is up is held alive, and who is down not. */
static void expect_all_well_after(struct setup *setup, int seconds)
{
    struct sim_result r;

    setup->config.warmup = seconds * SIM_SECOND;
    sim_run(&setup->config, &r);
    assert_int_equal(r.status, SIM_DONE);
    if (metric(&r, "accuracy") != 1)
        fail_msg("the accuracy is %g after %d s", metric(&r, "accuracy"), seconds);
    assert_true(metric(&r, "false_dead") == 0);
    sim_result_clear(&r);
    setup->config.warmup = 0;
}

static void nodes_join_by_contact_points(void **state)
{
    const struct sim_fault faults[] = {
        { .kind = FAULT_JOIN,
          .of = { .kind = SELECT_RANGE, .first = 10, .nodes = 20 },
          .at = 10 * SIM_SECOND },
        { .kind = FAULT_CRASH, .of = { .kind = SELECT_RANGE, .first = 0, .nodes = 1 }, .at = 1 },
    };

    (void)state;
    for (size_t down = 0; down < 2; down++) { /* one of the contact points: another in 5 s */
        struct setup setup;
        struct sim_result r;

        open_heartbeat(&setup, "", 80);
        setup.config.absent_first = 10;
        setup.config.absent_nodes = 20;
        setup.config.faults = faults;
        setup.config.fault_count = 1 + down;
        sim_run(&setup.config, &r);
        assert_int_equal(r.status, SIM_DONE);
        assert_true(metric(&r, "join_all") < (down ? 5 + 2 : 2));
        assert_true(metric(&r, "false_dead") == 0);
        sim_result_clear(&r);
        expect_all_well_after(&setup, 60);
        setup_clear(&setup);
    }
}

static void see_view(void *context, const struct sight *sight)
{
    *(int *)context += sight->is_there ? 1 : -1;
}

/* All at once, and of every message 40 % are lost: whoever was not told of another finds out. */
static void all_come_to_know_of_each_other(void **state)
{
    static const char *const parameters[] = { "phi=false timeout=100s",
                                              "ask=true phi=false timeout=100s",
                                              "ask=true monitors=4 phi=false timeout=100s" };

    (void)state;
    for (int i = 0; i < 3; i++) {
        int known = 0;
        const struct sim_observer observer = { SEEN_VIEW, see_view, &known };
        struct setup setup;
        struct sim_result r;

        open_heartbeat(&setup, parameters[i], 60);
        setup.config.members = MEMBERS_JOIN;
        setup.config.join_rate = 1000;
        setup.config.network.loss = 0.4;
        setup.config.observer = &observer;
        sim_run(&setup.config, &r);
        assert_int_equal(r.status, SIM_DONE);
        assert_int_equal(known, NODES * (NODES - 1));
        sim_result_clear(&r);
        setup_clear(&setup);
    }
}

static void those_who_leave_say_goodbye(void **state)
{
    const struct sim_fault leave = { .kind = FAULT_LEAVE,
                                     .of = { .kind = SELECT_COUNT, .count = 4 },
                                     .at = 10 * SIM_SECOND };
    struct setup setup;

    (void)state;
    open_heartbeat(&setup, "", 20);
    setup.config.faults = &leave;
    setup.config.fault_count = 1;
    expect_all_well_after(&setup, 11);
    setup_clear(&setup);
}

static void those_who_come_back_are_heard(void **state)
{
    struct sim_fault crash = { .kind = FAULT_CRASH,
                               .of = { .kind = SELECT_COUNT, .count = 5 },
                               .at = 30 * SIM_SECOND,
                               .lasts = 40 * SIM_SECOND };
    static const char *const parameters[] = { "", "preset=akka monitors=0", "preset=scylla",
                                              "phi_prior=5 phi_threshold=2 phi_comeback=anew" };

    (void)state;
    for (int lose = 0; lose < 2; lose++)
        for (int i = 0; i < 4; i++) {
            struct setup setup;

            open_heartbeat(&setup, parameters[i], 200);
            setup.config.faults = &crash;
            setup.config.fault_count = 1;
            setup.config.churn.rejoin = lose ? REJOIN_LOSE : REJOIN_KEEP;
            expect_all_well_after(&setup, 110);
            setup_clear(&setup);
        }
}

/* ---- who watches whom ---- */

struct watchers {
    int alive[NODES], dead[NODES]; /* how many hold it so */
};

static void see_belief(void *context, const struct sight *sight)
{
    struct watchers *w = context;

    w->alive[sight->peer] += (sight->to == BELIEF_ALIVE) - (sight->from == BELIEF_ALIVE);
    w->dead[sight->peer] += (sight->to == BELIEF_DEAD) - (sight->from == BELIEF_DEAD);
}

/* Of a few that crash only their watchers learn, and take on others in their place; when they are
 * back all is as it was. */
static void each_is_watched_by_so_many(void **state)
{
    const struct sim_fault crash = { .kind = FAULT_CRASH,
                                     .of = { .kind = SELECT_RANGE, .first = 7, .nodes = 3 },
                                     .at = 30 * SIM_SECOND,
                                     .lasts = 30 * SIM_SECOND };

    (void)state;
    for (int seconds = 20; seconds <= 100; seconds += 40) {
        struct watchers w = { .alive = { 0 } };
        const struct sim_observer observer = { SEEN_BELIEF, see_belief, &w };
        struct setup setup;
        struct sim_result r;
        int watched = 0;

        open_heartbeat(&setup, "preset=akka monitors=4", seconds);
        setup.config.observer = &observer;
        setup.config.faults = &crash;
        setup.config.fault_count = 1;
        if (seconds == 60)
            setup.config.stop.at -= SIM_SECOND;
        sim_run(&setup.config, &r);
        for (int i = 0; i < NODES; i++) {
            const bool is_down = seconds == 60 && i >= 7 && i < 10;

            assert_true(is_down ? w.alive[i] == 0 && w.dead[i] > 0 : w.dead[i] == 0);
            assert_true(is_down || w.alive[i] >= 4 - (seconds == 60) * 3);
            watched += w.alive[i];
        }
        assert_int_equal(watched, 4 * (seconds == 60 ? NODES - 3 : NODES));
        sim_result_clear(&r);
        setup_clear(&setup);
    }
}

/* ---- cut off, and stopped ---- */

/* Those held dead are sent heartbeats, too. */
static void a_partition_heals(void **state)
{
    static const char *const parameters[] = { "", "preset=akka monitors=0", "preset=scylla" };
    const struct sim_selector half[] = {
        { .kind = SELECT_RANGE, .first = 0, .nodes = NODES / 2 },
        { .kind = SELECT_RANGE, .first = NODES / 2, .nodes = NODES / 2 },
    };
    const struct sim_side sides[] = { { .parts = &half[0], .part_count = 1 },
                                      { .parts = &half[1], .part_count = 1 } };
    const struct sim_obstacle cut = { .sides = sides, .side_count = 2 };
    const struct sim_fault partition = {
        .kind = FAULT_PARTITION, .at = 30 * SIM_SECOND, .lasts = 60 * SIM_SECOND, .obstacle = &cut
    };

    (void)state;
    for (int i = 0; i < 3; i++) {
        struct setup setup;
        struct sim_result r;

        open_heartbeat(&setup, parameters[i], 200);
        setup.config.faults = &partition;
        setup.config.fault_count = 1;
        sim_run(&setup.config, &r);
        assert_true(metric(&r, "heartbeat.verdicts") == NODES * NODES / 2);
        assert_true(metric(&r, "heartbeat.returns") == NODES * NODES / 2);
        sim_result_clear(&r);
        expect_all_well_after(&setup, 93);
        setup_clear(&setup);
    }
}

/* Who was stopped for longer than 5 s has its looks before it hears that the others live: with
 * Cassandra's rule it holds nobody dead, without it all of them. */
static void who_was_stopped_waits_before_it_judges(void **state)
{
    const struct sim_fault pause = { .kind = FAULT_PAUSE,
                                     .of = { .kind = SELECT_COUNT, .count = 1 },
                                     .at = 60 * SIM_SECOND,
                                     .lasts = 40 * SIM_SECOND };

    (void)state;
    for (int rule = 0; rule < 2; rule++) {
        struct setup setup;
        struct sim_result r;

        open_heartbeat(&setup, rule ? "" : "phi_local_pause=0s", 150);
        setup.config.faults = &pause;
        setup.config.fault_count = 1;
        sim_run(&setup.config, &r);
        assert_int_equal(r.status, SIM_DONE);
        assert_true(metric(&r, "false_dead") == (rule ? 0 : NODES - 1));
        sim_result_clear(&r);
        setup_clear(&setup);
    }
}

static void what_has_no_effect_is_refused(void **state)
{
    static const char *const refused[] = {
        "monitors=4",
        "timeout=3s",
        "phi=false phi_threshold=3",
        "phi_min_deviation=1s",
        "preset=scylla phi_window=7",
    };
    struct setup setup;

    (void)state;
    setup_init(&setup, NODES);
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++)
        if (setup_add(&setup, "heartbeat", refused[i]))
            fail_msg("%s is taken", refused[i]);
    setup_clear(&setup);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nodes_join_by_contact_points),
        cmocka_unit_test(all_come_to_know_of_each_other),
        cmocka_unit_test(those_who_leave_say_goodbye),
        cmocka_unit_test(those_who_come_back_are_heard),
        cmocka_unit_test(each_is_watched_by_so_many),
        cmocka_unit_test(a_partition_heals),
        cmocka_unit_test(who_was_stopped_waits_before_it_judges),
        cmocka_unit_test(what_has_no_effect_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
