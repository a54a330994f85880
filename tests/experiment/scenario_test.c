/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A scenario fills exactly the fields that its keys name, silence gives the documented defaults,
 * and the completed text reads back to itself; what changes no result changes no hash.
 */
#include "sim/metric.h"
#include "tests/experiment/reading.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static void expect_cuts(const struct scenario *s)
{
    const struct scenario_fault *groups = &s->faults.list[3], *shares = &s->faults.list[4];
    const struct scenario_fault *one_way = &s->faults.list[5];

    assert_int_equal(s->faults.list[3].kind, FAULT_PARTITION);
    assert_int_equal(s->faults.list[3].lasts, 10 * SIM_SECOND);
    assert_int_equal(groups->count, 2);
    assert_int_equal(groups->sides[0].count, 1);
    assert_int_equal(groups->sides[0].parts[0].nodes.first, 250);
    assert_int_equal(groups->sides[1].parts[0].nodes.nodes, 250);
    assert_int_equal(shares->count, 3);
    assert_true(shares->sides[0].share == 0.4 && shares->sides[1].share == 0.35);
    assert_int_equal(s->faults.list[5].kind, FAULT_ONE_WAY);
    assert_int_equal(one_way->sides[0].parts[0].nodes.kind, SELECT_RANGE);
    assert_int_equal(one_way->sides[1].parts[0].nodes.count, 3);
    assert_int_equal(s->faults.list[6].kind, FAULT_HEAL);
    assert_int_equal(s->faults.list[7].kind, FAULT_LOSS);
    assert_true(s->faults.list[7].plan.loss == 0.3);
    assert_true(s->faults.list[7].plan.loss_burst == 5);
    assert_int_equal(s->faults.list[7].sides[0].parts[0].nodes.nodes, 250);
    assert_int_equal(s->faults.list[8].kind, FAULT_LATENCY);
    assert_true(s->faults.list[8].plan.factor == 2.5);
    assert_int_equal(s->faults.list[8].sides[0].parts[0].nodes.kind, SELECT_SHARE);
}

static void expect_store_and_faults(const struct scenario *s)
{
    assert_true(s->config.store.missing == 0.03 && s->config.store.missing_shards == 0.01);
    assert_int_equal(s->config.store.shards, 8);
    assert_int_equal(s->config.store.replicas, 3);
    assert_int_equal(s->groups.count, 2);
    assert_int_equal(s->faults.count, 9);
    assert_int_equal(s->faults.list[0].kind, FAULT_CRASH);
    assert_int_equal(s->faults.list[0].at, 60 * SIM_SECOND);
    assert_int_equal(s->faults.list[0].lasts, 20 * SIM_SECOND);
    assert_int_equal(s->faults.list[0].every, 120 * SIM_SECOND);
    assert_int_equal(s->faults.list[0].sides[0].parts[0].nodes.kind, SELECT_RANGE);
    assert_int_equal(s->faults.list[0].sides[0].parts[0].nodes.first, 250);
    assert_int_equal(s->faults.list[0].sides[0].parts[0].nodes.nodes, 750);
    assert_int_equal(s->faults.list[1].kind, FAULT_WIPE);
    assert_int_equal(s->faults.list[1].sides[0].parts[0].nodes.kind, SELECT_SHARE);
    assert_true(s->faults.list[1].sides[0].parts[0].nodes.share == 0.05);
    assert_int_equal(s->faults.list[2].kind, FAULT_RECOVER);
    assert_int_equal(s->faults.list[2].sides[0].parts[0].nodes.kind, SELECT_ALL_BUT);
    assert_int_equal(s->faults.list[2].sides[0].parts[0].nodes.count, 7);
    expect_cuts(s);
    assert_int_equal(s->expect.count, 4);
    assert_string_equal(s->expect.list[1].text, "p95(t99, one) < 90s");
}

static void expect_law(const struct random_time *time, enum distribution_kind kind, double a)
{
    struct distribution_spec spec;

    random_time_spec(time, &spec);
    assert_int_equal(spec.kind, kind);
    assert_true(spec.a == a);
}

static void every_key_fills_its_field(void **state)
{
    struct outcome o;
    const struct scenario *s = &o.scenario;
    const struct test_config *c;

    (void)state;
    read_text(&o, "a.yaml", full_scenario, strlen(full_scenario));
    errors_print(stderr, &o.errors);
    assert_true(o.is_good);
    assert_string_equal(s->name, "full-1");
    assert_string_equal(s->description, "all: of `it`");
    assert_int_equal(s->config.nodes, 1000);
    assert_int_equal(s->config.seed, 7);
    assert_int_equal(s->replications.min, 20);
    assert_int_equal(s->replications.max, 200);
    assert_string_equal(s->replications.metric, "t99");
    assert_true(s->replications.half_width == 0.02 && s->replications.confidence == 0.95);
    assert_int_equal(s->timing.mode, TIMING_EVENTS);
    assert_int_equal(s->peers.source, PEERS_ALIVE);
    expect_law(&s->latency.all, DISTRIBUTION_LOGNORMAL, 40e6);
    assert_int_equal(s->config.network.latency_per, LATENCY_PER_MESSAGE);
    assert_true(s->config.network.jitter == 0.05 && s->loss.all.mean == 0.02);
    assert_true(s->loss.all.burst == 4 && s->config.network.duplicate == 0.001);
    assert_int_equal(s->config.network.bandwidth, 1500000);
    assert_int_equal(s->config.network.queue_bytes, 65536);
    assert_int_equal(s->config.network.header_bytes, 40);
    expect_law(&s->session, DISTRIBUTION_WEIBULL, 7200e9 / tgamma(1 + 1 / 0.6));
    expect_law(&s->downtime, DISTRIBUTION_EXPONENTIAL, 300e9);
    assert_true(s->config.churn.share == 0.4);
    assert_int_equal(s->config.churn.rejoin, REJOIN_LOSE);
    assert_int_equal(s->config.churn.leave, LEAVE_GRACEFUL);
    assert_int_equal(s->config.churn.start, CHURN_UP);
    assert_int_equal(s->config.workload.updates, 500);
    assert_int_equal(s->keys.count, 20);
    assert_false(s->keys.is_drawn);
    expect_law(&s->size, DISTRIBUTION_CONSTANT, 200);
    assert_int_equal(s->config.workload.at, SIM_SECOND);
    assert_int_equal(s->arrival.mode, ARRIVAL_POISSON);
    assert_true(s->arrival.rate == 5);
    assert_int_equal(s->origin.mode, ORIGIN_NODE);
    assert_int_equal(s->origin.node, 17);
    assert_true(s->config.workload.deletes == 0.1);
    assert_int_equal(s->config.store.preload, 100);
    expect_store_and_faults(s);
    assert_int_equal(s->config.stop.at, 1200 * SIM_SECOND);
    assert_int_equal(s->config.stop.when, STOP_NEVER);
    assert_int_equal(s->config.stop.events, 1000000000);
    assert_int_equal(s->config.warmup, 2 * SIM_SECOND);
    assert_int_equal(s->config.cooldown, 3 * SIM_SECOND);
    assert_int_equal(s->config.sample_every, SIM_SECOND);
    assert_true(s->config.node_histograms);
    assert_int_equal(s->strategies.count, 2);
    assert_string_equal(s->strategies.list[1].name, "two: `x`");
    assert_int_equal(s->strategies.list[1].count, 2);
    assert_ptr_equal(s->strategies.list[1].layers[0].model, &model_plain);
    c = s->strategies.list[1].layers[1].config;
    assert_int_equal(c->queue, 2048);
    assert_false(c->acknowledge);
    assert_int_equal(c->interval, 2 * SIM_SECOND);
    outcome_clear(&o);
}

/* `max` is 1000, or ten times a `min` that leaves no room for more, up to what there is. */
static void a_rule_leaves_room_above_min(void **state)
{
    static const struct {
        const char *text;
        uint32_t min, max;
    } cases[] = { { "until: {}", 30, 1000 },
                  { "min: 100, until: {}", 100, 1000 },
                  { "min: 2000, until: {}", 2000, 20000 },
                  { "min: 1e6, until: {}", 1000000, 1000000 },
                  { "max: 40, until: {}", 30, 40 } };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        char *text = g_strdup_printf(START STRATEGIES "replications: {%s}\n", cases[i].text);
        struct outcome o;

        read_text(&o, "a.yaml", text, strlen(text));
        assert_true(o.is_good);
        assert_int_equal(o.scenario.replications.min, cases[i].min);
        assert_int_equal(o.scenario.replications.max, cases[i].max);
        outcome_clear(&o);
        g_free(text);
    }
}

static void every_metric_of_a_run_can_end_a_study(void **state)
{
    (void)state;
    for (int i = 0; i < METRIC_OF_PROGRAM; i++) {
        char *text = g_strdup_printf(START STRATEGIES "replications: {until: {metric: %s}}\n",
                                     metric_table[i].name);
        struct outcome o;

        read_text(&o, "a.yaml", text, strlen(text));
        assert_true(o.is_good);
        assert_string_equal(o.scenario.replications.metric, metric_table[i].name);
        outcome_clear(&o);
        g_free(text);
    }
}

static void silence_gives_the_documented_defaults(void **state)
{
    static const char expected[] =
        "gossipsim: 1\nnodes: 100\nseed: 1\nreplications: 30\ntiming: events\npeers: all\n"
        "topology: complete\nnetwork:\n  latency: 1ms\n  latency_per: pair\n  jitter: 0\n"
        "  loss: 0\n  bandwidth: unlimited\n  downlink: unlimited\n  duplicate: 0\n  mtu: 1400B\n  "
        "header: "
        "28B\nworkload:\n  updates: "
        "1\n  size: 100B\n "
        " at: 0s\n"
        "  arrival: at-once\n  origin: random\n  deletes: 0\nstore:\n  shards: 1\n  replicas: all\n"
        "  preload: 0\nstrategies:\n"
        "  a:\n    test-model: {interval: 2s, timeout: 200ms, fanout: 1, queue: 1kB, share: 0.05, "
        "factor: 1, acknowledge: true, speed: fast, rather_slow_pause: 1s, "
        "rather_slow_share: 0.5, clock: regular}\nstop:\n  at: 1h\n  when: converged\n"
        "  events: 1000000000000\nwarmup: 0s\ncooldown: 0s\nrecord:\n  every: auto\n"
        "  nodes: false\n  groups: false\n  age: false\n  lag: false\n  figures: false\n";
    struct outcome o;
    char *text;

    (void)state;
    read_text(&o, "a.yaml", START STRATEGIES, strlen(START STRATEGIES));
    assert_true(o.is_good);
    text = completed(&o.scenario, false);
    assert_string_equal(text, expected);
    g_free(text);
    outcome_clear(&o);
}

/* What a scenario is silent about and had no key when points were first hashed is in no hash. */
static void younger_keys_leave_the_hash_alone(void **state)
{
    struct outcome o;
    char *text;

    (void)state;
    read_text(&o, "a.yaml", START STRATEGIES, strlen(START STRATEGIES));
    assert_true(o.is_good);
    text = completed(&o.scenario, true);
    assert_non_null(strstr(text, "\nnetwork:\n  latency: 1ms\n  latency_per: pair\n  jitter: 0\n"
                                 "  loss: 0\n  header: 28B\nworkload:\n"));
    g_free(text);
    outcome_clear(&o);
}

static void the_completed_scenario_reads_back_to_itself(void **state)
{
    static const char *const sections[] = {
        "timing: rounds\n",
        "timing: {rounds: 500ms}\n",
        "network: {latency: 0s}\n",
        "network: {latency: {exponential: {mean: 3ms}}}\n",
        "network: {loss: {mean: 80%, burst: 4}}\n",
        "network: {bandwidth: 56kbit/s}\n",
        "network: {duplicate: 1%}\n",
        "timing: rounds\nnetwork: {duplicate: 1, loss: {mean: 1%, burst: 3}}\n",
        "network: {bandwidth: 1234567bit/s, queue: 0B}\n",
        "network: {queue: unlimited, bandwidth: 1000Gbit/s}\n",
        "network: {loss: {mean: 0.1%, burst: 1.5}}\n",
        "network: {latency: {uniform: {min: 0s, max: 3ms}}}\n",
        "network: {latency: {normal: {mean: 3ms, sd: 1us}}}\n",
        "network: {latency: {lognormal: {median: 3ms, sigma: 0.5}}}\n",
        "network: {latency: {gamma: {shape: 2, mean: 3ms}}}\n",
        "network: {latency: {weibull: {shape: 0.5, scale: 3ms}}}\n",
        "network: {latency: {pareto: {shape: 1, min: 3ms}}}\n",
        "churn: {session: 1h, downtime: {lomax: {shape: 1.5, scale: 1min}}}\n",
        "churn: {session: {pareto: {shape: 0.9, min: 1s}}, downtime: 1s, start: up}\n",
        "churn: {}\n",
        "workload: {updates: 0}\nstore: {preload: 5}\n",
        "workload: {updates: 3, arrival: {every: 100ms}, origin: first}\n",
        "workload: {updates: 9, arrival: {poisson: {rate: 7/min}}}\n",
        "record: {every: 333ms}\n",
        "replications: 1\n",
        "store: {shards: 3, replicas: 2}\n",
        "groups: {a: 100%}\nworkload: {origin: a}\n",
        "groups: {a: 99, b: 1}\nfaults: [{at: 0s, crash: b}, {at: 1s, recover: {node: 3}}]\n",
        "groups: {a: 50%, b: 30%, c: 20%}\n"
        "faults: [{at: 0s, partition: {groups: [[a, c], [b]]}}, {at: 0s, every: 1min, heal: "
        "all}]\n",
        "faults: [{at: 0s, partition: {shares: [0.3333333333, 0.3333333333, 0.3333333334]}}]\n",
        "faults: [{at: 0s, loss: {mean: 3%, of: {node: 0}}}, {at: 0s, loss: {mean: 1, of: 1%}}]\n",
        "faults: [{at: 0s, latency: {factor: 0.001, of: all}, every: 1s, for: 1ms}]\n",
        "faults: [{at: 0s, one_way: {from: all, to: {node: 3}}, for: 3s, every: 9s}]\n",
        "faults: [{at: 0s, crash: 100%}, {at: 1s, wipe: all}, {at: 1s, wipe: {count: 1}}]\n",
    };

    (void)state;
    g_free(round_trip(full_scenario, false));
    for (size_t i = 0; i < G_N_ELEMENTS(sections); i++) {
        char *text = g_strconcat(START STRATEGIES, sections[i], NULL);
        g_free(round_trip(text, false));
        g_free(text);
    }
}

static void other_words_for_one_thing_are_the_same(void **state)
{
    char *a = round_trip("gossipsim: 1\nname: x\nnodes: 1000\nreplications: 5\n"
                         "network: {loss: 0.7%, latency: 1500ms}\nstop: {at: 120s}\n"
                         "strategies: {a: {test-model: {share: 10%, interval: 60s}}}\n",
                         true);
    char *b = round_trip("strategies:\n  a:\n    test-model:\n      interval: 1min\n"
                         "      share: 0.1\n      fanout: 1\nstop: {when: converged, at: 2min}\n"
                         "network:\n  latency: 1.5s\n  loss: 0.007\n  header: 28B\n"
                         "nodes: 1e3\ngossipsim: 1\nworkload: {keys: 1}\n",
                         true);
    char *c = round_trip(START "strategies: {a: {plain: {}, test-model: {}}}\n", true);
    char *d = round_trip(START "strategies: {a: {test-model: {}, plain: {}}}\n", true);

    (void)state;
    assert_string_equal(a, b);
    assert_string_not_equal(c, d);
    g_free(a);
    g_free(b);
    a = round_trip(START STRATEGIES "groups: {a: 10%, b: 90%}\nworkload: {origin: b}\n"
                                    "faults: [{at: 1min, crash: a}, {at: 2min, partition: "
                                    "{groups: [[b], [a]]}}]\n",
                   true);
    b = round_trip(START STRATEGIES "groups: {x: 10, y: 90}\nworkload: {origin: y}\n"
                                    "faults: [{crash: x, at: 60s}, {partition: {groups: [[y], "
                                    "[x]]}, at: 120s}]\n",
                   true);
    assert_string_equal(a, b);
    g_free(a);
    g_free(b);
    g_free(c);
    g_free(d);
}

/* The example that the reference gives of each kind of fault is one. */
static void every_kind_of_fault_takes_its_example(void **state)
{
    (void)state;
    for (int i = 0; i < FAULT_KINDS; i++) {
        const uint32_t words = fault_kinds[i].takes | fault_kinds[i].needs;
        char *text = g_strdup_printf(
            START STRATEGIES "groups: {eu: 30%%, us: 60%%, crowd: 10%%}\n"
                             "members: {absent: crowd}\nfaults:\n"
                             "  - {at: 1s, crash: eu}\n"
                             "  - {at: 1s, one_way: {from: eu, to: us}}\n"
                             "  - {at: 1s, join: crowd}\n"
                             "  - {at: 2s%s%s%s%s, %s: %s}\n",
            words & WORD_FOR ? ", for: 3s" : "", words & WORD_BATCH ? ", batch: 7" : "",
            words & WORD_PACE ? ", pace: 2s" : "", words & WORD_DOWN ? ", down: 1s" : "",
            fault_kinds[i].name, fault_kinds[i].example);

        g_free(round_trip(text, false));
        g_free(text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_key_fills_its_field),
        cmocka_unit_test(a_rule_leaves_room_above_min),
        cmocka_unit_test(every_metric_of_a_run_can_end_a_study),
        cmocka_unit_test(silence_gives_the_documented_defaults),
        cmocka_unit_test(younger_keys_leave_the_hash_alone),
        cmocka_unit_test(the_completed_scenario_reads_back_to_itself),
        cmocka_unit_test(other_words_for_one_thing_are_the_same),
        cmocka_unit_test(every_kind_of_fault_takes_its_example),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
