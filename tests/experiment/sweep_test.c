/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A plan has the points that the sweep asks for, in its order; wrong sweeps are refused where they
 * are wrong.
 */
#include "experiment/language/scenario_keys.h"
#include "tests/experiment/planning.h"

#include <glib.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

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
    expect_error("sweep: {axes: {nodes: [1, 2]}, desing: zip}\n", NULL, NULL, NULL, NULL,
                 "8:32 sweep.desing: unknown key; did you mean `design`?");
    expect_error("sweep: {axes: {nodes: [1, 2]}, pints: 64}\n", NULL, NULL, NULL, NULL,
                 "8:32 sweep.pints: unknown key; did you mean `points`?");
    expect_error("sweep: {axes: {nodes: [1, 2]}, design: zip, points: 64}\n", NULL, NULL, NULL,
                 NULL, "8:1 sweep: `points` are of a sobol or random design; a grid or zip has");
    expect_error("sweep: {axes: {nodes: {from: 1, to: 1000, steps: 1000}, seed: {from: 1, to: "
                 "1000, steps: 1000}}}\n",
                 NULL, NULL, NULL, NULL, "8:1 sweep: the sweep has more than 100000 points");
    expect_error("sweep: {axes: {strategies.push.anti-entropy.interval: [1s]}}\n", NULL, NULL, NULL,
                 NULL,
                 "8:56 sweep.axes.strategies.push.anti-entropy.interval: strategy `push` has no "
                 "model `anti-entropy`");
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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_grid_walks_its_last_axis_fastest),
        cmocka_unit_test(a_zip_walks_its_axes_together),
        cmocka_unit_test(ranges_become_lists),
        cmocka_unit_test(wrong_sweeps_are_refused),
        cmocka_unit_test(an_axis_may_go_down_to_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
