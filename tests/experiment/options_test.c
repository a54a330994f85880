/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The command line changes a scenario as if its author had written it; what is wrong with an
 * option is told by its name, and an option without effect is refused.
 */
#include "tests/experiment/planning.h"

#include <glib.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_command_line_is_as_if_written),
        cmocka_unit_test(an_option_replaces_the_scenarios_axis),
        cmocka_unit_test(only_keeps_strategies_and_hashes),
        cmocka_unit_test(wrong_options_are_refused_by_their_name),
        cmocka_unit_test(a_path_has_one_value_however_it_is_spelt),
        cmocka_unit_test(options_without_effect_are_refused),
        cmocka_unit_test(a_wrong_only_suggests),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
