/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Groups take every node once; strategies are read by the tables of their models and checked by
 * these, alone and as a stack; peers may be those of a model that every strategy has.
 */
#include "experiment/language/scenario_keys.h"
#include "tests/experiment/reading.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static void groups_take_every_node_once(void **state)
{
    static const struct {
        const char *text;
        int64_t nodes[3];
    } cases[] = {
        { "{a: 33.4%, b: 33.3%, c: 33.3%}", { 4, 3, 3 } },
        { "{a: 33.3%, b: 33.3%, c: 33.4%}", { 3, 3, 4 } },
        { "{a: 45%, b: 45%, c: 10%}", { 5, 4, 1 } },
        { "{a: 0.1, b: 0.2, c: 0.7}", { 1, 2, 7 } },
        { "{a: 8, b: 1, c: 1}", { 8, 1, 1 } },
        { "{a: 0.3333333333, b: 0.3333333333, c: 0.3333333334}", { 3, 3, 4 } },
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        char *text =
            g_strconcat("gossipsim: 1\nnodes: 10\n" STRATEGIES "groups: ", cases[i].text, NULL);
        struct outcome o;
        int64_t first = 0;

        read_text(&o, "a.yaml", text, strlen(text));
        assert_true(o.is_good);
        for (int j = 0; j < 3; j++) {
            assert_int_equal(o.scenario.groups.list[j].nodes, cases[i].nodes[j]);
            assert_int_equal(o.scenario.groups.list[j].first, first);
            first += cases[i].nodes[j];
        }
        g_free(text);
        outcome_clear(&o);
    }
}

static void a_choice_holds_the_parameters_of_its_word(void **state)
{
    char *flat = round_trip(START "strategies: {a: {test-model: {speed: rather-slow, "
                                  "rather_slow_pause: 3s, rather_slow_share: 10%}}}\n",
                            true);
    char *nested = round_trip(START "strategies: {a: {test-model: {speed: {rather-slow: "
                                    "{share: 10%, pause: 3s}}}}}\n",
                              true);
    char *plain = round_trip(START "strategies: {a: {test-model: {speed: rather-slow}}}\n", true);
    char *empty =
        round_trip(START "strategies: {a: {test-model: {speed: {rather-slow: {}}}}}\n", true);

    (void)state;
    assert_string_equal(flat, nested);
    assert_string_equal(plain, empty);
    assert_string_not_equal(plain, flat);
    g_free(flat);
    g_free(nested);
    g_free(plain);
    g_free(empty);
#define INNER(text) START "strategies: {a: {test-model: {" text "}}}\n"
#define AT          "strategies.a.test-model."
    expect_errors(INNER("speed: {rather-slo: {}}"),
                  "3:39 " AT "speed.rather-slo: `rather-slo` is none of fast, rather-slow; did you "
                  "mean `rather-slow`?\n");
    expect_errors(INNER("speed: {rather-slow: {paus: 1s}}"),
                  "3:53 " AT "speed.rather-slow.paus: unknown parameter; did you mean `pause`?\n");
    expect_errors(INNER("speed: {fast: {pause: 1s}}"),
                  "3:46 " AT "speed.fast.pause: unknown parameter; known are none, it has no "
                  "parameters\n");
    expect_errors(INNER("speed: {rather-slow: 1s}"),
                  "3:52 " AT "speed.rather-slow: parameters were expected, as in {name: value}\n");
    expect_errors(INNER("speed: {fast: {}, rather-slow: {}}"),
                  "3:38 " AT "speed: one of its words, perhaps with parameters, was expected\n");
    expect_errors(INNER("speed: {rather-slow: {pause: 1s}}, rather_slow_pause: 1s"),
                  "3:66 " AT "rather_slow_pause: `rather_slow_pause` is given twice: by itself and "
                  "within the braces of a choice\n");
    expect_errors("timing: rounds\n" INNER("clock: poisson"),
                  "4:38 " AT "clock: a `poisson` clock ticks in real-valued time; under `timing: "
                  "rounds` intervals are whole rounds\n");
}

static void strategies_are_checked_by_their_models(void **state)
{
    (void)state;
    expect_errors(START "strategies: {}\n",
                  "3:13 strategies: strategies were expected, as in `push: {rumor-mongering: "
                  "{mode: push}}`\n");
    expect_errors(START "strategies: {a: {}, b: test-model, c: {test-modell: {}}}\n",
                  "3:17 strategies.a: a stack of models was expected, as in {anti-entropy: "
                  "{interval: 1s}}\n"
                  "3:24 strategies.b: a stack of models was expected, as in {anti-entropy: "
                  "{interval: 1s}}\n"
                  "3:40 strategies.c.test-modell: unknown model; did you mean `test-model`?\n");
    expect_errors(START "strategies: {\"\": {plain: {}}, \"x\\ny\": {plain: {}}}\n",
                  "3:14 strategies.: a strategy needs a name\n"
                  "3:31 strategies.x\ny: a name cannot hold control characters\n");
    expect_errors(
        START "strategies: {a: {plain: {x: 1}, test-model: {acknowledge: false, "
              "timeout: 1s}}}\n",
        "3:26 strategies.a.plain.x: unknown parameter; known are none, it has no "
        "parameters\n"
        "3:66 strategies.a.test-model.timeout: `timeout` has no effect with `acknowledge: "
        "false`\n");
    expect_errors(START "strategies: {a: {plain: {}}, b: {test-model: {}}}\n"
                        "expect: [\"mean(test-model.turns, a) < 3\"]\n",
                  "4:10 expect.1: strategy `a` has no metric `test-model.turns`: its model is not "
                  "in the stack\n");
    expect_errors(
        START "timing: rounds\nstrategies: {a: {test-model: {interval: 1500ms}}}\n",
        "4:41 strategies.a.test-model.interval: 1500ms is not a whole number of rounds of "
        "1s\n");
}

/* The peers of all strategies may be a view, if all have the model whose it is. */
static void peers_may_be_a_view(void **state)
{
    const char *good = START "peers: viewer\nstrategies: {a: {plain: {}, viewer: {}}}\n";
    struct outcome o;
    char *text;

    (void)state;
    read_text(&o, "a.yaml", good, strlen(good));
    assert_true(o.is_good);
    assert_int_equal(o.scenario.peers.source, PEERS_VIEW);
    assert_ptr_equal(o.scenario.peers.model, &model_viewer);
    outcome_clear(&o);
    text = round_trip(good, true);
    assert_non_null(strstr(text, "\npeers: viewer\n"));
    g_free(text);
    expect_errors(START "peers: viewer\nstrategies: {a: {plain: {}}, b: {viewer: {}}}\n",
                  "3:8 peers: strategy `a` does not have the model `viewer`, whose view its peers "
                  "would be\n");
    expect_errors(START "peers: plain\n" STRATEGIES,
                  "3:8 peers: `plain` is none of all, alive, viewer, cyclon\n");
    expect_errors(START "peers: veiwer\n" STRATEGIES,
                  "3:8 peers: `veiwer` is none of all, alive, viewer, cyclon; did you mean "
                  "`viewer`?\n");
    expect_errors(START "peers: [all]\n" STRATEGIES,
                  "3:8 peers: one of all, alive, viewer, cyclon was expected\n");
}

/* A strategy may have peers of its own, which stand in its hash and not in the scenario's. */
static void a_strategy_may_have_its_own_peers(void **state)
{
    const char *good =
        START "peers: alive\nstrategies: {a: {plain: {}, peers: viewer, viewer: {}}, "
              "b: {peers: all, plain: {}}, c: {plain: {}}}\n";
    static const enum sim_peers sources[] = { PEERS_VIEW, PEERS_ALL, PEERS_ALIVE };
    GString *stack = g_string_new(NULL);
    struct outcome o;
    char *text;

    (void)state;
    read_text(&o, "a.yaml", good, strlen(good));
    assert_true(o.is_good);
    for (int i = 0; i < 3; i++)
        assert_int_equal(scenario_peers_of(&o.scenario, &o.scenario.strategies.list[i])->source,
                         sources[i]);
    scenario_write_stack(stack, &o.scenario.strategies.list[0]);
    assert_string_equal(stack->str, "peers: viewer\nplain: {}\nviewer: {}");
    g_string_truncate(stack, 0);
    scenario_write(stack, &o.scenario, true);
    assert_non_null(strstr(stack->str, "\npeers: alive\n"));
    assert_null(strstr(stack->str, "viewer"));
    g_string_free(stack, TRUE);
    outcome_clear(&o);
    text = round_trip(good, false);
    assert_non_null(strstr(text, "\n  b:\n    peers: all\n    plain: {}\n"));
    g_free(text);
    expect_errors(START "strategies: {a: {peers: viewer, plain: {}}, b: {peers: al, plain: {}}}\n",
                  "3:56 strategies.b.peers: `al` is none of all, alive, viewer, cyclon; did you "
                  "mean `all`?\n");
    expect_errors(START "strategies: {a: {peers: viewer, plain: {}}, b: {viewer: {}}}\n",
                  "3:25 strategies.a.peers: strategy `a` does not have the model `viewer`, whose "
                  "view its peers would be\n");
    expect_errors(START "strategies: {a: {peers: all}}\n",
                  "3:17 strategies.a: a strategy needs a model beside its peers\n");
    expect_errors(START "topology: star\nstrategies: {a: {peers: viewer, viewer: {}}}\n",
                  "3:11 topology: has no effect with `peers: viewer`, whose view all pick from\n");
    text =
        round_trip(START "peers: viewer\ntopology: star\nstrategies: {a: {viewer: {}}, b: {peers: "
                         "all, plain: {}}}\n",
                   false);
    g_free(text);
}

/* What one model of a stack may do is asked of all of them. */
static void one_model_of_a_stack_has_a_view(void **state)
{
    (void)state;
    expect_errors(START "strategies: {a: {viewer: {}, plain: {}, cyclon: {}}}\n",
                  "3:41 strategies.a.cyclon: only one model of a stack has a view; `viewer` "
                  "does\n");
    expect_errors(START "strategies: {a: {believer: {}, cyclon: {}}}\n",
                  "3:32 strategies.a.cyclon: only one model of a stack believes something of "
                  "other nodes; `believer` does\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(groups_take_every_node_once),
        cmocka_unit_test(a_choice_holds_the_parameters_of_its_word),
        cmocka_unit_test(strategies_are_checked_by_their_models),
        cmocka_unit_test(peers_may_be_a_view),
        cmocka_unit_test(a_strategy_may_have_its_own_peers),
        cmocka_unit_test(one_model_of_a_stack_has_a_view),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
