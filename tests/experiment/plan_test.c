/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The hashes of a point's world and of a strategy's stack change with what can change a result and
 * with nothing else; the completed scenario is the same plan; and setups are what it says.
 */
#include "experiment/language/scenario_keys.h"
#include "experiment/plan/plan_source.h"
#include "tests/experiment/planning.h"

#include <glib.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static void one_scenario_is_one_point(void **state)
{
    struct plan *plan = good_plan(SCENARIO, NULL);

    (void)state;
    assert_string_equal(plan->name, "my-study");
    assert_null(plan->description);
    assert_int_equal(plan->seed, 1);
    assert_int_equal(plan->replications.min, 30);
    assert_int_equal(plan->replications.max, 30);
    assert_null(plan->replications.metric);
    assert_int_equal(plan->strategy_count, 2);
    assert_string_equal(plan->strategies[0], "push");
    assert_int_equal(plan->point_count, 1);
    assert_int_equal(plan->axis_count, 0);
    assert_int_equal(strlen(plan->points[0].hash), 64);
    plan_free(plan);
}

/* The hash of the only point of a text. */
static char *hash_of(const char *text)
{
    struct plan *plan = good_plan(text, NULL);
    char *hash = g_strdup(plan->points[0].hash);

    plan_free(plan);
    return hash;
}

static void a_hash_changes_with_what_changes_results(void **state)
{
    static const char *const same[] = {
        "name: other\n",
        "description: words\n",
        "replications: 7\n",
        "seed: 1\n",
        "network: {latency: 1000us}\n",
        "stop: {at: 60min}\n",
        "workload: {keys: 1}\n",
        "store: {shards: 1, replicas: all}\n",
        "groups: {a: 10, b: 40}\n",
        "expect: [P(converged) >= 99%]\n",
    };
    static const char *const other[] = {
        "seed: 2\n",
        "network: {latency: 2ms}\n",
        "record: {every: 1s}\n",
        "record: {nodes: true}\n",
        "timing: rounds\n",
        "warmup: 0s\nstop: {at: 2h}\n",
        "workload: {updates: 2}\n",
        "workload: {origin: b}\ngroups: {a: 10, b: 40}\n",
        "store: {shards: 2}\n",
        "store: {replicas: 3}\n",
        "faults: [{at: 1s, crash: 10%}]\n",
    };
    char *hash = hash_of(SCENARIO);

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(same); i++) {
        char *text = g_strconcat(SCENARIO, same[i], NULL);
        char *found = hash_of(text);
        assert_string_equal(found, hash);
        g_free(found);
        g_free(text);
    }
    for (size_t i = 0; i < G_N_ELEMENTS(other); i++) {
        char *text = g_strconcat(SCENARIO, other[i], NULL);
        char *found = hash_of(text);
        assert_string_not_equal(found, hash);
        g_free(found);
        g_free(text);
    }
    g_free(hash);
}

/* Strategies have hashes of their own, of what they do and not of what they are called; none of it
 * is in their world's. */
static void strategies_have_their_own_hashes(void **state)
{
    struct plan *one = good_plan(SCENARIO, NULL);
    struct plan *other = good_plan(
        SCENARIO "  more: {direct-mail: {}}\n  again: {rumor-mongering: {mode: push}}\n", NULL);
    struct plan *named = good_plan("gossipsim: 1\nnodes: 50\nstrategies: {\"=x\": "
                                   "{rumor-mongering: {k: 2, mode: push, interval: 1000ms}}, "
                                   "order: {anti-entropy: {interval: 5s}, rumor-mongering: {}}}\n",
                                   NULL);

    (void)state;
    assert_string_equal(one->points[0].hash, other->points[0].hash);
    assert_string_equal(one->points[0].hash, named->points[0].hash);
    assert_int_equal(other->stack_count, 3);
    for (int i = 0; i < 2; i++)
        assert_string_equal(one->stacks[plan_stack(one, 0, i)].hash,
                            other->stacks[plan_stack(other, 0, i)].hash);
    assert_int_equal(plan_stack(other, 0, 0), plan_stack(other, 0, 3));
    assert_string_equal(one->stacks[plan_stack(one, 0, 0)].hash,
                        named->stacks[plan_stack(named, 0, 0)].hash);
    /* The order of a stack decides whose callback comes first. */
    assert_string_not_equal(one->stacks[plan_stack(one, 0, 1)].hash,
                            named->stacks[plan_stack(named, 0, 1)].hash);
    plan_free(one);
    plan_free(other);
    plan_free(named);
}

/* What a strategy runs at a point is the same cell wherever world and stack are. */
static void cells_are_worlds_and_stacks(void **state)
{
    static const char axes[] =
        SCENARIO "sweep: {axes: {anti-entropy.interval: [1s, 2s], nodes: [10, 20]}}\n";
    static const size_t expected[][2] = { { 0, 1 }, { 2, 3 }, { 0, 4 }, { 2, 5 } };
    const char *const names[] = { "push" };
    const struct plan_options options = { .only = names, .only_count = 1 };
    struct plan *plain = good_plan(SCENARIO "sweep: {axes: {nodes: [10, 20]}}\n", NULL);
    struct plan *plan = good_plan(axes, NULL), *some = good_plan(axes, &options);

    (void)state;
    assert_int_equal(plain->cell_count, 4);
    assert_int_equal(plan_cell(plain, 1, 1), 3);
    assert_int_equal(plan->cell_count, 6);
    assert_int_equal(plan->variant_count, 2);
    for (size_t i = 0; i < 4; i++) {
        assert_int_equal(plan->points[i].variant, i / 2);
        assert_int_equal(plan_cell(plan, i, 0), expected[i][0]);
        assert_int_equal(plan_cell(plan, i, 1), expected[i][1]);
        assert_int_equal(plan_cell(some, i, 0), i % 2);
    }
    assert_int_equal(some->cell_count, 2);
    plan_free(plain);
    plan_free(plan);
    plan_free(some);
}

/* The completed scenario of a point, to be freed. */
static char *point_scenario(const struct plan *plan, size_t point)
{
    struct errors errors = { 0 };
    struct scenario scenario;
    GString *text = g_string_new(NULL);

    assert_true(scenario_source_read(plan->source, point, &errors, &scenario));
    scenario_write(text, &scenario, false);
    scenario_clear(&scenario);
    return g_string_free(text, FALSE);
}

static void the_completed_scenario_is_the_same_plan(void **state)
{
    static const char *const texts[] = {
        SCENARIO,
        SCENARIO "sweep: {axes: {nodes: {from: 10, to: 90, steps: 3}, network.loss: [0, 5%]}}\n",
        SCENARIO "sweep: {design: zip, axes: {anti-entropy.interval: [1s, 90s]}}\n"
                 "churn: {session: {weibull: {shape: 0.5, mean: 1h}}, downtime: 1min}\n",
        "gossipsim: 1\nsweep: {axes: {nodes: [3, 4]}}\nstrategies: {\"a.`b`\": {direct-mail: }}\n",
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(texts); i++) {
        struct plan *first = good_plan(texts[i], NULL);
        struct plan *second = good_plan(first->scenario, NULL);

        assert_string_equal(first->scenario, second->scenario);
        assert_string_equal(first->sha256, second->sha256);
        assert_int_equal(first->point_count, second->point_count);
        for (size_t j = 0; j < first->point_count; j++) {
            char *text = point_scenario(first, j);
            char *hash = hash_of(text);
            assert_string_equal(first->points[j].hash, second->points[j].hash);
            assert_string_equal(first->points[j].hash, hash);
            g_free(hash);
            g_free(text);
        }
        plan_free(first);
        plan_free(second);
    }
}

static void a_setup_is_what_the_scenario_says(void **state)
{
    struct plan *plan =
        good_plan(SCENARIO "network: {loss: 5%, header: 0B}\nseed: 5\ntiming: {rounds: 500ms}\n"
                           "churn: {session: 2s, downtime: 1s, share: 20%}\n"
                           "workload: {updates: 9, keys: 3, origin: {node: 7}}\n"
                           "sweep: {axes: {nodes: [20, 30]}}\n",
                  NULL);
    struct setup *setup = plan_setup(plan, 1);
    const struct sim_config *c = setup_config(setup, 1);

    (void)state;
    assert_int_equal(c->nodes, 30);
    assert_int_equal(c->seed, 5);
    assert_int_equal(c->replication, 0);
    assert_null(c->watch);
    assert_int_equal(c->timing, TIMING_ROUNDS);
    assert_int_equal(c->round, 500 * SIM_MILLISECOND);
    assert_true(c->network.loss == 0.05);
    assert_int_equal(c->network.header_bytes, 0);
    assert_int_equal(c->peers, PEERS_ALL);
    assert_int_equal(c->seeds, 3);
    assert_int_equal(distribution_value(c->churn.session, 1), 2 * SIM_SECOND);
    assert_int_equal(distribution_value(c->churn.downtime, 1), SIM_SECOND);
    assert_true(c->churn.share == 0.2);
    assert_int_equal(c->workload.updates, 9);
    assert_int_equal(c->workload.keys, 3);
    assert_int_equal(c->workload.origin, ORIGIN_NODE);
    assert_int_equal(c->workload.origin_node, 7);
    assert_int_equal(c->stop.at, 3600 * SIM_SECOND);
    assert_int_equal(c->stack_count, 2);
    assert_string_equal(c->stack[0].model->name, "rumor-mongering");
    assert_string_equal(c->stack[1].model->name, "anti-entropy");
    assert_int_equal(setup_config(setup, 0)->stack_count, 1);
    setup_free(setup);
    plan_free(plan);
}

/* What has no effect at some points only may be given; there it is as if it were not. */
static void a_key_counts_where_its_needs_are_met(void **state)
{
    struct plan *plan = good_plan("gossipsim: 1\nnodes: 50\n"
                                  "network: {bandwidth: 1Mbit/s, queue: 1kB, latency: 9ms}\n"
                                  "strategies: {push: {rumor-mongering: {interval: 1s}}}\n"
                                  "sweep: {axes: {timing: [events, rounds]}}\n",
                                  NULL);
    struct setup *events = plan_setup(plan, 0), *rounds = plan_setup(plan, 1);

    (void)state;
    assert_int_equal(setup_config(events, 0)->network.bandwidth, 1000000);
    assert_int_equal(setup_config(events, 0)->network.queue_bytes, 1000);
    assert_int_equal(setup_config(rounds, 0)->network.bandwidth, 0);
    assert_true(setup_config(rounds, 0)->network.queue_bytes < 0);
    setup_free(events);
    setup_free(rounds);
    plan_free(plan);
}

/* The check before a study and the threads that make its runs ask alike. */
static void memory_is_estimated_once_for_each_cell(void **state)
{
    struct plan *plan = good_plan(SCENARIO "sweep: {axes: {nodes: [20, 30]}}\n", NULL);
    struct setup *first = plan_setup(plan, 1), *second = plan_setup(plan, 1);
    const size_t cell = plan_cell(plan, 1, 0);

    (void)state;
    assert_int_equal(plan->memory[cell], 0);
    assert_int_equal(setup_memory(first, 0, 0), sim_memory_estimate(setup_config(first, 0), 0));
    assert_int_equal(plan->memory[cell], setup_memory(first, 0, 0));
    assert_int_equal(plan->memory[plan_cell(plan, 0, 0)], 0);
    plan->memory[cell] = 12345;
    assert_int_equal(setup_memory(second, 0, 0), 12345);
    setup_free(first);
    setup_free(second);
    plan_free(plan);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_scenario_is_one_point),
        cmocka_unit_test(a_hash_changes_with_what_changes_results),
        cmocka_unit_test(strategies_have_their_own_hashes),
        cmocka_unit_test(cells_are_worlds_and_stacks),
        cmocka_unit_test(the_completed_scenario_is_the_same_plan),
        cmocka_unit_test(a_setup_is_what_the_scenario_says),
        cmocka_unit_test(a_key_counts_where_its_needs_are_met),
        cmocka_unit_test(memory_is_estimated_once_for_each_cell),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
