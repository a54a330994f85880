/* SPDX-License-Identifier: GPL-3.0-or-later */
/* reading.c - see reading.h. */
#include "tests/experiment/reading.h"

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
static const struct param params[] = {
    PARAM_INTERVAL(struct test_config, interval, "2s", "1us..365d", "between contacts"),
    PARAM_TIME(struct test_config, timeout, "200ms", "1us..1h", "until a failure"),
    PARAM_COUNT(struct test_config, fanout, "1", "1..1000", "partners"),
    PARAM_SIZE(struct test_config, queue, "1kB", "0B..1GB", "of mails"),
    PARAM_FRACTION(struct test_config, share, "5%", "0..1", "of nodes"),
    PARAM_REAL(struct test_config, factor, "1", "1..100", "of growth"),
    PARAM_BOOL(struct test_config, acknowledge, "true", "answers"),
    PARAM_CHOICE(struct test_config, speed, "fast", speeds, "how fast"),
    PARAM_TIME(struct test_config, rather_slow_pause, "1s", "0s..1h", "then"),
    PARAM_FRACTION(struct test_config, rather_slow_share, "50%", "0..1", "then"),
    PARAM_CHOICE(struct test_config, clock, "regular", clocks, "when"),
    PARAM_END,
};
static bool check(const void *config, uint64_t given, char why[PARAM_WHY_MAX])
{
    const struct test_config *c = config;

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
const struct model model_test = {
    .name = "test-model",
    .figures = figures,
    .params = params,
    .config_size = sizeof(struct test_config),
    .check = check,
};
const struct model model_plain = { .name = "plain", .params = params + G_N_ELEMENTS(params) - 1 };
static uint32_t count_none(struct node *n)
{
    (void)n;
    return 0;
}
static node_id name_none(struct node *n, uint32_t index)
{
    (void)n;
    return index;
}
const struct model model_viewer = { .name = "viewer",
                                    .params = params + G_N_ELEMENTS(params) - 1,
                                    .view_count = count_none,
                                    .view_at = name_none };
static const struct model model_cyclon = { .name = "cyclon",
                                           .params = params + G_N_ELEMENTS(params) - 1,
                                           .believes = true,
                                           .view_count = count_none,
                                           .view_at = name_none },
                          believer = { .name = "believer",
                                       .params = params + G_N_ELEMENTS(params) - 1,
                                       .believes = true };
static const struct model *const models[] = { &model_test,   &model_plain, &model_viewer,
                                              &model_cyclon, &believer,    NULL };

void read_text(struct outcome *o, const char *path, const char *text, size_t bytes)
{
    *o = (struct outcome){ .source = {
                               .file = (char *)path, .text = (char *)text, .bytes = bytes } };
    scenario_reader_init(&o->reader, models, path, &o->errors);
    o->root = document_parse(&o->source, &o->errors);
    o->is_good =
        o->root != NULL && scenario_read(o->root, &o->reader, &o->scenario) && o->errors.count == 0;
}

void outcome_clear(struct outcome *o)
{
    scenario_clear(&o->scenario);
    scenario_reader_clear(&o->reader);
    item_free(o->root);
    errors_clear(&o->errors);
}

char *completed(const struct scenario *scenario, bool for_hash)
{
    GString *text = g_string_new(NULL);

    scenario_write(text, scenario, for_hash);
    for (int i = 0; for_hash && i < scenario->strategies.count; i++)
        scenario_write_stack(text, &scenario->strategies.list[i]);
    return g_string_free(text, FALSE);
}

const char full_scenario[] =
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

char *round_trip(const char *text, bool for_hash)
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

void expect_errors(const char *text, const char *expected)
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
