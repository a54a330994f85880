/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * How far replicas are behind: in a case that can be told by hand, and as somebody finds it who
 * only sees who learns what when, at every sample, whatever the run is like; asking changes nothing
 * else.
 */
#include "tests/models/harness.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { NODES = 24, UPDATES = 60, KEYS = 7, PRELOAD = 5, LOG_MAX = 20000, CASES = 16 };

/* ---- what is seen ---- */

struct entry {
    sim_time at;
    enum seen what;
    node_id node;
    update_id update;
};
static struct entry entries[LOG_MAX];
static uint32_t entry_count;

static void add(const struct sight *sight, update_id update)
{
    assert_true(entry_count < LOG_MAX);
    entries[entry_count++] = (struct entry){ sight->at, sight->what, sight->node, update };
}

static void see(void *context, const struct sight *sight)
{
    (void)context;
    if (sight->what != SEEN_LEARNED)
        add(sight, 0);
    for (update_id i = 0; sight->what == SEEN_LEARNED && set_next(sight->set, &i); i++)
        add(sight, i);
}

static const struct sim_observer observer = { .wants =
                                                  SEEN_LEARNED | SEEN_UP | SEEN_DOWN | SEEN_WIPED,
                                              .see = see };

/* ---- the same, the slow way ---- */

struct world {
    const struct sim_config *config;
    bool knows[NODES][UPDATES + PRELOAD], is_down[NODES];
    sim_time written[UPDATES + PRELOAD]; /* < 0: not yet */
    uint32_t seen;                       /* of the entries */
};

static uint32_t key_of(update_id update)
{
    return update < PRELOAD ? update : PRELOAD + (update - PRELOAD) % KEYS;
}

static bool should_hold(const struct world *w, node_id node, uint32_t key)
{
    const int64_t shards = w->config->store.shards > 0 ? w->config->store.shards : 1;
    const int64_t replicas = w->config->store.replicas ? w->config->store.replicas : NODES;

    return (node + NODES - key % shards * NODES / shards) % NODES < replicas;
}

static void go_on(struct world *w, sim_time until)
{
    for (; w->seen < entry_count && entries[w->seen].at <= until; w->seen++) {
        const struct entry *e = &entries[w->seen];

        switch (e->what) {
        case SEEN_LEARNED:
            w->knows[e->node][e->update] = true;
            if (w->written[e->update] < 0)
                w->written[e->update] = e->at;
            break;
        case SEEN_WIPED:
            memset(w->knows[e->node], 0, sizeof w->knows[e->node]);
            break;
        default:
            w->is_down[e->node] = e->what == SEEN_DOWN;
        }
    }
}

/* The lag of a key at a node, s: < 0: nobody has written it. */
static double lag_of(const struct world *w, node_id node, uint32_t key, sim_time now)
{
    bool is_written = false;
    double lag = 0;

    for (update_id i = 0; i < UPDATES + PRELOAD; i++) {
        if (key_of(i) != key || w->written[i] < 0)
            continue;
        is_written = true;
        if (w->knows[node][i])
            lag = 0;
        else if (lag == 0)
            lag = (double)(now - w->written[i]) / 1e9 + 1e-12;
    }
    return is_written ? lag : -1;
}

static void demand_sample(struct world *w, const struct sim_sample *sample)
{
    double most = 0, mean = 0, stale = 0, replicas = 0, pairs = 0;

    go_on(w, sample->at);
    for (node_id node = 0; node < NODES; node++) {
        double node_most = 0, keys = 0;

        for (uint32_t key = 0; key < KEYS + PRELOAD && !w->is_down[node]; key++) {
            const double lag = should_hold(w, node, key) ? lag_of(w, node, key, sample->at) : -1;

            keys += lag >= 0;
            stale += lag > 0;
            mean += lag > 0 ? lag : 0;
            node_most = fmax(node_most, lag);
        }
        replicas += keys > 0;
        most += node_most;
        pairs += keys;
    }
    if (replicas == 0) {
        assert_true(isnan(sample->lag_max) && isnan(sample->lag_mean) && isnan(sample->stale_keys));
        return;
    }
    assert_true(fabs(sample->lag_max - most / replicas) < 1e-9);
    assert_true(fabs(sample->lag_mean - mean / pairs) < 1e-9);
    assert_true(fabs(sample->stale_keys - stale / replicas) < 1e-9);
}

/* ---- runs ---- */

static const struct sim_fault faults[] = {
    { .kind = FAULT_CRASH,
      .of = { .kind = SELECT_SHARE, .share = 0.5 },
      .at = 3 * SIM_SECOND,
      .lasts = 4 * SIM_SECOND },
    { .kind = FAULT_WIPE, .of = { .kind = SELECT_COUNT, .count = 5 }, .at = 11 * SIM_SECOND },
    { .kind = FAULT_CRASH,
      .of = { .kind = SELECT_ALL },
      .at = 17 * SIM_SECOND,
      .lasts = SIM_SECOND },
};

static void set_up(struct setup *setup, uint32_t number)
{
    setup_init(setup, NODES);
    if (number & 1)
        setup_rounds(setup);
    assert_true(setup_add(setup, "anti-entropy", number & 2 ? "interval=2s" : "interval=4s"));
    setup->config.seed = number;
    setup->config.workload = (struct sim_workload){ .updates = UPDATES,
                                                    .keys = KEYS,
                                                    .at = SIM_SECOND / 2,
                                                    .arrival = ARRIVAL_POISSON,
                                                    .rate = 4,
                                                    .origin = ORIGIN_RANDOM };
    if (number & 1) { /* before the sample of its round, which sights cannot tell */
        setup->config.workload.arrival = ARRIVAL_EVERY;
        setup->config.workload.every = setup->config.workload.at = SIM_SECOND;
    }
    setup->config.store.preload = PRELOAD;
    setup->config.store.missing = 0.5;
    if (number & 4) {
        setup->config.store.shards = 3;
        setup->config.store.replicas = 6;
    }
    if (number & 8) {
        setup->config.faults = faults;
        setup->config.fault_count = sizeof faults / sizeof *faults;
    }
    setup->config.stop.when = STOP_NEVER;
    setup->config.stop.at = 20 * SIM_SECOND;
    setup->config.sample_every = SIM_SECOND / 2;
}

static void every_sample_is_what_the_slow_way_finds(void **state)
{
    (void)state;
    for (uint32_t number = 0; number < CASES; number++) {
        static struct world world;
        struct setup setup;
        struct sim_result r;

        set_up(&setup, number);
        setup.config.lags = true;
        setup.config.observer = &observer;
        entry_count = 0;
        sim_run(&setup.config, &r);
        assert_int_equal(r.status, SIM_DONE);
        memset(&world, 0, sizeof world);
        memset(world.written, 0xff, sizeof world.written);
        world.config = &setup.config;
        for (size_t i = 0; i < r.sample_count; i++)
            demand_sample(&world, &r.samples[i]);
        assert_true(metric(&r, "lag_max") == r.samples[r.sample_count - 1].lag_max);
        assert_true(metric(&r, "lag_mean") == r.samples[r.sample_count - 1].lag_mean);
        assert_true(metric(&r, "stale_keys") == r.samples[r.sample_count - 1].stale_keys);
        sim_result_clear(&r);
        setup_clear(&setup);
    }
}

static void asking_changes_nothing_else(void **state)
{
    (void)state;
    for (uint32_t number = 0; number < CASES; number++) {
        struct sim_result with, without;
        struct setup setup;

        set_up(&setup, number);
        sim_run(&setup.config, &without);
        setup.config.lags = true;
        sim_run(&setup.config, &with);
        assert_int_equal(with.fingerprint, without.fingerprint);
        assert_int_equal(with.metric_count, without.metric_count + 3);
        assert_int_equal(with.sample_count, without.sample_count);
        assert_true(isnan(without.samples[0].lag_max) && !has_metric(&without, "stale_keys"));
        sim_result_clear(&with);
        sim_result_clear(&without);
        setup_clear(&setup);
    }
}

/* ---- by hand ---- */

/* Node 0 writes a key at 1, 3 and 6 s and another at 2 s; nobody tells node 1, which holds what
 * both had before. */
static void by_hand(void **state)
{
    static const struct sim_write writes[] = { { SIM_SECOND, 0, 0, 1, false },
                                               { 2 * SIM_SECOND, 0, 1, 1, false },
                                               { 3 * SIM_SECOND, 0, 0, 1, false },
                                               { 6 * SIM_SECOND, 0, 0, 1, false } };
    static const uint32_t group_ends[] = { 1, 2 };
    static const char *const group_names[] = { "writer", "other" };
    struct setup setup;
    struct sim_result r;

    (void)state;
    setup_init(&setup, 2);
    assert_true(setup_add(&setup, "anti-entropy", "enabled=false"));
    setup.config.workload = (struct sim_workload){
        .updates = 4, .keys = 2, .arrival = ARRIVAL_TRACE, .writes = writes
    };
    setup.config.store.preload = 2;
    setup.config.stop.when = STOP_NEVER;
    setup.config.stop.at = 10 * SIM_SECOND;
    setup.config.lags = true;
    setup.config.group_ends = group_ends;
    setup.config.group_count = 2;
    setup.config.group_names = group_names;
    sim_run(&setup.config, &r);
    assert_true(metric(&r, "lag_max") == 9 / 2.);
    assert_true(metric(&r, "lag_mean") == (9 + 8) / 4. / 2);
    assert_true(metric(&r, "stale_keys") == 2 / 2.);
    assert_true(metric(&r, "lag_max@writer") == 0 && metric(&r, "lag_max@other") == 9);
    assert_true(metric(&r, "stale_keys@other") == 2);
    sim_result_clear(&r);
    setup_clear(&setup);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(by_hand),
        cmocka_unit_test(every_sample_is_what_the_slow_way_finds),
        cmocka_unit_test(asking_changes_nothing_else),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
