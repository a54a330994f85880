/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The members of Scuttlebutt: who boots asks the seeds first, who comes back has a new generation
 * and gets its keys back, whatever it writes before that, and who left is forgotten for good only
 * where nobody listens to the others for a while.
 */
#include "models/scuttlebutt.h"
#include "sim/observe.h"
#include "tests/models/scuttlebutt_setup.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

enum { NODES = 16 };

static void who_crashes_is_noticed_and_who_leaves_says_so(void **state)
{
    static const struct sim_fault faults[] = {
        { .kind = FAULT_CRASH, .of = { SELECT_RANGE, .first = 5, .nodes = 2 }, .at = SIM_SECOND },
        { .kind = FAULT_LEAVE, .of = { SELECT_RANGE, .first = 8, .nodes = 2 }, .at = SIM_SECOND },
    };
    static const struct {
        const char *parameters;
        double accuracy; /* of those that are up: others that are held dead, and are */
    } cases[] = {
        { "preset=cassandra", 1 },
        { "preset=chitchat", 1 },
        { "preset=paper", 13.0 / 15 },
        { "preset=cassandra phi=false timeout=10s", 1 },
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct setup setup;
        struct sim_result r;

        scuttlebutt_setup(&setup, NODES, cases[i].parameters, 200);
        setup.config.faults = faults;
        setup.config.fault_count = 2;
        setup.config.warmup = 100 * SIM_SECOND;
        sim_run(&setup.config, &r);
        assert_int_equal(r.status, SIM_DONE);
        assert_true(fabs(metric(&r, "accuracy") - cases[i].accuracy) < 1e-9);
        assert_true(metric(&r, "false_dead") == 0);
        sim_result_clear(&r);
        setup_clear(&setup);
    }
}

struct lives {
    uint64_t before, after; /* of node 5, in its own SYN */
};

static void see_lives(void *context, const struct sight *sight)
{
    struct lives *lives = context;
    const struct digest *table = sight->carried->items;

    if (sight->kind != SYN || sight->node != 5 || !table)
        return;
    for (node_id i = 0; i < NODES; i++)
        if (observe_node(sight, i) == 5)
            *(sight->at < 10 * SIM_SECOND ? &lives->before : &lives->after) = table[i].life;
}

/* Its keys, too, which it may have lost. */
static void who_comes_back_has_a_new_generation(void **state)
{
    static const char *const presets[] = { "preset=cassandra", "preset=chitchat" };
    static const struct sim_fault faults[] = {
        { .kind = FAULT_CRASH,
          .of = { SELECT_RANGE, .first = 5, .nodes = 1 },
          .at = 10 * SIM_SECOND,
          .lasts = 60 * SIM_SECOND },
        { .kind = FAULT_WIPE,
          .of = { SELECT_RANGE, .first = 5, .nodes = 1 },
          .at = 80 * SIM_SECOND },
    };

    (void)state;
    for (size_t i = 0; i < 8; i++) {
        struct lives lives = { 0 };
        const struct sim_observer observer = { SEEN_SENT, see_lives, &lives };
        struct setup setup;
        struct sim_result r;

        scuttlebutt_setup(&setup, NODES, presets[i % 2], 200);
        scuttlebutt_write(&setup, 40, 40, 9);
        setup.config.workload.origin = ORIGIN_NODE;
        setup.config.workload.origin_node = 5;
        setup.config.churn.rejoin = i % 4 < 2 ? REJOIN_KEEP : REJOIN_LOSE;
        setup.config.faults = faults;
        setup.config.fault_count = 2;
        setup.config.warmup = i < 4 ? 0 : 100 * SIM_SECOND;
        setup.config.observer = &observer;
        sim_run(&setup.config, &r);
        assert_int_equal(r.status, SIM_DONE);
        assert_true(lives.before >> 32 == 1 && lives.after >> 32 > 800);
        assert_true(i < 4 ? metric(&r, "residue") == 0 : metric(&r, "accuracy") == 1);
        sim_result_clear(&r);
        setup_clear(&setup);
    }
}

struct boots {
    int asked[4];      /* SYNs of nothing at their times, 5 s apart */
    int early, others; /* SYNs before the answer; afterwards */
};

static void see_boot(void *context, const struct sight *sight)
{
    struct boots *b = context;
    const sim_time since = sight->at - 10 * SIM_SECOND;

    if (sight->node != 12 || sight->kind != SYN)
        return;
    if (!sight->carried->items && since / (5 * SIM_SECOND) < 4)
        b->asked[since / (5 * SIM_SECOND)] += since % (5 * SIM_SECOND) == 0;
    else
        ++*(since < 15 * SIM_SECOND ? &b->early : &b->others);
}

/* The seeds are away until 22 s. */
static void who_boots_asks_the_seeds_until_one_answers(void **state)
{
    static const struct sim_fault faults[] = {
        { .kind = FAULT_CRASH,
          .of = { SELECT_RANGE, .first = 0, .nodes = 3 },
          .at = SIM_SECOND,
          .lasts = 21 * SIM_SECOND },
        { .kind = FAULT_JOIN,
          .of = { SELECT_RANGE, .first = 12, .nodes = 1 },
          .at = 10 * SIM_SECOND },
    };
    struct boots b = { { 0 }, 0, 0 };
    const struct sim_observer observer = { SEEN_SENT, see_boot, &b };
    struct setup setup;
    struct sim_result r;

    (void)state;
    scuttlebutt_setup(&setup, NODES, "preset=cassandra transport=datagram", 60);
    setup.config.absent_first = 12;
    setup.config.absent_nodes = 1;
    setup.config.faults = faults;
    setup.config.fault_count = 2;
    setup.config.warmup = 40 * SIM_SECOND;
    setup.config.observer = &observer;
    sim_run(&setup.config, &r);
    assert_true(b.asked[0] == 3 && b.asked[1] == 3 && b.asked[2] == 3);
    assert_true(b.early == 0 && b.others > 25);
    assert_true(metric(&r, "accuracy") == 1);
    sim_result_clear(&r);
    setup_clear(&setup);
}

static void a_cluster_forms(void **state)
{
    static const char *const presets[] = { "preset=cassandra", "preset=chitchat", "preset=paper" };

    (void)state;
    for (size_t i = 0; i < 6; i++) {
        struct setup setup;
        struct sim_result r;

        scuttlebutt_setup(&setup, NODES, presets[i % 3], 60);
        setup.config.members = MEMBERS_JOIN;
        setup.config.join_rate = 2;
        setup.config.store.preload = 20;
        setup.config.store.missing = 0.2;
        setup.config.warmup = i < 3 ? 0 : 30 * SIM_SECOND;
        sim_run(&setup.config, &r);
        assert_int_equal(r.status, SIM_DONE);
        assert_true(i < 3 ? metric(&r, "residue") == 0 : metric(&r, "accuracy") == 1);
        sim_result_clear(&r);
        setup_clear(&setup);
    }
}

static void see_told(void *context, const struct sight *sight)
{
    int *told = context;
    const struct digest *table = sight->carried->items;

    for (node_id i = 0; sight->kind == SYN && sight->at > 100 * SIM_SECOND && i < NODES; i++)
        *told += observe_node(sight, i) == 5 && table[i].life > 0;
}

/* SYNs that tell of node 5, long after it has gone for good and was removed. */
static int told_of_the_removed(const char *parameters, enum sim_fault_kind kind)
{
    const struct sim_fault fault = { .kind = kind,
                                     .of = { SELECT_RANGE, .first = 5, .nodes = 1 },
                                     .at = SIM_SECOND };
    int told = 0;
    const struct sim_observer observer = { SEEN_SENT, see_told, &told };
    struct setup setup;
    struct sim_result r;

    scuttlebutt_setup(&setup, NODES, parameters, 140);
    setup.config.faults = &fault;
    setup.config.fault_count = 1;
    setup.config.observer = &observer;
    sim_run(&setup.config, &r);
    assert_int_equal(r.status, SIM_DONE);
    assert_true(metric(&r, "scuttlebutt.removed") >= NODES - 1);
    sim_result_clear(&r);
    setup_clear(&setup);
    return told;
}

/* By quarantine, or since nobody told of it any more. */
static void who_was_removed_does_not_come_back(void **state)
{
    (void)state;
    assert_true(told_of_the_removed("remove_left=5s reply=all quarantine=20s", FAULT_LEAVE) == 0);
    assert_true(told_of_the_removed("remove_left=5s reply=all quarantine=0s", FAULT_LEAVE) > 100);
    assert_true(told_of_the_removed("preset=chitchat remove_dead=40s silent_after=20s phi=false "
                                    "timeout=10s",
                                    FAULT_CRASH) == 0);
    assert_true(told_of_the_removed("preset=chitchat remove_dead=20s silent_after=0s phi=false "
                                    "timeout=10s",
                                    FAULT_CRASH) > 100);
}

/* Node 5 leaves at 1 s and is back at 66 s, when those who left are never removed, but others after
 * 50 s.  It is not held alive before several of its heartbeats are heard. */
static void who_comes_back_is_not_removed_for_its_last_life(void **state)
{
    static const sim_time changes[] = { SIM_SECOND, 66 * SIM_SECOND };
    bool begins_up[NODES];
    uint64_t start[NODES + 1];
    const struct sim_trace trace = { NODES, begins_up, start, changes, 200 * SIM_SECOND };
    struct setup setup;
    struct sim_result r;

    (void)state;
    for (uint32_t i = 0; i <= NODES; i++)
        start[i] = i <= 5 ? 0 : 2;
    memset(begins_up, true, sizeof begins_up);
    scuttlebutt_setup(
        &setup, NODES,
        "preset=chitchat goodbye=true remove_left=0s remove_dead=50s silent_after=30s", 100);
    setup.config.churn.trace = &trace;
    setup.config.churn.share = 1;
    setup.config.churn.leave = LEAVE_GRACEFUL;
    sim_run(&setup.config, &r);
    assert_int_equal(r.status, SIM_DONE);
    assert_true(metric(&r, "scuttlebutt.removed") == 0);
    sim_result_clear(&r);
    setup_clear(&setup);
}

/* ---- gaps ---- */

enum { WRITER = 0, FEW = 6 };

struct loss {
    const char *parameters;
    enum sim_fault_kind kind;
    enum sim_rejoin rejoin;
    double seconds; /* what it does */
    double missing; /* of what is there from the start */
};

/* Six nodes, of which one writes 40 updates in ten seconds, and loses its data at 4.1 s and at 7.1
 * s; how many updates some node lacks in the end, of those that any has. */
static double run_loss(const struct loss *loss, uint32_t replication)
{
    const struct sim_fault faults[] = {
        { .kind = loss->kind,
          .of = { SELECT_RANGE, .first = WRITER, .nodes = 1 },
          .at = 4100 * SIM_MILLISECOND,
          .lasts = loss->kind == FAULT_CRASH ? 500 * SIM_MILLISECOND : 0 },
        { .kind = loss->kind,
          .of = { SELECT_RANGE, .first = WRITER, .nodes = 1 },
          .at = 7100 * SIM_MILLISECOND,
          .lasts = loss->kind == FAULT_CRASH ? 500 * SIM_MILLISECOND : 0 },
    };
    struct setup setup;
    struct sim_result r;
    double lacking;

    scuttlebutt_setup(&setup, FEW, loss->parameters, 60);
    scuttlebutt_write(&setup, 40, 40, loss->seconds);
    setup.config.workload.origin = ORIGIN_NODE;
    setup.config.workload.origin_node = WRITER;
    setup.config.store.preload = loss->missing > 0 ? 30 : 0;
    setup.config.store.missing = loss->missing;
    setup.config.churn.rejoin = loss->rejoin;
    setup.config.faults = faults;
    setup.config.fault_count = 2;
    setup.config.replication = replication;
    sim_run(&setup.config, &r);
    assert_int_equal(r.status, SIM_DONE);
    lacking = metric(&r, "residue") * (40 + (double)setup.config.store.preload) -
              metric(&r, "lost_updates");
    sim_result_clear(&r);
    setup_clear(&setup);
    return lacking;
}

/* It goes on writing before it has its own keys back, and its maximum leaps over what others lack.
 */
static void who_writes_before_its_keys_are_back_hides_none(void **state)
{
    static const struct loss losses[] = {
        { "preset=cassandra", FAULT_WIPE, REJOIN_KEEP, 10, 0 },
        { "preset=chitchat", FAULT_WIPE, REJOIN_KEEP, 10, 0 },
        { "preset=paper", FAULT_WIPE, REJOIN_KEEP, 10, 0 },
        { "preset=cassandra", FAULT_CRASH, REJOIN_LOSE, 10, 0 },
        { "preset=chitchat", FAULT_CRASH, REJOIN_LOSE, 10, 0 },
        { "preset=cassandra limit=2", FAULT_WIPE, REJOIN_KEEP, 10, 0 },
        { "preset=chitchat limit=2 first=breadth", FAULT_WIPE, REJOIN_KEEP, 10, 0 },
        { "preset=cassandra", FAULT_WIPE, REJOIN_KEEP, 10, 0.6 },
    };

    (void)state;
    for (size_t i = 0; i < sizeof losses / sizeof *losses; i++)
        for (uint32_t replication = 0; replication < 30; replication++) {
            const double lacking = run_loss(&losses[i], replication);

            if (fabs(lacking) > 1e-6)
                fail_msg("%s, replication %u: %g", losses[i].parameters, replication, lacking);
        }
}

/* ---- deletions ---- */

/* Half of the updates are deletions, and a node is away for a minute of them. */
static void run_deletions(const char *parameters, const char *certificates, double *residue,
                          double *resurrected)
{
    const struct sim_fault fault = { .kind = FAULT_CRASH,
                                     .of = { SELECT_RANGE, .first = 5, .nodes = 1 },
                                     .at = 5 * SIM_SECOND,
                                     .lasts = 60 * SIM_SECOND };
    struct setup setup;
    struct sim_result r;

    scuttlebutt_setup(&setup, NODES, parameters, 140);
    if (certificates)
        assert_true(setup_add(&setup, "death-certificates", certificates));
    scuttlebutt_write(&setup, 200, 40, 30);
    setup.config.workload.deletes = 0.5;
    setup.config.faults = &fault;
    setup.config.fault_count = 1;
    sim_run(&setup.config, &r);
    assert_int_equal(r.status, SIM_DONE);
    *residue = metric(&r, "residue");
    *resurrected = metric(&r, "resurrected");
    sim_result_clear(&r);
    setup_clear(&setup);
}

/* They are kept for ever by themselves.  With certificates that are kept for too short a time, who
 * was away keeps old values; maxima hide them from the others. */
static void deletions_that_are_forgotten_are_missed(void **state)
{
    static const char *const parameters[] = { "preset=cassandra", "preset=chitchat", "preset=paper",
                                              "preset=paper first=newest" };

    (void)state;
    for (size_t i = 0; i < 4; i++) {
        double residue, resurrected;

        run_deletions(parameters[i], NULL, &residue, &resurrected);
        assert_true(residue == 0 && resurrected == 0);
        run_deletions(parameters[i], "retain=5s", &residue, &resurrected);
        assert_true(residue > 0);
        assert_true((resurrected > 0) == (i == 3));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(who_crashes_is_noticed_and_who_leaves_says_so),
        cmocka_unit_test(who_comes_back_has_a_new_generation),
        cmocka_unit_test(who_boots_asks_the_seeds_until_one_answers),
        cmocka_unit_test(a_cluster_forms),
        cmocka_unit_test(who_was_removed_does_not_come_back),
        cmocka_unit_test(who_comes_back_is_not_removed_for_its_last_life),
        cmocka_unit_test(who_writes_before_its_keys_are_back_hides_none),
        cmocka_unit_test(deletions_that_are_forgotten_are_missed),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
