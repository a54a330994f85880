/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Members of swim come by contact points and go with a goodbye; a partition heals only if those
 * held dead are tried again; and of what a table says of the dead nothing is believed at once.
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

enum { NODES = 30 };

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

        swim_open(&setup, NODES, "", 100);
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
            assert_true(swim_accuracy_after(&setup, 30) == 1);
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
    swim_open(&setup, NODES, "", 30);
    setup.config.members = MEMBERS_JOIN;
    setup.config.join_rate = 2;
    setup.config.store.preload = 2;
    setup.config.sample_every = SIM_SECOND / 4;
    sim_run(&setup.config, &r);
    assert_int_equal(r.status, SIM_DONE);
    assert_true(r.samples[0].alive == SWIM_SEEDS && r.samples[0].informed == SWIM_SEEDS);
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
    swim_open(&setup, NODES, "", 60);
    setup.config.faults = &leave;
    setup.config.fault_count = 1;
    sim_run(&setup.config, &r);
    assert_true(metric(&r, "swim.suspicions") == 0 && metric(&r, "swim.verdicts") == 0);
    sim_result_clear(&r);
    assert_true(swim_accuracy_after(&setup, 12) == 1);
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

        swim_open(&setup, NODES, tries ? "preset=serf-lan" : "", 600);
        setup.config.faults = &partition;
        setup.config.fault_count = 1;
        const double accuracy = swim_accuracy_after(&setup, 400);

        assert_true(tries ? accuracy == 1 : fabs(accuracy - 14. / 29) < 1e-9);
        setup_clear(&setup);
    }
}

struct tries {
    uint64_t early, late, to_left;
};

static void see_try(void *context, const struct sight *sight)
{
    struct tries *tries = context;

    if (sight->kind != PUSH_PULL)
        return;
    tries->to_left += sight->peer == 8;
    if (sight->peer == 9)
        ++*(sight->at < 25 * 3600 * SIM_SECOND ? &tries->early : &tries->late);
}

/* For a day, as serf's ReconnectTimeout. */
static void who_failed_is_tried_for_a_day_and_who_left_is_not(void **state)
{
    static const struct sim_fault faults[] = {
        { .kind = FAULT_LEAVE, .of = { SELECT_RANGE, .first = 8, .nodes = 1 }, .at = SIM_SECOND },
        { .kind = FAULT_CRASH, .of = { SELECT_RANGE, .first = 9, .nodes = 1 }, .at = SIM_SECOND },
    };
    struct tries tries = { 0 };
    const struct sim_observer observer = { SEEN_SENT, see_try, &tries };
    struct setup setup;
    struct sim_result r;

    (void)state;
    swim_open(&setup, 10,
              "interval=60s timeout=30s gossip_interval=60s push_pull_interval=0s "
              "reconnect_interval=1h",
              50 * 3600);
    setup.config.faults = faults;
    setup.config.fault_count = 2;
    setup.config.observer = &observer;
    sim_run(&setup.config, &r);
    assert_true(tries.early > 50 && tries.late == 0 && tries.to_left == 0);
    sim_result_clear(&r);
    setup_clear(&setup);
}

static void see_first_verdict(void *context, const struct sight *sight)
{
    enum belief *first = context;

    if (sight->node == 9 && sight->peer == 8 && sight->at > 60 * SIM_SECOND &&
        sight->from == BELIEF_ALIVE && *first == BELIEF_NONE)
        *first = sight->to;
}

/* Who comes back holds one alive whom the others have long held dead. */
static void who_is_dead_by_a_table_is_suspected_first(void **state)
{
    static const struct sim_fault faults[] = {
        { .kind = FAULT_CRASH,
          .of = { SELECT_RANGE, .first = 9, .nodes = 1 },
          .at = SIM_SECOND,
          .lasts = 60 * SIM_SECOND },
        { .kind = FAULT_CRASH, .of = { SELECT_RANGE, .first = 8, .nodes = 1 }, .at = SIM_SECOND },
    };
    enum belief first = BELIEF_NONE;
    const struct sim_observer observer = { SEEN_BELIEF, see_first_verdict, &first };
    struct setup setup;
    struct sim_result r;

    (void)state;
    swim_open(&setup, 10, "forget_after=1h", 62);
    setup.config.faults = faults;
    setup.config.fault_count = 2;
    setup.config.observer = &observer;
    sim_run(&setup.config, &r);
    assert_int_equal(first, BELIEF_SUSPECT);
    sim_result_clear(&r);
    setup_clear(&setup);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nodes_join_by_contact_points),
        cmocka_unit_test(a_cluster_forms_and_hands_on_what_it_holds),
        cmocka_unit_test(those_who_leave_say_goodbye),
        cmocka_unit_test(a_partition_heals_only_by_reconnecting),
        cmocka_unit_test(who_failed_is_tried_for_a_day_and_who_left_is_not),
        cmocka_unit_test(who_is_dead_by_a_table_is_suspected_first),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
