/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Ring repair: for n = 2..9 holders, every start and 1000 random patterns of gaps, one check makes
 * all holders equal by exactly 2n - 2 sends, clockwise from the start that the hash says, within
 * the bound on time; what is missing whole is copied; what is equal costs the check alone.
 */
#include "sim/value/draw.h"
#include "tests/models/ring_trial.h"
#include "tests/models/shipped.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

/* ---- sends, contents, way, time ---- */

static void assert_clockwise_from_start(const struct ring_trial *t)
{
    const struct sim_config *c = &t->setup.config;
    const uint32_t n = (uint32_t)c->nodes, start = ring_trial_start(c, 0, 1);

    for (uint32_t i = 0; i < 2 * n - 2; i++) {
        assert_int_equal(ring_trial_place(c, t->spy.way[i][0]), (start + i) % n);
        assert_int_equal(ring_trial_place(c, t->spy.way[i][1]), (start + i + 1) % n);
    }
}

static void repair_once(int64_t n, uint32_t replication, int pattern, int loops[2])
{
    const int compare = pattern % 3;
    const bool in_rounds = pattern % 4 == 3;
    char parameters[64];
    struct ring_trial t;
    int empty;

    snprintf(parameters, sizeof parameters, "compare=%s", ring_comparisons[compare]);
    ring_trial_init(&t, n, replication, parameters);
    t.setup.config.timing = in_rounds ? TIMING_ROUNDS : TIMING_EVENTS;
    ring_trial_run(&t);

    const bool is_loop = is_inconsistent(&t, &empty);

    loops[is_loop]++;
    assert_true(all_know(&t, 2, everything));
    assert_true(ring_trial_counter(&t, "sends") == (is_loop ? 2 * (double)n - 2 : 0));
    assert_true(ring_trial_counter(&t, "passes") == is_loop);
    if (compare != 0) /* in full the loop may come before the copy */
        assert_true(ring_trial_counter(&t, "shards_copied") == empty);
    if (is_loop && compare != 1) { /* by checksum equal holders send nothing */
        assert_int_equal(t.spy.sends, 2 * n - 2);
        assert_clockwise_from_start(&t);
    }
    ring_trial_clear(&t);
}

static void sends_are_2n_minus_2_and_contents_equal(void **state)
{
    (void)state;
    for (uint32_t n = 2; n <= HOLDERS_MAX; n++)
        for (uint32_t start = 0; start < n; start++) {
            int loops[2] = { 0 };
            int done = 0;

            for (uint32_t r = 0; done < 24; r++) { /* 44 starts: 1056 patterns */
                const uint64_t key = draw_key(1, r, PURPOSE_SHARED);

                if (draw_below(draw(key, 0, 1), n) != start)
                    continue;
                repair_once(n, r, done++, loops);
            }
            assert_true(loops[true] >= 12);
        }
}

static void a_repair_ends_within_its_bound(void **state)
{
    (void)state;
    for (int64_t n = 2; n <= HOLDERS_MAX; n++)
        for (uint32_t r = 0; r < 60; r++) {
            const bool is_full = r % 3 == 0;
            const int64_t bound = is_full ? 2 * n + 4 : 6 * n;
            char parameters[64];
            struct ring_trial t;

            snprintf(parameters, sizeof parameters, "compare=%s", ring_comparisons[r % 3]);
            ring_trial_init(&t, n, r, parameters);
            t.setup.config.stop.when = STOP_CONVERGED;
            ring_trial_run(&t);
            assert_string_equal(t.result.stop_reason, "converged");
            assert_true(t.result.end <= interval + bound * latency);
            ring_trial_clear(&t);
        }
}

static void what_is_equal_costs_the_check_alone(void **state)
{
    (void)state;
    for (int64_t n = 1; n <= HOLDERS_MAX; n++)
        for (int preload = 0; preload <= ENTRIES; preload += ENTRIES) {
            struct ring_trial t;

            ring_trial_init(&t, n, 0, "");
            t.setup.config.store = (struct sim_store){ .preload = preload };
            ring_trial_run(&t);
            assert_true(metric(&t.result, "messages") == 2 * ((double)n - 1)); /* two checks */
            assert_true(metric(&t.result, "bytes_digest") == 16 * ((double)n - 1));
            assert_true(metric(&t.result, "bytes_control") == 0);
            assert_true(ring_trial_counter(&t, "sends") + ring_trial_counter(&t, "passes") +
                            ring_trial_counter(&t, "shards_copied") ==
                        0);
            ring_trial_clear(&t);
        }
}

/* The start's second turn is under way when the time of its first one has run out. */
static void no_timer_of_one_turn_fails_another(void **state)
{
    (void)state;
    for (int64_t n = 3; n <= HOLDERS_MAX; n++) {
        char parameters[64];
        struct ring_trial t;

        snprintf(parameters, sizeof parameters, "timeout=%dms", 30 * (int)n + 20);
        ring_trial_init(&t, n, 1, parameters);
        t.setup.config.store.missing_shards = 0;
        ring_trial_run(&t);
        assert_true(ring_trial_counter(&t, "sends") == 2 * (double)n - 2);
        ring_trial_clear(&t);
    }
}

static void each_difference_is_sent_once(void **state)
{
    (void)state;
    for (uint32_t r = 0; r < 50; r++) { /* by identities nobody gets what he has */
        struct ring_trial t;
        double lacking = 0;

        ring_trial_init(&t, 5, r, "compare=digest");
        t.setup.config.store.missing_shards = 0;
        ring_trial_run(&t);
        for (int i = 0; i < 5; i++)
            for (uint64_t lacks = everything & ~t.spy.known[1][i]; lacks; lacks &= lacks - 1)
                lacking++;
        assert_true(metric(&t.result, "bytes_payload") == 100 * lacking);
        assert_true(metric(&t.result, "redundancy") == 0);
        ring_trial_clear(&t);
    }
}

static void disabled_it_does_nothing(void **state)
{
    struct ring_trial t;

    (void)state;
    ring_trial_init(&t, 5, 0, "enabled=false");
    ring_trial_run(&t);
    assert_true(metric(&t.result, "messages") == 0);
    ring_trial_clear(&t);
    setup_init(&t.setup, 5);
    assert_false(setup_add(&t.setup, "ring-repair", "interval=1s timeout=1s"));
    assert_true(setup_add(&t.setup, "ring-repair", "interval=1s timeout=999ms"));
    setup_clear(&t.setup);
}

/* The hash takes every holder alike, and another one with every check: 4 standard errors. */
static void every_holder_starts_equally_often(void **state)
{
    enum { CHECKS = 2000, HOLDERS = 5 };
    const double mean = CHECKS / (double)HOLDERS;
    struct ring_trial t;

    (void)state;
    ring_trial_init(&t, HOLDERS, 3, "interval=10ms timeout=1ms");
    t.setup.config.store = (struct sim_store){ .preload = ENTRIES };
    t.setup.config.stop.at = CHECKS * 10 * SIM_MILLISECOND + 15 * SIM_MILLISECOND;
    ring_trial_run(&t);
    for (int i = 0; i < HOLDERS; i++)
        assert_true(fabs((double)t.spy.checks_of[i] / (HOLDERS - 1) - mean) <=
                    4 * sqrt(mean * (1 - 1.0 / HOLDERS)) + 1);
    ring_trial_clear(&t);
}

/* ---- many shards ---- */

/*
 * A share of all (holder, shard) pairs is missing whole, but for one holder of a shard that all
 * would lack; the number of copies follows its binomial within 4 standard errors.
 */
static void one_loop_a_shard_and_check(void **state)
{
    enum { NODES = 12, SHARDS = 7, REPLICAS = 3, RUNS = 90 };
    const double pairs = RUNS / 3 * SHARDS * REPLICAS;
    const double missing = 0.3 - pow(0.3, REPLICAS) / REPLICAS;
    double copies[3] = { 0 };

    (void)state;
    for (uint32_t r = 0; r < RUNS; r++) {
        char parameters[64];
        struct ring_trial t;

        snprintf(parameters, sizeof parameters, "compare=%s", ring_comparisons[r / 3 % 3]);
        ring_trial_init(&t, NODES, r, parameters);
        t.setup.config.store = (struct sim_store){ .shards = SHARDS,
                                                   .replicas = REPLICAS,
                                                   .preload = 70,
                                                   .missing = r % 3 != 1 ? 0.5 : 0,
                                                   .missing_shards = r % 3 != 0 ? 0.3 : 0 };
        ring_trial_run(&t);
        copies[r % 3] += ring_trial_counter(&t, "shards_copied");
        assert_true(metric(&t.result, "bytes_payload") <=
                    (ring_trial_counter(&t, "sends") + ring_trial_counter(&t, "shards_copied")) *
                        10 * 100);
        assert_true(metric(&t.result, "residue") == 0);
        assert_true(ring_trial_counter(&t, "passes") <= SHARDS);
        assert_true(ring_trial_counter(&t, "sends") ==
                    ring_trial_counter(&t, "passes") * (2 * REPLICAS - 2));
        if (r % 3 == 0) /* ten entries a shard: somebody lacks one */
            assert_true(ring_trial_counter(&t, "passes") == SHARDS);
        if (r % 3 == 1) /* whole or not at all */
            assert_true(ring_trial_counter(&t, "passes") == 0);
        ring_trial_clear(&t);
    }
    assert_true(fabs(copies[1] - missing * pairs) <= 4 * sqrt(0.3 * 0.7 * pairs));
    assert_true(fabs(copies[2] - missing * pairs) <= 4 * sqrt(0.3 * 0.7 * pairs));
    assert_true(copies[0] <= 0.01 * pairs); /* 0.5 to the 10th by chance */
}

/* config-data-nodes.md, [anti-entropy]: check-interval; over HTTP. */
static void the_preset_is_what_influxdb_ships(void **state)
{
    static const struct shipped shipped[] = { { "interval", "5min" },
                                              { "transport", "connection" } };

    (void)state;
    check_preset("ring-repair", "influxdb", shipped, sizeof shipped / sizeof *shipped);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sends_are_2n_minus_2_and_contents_equal),
        cmocka_unit_test(a_repair_ends_within_its_bound),
        cmocka_unit_test(what_is_equal_costs_the_check_alone),
        cmocka_unit_test(no_timer_of_one_turn_fails_another),
        cmocka_unit_test(each_difference_is_sent_once),
        cmocka_unit_test(disabled_it_does_nothing),
        cmocka_unit_test(every_holder_starts_equally_often),
        cmocka_unit_test(one_loop_a_shard_and_check),
        cmocka_unit_test(the_preset_is_what_influxdb_ships),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
