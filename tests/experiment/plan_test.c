/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A plan has the points that the sweep asks for, in its order; the hashes of a point's world and of
 * a strategy's stack change with what can change a result and with nothing else; the completed
 * scenario is the same plan; and the command line changes a scenario as if its author had written
 * it.
 */
#include "experiment/language/scenario_keys.h"
#include "experiment/plan/plan_source.h"

#include <glib.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define SCENARIO                                                                      \
    "gossipsim: 1\nnodes: 50\nstrategies:\n  push: {rumor-mongering: {mode: push}}\n" \
    "  both:\n    rumor-mongering: {}\n    anti-entropy: {interval: 5s}\n"

static char *written_file(const char *name, const char *text)
{
    char *folder = g_dir_make_tmp("plan-XXXXXX", NULL);
    char *path = g_build_filename(folder, name, NULL);

    assert_true(g_file_set_contents(path, text, -1, NULL));
    g_free(folder);
    return path;
}

static void remove_file(char *path)
{
    char *folder = g_path_get_dirname(path);

    remove(path);
    remove(folder);
    g_free(folder);
    g_free(path);
}

static struct plan *try_plan(const char *text, const struct plan_options *options,
                             struct errors *errors)
{
    char *path = written_file("My study.yaml", text);
    struct plan *plan = plan_read(path, options, errors);

    remove_file(path);
    return plan;
}

static struct plan *good_plan(const char *text, const struct plan_options *options)
{
    const struct plan_options none = { 0 };
    struct errors errors = { 0 };
    struct plan *plan = try_plan(text, options != NULL ? options : &none, &errors);

    errors_print(stderr, &errors);
    assert_non_null(plan);
    assert_int_equal(errors.count, 0);
    return plan;
}

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

static void expect_point(const struct plan *plan, size_t point, const char *expected)
{
    GString *found = g_string_new(NULL);

    for (size_t i = 0; i < plan->axis_count; i++) {
        const struct point_param *p = plan_param(plan, point, i);
        g_string_append_printf(found, "%s=%s", plan->axes[i].path, p->text);
        if (p->is_number)
            g_string_append_printf(found, "(%g%s)", p->number, p->unit);
        g_string_append_c(found, ' ');
    }
    assert_string_equal(found->str, expected);
    g_string_free(found, TRUE);
}

static void a_grid_walks_its_last_axis_fastest(void **state)
{
    struct plan *plan = good_plan(
        SCENARIO
        "sweep:\n  axes:\n    anti-entropy.interval: [1s, 2s]\n"
        "    network.loss: [0, 5%]\n    network.latency: [40ms, {exponential: {mean: 1s}}]\n",
        NULL);

    (void)state;
    assert_int_equal(plan->point_count, 8);
    expect_point(plan, 0,
                 "anti-entropy.interval=1s(1s) network.loss=0(0) "
                 "network.latency=40ms(0.04s) ");
    expect_point(plan, 1,
                 "anti-entropy.interval=1s(1s) network.loss=0(0) "
                 "network.latency={exponential: {mean: 1s}} ");
    expect_point(plan, 2,
                 "anti-entropy.interval=1s(1s) network.loss=5%(0.05) "
                 "network.latency=40ms(0.04s) ");
    expect_point(plan, 7,
                 "anti-entropy.interval=2s(2s) network.loss=5%(0.05) "
                 "network.latency={exponential: {mean: 1s}} ");
    plan_free(plan);
}

static void a_zip_walks_its_axes_together(void **state)
{
    struct plan *plan = good_plan(
        SCENARIO
        "sweep: {design: zip, axes: {nodes: [10, 20, 30], workload.size: [1kB, 2kB, 3kB]}}\n",
        NULL);

    (void)state;
    assert_int_equal(plan->point_count, 3);
    expect_point(plan, 1, "nodes=20(20) workload.size=2kB(2000B) ");
    plan_free(plan);
}

static void expect_axis(const char *range, const char *expected)
{
    char *text = g_strdup_printf(SCENARIO "sweep: {axes: {%s}}\n", range);
    struct plan *plan = good_plan(text, NULL);
    GString *found = g_string_new(NULL);

    for (size_t i = 0; i < plan->point_count; i++)
        g_string_append_printf(found, "%s ", plan_param(plan, i, 0)->text);
    assert_string_equal(found->str, expected);
    g_string_free(found, TRUE);
    g_free(text);
    plan_free(plan);
}

static void ranges_become_lists(void **state)
{
    (void)state;
    expect_axis("nodes: {from: 100, to: 100000, steps: 4, scale: log}", "100 1000 10000 100000 ");
    expect_axis("nodes: {from: 10, to: 50, steps: 3}", "10 30 50 ");
    expect_axis("nodes: {from: 10, to: 100, steps: 3, scale: log}", "10 32 100 ");
    expect_axis("network.loss: {from: 0, to: 1, steps: 5}", "0 0.25 0.5 0.75 1 ");
    expect_axis("network.loss: {from: 0%, to: 20%, steps: 3}", "0 0.1 0.2 ");
    expect_axis("stop.at: {from: 1s, to: 1min, steps: 3}", "1s 30500ms 60s ");
    expect_axis("anti-entropy.interval: {from: 1s, to: 100s, steps: 3, scale: log}",
                "1s 10s 100s ");
    expect_axis("workload.size: {from: 1kB, to: 3kB, steps: 3}", "1kB 2kB 3kB ");
    expect_axis("network.bandwidth: {from: 1Mbit/s, to: 10Mbit/s, steps: 4}",
                "1Mbit/s 4Mbit/s 7Mbit/s 10Mbit/s ");
    expect_axis("network.bandwidth: {from: 1kbit/s, to: 1Mbit/s, steps: 4, scale: log}",
                "1kbit/s 10kbit/s 100kbit/s 1Mbit/s ");
    expect_axis("network.bandwidth: {from: 2bit/s, to: 1bit/s, steps: 2}", "2bit/s 1bit/s ");
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

static void the_command_line_is_as_if_written(void **state)
{
    const struct setting sets[] = { { "network.loss", "5%" },
                                    { "rumor-mongering.k", "4" },
                                    { "strategies.both.anti-entropy.interval", "7s" },
                                    { "network.latency", "{exponential: {mean: 3ms}}" } };
    const struct setting sweeps[] = { { "nodes", "20,30" },
                                      { "stop.at", "{from: 1h, to: 2h, steps: 2}" } };
    const struct plan_options options = { .sets = sets,
                                          .set_count = 4,
                                          .sweeps = sweeps,
                                          .sweep_count = 2,
                                          .seed = "9",
                                          .replications = "3" };
    struct plan *changed = good_plan(SCENARIO, &options);
    struct plan *written =
        good_plan("gossipsim: 1\nnodes: 50\nseed: 9\nreplications: 3\n"
                  "network: {loss: 5%, latency: {exponential: {mean: 3ms}}}\nstrategies:\n"
                  "  push: {rumor-mongering: {mode: push, k: 4}}\n"
                  "  both:\n    rumor-mongering: {k: 4}\n    anti-entropy: {interval: 7s}\n"
                  "sweep: {axes: {nodes: [20, 30], stop.at: [1h, 2h]}}\n",
                  NULL);

    (void)state;
    assert_string_equal(changed->sha256, written->sha256);
    assert_int_equal(changed->point_count, 4);
    assert_int_equal(changed->replications.max, 3);
    assert_int_equal(changed->seed, 9);
    for (size_t i = 0; i < 4; i++)
        assert_string_equal(changed->points[i].hash, written->points[i].hash);
    plan_free(changed);
    plan_free(written);
}

static void an_option_replaces_the_scenarios_axis(void **state)
{
    const struct setting sweep = { "nodes", "7" };
    const struct plan_options options = { .sweeps = &sweep, .sweep_count = 1 };
    struct plan *plan = good_plan(SCENARIO "sweep: {axes: {nodes: [10, 20]}}\n", &options);

    (void)state;
    assert_int_equal(plan->point_count, 1);
    expect_point(plan, 0, "nodes=7(7) ");
    plan_free(plan);
}

static void only_keeps_strategies_and_hashes(void **state)
{
    const char *const names[] = { "both" };
    const struct plan_options options = { .only = names, .only_count = 1 };
    struct plan *all = good_plan(SCENARIO, NULL), *some = good_plan(SCENARIO, &options);

    (void)state;
    assert_int_equal(some->strategy_count, 1);
    assert_string_equal(some->strategies[0], "both");
    assert_string_equal(some->points[0].hash, all->points[0].hash);
    plan_free(all);
    plan_free(some);
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

/* How the first error of a text, changed by a --set and a --sweep, starts. */
static void expect_error(const char *tail, const char *set_path, const char *set_value,
                         const char *sweep_path, const char *sweep_value, const char *expected)
{
    const struct setting set = { set_path, set_value }, sweep = { sweep_path, sweep_value };
    const struct plan_options options = { .sets = &set,
                                          .set_count = set_path != NULL,
                                          .sweeps = &sweep,
                                          .sweep_count = sweep_path != NULL };
    char *text = g_strconcat(SCENARIO, tail, NULL);
    struct errors errors = { 0 };
    struct plan *plan = try_plan(text, &options, &errors);
    const struct error *first = &errors.list[0];
    char *found;

    assert_null(plan);
    assert_true(errors.count > 0);
    found = g_strdup_printf("%d:%d %s%s%s", first->line, first->column,
                            first->path != NULL ? first->path : "", first->path != NULL ? ": " : "",
                            first->text);
    if (!g_str_has_prefix(found, expected))
        fail_msg("expected: %s\nfound:    %s", expected, found);
    g_free(found);
    g_free(text);
    errors_clear(&errors);
}

static void wrong_sweeps_are_refused(void **state)
{
    (void)state;
    expect_error("sweep: 5\n", NULL, NULL, NULL, NULL, "8:8 sweep: axes were expected");
    expect_error("sweep: {axes: {nodes: 5}}\n", NULL, NULL, NULL, NULL,
                 "8:23 sweep.axes.nodes: a list of values or");
    expect_error("sweep: {axes: {nodes: []}}\n", NULL, NULL, NULL, NULL,
                 "8:23 sweep.axes.nodes: a list");
    expect_error("sweep: {axes: {nodes: [0, 5]}}\n", NULL, NULL, NULL, NULL,
                 "8:24 nodes: 0 is outside");
    expect_error("sweep: {axes: {nods: [1, 5]}}\n", NULL, NULL, NULL, NULL,
                 "8:23 nods: unknown key; did you mean `nodes`?");
    expect_error("sweep: {axes: {nodes: [5, 5]}}\n", NULL, NULL, NULL, NULL,
                 "0:0 two points of the sweep are the same: nodes=5 and nodes=5");
    expect_error("sweep: {axes: {name: [a, b]}}\n", NULL, NULL, NULL, NULL,
                 "8:16 sweep.axes.name: `name` cannot be swept");
    expect_error("sweep: {axes: {nodes: {from: 1, to: 5}}}\n", NULL, NULL, NULL, NULL,
                 "8:23 sweep.axes.nodes: `steps` is missing");
    expect_error("sweep: {axes: {nodes: {from: 1, to: 5s, steps: 2}}}\n", NULL, NULL, NULL, NULL,
                 "8:30 sweep.axes.nodes.from: 1 lacks a unit; `to` is 5s");
    expect_error("sweep: {axes: {nodes: {from: 1Mbit/s, to: 5, steps: 2}}}\n", NULL, NULL, NULL,
                 NULL, "8:43 sweep.axes.nodes.to: 5 lacks a unit; `from` is 1Mbit/s");
    expect_error("sweep: {axes: {nodes: {from: 1B, to: 5s, steps: 2}}}\n", NULL, NULL, NULL, NULL,
                 "8:23 sweep.axes.nodes: `from` and `to` are of different kinds");
    expect_error("sweep: {axes: {nodes: {from: few, to: 5s, steps: 2}}}\n", NULL, NULL, NULL, NULL,
                 "8:30 sweep.axes.nodes.from: a number was expected, as in 100, 5%, 10s, ");
    expect_error("sweep: {axes: {nodes: {from: 0, to: 5, steps: 2, scale: log}}}\n", NULL, NULL,
                 NULL, NULL, "8:23 sweep.axes.nodes: a logarithmic scale needs");
    expect_error("sweep: {axes: {nodes: {from: 1, to: 5, steps: 1}}}\n", NULL, NULL, NULL, NULL,
                 "8:47 sweep.axes.nodes.steps: 1 is outside 2..100000");
    expect_error("sweep: {axes: {nodes: [1, 2], seed: [1, 2, 3]}, design: zip}\n", NULL, NULL, NULL,
                 NULL, "8:1 sweep: `design: zip` needs as many");
    for (int i = 0; scenario_later_designs[i] != NULL; i++) {
        char *text = g_strdup_printf("sweep: {axes: {nodes: [1, 2]}, design: %s}\n",
                                     scenario_later_designs[i]);
        char *error = g_strdup_printf("8:40 sweep.design: `%s` is not supported yet",
                                      scenario_later_designs[i]);

        expect_error(text, NULL, NULL, NULL, NULL, error);
        g_free(error);
        g_free(text);
    }
    expect_error("sweep: {axes: {nodes: [1, 2]}, desing: zip}\n", NULL, NULL, NULL, NULL,
                 "8:32 sweep.desing: unknown key; did you mean `design`?");
    expect_error("sweep: {axes: {nodes: [1, 2]}, pints: 64}\n", NULL, NULL, NULL, NULL,
                 "8:32 sweep.pints: unknown key; known are axes, design");
    expect_error("sweep: {axes: {nodes: [1, 2]}, points: 64}\n", NULL, NULL, NULL, NULL,
                 "8:32 sweep.points: is not supported yet");
    expect_error("sweep: {axes: {nodes: {from: 1, to: 1000, steps: 1000}, seed: {from: 1, to: "
                 "1000, steps: 1000}}}\n",
                 NULL, NULL, NULL, NULL, "8:1 sweep: the sweep has more than 100000 points");
    expect_error("sweep: {axes: {strategies.push.anti-entropy.interval: [1s]}}\n", NULL, NULL, NULL,
                 NULL,
                 "8:56 sweep.axes.strategies.push.anti-entropy.interval: strategy `push` has no "
                 "model `anti-entropy`");
}

static void wrong_options_are_refused_by_their_name(void **state)
{
    (void)state;
    expect_error("", "nodes", "0", NULL, NULL, "0:0 --set nodes=0: 0 is outside");
    expect_error("", "nods", "5", NULL, NULL,
                 "0:0 --set nods=5: unknown key; did you mean `nodes`?");
    expect_error("", "network.latency", "{exponential: {mean: 5}}", NULL, NULL,
                 "0:0 --set network.latency={exponential: {mean: 5}}: "
                 "network.latency.exponential.mean: 5 lacks a unit");
    expect_error("", "nodes.x", "5", NULL, NULL, "0:0 --set nodes.x=5: `nodes` is not a section");
    expect_error("", "direct-mail.queue", "5", NULL, NULL,
                 "0:0 --set direct-mail.queue=5: no strategy has the model `direct-mail`");
    expect_error("", "strategies.pus.rumor-mongering.k", "5", NULL, NULL,
                 "0:0 --set strategies.pus.rumor-mongering.k=5: there is no strategy `pus`; did "
                 "you mean `push`?");
    expect_error("", "strategies.push.anti-entropy.interval", "5s", NULL, NULL,
                 "0:0 --set strategies.push.anti-entropy.interval=5s: strategy `push` has no "
                 "model");
    expect_error("", "anti-entropy.intervall", "5s", NULL, NULL,
                 "0:0 --set anti-entropy.intervall=5s: strategies.both.anti-entropy.intervall: "
                 "unknown parameter; did you mean `interval`?");
    expect_error("", "nodes", "[", NULL, NULL, "0:0 --set nodes=[: not YAML");
    expect_error("", "nodes", "\xff", NULL, NULL, "0:0 --set nodes=\xff: not valid UTF-8");
    expect_error("", NULL, NULL, "nodes", "", "0:0 --sweep nodes=: a list of values");
    expect_error("", NULL, NULL, "nodes", "1]", "0:0 --sweep nodes=1]: not YAML");
    expect_error("", NULL, NULL, "network.los", "1%", "0:0 --sweep network.los=1%: unknown key");
    expect_error("sweep: {axes: {nodes: [10, 20]}}\n", "nodes", "5", NULL, NULL,
                 "0:0 --set nodes=5: the scenario sweeps it; use --sweep nodes=5");
}

/* A scenario's text, the options of a command line, and the errors they make, one a line; "" if
 * they make none. */
static void expect_all_errors(const char *text, const struct setting *sets, size_t set_count,
                              const struct setting *sweeps, size_t sweep_count, const char *seed,
                              const char *expected)
{
    const struct plan_options options = { .sets = sets,
                                          .set_count = set_count,
                                          .sweeps = sweeps,
                                          .sweep_count = sweep_count,
                                          .seed = seed };
    struct errors errors = { 0 };
    struct plan *plan = try_plan(text, &options, &errors);
    GString *found = g_string_new(NULL);

    for (size_t i = 0; i < errors.count; i++)
        g_string_append_printf(found, "%d:%d %s%s%s\n", errors.list[i].line, errors.list[i].column,
                               errors.list[i].path != NULL ? errors.list[i].path : "",
                               errors.list[i].path != NULL ? ": " : "", errors.list[i].text);
    assert_string_equal(found->str, expected);
    assert_true((plan == NULL) == (*expected != 0));
    g_string_free(found, TRUE);
    errors_clear(&errors);
    plan_free(plan);
}

static void a_path_has_one_value_however_it_is_spelt(void **state)
{
    char *dotted = g_strconcat(SCENARIO "network.loss: 5%\nstop.at: 1min\nnetwork: {jitter: 1%}\n"
                                        "churn.session: 1h\nchurn:\n  downtime: 1min\n",
                               NULL);
    struct plan *a = good_plan(dotted, NULL);
    struct plan *b = good_plan(SCENARIO "network: {jitter: 1%, loss: 5%}\nstop: {at: 1min}\n"
                                        "churn: {session: 1h, downtime: 1min}\n",
                               NULL);

    (void)state;
    assert_string_equal(a->scenario, b->scenario);
    plan_free(a);
    plan_free(b);
    g_free(dotted);
    expect_all_errors(SCENARIO "network: {loss: 1%}\nnetwork.loss: 50%\n", NULL, 0, NULL, 0, NULL,
                      "9:1 network.loss: duplicate key, first given at line 8, column 11\n");
    expect_all_errors(SCENARIO "network.loss: 50%\nnetwork: {loss: 1%}\n", NULL, 0, NULL, 0, NULL,
                      "9:11 network.loss: duplicate key, first given at line 8, column 1\n");
    expect_all_errors(SCENARIO "network.loss: 50%\nnetwork.loss: 1%\n", NULL, 0, NULL, 0, NULL,
                      "9:1 duplicate key `network.loss`, first given at line 8, column 1\n");
    expect_all_errors(SCENARIO "stop.at: 1s\nstop: {at: 2s}\nnetwork.loss: 9%\n"
                               "network: {loss: 1%}\n",
                      NULL, 0, NULL, 0, NULL,
                      "9:8 stop.at: duplicate key, first given at line 8, column 1\n"
                      "11:11 network.loss: duplicate key, first given at line 10, column 1\n");
    expect_all_errors(SCENARIO "network: 5\nnetwork.loss: 1%\n", NULL, 0, NULL, 0, NULL,
                      "8:10 network: a section was expected, as in `network: {…}`\n");
}

/* An option whose value another one replaces wherever it goes. */
static void options_without_effect_are_refused(void **state)
{
    static const struct setting twice[] = { { "nodes", "5" }, { "nodes", "6" } },
                                within[] = { { "network.loss", "5%" }, { "network", "{}" } },
                                inside[] = { { "network", "{loss: 1%}" },
                                             { "network.loss", "5%" } },
                                beside[] = { { "network", "{jitter: 1%}" },
                                             { "network.loss", "5%" } },
                                model[] = { { "strategies.both.anti-entropy.interval", "1s" },
                                            { "anti-entropy.interval", "2s" } },
                                some[] = { { "rumor-mongering.mode", "pull" },
                                           { "strategies.push.rumor-mongering.mode", "push" } },
                                axis[] = { { "anti-entropy.interval", "1s,2s" } },
                                lists[] = { { "nodes", "5,6" }, { "nodes", "7" } };
    static const char swept[] =
        SCENARIO "sweep: {axes: {strategies.both.anti-entropy.interval: [1s, 2s]}}\n";

    (void)state;
    expect_all_errors(SCENARIO, twice, 2, NULL, 0, NULL,
                      "0:0 --set nodes=5 has no effect: --set nodes=6 replaces it\n");
    expect_all_errors(SCENARIO, within, 2, NULL, 0, NULL,
                      "0:0 --set network.loss=5% has no effect: --set network={} replaces it\n");
    expect_all_errors(SCENARIO, inside, 2, NULL, 0, NULL,
                      "0:0 --set network={loss: 1%} has no effect: --set network.loss=5% replaces "
                      "it\n");
    expect_all_errors(SCENARIO, beside, 2, NULL, 0, NULL, "");
    expect_all_errors(SCENARIO, model, 2, NULL, 0, NULL,
                      "0:0 --set strategies.both.anti-entropy.interval=1s has no effect: --set "
                      "anti-entropy.interval=2s replaces it\n");
    expect_all_errors(SCENARIO, some, 2, NULL, 0, NULL, ""); /* `both` keeps the first */
    expect_all_errors(SCENARIO, some, 1, axis, 1, NULL, "");
    expect_all_errors(SCENARIO, model, 1, axis, 1, NULL,
                      "0:0 --set strategies.both.anti-entropy.interval=1s has no effect: --sweep "
                      "anti-entropy.interval=1s,2s replaces it\n");
    expect_all_errors(swept, model + 1, 1, NULL, 0, NULL,
                      "0:0 --set anti-entropy.interval=2s has no effect: axis "
                      "`strategies.both.anti-entropy.interval` replaces it\n");
    expect_all_errors(swept, NULL, 0, axis, 1, NULL,
                      "8:56 sweep.axes.strategies.both.anti-entropy.interval: has no effect: "
                      "--sweep anti-entropy.interval=1s,2s replaces it\n");
    expect_all_errors(SCENARIO, NULL, 0, lists, 2, NULL,
                      "0:0 --sweep nodes=5,6 has no effect: --sweep nodes=7 replaces it\n");
    expect_all_errors(SCENARIO "sweep: {axes: {seed: [1, 2]}}\n", NULL, 0, NULL, 0, "5",
                      "0:0 --seed 5 has no effect: axis `seed` replaces it\n");
}

/* What has no effect at one point of a sweep is there for comparison. */
static void an_axis_may_go_down_to_nothing(void **state)
{
    static const char *const texts[] = {
        "sweep: {axes: {network.loss: [0, 5%]}}\n",
        "network: {loss: {mean: 1%, burst: 4}}\nsweep: {axes: {network.loss.mean: [0, 5%]}}\n",
        "faults: [{at: 1s, crash: 1%}]\nsweep: {axes: {faults.1.crash: [0%, 10%]}}\n",
        "faults: [{at: 1s, wipe: {count: 2}}]\nsweep: {axes: {faults.1.wipe.count: [0, 1]}}\n",
        "faults: [{at: 1s, loss: {mean: 1%, of: all}}]\n"
        "sweep: {axes: {faults.1.loss.mean: [0, 10%]}}\n",
        "faults: [{at: 1s, latency: {factor: 2, of: all}}]\n"
        "sweep: {axes: {faults.1.latency.factor: [1, 2]}}\n",
        "faults: [{at: 1s, one_way: {from: 1%, to: all}}]\n"
        "sweep: {axes: {faults.1.one_way.from: [0%, 50%]}}\n",
        "network: {queue: 64KiB}\nsweep: {axes: {network.bandwidth: [unlimited, 1Mbit/s]}}\n",
        "network: {jitter: 5%}\nsweep: {axes: {network.latency: [0s, 10ms]}}\n",
        "churn: {session: 1h, downtime: 1h}\nsweep: {axes: {churn.share: [0, 1]}}\n",
        "network: {latency: 5ms}\nsweep: {axes: {timing: [events, rounds]}}\n",
        "workload: {arrival: {every: 1s}}\nsweep: {axes: {workload.updates: [1, 10]}}\n",
        "store: {missing: 5%}\nsweep: {axes: {store.preload: [0, 10]}}\n",
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(texts); i++) {
        char *text = g_strconcat(SCENARIO, texts[i], NULL);
        struct plan *plan = good_plan(text, NULL);

        assert_int_equal(plan->point_count, 2);
        plan_free(plan);
        g_free(text);
    }
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

static void a_wrong_only_suggests(void **state)
{
    const char *const names[] = { "pusch" };
    const struct plan_options options = { .only = names, .only_count = 1 };
    struct errors errors = { 0 };

    (void)state;
    assert_null(try_plan(SCENARIO, &options, &errors));
    assert_int_equal(errors.count, 1);
    assert_string_equal(errors.list[0].text,
                        "--only pusch: there is no such strategy; did you mean `push`?");
    errors_clear(&errors);
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
        cmocka_unit_test(a_grid_walks_its_last_axis_fastest),
        cmocka_unit_test(a_zip_walks_its_axes_together),
        cmocka_unit_test(ranges_become_lists),
        cmocka_unit_test(a_hash_changes_with_what_changes_results),
        cmocka_unit_test(strategies_have_their_own_hashes),
        cmocka_unit_test(cells_are_worlds_and_stacks),
        cmocka_unit_test(the_completed_scenario_is_the_same_plan),
        cmocka_unit_test(the_command_line_is_as_if_written),
        cmocka_unit_test(an_option_replaces_the_scenarios_axis),
        cmocka_unit_test(only_keeps_strategies_and_hashes),
        cmocka_unit_test(a_setup_is_what_the_scenario_says),
        cmocka_unit_test(wrong_sweeps_are_refused),
        cmocka_unit_test(wrong_options_are_refused_by_their_name),
        cmocka_unit_test(a_path_has_one_value_however_it_is_spelt),
        cmocka_unit_test(options_without_effect_are_refused),
        cmocka_unit_test(an_axis_may_go_down_to_nothing),
        cmocka_unit_test(a_key_counts_where_its_needs_are_met),
        cmocka_unit_test(a_wrong_only_suggests),
        cmocka_unit_test(memory_is_estimated_once_for_each_cell),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
