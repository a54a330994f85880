/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Hash trees that go whole and leaves that go whole end as all comparisons do, and move data the
 * way that the mode says; a tree has a leaf for each key; of leaves that differ all rows cross the
 * wire; what Cassandra and Riak ship is what the presets say.
 */
#include "tests/models/harness.h"
#include "tests/models/shipped.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static const char *const modes[] = { "push", "pull", "push-pull" };

static void add(struct setup *setup, const char *mode, const char *more)
{
    char text[200];

    snprintf(text, sizeof text, "compare=merkle mode=%s %s", mode, more);
    assert_true(setup_add(setup, "anti-entropy", text));
}

enum { WITH_LOSS = 1, IN_ROUNDS = 2, WITH_SHARDS = 4, OVERWRITTEN = 8, WAYS = 16 };

static void every_variant_ends_in_the_same_state(void **state)
{
    static const char *const variants[] = {
        "interval=1s tree=whole",
        "interval=1s stream=leaves",
        "interval=1s tree=whole stream=leaves depth=0 branching=2",
        "interval=1s stream=leaves depth=3 branching=3",
        "interval=1s depth=0 branching=3 fanout=2",
    };

    (void)state;
    for (int mode = 0; mode < 3; mode++)
        for (size_t variant = 0; variant < sizeof variants / sizeof *variants; variant++)
            for (int way = 0; way < WAYS; way++) {
                struct setup setup;
                struct sim_result r;

                setup_init(&setup, 12);
                setup.config.network.loss = way & WITH_LOSS ? 0.2 : 0;
                setup.config.timing = way & IN_ROUNDS ? TIMING_ROUNDS : TIMING_EVENTS;
                setup.config.store = (struct sim_store){ .preload = 30, .missing = 0.3 };
                if (way & WITH_SHARDS) {
                    setup.config.store.shards = 7;
                    setup.config.store.replicas = 4;
                }
                setup.config.workload.updates = 20;
                setup.config.workload.keys = way & OVERWRITTEN ? 4 : 20;
                setup.config.workload.arrival = ARRIVAL_POISSON;
                setup.config.workload.rate = 4;
                add(&setup, modes[mode], variants[variant]);
                sim_run(&setup.config, &r);
                assert_int_equal(r.status, SIM_DONE);
                if (strcmp(r.stop_reason, "converged") != 0 || metric(&r, "residue") > 0)
                    fail_msg("%s, %s, way %d: a residue of %g", modes[mode], variants[variant], way,
                             metric(&r, "residue"));
                sim_result_clear(&r);
                setup_clear(&setup);
            }
}

/* One of two nodes has 200 entries and the other none: who has none calls nobody to push, and who
 * has them learns nothing by a pull.  In either case the exchange that counts sends them once. */
static void leaves_go_the_way_of_the_mode(void **state)
{
    static const char *const trees[] = { "depth=1", "depth=2", "depth=3", "depth=3 tree=whole" };

    (void)state;
    for (int mode = 0; mode < 2; mode++)
        for (size_t tree = 0; tree < sizeof trees / sizeof *trees; tree++)
            for (int whole = 0; whole < 2; whole++) {
                char text[80];
                struct setup setup;
                struct sim_result r;

                setup_init(&setup, 2);
                setup.config.workload.updates = setup.config.workload.keys = 200;
                setup.config.workload.origin = ORIGIN_FIRST;
                setup.config.stop.when = STOP_NEVER;
                setup.config.stop.at = 100 * SIM_SECOND; /* each has called once */
                snprintf(text, sizeof text, "interval=100s branching=4 %s %s", trees[tree],
                         whole ? "stream=leaves" : "");
                add(&setup, modes[mode], text);
                sim_run(&setup.config, &r);
                assert_true(metric(&r, "residue") == 0);
                assert_true(metric(&r, "bytes_payload") == 200 * 100);
                assert_true(metric(&r, "anti-entropy.useful") == 1);
                sim_result_clear(&r);
                setup_clear(&setup);
            }
}

/* A checksum, and a hash for each leaf: the least power of two that is not less than the keys. */
static void a_tree_has_a_leaf_for_each_key(void **state)
{
    static const struct {
        int64_t keys;
        double leaves;
    } cases[] = { { 1, 2 }, { 2, 2 }, { 3, 4 }, { 64, 64 }, { 65, 128 }, { 1000, 1024 } };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct setup setup;
        struct sim_result r;

        setup_init(&setup, 2);
        setup.config.workload.updates = 2 * cases[i].keys; /* each key twice */
        setup.config.workload.keys = cases[i].keys;
        setup.config.workload.origin = ORIGIN_FIRST;
        add(&setup, "pull", "interval=100s depth=0 branching=2 tree=whole stream=leaves");
        sim_run(&setup.config, &r);
        assert_true(metric(&r, "residue") == 0);
        /* the rich may call first, in vain: the partner that has nothing tells its two leaves */
        const double hashes = metric(&r, "bytes_digest") / 8, exchanges = metric(&r, "anti-entropy."
                                                                                     "exchanges");
        assert_true(hashes == 1 + cases[i].leaves ||
                    (exchanges == 2 && hashes == 4 + cases[i].leaves));
        sim_result_clear(&r);
        setup_clear(&setup);
    }
}

/* Mean and its standard error over runs of one exchange: payload in rows. */
struct sum {
    double runs, total, squares;
};

static void measure(struct sum *sum, uint64_t seed, int differing, const char *parameters)
{
    struct setup setup;
    struct sim_result r;

    setup_init(&setup, 2);
    setup.config.seed = seed;
    setup.config.store = (struct sim_store){ .preload = 1000 };
    setup.config.workload.updates = setup.config.workload.keys = differing;
    setup.config.workload.origin = ORIGIN_FIRST;
    add(&setup, "push-pull", parameters);
    sim_run(&setup.config, &r);
    assert_true(metric(&r, "residue") == 0);
    const double rows = metric(&r, "bytes_payload") / 100;

    sum->runs++;
    sum->total += rows;
    sum->squares += rows * rows;
    sim_result_clear(&r);
    setup_clear(&setup);
}

/*
 * 1000 rows that both have and d that one has, in 64 leaves: of d random leaves q = 1 - (1 -
 * 1/64)^d differ, each with 1000 / 64 rows of either side, and the d.
 */
static void over_streaming_is_the_rows_of_leaves_that_differ(void **state)
{
    static const int differing[] = { 1, 16, 200 };
    enum { RUNS = 60, LEAVES = 64, ROWS = 1000 };

    (void)state;
    for (size_t k = 0; k < sizeof differing / sizeof *differing; k++) {
        const double d = differing[k], expected = 2 * ROWS * (1 - pow(1 - 1.0 / LEAVES, d)) + d;
        struct sum leaves = { 0 }, exact = { 0 };

        for (uint64_t seed = 1; seed <= RUNS; seed++) {
            measure(&leaves, seed, differing[k],
                    "interval=50min depth=6 branching=2 tree=whole stream=leaves");
            measure(&exact, seed, differing[k], "interval=50min depth=6 branching=2");
        }
        const double mean = leaves.total / RUNS, variance = leaves.squares / RUNS - mean * mean;

        if (fabs(mean - expected) > 4 * sqrt(variance / RUNS))
            fail_msg("%g differ: %g rows, not %g, with a variance of %g", d, mean, expected,
                     variance);
        assert_true(exact.total == RUNS * d);
    }
}

/* Cassandra: a pair of replicas streams both ways, ValidationManager's depth.  Riak: hashtree.erl
 * has WIDTH 1024 and 1024 * 1024 segments; trigger_interval, concurrency_limit; tictac's exchange
 * tick and max results. */
static void presets_are_what_systems_ship(void **state)
{
    static const struct shipped cassandra[] = {
        { "interval", "7d" },    { "fanout", "2" },      { "mode", "push-pull" },
        { "compare", "merkle" }, { "depth", "0" },       { "branching", "2" },
        { "tree", "whole" },     { "stream", "leaves" }, { "transport", "connection" },
    };
    static const struct shipped aae[] = {
        { "interval", "15s" },       { "mode", "push-pull" },
        { "compare", "merkle" },     { "depth", "2" },
        { "branching", "1024" },     { "partner", "round-robin" },
        { "connection_limit", "2" }, { "transport", "connection" },
    };
    static const struct shipped tictac[] = {
        { "interval", "8min" }, { "mode", "push-pull" },       { "compare", "merkle" },
        { "depth", "2" },       { "branching", "1024" },       { "partner", "round-robin" },
        { "limit", "64" },      { "transport", "connection" },
    };

    (void)state;
    check_preset("anti-entropy", "cassandra-repair", cassandra,
                 sizeof cassandra / sizeof *cassandra);
    check_preset("anti-entropy", "riak-aae", aae, sizeof aae / sizeof *aae);
    check_preset("anti-entropy", "riak-tictac", tictac, sizeof tictac / sizeof *tictac);
}

/* Riak's limits: 640 rows that one node lacks come 64 at a time, one exchange every 8 minutes. */
static void tictac_repairs_so_many_an_exchange(void **state)
{
    struct setup setup;
    struct sim_result r;

    (void)state;
    setup_init(&setup, 2);
    setup.config.workload.updates = setup.config.workload.keys = 640;
    setup.config.workload.origin = ORIGIN_FIRST;
    setup.config.stop.at = 24 * 3600 * SIM_SECOND;
    assert_true(setup_add(&setup, "anti-entropy", "preset=riak-tictac"));
    sim_run(&setup.config, &r);
    assert_true(metric(&r, "residue") == 0);
    assert_true(metric(&r, "bytes_payload") == 640 * 100);
    assert_true(metric(&r, "anti-entropy.useful") == 10);
    assert_true(r.end > 4 * 480 * SIM_SECOND && r.end < 5 * 480 * SIM_SECOND); /* two call */
    sim_result_clear(&r);
    setup_clear(&setup);
}

static void options_without_effect_are_refused(void **state)
{
    static const char *const refused[] = {
        "tree=whole",
        "stream=leaves",
        "compare=digest depth=0",
        "compare=merkle stream=leaves limit=3",
        "preset=cassandra-repair limit=3",
        "preset=cassandra-repair compare=digest tree=whole",
    };
    static const char *const taken[] = {
        "preset=cassandra-repair interval=1d mode=pull depth=20",
        "preset=cassandra-repair stream=differences limit=3",
        "preset=riak-tictac limit=256",
        "preset=riak-aae connection_limit=0",
    };

    (void)state;
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++) {
        struct setup setup;

        setup_init(&setup, 3);
        assert_false(setup_add(&setup, "anti-entropy", refused[i]));
        setup_clear(&setup);
    }
    for (size_t i = 0; i < sizeof taken / sizeof *taken; i++) {
        struct setup setup;

        setup_init(&setup, 3);
        assert_true(setup_add(&setup, "anti-entropy", taken[i]));
        setup_clear(&setup);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_variant_ends_in_the_same_state),
        cmocka_unit_test(leaves_go_the_way_of_the_mode),
        cmocka_unit_test(a_tree_has_a_leaf_for_each_key),
        cmocka_unit_test(over_streaming_is_the_rows_of_leaves_that_differ),
        cmocka_unit_test(presets_are_what_systems_ship),
        cmocka_unit_test(tictac_repairs_so_many_an_exchange),
        cmocka_unit_test(options_without_effect_are_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
