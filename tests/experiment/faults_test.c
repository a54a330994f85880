/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What a scenario says of its store, its groups and its faults is what its runs do: a crash by
 * share, count, name or number takes so many nodes down, at its times and for its length; updates
 * start in the group that was named; the path of an entry of a list sets that entry.
 */
#include "experiment/plan/plan.h"

#include <glib.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define SCENARIO                                                                            \
    "gossipsim: 1\nnodes: 100\nseed: 3\nstrategies: {ae: {anti-entropy: {interval: 1s}}}\n" \
    "stop: {at: 1min, when: never}\ngroups: {eu: 25%, us: 75%}\n"

static struct plan *plan_of(const char *text, const struct plan_options *options)
{
    char *folder = g_dir_make_tmp("faults-XXXXXX", NULL);
    char *path = g_build_filename(folder, "study.yaml", NULL);
    struct errors errors = { 0 };
    struct plan *plan;

    assert_true(g_file_set_contents(path, text, -1, NULL));
    plan = plan_read(path, options, &errors);
    errors_print(stderr, &errors);
    assert_non_null(plan);
    remove(path);
    remove(folder);
    g_free(folder);
    g_free(path);
    return plan;
}

/* The result of replication 0 of the scenario and `more`. */
static void run_of(const char *more, const struct plan_options *options, struct sim_result *result)
{
    const struct plan_options none = { 0 };
    char *text = g_strconcat(SCENARIO, more, NULL);
    struct plan *plan = plan_of(text, options != NULL ? options : &none);
    struct setup *setup = plan_setup(plan, 0);

    assert_non_null(setup);
    sim_run(setup_config(setup, 0), result);
    assert_int_equal(result->status, SIM_DONE);
    setup_free(setup);
    plan_free(plan);
    g_free(text);
}

/* The faults of a run, as `10s crash 25; 20s recover 25`. */
static void expect_faults(const char *more, const struct plan_options *options,
                          const char *expected)
{
    struct sim_result result;
    GString *found = g_string_new(NULL);

    run_of(more, options, &result);
    for (size_t i = 0; i < result.fault_count; i++) {
        char at[QUANTITY_TEXT_MAX];

        quantity_write_time(result.faults[i].at, at);
        g_string_append_printf(found, "%s%s %s %u", i > 0 ? "; " : "", at, result.faults[i].kind,
                               result.faults[i].nodes);
    }
    assert_string_equal(found->str, expected);
    g_string_free(found, TRUE);
    sim_result_clear(&result);
}

static void every_selector_takes_its_nodes(void **state)
{
    (void)state;
    expect_faults("faults: [{at: 10s, crash: 20%}]\n", NULL, "10s crash 20");
    expect_faults("faults: [{at: 10s, crash: {count: 3}}]\n", NULL, "10s crash 3");
    expect_faults("faults: [{at: 10s, crash: {all-but: 1}}]\n", NULL, "10s crash 99");
    expect_faults("faults: [{at: 10s, crash: all}]\n", NULL, "10s crash 100");
    expect_faults("faults: [{at: 10s, crash: us}, {at: 11s, crash: {node: 24}}, "
                  "{at: 12s, crash: {node: 25}}]\n",
                  NULL, "10s crash 75; 11s crash 1; 12s crash 0");
}

static void faults_last_and_come_again(void **state)
{
    (void)state;
    expect_faults("faults: [{at: 10s, for: 5s, every: 20s, crash: eu}, {at: 36s, wipe: all}]\n",
                  NULL,
                  "10s crash 25; 15s recover 25; 30s crash 25; 35s recover 25; 36s wipe 100; "
                  "50s crash 25; 55s recover 25");
    expect_faults("faults: [{at: 10s, crash: all}, {at: 20s, recover: us}]\n", NULL,
                  "10s crash 100; 20s recover 75");
    expect_faults("faults: [{at: 10s, for: 5s, every: 20s, partition: {groups: [[eu], [us]]}}, "
                  "{at: 12s, one_way: {from: eu, to: us}}, {at: 35s, heal: all}]\n",
                  NULL,
                  "10s partition 100; 12s one_way 100; 15s heal 100; 30s partition 100; "
                  "35s heal 100; 50s partition 100; 55s heal 100");
}

/* Batches go down one after another, each for its time, and what another crash holds stays down. */
static void a_restart_rolls(void **state)
{
    (void)state;
    expect_faults("faults: [{at: 10s, restart: eu, batch: 10, pace: 8s, down: 3s}]\n", NULL,
                  "10s restart 10; 13s recover 10; 18s restart 10; 21s recover 10; "
                  "26s restart 5; 29s recover 5");
    expect_faults("faults: [{at: 10s, restart: eu, batch: 20, pace: 1s, down: 3s}]\n", NULL,
                  "10s restart 20; 11s restart 5; 13s recover 20; 14s recover 5");
    expect_faults("faults: [{at: 10s, crash: all}, {at: 20s, recover: all, batch: 40, pace: 5s}]\n",
                  NULL, "10s crash 100; 20s recover 40; 25s recover 40; 30s recover 20");
    expect_faults("faults: [{at: 10s, crash: eu}, {at: 29s, recover: all}, "
                  "{at: 20s, restart: all, batch: 100, pace: 1s, down: 1s, every: 30s}]\n",
                  NULL,
                  "10s crash 25; 20s restart 75; 21s recover 75; 29s recover 25; "
                  "50s restart 100; 51s recover 100");
}

/* Who was not there comes, once; who has left does not come back, whatever brings others back. */
static void nodes_join_and_leave_for_good(void **state)
{
    (void)state;
    expect_faults("members: {absent: us}\nfaults: [{at: 10s, join: us, batch: 50, pace: 1s}, "
                  "{at: 20s, join: all}]\n",
                  NULL, "10s join 50; 11s join 25; 20s join 0");
    /* Shards of which somebody is there, or that have no entries, are no hindrance. */
    expect_faults("store: {preload: 8, shards: 4, replicas: 76}\nmembers: {absent: us}\n"
                  "faults: [{at: 10s, join: us}]\n",
                  NULL, "10s join 75");
    expect_faults("store: {preload: 3, shards: 10, replicas: 3}\nmembers: {absent: us}\n"
                  "faults: [{at: 10s, join: us}]\n",
                  NULL, "10s join 75");
    expect_faults("members: {absent: us}\nfaults: [{at: 5s, crash: us}, {at: 10s, join: us}, "
                  "{at: 20s, crash: all}, {at: 25s, leave: eu}, {at: 30s, recover: all}, "
                  "{at: 40s, leave: all}]\n",
                  NULL,
                  "5s crash 75; 10s join 75; 20s crash 25; 25s leave 25; 30s recover 100; "
                  "40s leave 75");
}

/* Drawn once, the same nodes crash again and again; drawn anew, others do. */
static void what_is_drawn_once_stays(void **state)
{
    (void)state;
    expect_faults("faults: [{at: 10s, crash: 30%, every: 10s, redraw: false}]\n", NULL,
                  "10s crash 30; 20s crash 0; 30s crash 0; 40s crash 0; 50s crash 0; 60s crash 0");
    expect_faults("faults: [{at: 10s, partition: {shares: [30%, 70%]}, for: 1s, every: 40s, "
                  "redraw: false}]\n",
                  NULL, "10s partition 100; 11s heal 100; 50s partition 100; 51s heal 100");
}

static void expect_refusal(const char *more, const char *why)
{
    char *folder = g_dir_make_tmp("faults-XXXXXX", NULL);
    char *path = g_build_filename(folder, "study.yaml", NULL);
    char *text = g_strconcat(SCENARIO, more, NULL);
    const struct plan_options none = { 0 };
    struct errors errors = { 0 };

    assert_true(g_file_set_contents(path, text, -1, NULL));
    assert_null(plan_read(path, &none, &errors));
    if (errors.count != 1 || strstr(errors.list[0].text, why) == NULL)
        fail_msg("%s: %zu errors, the last: %s", more, errors.count,
                 errors.list[errors.count - 1].text);
    errors_clear(&errors);
    remove(path);
    remove(folder);
    g_free(folder);
    g_free(path);
    g_free(text);
}

static void what_has_no_effect_is_refused(void **state)
{
    static const char *const cases[][2] = {
        { "faults: [{at: 1s, crash: all, batch: 3}]", "means nothing to `crash`" },
        { "faults: [{at: 1s, wipe: all, down: 3s}]", "means nothing to `wipe`" },
        { "faults: [{at: 1s, restart: all, batch: 3, pace: 1s}]", "`down` is missing" },
        { "faults: [{at: 1s, leave: all, batch: 3}]", "`pace` is missing" },
        { "faults: [{at: 1s, restart: all, batch: 3, pace: 1s, down: 1s, for: 3s}]",
          "cannot be undone" },
        { "faults: [{at: 1s, restart: all, batch: 50, pace: 4s, down: 1s, every: 5s}]",
          "before its 2 steps are over, which takes 5s" },
        { "faults: [{at: 1s, crash: 10%, redraw: false}]", "has no effect without `every`" },
        { "faults: [{at: 1s, every: 9s, crash: eu, redraw: false}]", "the same nodes each time" },
        { "faults: [{at: 1s, join: eu}]", "without `members.absent`" },
        { "members: {absent: eu}", "`eu` never comes" },
        { "members: {absent: eu}\nfaults: [{at: 1s, join: us}]", "`eu` never comes" },
        { "members: {absent: us}\nfaults: [{at: 1s, join: {node: 24}}]", "`us` never comes" },
        { "faults: [{at: 1s, for: 20s, every: 5s, pause: eu}]", "again before it ends, after 20s" },
        { "faults: [{at: 1s, for: 20s, every: 5s, crash: 20%, redraw: false}]",
          "again before it ends, after 20s" },
        { "members: {absent: asia}\nfaults: [{at: 1s, join: eu}]", "there is no group `asia`" },
        { "members: {absent: [eu]}\nfaults: [{at: 1s, join: eu}]", "the name of a group" },
        { "store: {preload: 8, shards: 10, replicas: 3}\nmembers: {absent: us}\n"
          "faults: [{at: 1s, join: us}]",
          "`us` has all replicas of shard 3" },
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++)
        expect_refusal(cases[i][0], cases[i][1]);
}

static void an_entry_of_a_list_is_set_by_its_position(void **state)
{
    const struct setting set = { "faults.2.crash", "{count: 7}" };
    const struct setting sweep = { "faults.1.crash", "0%,30%" };
    const struct plan_options options = { .sets = &set, .set_count = 1 };
    const struct plan_options swept = { .sweeps = &sweep, .sweep_count = 1 };
    struct plan *plan;

    (void)state;
    expect_faults("faults: [{at: 1s, wipe: {node: 0}}, {at: 2s, crash: {node: 0}}]\n", &options,
                  "1s wipe 1; 2s crash 7");
    plan = plan_of(SCENARIO "faults: [{at: 1s, crash: 10%}]\n", &swept);
    assert_int_equal(plan->point_count, 2);
    assert_string_not_equal(plan->points[0].hash, plan->points[1].hash);
    plan_free(plan);
    expect_faults("faults: [{at: 1s, partition: {groups: [[eu], [us]]}}]\n",
                  &(struct plan_options){
                      .sets = &(struct setting){ "faults.1.partition", "{shares: [10%, 90%]}" },
                      .set_count = 1 },
                  "1s partition 100");
}

static void updates_start_in_their_group(void **state)
{
    struct sim_result result;
    uint64_t nodes_met = 0;

    (void)state;
    run_of("workload: {updates: 200, origin: eu, arrival: {every: 100ms}}\n"
           "faults: [{at: 0s, crash: {node: 3}}]\n",
           NULL, &result);
    assert_int_equal(result.outcome_count, 200);
    for (size_t i = 0; i < result.outcome_count; i++) {
        assert_in_range(result.outcomes[i].origin, 0, 24);
        nodes_met |= (uint64_t)1 << result.outcomes[i].origin;
    }
    /* Of 24 live nodes a given one is missed with probability (23/24)^200 = 0.0002. */
    assert_int_equal(__builtin_popcountll(nodes_met), 24);
    assert_false(nodes_met >> 3 & 1);
    sim_result_clear(&result);
}

/* The whole group is down: the clients go on to the nodes that follow it. */
static void without_its_group_an_update_starts_elsewhere(void **state)
{
    struct sim_result result;

    (void)state;
    run_of("workload: {updates: 20, at: 1s, origin: eu}\nfaults: [{at: 0s, crash: eu}]\n", NULL,
           &result);
    assert_int_equal(result.outcome_count, 20);
    for (size_t i = 0; i < result.outcome_count; i++)
        assert_in_range(result.outcomes[i].origin, 25, 99);
    sim_result_clear(&result);
}

static void a_store_places_its_shards(void **state)
{
    struct plan *plan = plan_of(SCENARIO "store: {shards: 8, replicas: 3, preload: 40, "
                                         "missing_shards: 10%}\n",
                                &(struct plan_options){ 0 });
    struct setup *setup = plan_setup(plan, 0);
    const struct sim_config *config = setup_config(setup, 0);

    (void)state;
    assert_int_equal(config->store.shards, 8);
    assert_int_equal(config->store.replicas, 3);
    assert_true(config->store.missing_shards == 0.1);
    setup_free(setup);
    plan_free(plan);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_selector_takes_its_nodes),
        cmocka_unit_test(faults_last_and_come_again),
        cmocka_unit_test(a_restart_rolls),
        cmocka_unit_test(nodes_join_and_leave_for_good),
        cmocka_unit_test(what_is_drawn_once_stays),
        cmocka_unit_test(what_has_no_effect_is_refused),
        cmocka_unit_test(an_entry_of_a_list_is_set_by_its_position),
        cmocka_unit_test(updates_start_in_their_group),
        cmocka_unit_test(without_its_group_an_update_starts_elsewhere),
        cmocka_unit_test(a_store_places_its_shards),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
