/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A scenario fills exactly the fields that its keys name, silence gives the documented defaults,
 * and the completed text reads back to itself.  Whatever is wrong, contradicts, has no effect or
 * does not exist yet is refused at its place, all in one pass.  No mutation of a scenario crashes
 * the reader, and those it accepts survive a round trip.
 */
#include "experiment/language/scenario.h"
#include "sim/metric.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

/* A model that exists only here: one parameter of each type, one rule. */
enum { FAST, SLOW };
static const char *const speeds[] = { [FAST] = "fast", [SLOW] = "rather-slow", NULL };
enum { REGULAR, POISSON };
static const char *const clocks[] = { [REGULAR] = "regular", [POISSON] = "poisson", NULL };
struct config {
    int64_t interval, timeout, fanout, queue, rather_slow_pause;
    double share, factor, rather_slow_share;
    bool acknowledge;
    int speed, clock;
};
static const struct param params[] = {
    PARAM_INTERVAL(struct config, interval, "2s", "1us..365d", "between contacts"),
    PARAM_TIME(struct config, timeout, "200ms", "1us..1h", "until a failure"),
    PARAM_COUNT(struct config, fanout, "1", "1..1000", "partners"),
    PARAM_SIZE(struct config, queue, "1kB", "0B..1GB", "of mails"),
    PARAM_FRACTION(struct config, share, "5%", "0..1", "of nodes"),
    PARAM_REAL(struct config, factor, "1", "1..100", "of growth"),
    PARAM_BOOL(struct config, acknowledge, "true", "answers"),
    PARAM_CHOICE(struct config, speed, "fast", speeds, "how fast"),
    PARAM_TIME(struct config, rather_slow_pause, "1s", "0s..1h", "then"),
    PARAM_FRACTION(struct config, rather_slow_share, "50%", "0..1", "then"),
    PARAM_CHOICE(struct config, clock, "regular", clocks, "when"),
    PARAM_END,
};
static bool check(const void *config, uint64_t given, char why[PARAM_WHY_MAX])
{
    const struct config *c = config;

    if (c->acknowledge || !(given >> 1 & 1))
        return true;
    snprintf(why, PARAM_WHY_MAX, "`timeout` has no effect with `acknowledge: false`");
    return false;
}
static const struct model_figure figures[] = {
    { "turns", "of it", FIGURE_COUNT, UNIT_COUNT },
    { "waits", "between them", FIGURE_OBSERVED, UNIT_TIME },
    { .name = NULL },
};
static const struct model model_test = {
    .name = "test-model",
    .figures = figures,
    .params = params,
    .config_size = sizeof(struct config),
    .check = check,
};
static const struct model model_plain = { .name = "plain",
                                          .params = params + G_N_ELEMENTS(params) - 1 };
static const struct model *const models[] = { &model_test, &model_plain, NULL };

/* What reading a text left. */
struct outcome {
    struct scenario scenario;
    struct errors errors;
    struct scenario_reader reader;
    struct item *root;
    struct source source;
    bool is_good;
};

/* Reads `text`; the file is taken to be `path`. */
static void read_text(struct outcome *o, const char *path, const char *text, size_t bytes)
{
    *o = (struct outcome){ .source = {
                               .file = (char *)path, .text = (char *)text, .bytes = bytes } };
    scenario_reader_init(&o->reader, models, path, &o->errors);
    o->root = document_parse(&o->source, &o->errors);
    o->is_good =
        o->root != NULL && scenario_read(o->root, &o->reader, &o->scenario) && o->errors.count == 0;
}

static void outcome_clear(struct outcome *o)
{
    scenario_clear(&o->scenario);
    scenario_reader_clear(&o->reader);
    item_free(o->root);
    errors_clear(&o->errors);
}

/* For a hash: what the runs of all strategies depend on. */
static char *completed(const struct scenario *scenario, bool for_hash)
{
    GString *text = g_string_new(NULL);

    scenario_write(text, scenario, for_hash);
    for (int i = 0; for_hash && i < scenario->strategies.count; i++)
        scenario_write_stack(text, &scenario->strategies.list[i]);
    return g_string_free(text, FALSE);
}

#define START      "gossipsim: 1\nnodes: 100\n"
#define STRATEGIES "strategies: {a: {test-model: {}}}\n"

static const char full[] =
    "gossipsim: 1\nname: full-1\ndescription: \"all: of `it`\"\nnodes: 1e3\nseed: 7\n"
    "replications: {min: 20, max: 200, until: {metric: t99, half_width: 2%, confidence: 95%}}\n"
    "timing: events\npeers: alive\ntopology: complete\n"
    "network:\n  latency: {lognormal: {median: 40ms, p99: 200ms}}\n  latency_per: message\n"
    "  jitter: 5%\n  loss: {mean: 2%, burst: 4}\n  header: 40B\n"
    "  bandwidth: 1.5Mbit/s\n  queue: 64KiB\n  duplicate: 0.1%\n"
    "churn:\n  session: {weibull: {shape: 0.6, mean: 2h}}\n"
    "  downtime: {exponential: {mean: 5min}}\n  share: 40%\n  rejoin: lose\n"
    "  leave: graceful\n  start: up\n"
    "workload:\n  updates: 500\n  keys: 20\n  size: 200B\n  at: 1s\n"
    "  arrival: {poisson: {rate: 5/s}}\n  origin: {node: 17}\n  deletes: 10%\n"
    "store: {shards: 8, replicas: 3, preload: 100, missing: 3%, missing_shards: 1%}\n"
    "groups: {eu: 25%, us: 75%}\n"
    "faults:\n  - {at: 1min, for: 20s, every: 2min, crash: us}\n  - {at: 2min, wipe: 5%}\n"
    "  - {at: 3min, recover: {all-but: 7}}\n"
    "  - {at: 4min, for: 10s, partition: {groups: [[us], [eu]]}}\n"
    "  - {at: 5min, partition: {shares: [40%, 0.35, 25%]}}\n"
    "  - {at: 6min, one_way: {from: eu, to: {count: 3}}}\n  - {at: 7min, heal: all}\n"
    "  - {at: 8min, for: 1s, loss: {mean: 30%, burst: 5, of: eu}}\n"
    "  - {at: 9min, latency: {of: 10%, factor: 2.5}}\n"
    "expect: [P(converged) >= 99%, 'p95(t99, one) < 90s', mean(test-model.turns) < 5, "
    "mean(test-model.waits.max) < 5]\n"
    "strategies:\n  one: {test-model: {interval: 1s, speed: rather-slow}}\n"
    "  \"two: `x`\":\n    plain:\n    test-model: {acknowledge: false, queue: 2KiB}\n"
    "stop: {at: 20min, when: never, events: 1e9}\nwarmup: 2s\ncooldown: 3s\n"
    "record: {every: 1s, nodes: true}\n";

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
    const struct config *c;

    (void)state;
    read_text(&o, "a.yaml", full, sizeof full - 1);
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
    assert_int_equal(s->config.peers, PEERS_ALIVE);
    expect_law(&s->latency, DISTRIBUTION_LOGNORMAL, 40e6);
    assert_int_equal(s->config.network.latency_per, LATENCY_PER_MESSAGE);
    assert_true(s->config.network.jitter == 0.05 && s->loss.mean == 0.02);
    assert_true(s->loss.burst == 4 && s->config.network.duplicate == 0.001);
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
    assert_int_equal(s->config.workload.keys, 20);
    assert_int_equal(s->config.workload.size_bytes, 200);
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
        "  loss: 0\n  bandwidth: unlimited\n  duplicate: 0\n  header: 28B\nworkload:\n  updates: "
        "1\n  size: 100B\n "
        " at: 0s\n"
        "  arrival: at-once\n  origin: random\n  deletes: 0\nstore:\n  shards: 1\n  replicas: all\n"
        "  preload: 0\nstrategies:\n"
        "  a:\n    test-model: {interval: 2s, timeout: 200ms, fanout: 1, queue: 1kB, share: 0.05, "
        "factor: 1, acknowledge: true, speed: fast, rather_slow_pause: 1s, "
        "rather_slow_share: 0.5, clock: regular}\nstop:\n  at: 1h\n  when: converged\n"
        "  events: 1000000000000\nwarmup: 0s\ncooldown: 0s\nrecord:\n  every: auto\n  nodes: "
        "false\n";
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

/* The completed text of `text`; it must read back to the same words. */
static char *round_trip(const char *text, bool for_hash)
{
    struct outcome first, second;
    char *once, *twice, *hashed;

    read_text(&first, "a.yaml", text, strlen(text));
    if (!first.is_good) {
        errors_print(stderr, &first.errors);
        fail_msg("refused: %s", text);
    }
    once = completed(&first.scenario, false);
    hashed = completed(&first.scenario, true);
    read_text(&second, "a.yaml", once, strlen(once));
    errors_print(stderr, &second.errors);
    assert_true(second.is_good);
    twice = completed(&second.scenario, false);
    assert_string_equal(once, twice);
    outcome_clear(&first);
    outcome_clear(&second);
    g_free(twice);
    if (for_hash) {
        g_free(once);
        return hashed;
    }
    g_free(hashed);
    return once;
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
    g_free(round_trip(full, false));
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

/* Each text after START and STRATEGIES, and how its first error starts. */
static const struct {
    const char *text, *error;
} mistakes[] = {
    { "nods: 5\n", "4:1 nods: unknown key; did you mean `nodes`?" },
    { "xyzzy: 5\n", "4:1 xyzzy: unknown key; known are gossipsim, name, " },
    { "network: {los: 5%}\n", "4:11 network.los: unknown key; did you mean `loss`?" },
    { "network: 5\n", "4:10 network: a section was expected" },
    { "network: {loss: {mean: 5%}}\n", "4:17 network.loss: `burst` is missing: mean number" },
    { "network: {loss: {burst: 4}}\n", "4:17 network.loss: `mean` is missing: share of the" },
    { "network: {loss: {}}\n", "4:17 network.loss: `mean` is missing" },
    { "network: {loss: {mean: 5%, burst: 0.5}}\n",
      "4:35 network.loss.burst: 0.5 is outside 1..1e9" },
    { "network: {loss: {mean: 5%, bursts: 4}}\n",
      "4:28 network.loss.bursts: unknown parameter; did you mean `burst`?" },
    { "network: {loss: {mean: 90%, burst: 4}}\n",
      "4:17 network.loss: bursts of 4 messages lose at most 80% of them; for this mean they must "
      "be at least 9 long" },
    { "network: {loss: {mean: 1, burst: 4}}\n", "4:17 network.loss: bursts of 4 messages lose at "
                                                "most 80% of them; to lose all, give no burst" },
    { "network: {loss: nan}\n", "4:17 network.loss: `nan` is not a share" },
    { "network: {loss: -1%}\n", "4:17 network.loss: -1% is not a share" },
    { "network: {loss: [1%]}\n", "4:17 network.loss: a single value was expected, not a list" },
    { "network: {loss: }\n", "4:1" },
    { "network: {latency: 40}\n", "4:20 network.latency: 40 lacks a unit; a time has one of the" },
    { "network: {latency: exponential}\n",
      "4:20 network.latency: `exponential` is neither a time nor a distribution, as in 40ms or" },
    { "network: {latency: -1ms}\n", "4:20 network.latency: -1ms is negative" },
    { "network: {latency: 1e99s}\n", "4:20 network.latency: 1e99s is too long" },
    { "network: {latency: {exponental: {mean: 1s}}}\n",
      "4:21 network.latency.exponental: unknown distribution; did you mean `exponential`?" },
    { "network: {latency: {exponential: {}}}\n",
      "4:21 network.latency.exponential: `mean` is missing" },
    { "network: {latency: {exponential: {mean: 0s}}}\n",
      "4:41 network.latency.exponential.mean: 0s is outside 1ns..36525d" },
    { "network: {latency: {weibull: {shape: 1, mean: 1s, scale: 1s}}}\n",
      "4:21 network.latency.weibull: exactly one of `mean` and `scale`" },
    { "network: {latency: {lognormal: {median: 1s}}}\n",
      "4:21 network.latency.lognormal: exactly one of `p99` and `sigma`" },
    { "network: {latency: {lognormal: {median: 2s, p99: 1s}}}\n",
      "4:32 network.latency.lognormal: `median` must be less" },
    { "network: {latency: {uniform: {min: 2s, max: 1s}}}\n",
      "4:30 network.latency.uniform: `min` must be less" },
    { "network: {latency: {normal: {mean: 2s, sd: 1s}, gamma: {}}}\n",
      "4:20 network.latency: a time or one distribution" },
    { "network: {latency: {regions: {}}}\n", "4:20 network.latency: `regions` is not supported" },
    { "network: {latency: {empirical: {file: nowhere.csv}}}\n",
      "4:39 network.latency.empirical.file: cannot read ./nowhere.csv: No such file" },
    { "network: {bandwidth: 1MB}\n",
      "4:22 network.bandwidth: `1MB` has an unknown unit; a bit rate" },
    { "network: {bandwidth: 0bit/s}\n", "4:22 network.bandwidth: 0bit/s is outside 1bit/s.." },
    { "network: {bandwidth: 1e9Gbit/s}\n", "4:22 network.bandwidth: 1e9Gbit/s is outside" },
    { "network: {bandwidth: 1.5bit/s}\n",
      "4:22 network.bandwidth: 1.5bit/s is not a whole number" },
    { "network: {bandwidth: [1]}\n", "4:22 network.bandwidth: a bit rate was expected" },
    { "network: {bandwidth: }\n", "4:22 network.bandwidth: a bit rate was expected" },
    { "network: {bandwidth: unlimted}\n",
      "4:22 network.bandwidth: `unlimted` is neither `unlimited` nor a bit rate, as in" },
    { "network: {queue: none, bandwidth: 1kbit/s}\n",
      "4:18 network.queue: `none` is neither `unlimited` nor a size, as in 64KiB" },
    { "store: {replicas: none}\n", "4:19 store.replicas: `none` is neither `all` nor a number" },
    { "record: {every: atuo}\n", "4:17 record.every: `atuo` is neither `auto` nor a time" },
    { "network: {queue: 1MB}\n", "4:11 network.queue: has no effect without `network.bandwidth`" },
    { "network: {queue: 1, bandwidth: 1kbit/s}\n", "4:18 network.queue: 1 lacks a unit" },
    { "network: {queue: -1B, bandwidth: 1kbit/s}\n", "4:18 network.queue: -1B is negative" },
    { "timing: rounds\nnetwork: {bandwidth: 1Mbit/s}\n",
      "5:11 network.bandwidth: has no effect under `timing: rounds`" },
    { "timing: rounds\nnetwork: {bandwidth: 1Mbit/s, queue: 1kB}\n",
      "5:11 network.bandwidth: has no effect under `timing: rounds`" },
    { "network: {duplicate: 1.5}\n", "4:22 network.duplicate: 1.5 is not a share" },
    { "network: {duplicate: {}}\n", "4:22 network.duplicate: a single value was expected" },
    { "groups: {}\n", "4:9 groups: groups were expected" },
    { "groups: {a: 1}\n", "4:9 groups: the groups have 1 nodes together; there are 100" },
    { "groups: {a: 50%, b: 0.4}\n", "4:9 groups: the shares add up to 90%; they must make 100%" },
    { "groups: {a: 50%, b: 50}\n", "4:21 groups.b: groups are all shares or all numbers" },
    { "groups: {a: 99.9%, b: 0.1%}\n", "4:23 groups.b: its share of 100 nodes is less than a" },
    { "groups: {a: 0, b: 100}\n", "4:13 groups.a: a share of the nodes (40%) or a number of" },
    { "groups: {all: 100%}\n", "4:10 groups.all: `all` cannot name a group" },
    { "groups: {1a: 100%}\n", "4:10 groups.1a: a group's name has letters" },
    { "faults: []\n", "4:9 faults: a list of faults was expected" },
    { "faults: [5]\n", "4:10 faults.1: a fault was expected, as in {at: 60s, crash: 10%}" },
    { "faults: [{at: 1s}]\n", "4:10 faults.1: an action is missing, as in `crash: 10%`" },
    { "faults: [{crash: all}]\n", "4:10 faults.1: `at` is missing" },
    { "faults: [{at: 1h, crash: all}]\n", "4:15 faults.1.at: would come only after the end" },
    { "faults: [{at: 1, crash: all}]\n", "4:15 faults.1.at: 1 lacks a unit" },
    { "faults: [{at: 1s, crahs: all}]\n",
      "4:19 faults.1.crahs: unknown key; did you mean `crash`" },
    { "faults: [{at: 1s, partition: eu}]\n",
      "4:30 faults.1.partition: `{groups: [[eu], [us]]}` or `{shares: [40%, 60%]}` was expected" },
    { "faults: [{at: 1s, partition: {share: [1]}}]\n",
      "4:31 faults.1.partition.share: unknown kind of partition; did you mean `shares`?" },
    { "faults: [{at: 1s, partition: {shares: [100%]}}]\n",
      "4:39 faults.1.partition.shares: a list of 2 to 255 sides was expected" },
    { "faults: [{at: 1s, partition: {shares: [40%, 50%]}}]\n",
      "4:39 faults.1.partition.shares: the shares add up to 90%; they must make 100%" },
    { "faults: [{at: 1s, partition: {shares: [0.1%, 99.9%]}}]\n",
      "4:40 faults.1.partition.shares.1: its share of 100 nodes is less than a node" },
    { "faults: [{at: 1s, partition: {shares: [0, 1]}}]\n",
      "4:40 faults.1.partition.shares.1: a side without nodes" },
    { "faults: [{at: 1s, partition: {shares: [{}, 1]}}]\n",
      "4:40 faults.1.partition.shares.1: a share of the nodes was expected" },
    { "faults: [{at: 1s, partition: {groups: [a, b]}}]\n",
      "4:40 faults.1.partition.groups.1: a side is a list of groups" },
    { "faults: [{at: 1s, partition: {groups: [[{}], [b]]}}]\n",
      "4:41 faults.1.partition.groups.1.1: the name of a group was expected" },
    { "faults: [{at: 1s, partition: {groups: [[a], [b]]}}]\n",
      "4:41 faults.1.partition.groups.1.1: there is no group `a`" },
    { "groups: {east: 1, west: 99}\nfaults: [{at: 1s, partition: {groups: [[east], [west, "
      "east]]}}]\n",
      "5:55 faults.1.partition.groups.2.2: `east` is on a side already" },
    { "faults: [{at: 1s, one_way: all}]\n", "4:28 faults.1.one_way: `{from: eu, to: us}` was" },
    { "faults: [{at: 1s, one_way: {from: all}}]\n", "4:28 faults.1.one_way: `to` is missing" },
    { "faults: [{at: 1s, one_way: {from: all, to: all, too: all}}]\n",
      "4:49 faults.1.one_way.too: unknown key; did you mean `to`?" },
    { "faults: [{at: 1s, one_way: {from: all, to: {node: 100}}}]\n",
      "4:44 faults.1.one_way.to: node 100 does not exist" },
    { "faults: [{at: 1s, one_way: {from: eu, to: all}}]\n",
      "4:35 faults.1.one_way.from: there is no group `eu`; known are `all`" },
    { "faults: [{at: 1s, heal: 50%}]\n", "4:25 faults.1.heal: `all` was expected" },
    { "faults: [{at: 1s, heal: all}]\n", "4:19 faults.1.heal: has no effect: no `partition`" },
    { "faults: [{at: 1s, for: 1s, heal: all}]\n", "4:19 faults.1.for: `heal` cannot be undone" },
    { "faults: [{at: 1s, loss: 30%}]\n", "4:25 faults.1.loss: `{mean: 30%, of: eu}` was expected" },
    { "faults: [{at: 1s, loss: {mean: 30%}}]\n", "4:25 faults.1.loss: `of` is missing: whose" },
    { "faults: [{at: 1s, loss: {of: all}}]\n", "4:25 faults.1.loss: `mean` is missing: share of" },
    { "faults: [{at: 1s, loss: {of: all, mean: 2}}]\n",
      "4:41 faults.1.loss.mean: 2 is not a share" },
    { "faults: [{at: 1s, loss: {of: all, mean: 90%, burst: 4}}]\n",
      "4:25 faults.1.loss: bursts of 4 messages lose at most 80%" },
    { "faults: [{at: 1s, loss: {of: all, mean: 9%, bursts: 4}}]\n",
      "4:45 faults.1.loss.bursts: unknown key; did you mean `burst`?" },
    { "faults: [{at: 1s, loss: {of: all, mean: 9%, xyz: 4}}]\n",
      "4:45 faults.1.loss.xyz: unknown key; known are of, mean, burst" },
    { "faults: [{at: 1s, loss: {of: {count: 101}, mean: 9%}}]\n",
      "4:30 faults.1.loss.of: 101 nodes" },
    { "faults: [{at: 1s, latency: 10}]\n", "4:28 faults.1.latency: `{factor: 10, of: eu}` was" },
    { "faults: [{at: 1s, latency: {of: all}}]\n", "4:28 faults.1.latency: `factor` is missing" },
    { "faults: [{at: 1s, latency: {of: all, factor: 0}}]\n",
      "4:46 faults.1.latency.factor: 0 is outside 0.001..1e6" },
    { "timing: rounds\nfaults: [{at: 1s, latency: {of: all, factor: 2}}]\n",
      "5:19 faults.1.latency: has no effect under `timing: rounds`" },
    { "faults: [{at: 1s, latency: {of: all, factor: 2}}, {at: 2s, heal: all}]\n",
      "4:60 faults.2.heal: has no effect: no `partition`" },
    { "faults: [{at: 1s, pause: all}]\n", "4:19 faults.1.pause: `pause` is not supported yet" },
    { "faults: [{at: 1s, crash: all, wipe: all}]\n",
      "4:31 faults.1.wipe: an entry has one action" },
    { "faults: [{at: 1s, for: 1s, wipe: all}]\n", "4:19 faults.1.for: `wipe` cannot be undone" },
    { "faults: [{at: 1s, for: 0s, crash: all}]\n", "4:24 faults.1.for: 0s is outside" },
    { "faults: [{at: 1s, recover: all}]\n", "4:19 faults.1.recover: has no effect: no `crash`" },
    { "faults: [{at: 1s, every: 1ms, wipe: all}]\n", "4:9 faults: 3599000 faults within a run" },
    { "faults: [{at: 1s, crash: 3}]\n", "4:26 faults.1.crash: 3 could be nodes or a share" },
    { "faults: [{at: 1s, crash: 101%}]\n", "4:26 faults.1.crash: 101% is not a share" },
    { "faults: [{at: 1s, crash: }]\n", "4:26 faults.1.crash: nodes were expected" },
    { "faults: [{at: 1s, crash: eu}]\n", "4:26 faults.1.crash: there is no group `eu`; known" },
    { "groups: {east: 1, west: 99}\nfaults: [{at: 1s, crash: wst}]\n",
      "5:26 faults.1.crash: there is no group `wst`; did you mean `west`?" },
    { "faults: [{at: 1s, crash: {count: 101}}]\n", "4:26 faults.1.crash: 101 nodes; there are" },
    { "faults: [{at: 1s, crash: {all-but: 100}}]\n", "4:26 faults.1.crash: all but 100 of 100" },
    { "faults: [{at: 1s, crash: 0%}]\n", "4:26 faults.1.crash: no nodes, so it has no effect" },
    { "faults: [{at: 1s, crash: 0.4%}]\n",
      "4:26 faults.1.crash: its share of 100 nodes is less than a node" },
    { "faults: [{at: 1s, wipe: {count: 0}}]\n", "4:25 faults.1.wipe: no nodes, so it has no" },
    { "faults: [{at: 1s, crash: all}, {at: 2s, recover: 0}]\n",
      "4:50 faults.2.recover: no nodes, so it has no effect" },
    { "faults: [{at: 1s, one_way: {from: 0%, to: all}}]\n",
      "4:35 faults.1.one_way.from: no nodes, so it has no effect" },
    { "faults: [{at: 1s, one_way: {from: all, to: {count: 0}}}]\n",
      "4:44 faults.1.one_way.to: no nodes, so it has no effect" },
    { "faults: [{at: 1s, one_way: {from: {node: 3}, to: {node: 3}}}]\n",
      "4:28 faults.1.one_way: from one node to itself: nothing goes that way" },
    { "faults: [{at: 1s, loss: {of: 0%, mean: 9%}}]\n",
      "4:30 faults.1.loss.of: no nodes, so it has no effect" },
    { "faults: [{at: 1s, loss: {of: all, mean: 0}}]\n",
      "4:41 faults.1.loss.mean: loses no message, so it has no effect" },
    { "faults: [{at: 1s, latency: {of: all, factor: 1.0}}]\n",
      "4:46 faults.1.latency.factor: changes no latency, so it has no effect" },
    { "network: {latency: 0s}\nfaults: [{at: 1s, latency: {of: all, factor: 2}}]\n",
      "5:19 faults.1.latency: has no effect with `network.latency: 0s`" },
    { "faults: [{at: 30min, every: 30min, crash: 5%}]\n",
      "4:29 faults.1.every: would happen again only after the end of the run" },
    { "network: {latency: 0s, jitter: 5%}\n", "4:32 network.jitter: has no effect on a latency" },
    { "network: {latency: 9ms, latency_per: message}\n",
      "4:38 network.latency_per: has no effect where every latency is the same" },
    { "network: {loss: {mean: 0%, burst: 4}}\n", "4:35 network.loss.burst: has no effect: no" },
    { "churn: {session: 1h, downtime: 1h, share: 0%}\n",
      "4:43 churn.share: no node comes and goes" },
    { "workload: {arrival: {every: 1s}}\n", "4:21 workload.arrival: has no effect on one update" },
    { "faults: [{at: 1s, crash: {node: 100}}]\n", "4:26 faults.1.crash: node 100 does not exist" },
    { "faults: [{at: 1s, crash: {nodes: 1}}]\n",
      "4:27 faults.1.crash.nodes: unknown selector; did you mean `node`?" },
    { "expect: []\n", "4:9 expect: a list of expectations was expected" },
    { "expect: [5]\n",
      "4:10 expect.1: `5` is not an expression; the form is STAT(METRIC, STRATEGY)" },
    { "expect: [p95(t99, a) < 3s]\n", "4:10 expect.1: the `(` is not closed; within a [list]" },
    { "expect: [p95(t99) < 3s, \"p95(t99, b) < 3s\"]\n",
      "4:25 expect.2: there is no strategy `b`" },
    { "expect: [p95(t98) < 3]\n", "4:10 expect.1: there is no metric `t98`; did you mean `t90`?" },
    { "expect: [mean(test-model.turn) < 3]\n",
      "4:10 expect.1: there is no metric `test-model.turn`; did you mean `test-model.turns`?" },
    { "expect: [mean(test-model.waits.p98) < 3]\n",
      "4:10 expect.1: there is no metric `test-model.waits.p98`; did you mean "
      "`test-model.waits.p99`?" },
    { "expect: [mean(plain.x) < 3]\n",
      "4:10 expect.1: there is no metric `plain.x`; `gossipsim models" },
    { "store: {shards: 0}\n", "4:17 store.shards: 0 is outside 1..65536" },
    { "store: {replicas: 101}\n", "4:19 store.replicas: 101 replicas of a shard on 100 nodes" },
    { "store: {replicas: 0}\n", "4:19 store.replicas: 0 is outside" },
    { "store: {missing_shards: 5%}\n", "4:9 store.missing_shards: has no effect without" },
    { "topology: {ring: {neighbours: 2}}\n", "4:11 topology: `ring` is not supported yet" },
    { "peers: swim\n", "4:8 peers: `swim` is not supported yet" },
    { "peers: alve\n", "4:8 peers: `alve` is none of all, alive; did you mean `alive`?" },
    { "churn: {session: {trace: {file: x}}}\n", "4:18 churn.session: `trace` is not supported" },
    { "churn: {session: 1h}\n", "4:8 churn: `downtime` is missing" },
    { "churn: {downtime: 1h}\n", "4:9 churn.downtime: has no effect without `churn.session`" },
    { "churn: {session: 0s, downtime: 1s}\n", "4:18 churn.session: must be longer than 0s" },
    { "churn: {session: {pareto: {shape: 1, min: 1s}}, downtime: 1s}\n",
      "4:18 churn.session: has an infinite mean" },
    { "timing: rounds\nnetwork: {latency: 5ms}\n",
      "5:11 network.latency: has no effect under `timing: rounds`" },
    { "timing: rounds\nnetwork: {jitter: 0}\n", "5:11 network.jitter: has no effect under" },
    { "timing: {rounds: 3s}\n", "3:18 strategies.a.test-model: `interval` is 2s by default, no "
                                "whole number of rounds of 3s" },
    { "timing: {round: 3s}\n", "4:10 timing.round: unknown timing" },
    { "timing: {rounds: 0s}\n", "4:18 timing.rounds: 0s is outside" },
    { "timing: now\n", "4:9 timing: `now` is none of events, rounds" },
    { "seed: -1\n", "4:7 seed: -1 is negative" },
    { "seed: 9223372036854775808\n", "4:7 seed: 9223372036854775808 is too large" },
    { "seed: 0x10\n", "4:7 seed: `0x10` is not a count" },
    { "replications: 0\n", "4:15 replications: 0 is outside 1..1000000" },
    { "replications: {min: 50, max: 30, until: {}}\n", "4:15 replications: `min` is greater" },
    { "replications: {min: 19, max: 30, until: {}}\n", "4:21 replications.min: 19 is outside" },
    { "replications: {min: 20, max: 30}\n", "4:15 replications: `until` is missing" },
    { "replications: {min: 20, mx: 30, until: {}}\n",
      "4:25 replications.mx: unknown key; did you mean `max`?" },
    { "replications: {until: {metric: t98}}\n",
      "4:32 replications.until.metric: `t98` is none of" },
    { "replications: {until: {metric: peak_bytes}}\n",
      "4:32 replications.until.metric: `peak_bytes` is none of" },
    { "workload: {updates: 5, keys: 6}\n", "4:30 workload.keys: 6 keys for 5 updates" },
    { "workload: {updates: 0}\n", "4:21 workload.updates: 0 updates and no `store.preload`" },
    { "workload: {updates: 0, at: 1s}\nstore: {preload: 1}\n",
      "4:24 workload.at: has no effect with `workload.updates: 0`" },
    { "workload: {updates: 1e6}\nstore: {preload: 1e6}\n",
      "4:21 workload.updates: 2000000 updates and preloaded ones together; at most 1048576" },
    { "workload: {origin: {node: 100}}\n", "4:20 workload.origin: node 100 does not exist" },
    { "workload: {origin: {nod: 1}}\n", "4:21 workload.origin.nod: unknown origin" },
    { "workload: {origin: eu}\n",
      "4:20 workload.origin: there is no group `eu`; known are `random`" },
    { "workload: {arrival: {poisson: {rate: 5}}}\n",
      "4:38 workload.arrival.poisson.rate: 5 lacks a unit" },
    { "workload: {arrival: {poisson: {rate: 0/s}}}\n",
      "4:38 workload.arrival.poisson.rate: 0/s is outside" },
    { "workload: {arrival: {every: 0s}}\n", "4:29 workload.arrival.every: 0s is outside" },
    { "workload: {arrival: sometimes}\n", "4:21 workload.arrival: `at-once`, " },
    { "workload: {at: 1h}\n", "4:16 workload.at: the last update would come only after the end" },
    { "workload: {updates: 1e6, arrival: {every: 36525d}}\n",
      "4:35 workload.arrival: the last update would come only after the end" },
    { "store: {missing: 5%}\n", "4:9 store.missing: has no effect without `store.preload`" },
    { "stop: {at: 0s}\n", "4:12 stop.at: 0s is outside" },
    { "stop: {when: convergd}\n", "4:14 stop.when: `convergd` is none of converged, quiet, never; "
                                  "did you mean `converged`?" },
    { "warmup: 1h\n", "4:9 warmup: ends only with the run" },
    { "cooldown: 1h\n", "4:11 cooldown: begins before `warmup` ends" },
    { "warmup: 30min\ncooldown: 30min\nworkload: {updates: 3, arrival: {every: 20min}}\n",
      "5:11 cooldown: begins before `warmup` ends" },
    { "cooldown: 10min\nworkload: {at: 51min}\n", "4:11 cooldown: all updates are injected" },
    { "warmup: 1s\n", "4:9 warmup: all updates are injected before it ends" },
    { "record: {every: 1us}\n", "4:17 record.every: makes 3600000000 samples a run" },
    { "record: {nodes: yes}\n", "4:17 record.nodes: `yes` is neither true nor false" },
    { "name: A\n", "4:7 name: `A` is not a name" },
    { "name: ../x\n", "4:7 name: `../x` is not a name" },
    { "name: \"\"\n", "4:7 name: `` is not a name" },
    { "description: [x]\n", "4:14 description: a text was expected" },
};

static void mistakes_are_refused_at_their_place(void **state)
{
    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(mistakes); i++) {
        char *text = g_strconcat(START STRATEGIES, mistakes[i].text, NULL);
        const struct error *first;
        struct outcome o;
        char *found;

        read_text(&o, "a.yaml", text, strlen(text));
        first = &o.errors.list[0];
        found = o.errors.count == 0 ? g_strdup("accepted")
                                    : g_strdup_printf("%d:%d %s: %s", first->line, first->column,
                                                      first->path, first->text);
        if (!g_str_has_prefix(found, mistakes[i].error))
            fail_msg("%s\nexpected: %s\nfound:    %s", mistakes[i].text, mistakes[i].error, found);
        assert_false(o.is_good);
        g_free(found);
        g_free(text);
        outcome_clear(&o);
    }
}

/* The errors of a text, one a line as `LINE:COLUMN PATH: TEXT`. */
static void expect_errors(const char *text, const char *expected)
{
    GString *found = g_string_new(NULL);
    struct outcome o;

    read_text(&o, "a.yaml", text, strlen(text));
    for (size_t i = 0; i < MIN(o.errors.count, ERRORS_KEPT_MAX); i++)
        g_string_append_printf(found, "%d:%d %s: %s\n", o.errors.list[i].line,
                               o.errors.list[i].column, o.errors.list[i].path,
                               o.errors.list[i].text);
    assert_string_equal(found->str, expected);
    g_string_free(found, TRUE);
    outcome_clear(&o);
}

/* Largest remainders (Hamilton): 10 nodes in thirds, and in 45, 45, 10 hundredths. */
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
    expect_errors(START "strategies: {a: {plain: {x: 1}, test-model: {acknowledge: false, "
                        "timeout: 1s}}}\n",
                  "3:26 strategies.a.plain.x: unknown parameter; known are none, it has no "
                  "parameters\n"
                  "3:33 strategies.a.test-model: `timeout` has no effect with `acknowledge: "
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

static void what_is_missing_is_named(void **state)
{
    (void)state;
    expect_errors("{}\n", "1:1 : `gossipsim: 1` is missing; write it as the first line\n"
                          "1:1 : `nodes` is missing: how many nodes there are, as in `nodes: "
                          "1000`\n"
                          "1:1 : `strategies` is missing: what to simulate, as in `strategies: "
                          "{push: {rumor-mongering: {mode: push}}}`\n");
    expect_errors("", "1:1 : the file is empty; a scenario starts with `gossipsim: 1`\n");
    expect_errors("[1]", "1:1 : a scenario is a map of keys, starting `gossipsim: 1`\n");
    expect_errors("gossipsim: 2\nnodes: 1\n" STRATEGIES,
                  "1:12 gossipsim: language version 2 is not known; this program reads version "
                  "1\n");
}

static void all_errors_come_in_one_pass(void **state)
{
    struct outcome o;
    GString *text = g_string_new(START STRATEGIES);

    (void)state;
    for (int i = 0; i < 50; i++)
        g_string_append_printf(text, "wrong%d: 1\n", i);
    read_text(&o, "a.yaml", text->str, text->len);
    assert_int_equal(o.errors.count, 50);
    assert_int_equal(o.errors.list[19].line, 23);
    g_string_free(text, TRUE);
    outcome_clear(&o);
}

static void measured_values_come_from_a_file(void **state)
{
    static const char text[] = START STRATEGIES "network: {latency: {empirical: {file: x.csv}}}\n";
    static const char smooth[] =
        START STRATEGIES "network: {latency: {empirical: {file: x.csv, smooth: true}}}\n";
    char *folder = g_dir_make_tmp("scenario-XXXXXX", NULL);
    char *values = g_build_filename(folder, "x.csv", NULL);
    char *path = g_build_filename(folder, "a.yaml", NULL);
    struct distribution_spec spec;
    struct outcome o;
    char *first, *second;

    (void)state;
    assert_true(g_file_set_contents(values, "# rtt\n10ms\n\n 2.5ms \r\n1s", -1, NULL));
    read_text(&o, path, text, sizeof text - 1);
    errors_print(stderr, &o.errors);
    assert_true(o.is_good);
    random_time_spec(&o.scenario.latency, &spec);
    assert_int_equal(spec.kind, DISTRIBUTION_EMPIRICAL);
    assert_int_equal(spec.value_count, 3);
    assert_int_equal(spec.values[1], 2500000);
    first = completed(&o.scenario, true);
    outcome_clear(&o);

    assert_true(g_file_set_contents(values, "10ms\n2.5ms\n2s\n", -1, NULL));
    read_text(&o, path, text, sizeof text - 1);
    second = completed(&o.scenario, true);
    assert_string_not_equal(first, second);
    outcome_clear(&o);

    read_text(&o, path, smooth, sizeof smooth - 1);
    assert_true(o.is_good);
    random_time_spec(&o.scenario.latency, &spec);
    assert_true(spec.is_smooth);
    g_free(second);
    second = completed(&o.scenario, false);
    assert_non_null(strstr(second, "{empirical: {file: x.csv, smooth: true}}"));
    outcome_clear(&o);
    g_free(first);
    g_free(second);

    assert_true(g_file_set_contents(values, "10ms\n7\n", -1, NULL));
    read_text(&o, path, text, sizeof text - 1);
    assert_int_equal(o.errors.count, 1);
    assert_string_equal(o.errors.list[0].file, values);
    assert_int_equal(o.errors.list[0].line, 2);
    outcome_clear(&o);
    assert_true(g_file_set_contents(values, "# nothing\n", -1, NULL));
    read_text(&o, path, text, sizeof text - 1);
    assert_int_equal(o.errors.count, 1);
    outcome_clear(&o);
    remove(values);
    remove(folder);
    g_free(values);
    g_free(path);
    g_free(folder);
}

static void families_become_the_engines_terms(void **state)
{
    static const struct {
        const char *text;
        enum distribution_kind kind;
        double a, b;
    } cases[] = {
        { "40ms", DISTRIBUTION_CONSTANT, 4e7, 0 },
        { "{exponential: {mean: 1s}}", DISTRIBUTION_EXPONENTIAL, 1e9, 0 },
        { "{uniform: {min: 1s, max: 2s}}", DISTRIBUTION_UNIFORM, 1e9, 2e9 },
        { "{normal: {mean: 1s, sd: 1ms}}", DISTRIBUTION_NORMAL, 1e9, 1e6 },
        /* ln(e^2.326...) / 2.326... */
        { "{lognormal: {median: 1s, p99: 10240473670ns}}", DISTRIBUTION_LOGNORMAL, 1e9, 1 },
        { "{lognormal: {median: 1s, sigma: 0.5}}", DISTRIBUTION_LOGNORMAL, 1e9, 0.5 },
        /* Gamma(3) = 2 */
        { "{weibull: {shape: 0.5, mean: 1h}}", DISTRIBUTION_WEIBULL, 1.8e12, 0.5 },
        { "{weibull: {shape: 0.5, scale: 1h}}", DISTRIBUTION_WEIBULL, 3.6e12, 0.5 },
        { "{pareto: {shape: 1.5, min: 1min}}", DISTRIBUTION_PARETO, 6e10, 1.5 },
        { "{lomax: {shape: 1.5, scale: 1min}}", DISTRIBUTION_LOMAX, 6e10, 1.5 },
        { "{gamma: {shape: 2, mean: 1s}}", DISTRIBUTION_GAMMA, 5e8, 2 },
        { "{gamma: {shape: 2, scale: 1s}}", DISTRIBUTION_GAMMA, 1e9, 2 },
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        char *text = g_strdup_printf(START STRATEGIES "network: {latency: %s}\n", cases[i].text);
        struct distribution_spec spec;
        struct outcome o;

        read_text(&o, "a.yaml", text, strlen(text));
        assert_true(o.is_good);
        random_time_spec(&o.scenario.latency, &spec);
        assert_int_equal(spec.kind, cases[i].kind);
        assert_true(fabs(spec.a / cases[i].a - 1) < 1e-9);
        assert_true(fabs(spec.b - cases[i].b) < 1e-9);
        g_free(text);
        outcome_clear(&o);
    }
}

/* ---- mutation ---- */

static uint64_t next(uint64_t *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    return *state;
}

static const char *const pieces[] = {
    "{",
    "}",
    "[",
    "]",
    ": ",
    "\n",
    "  ",
    "- ",
    "&a ",
    "*a",
    "<<: ",
    "!!x ",
    "\"",
    "'",
    "|\n",
    "#",
    "? ",
    "---\n",
    "~",
    "1e999",
    "-1",
    "nan",
    "1ns",
    "36525d",
    "0",
    "100%",
    "\t",
    "\xff",
    "\xc3",
    "rounds",
    "weibull",
    "shape: ",
    "a: ",
    "nodes: 1",
    "0x1",
    "1_0",
    ",",
    "9223372036854775807",
    "churn: ",
    "strategies: ",
    "test-model: ",
    "{node: 0}",
    "\r",
};

/* One random change of a text. */
static void mutate(GString *text, uint64_t *random)
{
    gssize at = (gssize)(next(random) % (text->len + 1));
    gssize left = (gssize)text->len - at;
    gssize length = (gssize)(next(random) % 12);

    length = MIN(left, length);
    switch (next(random) % 8) {
    case 0:
        g_string_insert(text, at, pieces[next(random) % G_N_ELEMENTS(pieces)]);
        break;
    case 1:
        g_string_erase(text, at, length);
        break;
    case 2: { /* a stretch, somewhere else again */
        char *copy = g_strndup(text->str + at, (gsize)length);
        g_string_insert(text, (gssize)(next(random) % (text->len + 1)), copy);
        g_free(copy);
        break;
    }
    case 3:
        if (left > 0)
            text->str[at] = (char)(next(random) % 255 + 1);
        break;
    case 4:
    case 5:
    case 6: /* another number */
        while ((gsize)at < text->len && !g_ascii_isdigit(text->str[at]))
            at++;
        if ((gsize)at < text->len)
            text->str[at] = (char)('0' + next(random) % 10);
        break;
    default:
        g_string_erase(text, at, length);
        g_string_insert(text, at, pieces[next(random) % G_N_ELEMENTS(pieces)]);
        break;
    }
}

static void no_mutation_gets_through_unchecked(void **state)
{
    uint64_t random = 0x9e3779b97f4a7c15u;
    int accepted = 0, refused = 0;

    (void)state;
    for (int i = 0; i < 6000; i++) {
        GString *text = g_string_new(i % 3 == 0 ? START STRATEGIES : full);
        int changes = (int)(next(&random) % 3) + 1;
        struct outcome o;

        while (changes-- > 0)
            mutate(text, &random);
        if (!g_utf8_validate_len(text->str, text->len, NULL)) {
            g_string_free(text, TRUE);
            continue; /* source_read() refuses it */
        }
        read_text(&o, "a.yaml", text->str, text->len);
        if (o.is_good) {
            accepted++;
            g_free(round_trip(text->str, true));
        } else {
            refused++;
            assert_true(o.errors.count > 0);
        }
        outcome_clear(&o);
        g_string_free(text, TRUE);
    }
    print_message("%d accepted, %d refused\n", accepted, refused);
    /* Both happened, so both were tested. */
    assert_true(accepted > 200);
    assert_true(refused > 2000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_key_fills_its_field),
        cmocka_unit_test(every_metric_of_a_run_can_end_a_study),
        cmocka_unit_test(a_rule_leaves_room_above_min),
        cmocka_unit_test(silence_gives_the_documented_defaults),
        cmocka_unit_test(younger_keys_leave_the_hash_alone),
        cmocka_unit_test(the_completed_scenario_reads_back_to_itself),
        cmocka_unit_test(other_words_for_one_thing_are_the_same),
        cmocka_unit_test(mistakes_are_refused_at_their_place),
        cmocka_unit_test(groups_take_every_node_once),
        cmocka_unit_test(a_choice_holds_the_parameters_of_its_word),
        cmocka_unit_test(strategies_are_checked_by_their_models),
        cmocka_unit_test(what_is_missing_is_named),
        cmocka_unit_test(all_errors_come_in_one_pass),
        cmocka_unit_test(measured_values_come_from_a_file),
        cmocka_unit_test(families_become_the_engines_terms),
        cmocka_unit_test(no_mutation_gets_through_unchecked),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
