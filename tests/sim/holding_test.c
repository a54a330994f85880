/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Writes that a model holds back: they happen one after another at each node, as soon as it lets
 * them, and are those that would have been written without it; who waits at a node that goes down
 * looks for another, or gives up where keys are a node's own; no more than HOLDING_MAX wait.
 */
#include "sim/world/holding.h"
#include "tests/models/harness.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { NODES = 20, WRITES_MAX = 4096 };

/* What was written, in the order in which it was. */
struct written {
    sim_time at;
    struct update_info info;
    bool is_delete;
};
static struct written written[WRITES_MAX];
static uint32_t written_count;

/* ---- a model that lets a client write every so often, at each node ---- */

struct config {
    sim_time gap; /* 0: it holds nothing back */
};
static const struct param params[] = {
    PARAM_TIME(struct config, gap, "1s", "0s..365d", "between two writes of a node"),
    PARAM_END,
};

static sim_time wait(struct node *n)
{
    const sim_time *next = node_state(n);

    return *next - node_now(n);
}

static void learn(struct node *n, const struct set *news, enum learned how)
{
    const struct config *c = node_config(n);
    struct set *deletions = node_deletions(n, news);
    sim_time *next = node_state(n);

    for (update_id i = 0; how == LEARNED_LOCAL && set_next(news, &i); i++) {
        assert_true(written_count < WRITES_MAX);
        written[written_count++] =
            (struct written){ node_written(n, i), node_update_info(n, i), set_has(deletions, i) };
        *next = node_now(n) + c->gap;
    }
    set_free(deletions);
}

static const struct model gate = {
    .name = "gate",
    .params = params,
    .config_size = sizeof(struct config),
    .state_size = sizeof(sim_time),
    .on_learn = learn,
    .holds_back = wait,
};

static void begin(struct setup *setup, int64_t nodes, const char *gap)
{
    setup_init(setup, nodes);
    assert_true(setup_add_model(setup, &gate, gap));
    setup->config.stop.when = STOP_NEVER;
    written_count = 0;
}

static struct sim_result run(struct setup *setup)
{
    struct sim_result result;

    sim_run(&setup->config, &result);
    assert_int_equal(result.status, SIM_DONE);
    return result;
}

/* ---- times ---- */

static void set_burst(struct setup *setup, int64_t updates)
{
    setup->config.workload = (struct sim_workload){
        .updates = updates, .keys = 1, .size_bytes = 10, .at = SIM_SECOND, .origin = ORIGIN_FIRST
    };
}

static void they_happen_one_after_another(void **state)
{
    struct setup setup;
    struct sim_result r;

    (void)state;
    begin(&setup, NODES, "gap=2s");
    set_burst(&setup, 20);
    r = run(&setup);
    assert_int_equal(r.outcome_count, 20);
    for (int i = 0; i < 20; i++) {
        assert_int_equal(r.outcomes[i].injected, (1 + 2 * i) * SIM_SECOND);
        assert_int_equal(r.outcomes[i].origin, 0);
        assert_int_equal(written[i].info.number, i);
    }
    assert_true(metric(&r, "write_wait") == 19); /* mean of 0, 2, .. 38 s */
    assert_true(metric(&r, "refused_writes") == 0);
    sim_result_clear(&r);
    setup_clear(&setup);
}

/* The clock of the waits runs in rounds, too: a model sees their starts, and whoever may write in
 * one does so at its own time. */
static void they_do_in_rounds(void **state)
{
    struct setup setup;
    struct sim_result r;

    (void)state;
    begin(&setup, NODES, "gap=3s");
    set_burst(&setup, 20);
    setup.config.timing = TIMING_ROUNDS;
    r = run(&setup);
    assert_int_equal(r.outcome_count, 20);
    for (int i = 0; i < 20; i++)
        assert_int_equal(r.outcomes[i].injected, (1 + 3 * i) * SIM_SECOND);
    sim_result_clear(&r);
    setup_clear(&setup);
}

static void what_waits_at_the_end_counts_up_to_it(void **state)
{
    struct setup setup;
    struct sim_result r;

    (void)state;
    begin(&setup, NODES, "gap=2s");
    set_burst(&setup, 4);
    setup.config.stop.at = 4 * SIM_SECOND;
    r = run(&setup);
    assert_int_equal(written_count, 2);
    assert_true(metric(&r, "write_wait") == (0 + 2 + 3 + 3) / 4.);
    sim_result_clear(&r);
    setup_clear(&setup);
}

/* A run that ends when all agree does not before the last has written. */
static void the_end_waits_for_them(void **state)
{
    struct setup setup;
    struct sim_result r;

    (void)state;
    for (enum sim_stop_when when = STOP_CONVERGED; when <= STOP_QUIET; when++) {
        begin(&setup, 1, "gap=2s");
        set_burst(&setup, 30);
        setup.config.stop.when = when;
        r = run(&setup);
        assert_int_equal(r.end, 59 * SIM_SECOND);
        assert_int_equal(written_count, 30);
        sim_result_clear(&r);
        setup_clear(&setup);
    }
}

/* ---- what is written ---- */

static const struct distribution_spec some_size = { .kind = DISTRIBUTION_UNIFORM,
                                                    .a = 1,
                                                    .b = 1000000 };

/* A flood of writes of random sizes to random nodes, 60 s long. */
static struct sim_result run_many(const char *gap, const struct distribution *sizes, int64_t shards)
{
    struct setup setup;
    struct sim_result r;

    begin(&setup, NODES, gap);
    assert_true(setup_add(&setup, "anti-entropy", "compare=merkle interval=1s"));
    setup.config.workload = (struct sim_workload){ .updates = 600,
                                                   .keys = 50,
                                                   .draws_keys = true,
                                                   .zipf = 0.5,
                                                   .sizes = sizes,
                                                   .arrival = ARRIVAL_POISSON,
                                                   .rate = 10,
                                                   .deletes = 0.1,
                                                   .origin = ORIGIN_RANDOM };
    setup.config.store = (struct sim_store){ .shards = shards, .preload = 7, .missing = 0.3 };
    setup.config.store.replicas = shards > 1 ? 5 : 0;
    setup.config.stop.when = STOP_CONVERGED;
    r = run(&setup);
    assert_string_equal(r.stop_reason, "converged");
    assert_int_equal(written_count, 600);
    setup_clear(&setup);
    return r;
}

static int compare_writes(const void *a, const void *b)
{
    const struct written *x = a, *y = b;
    const uint32_t left[] = { x->info.origin, x->info.bytes, x->info.key, x->is_delete };
    const uint32_t right[] = { y->info.origin, y->info.bytes, y->info.key, y->is_delete };

    for (int i = 0; i < 4; i++)
        if (left[i] != right[i])
            return left[i] < right[i] ? -1 : 1;
    return 0;
}

/* When each write must happen that was asked for at these times, at most one a gap and node. */
static void demand_times(const struct written *asked, sim_time gap)
{
    for (node_id node = 0; node < NODES; node++) {
        sim_time next = 0;
        uint32_t k = 0;

        for (uint32_t i = 0; i < 600; i++) {
            if (asked[i].info.origin != node)
                continue;
            while (written[k].info.origin != node)
                assert_true(++k < written_count);
            next = asked[i].at > next ? asked[i].at : next;
            assert_int_equal(written[k].at, next);
            assert_int_equal(compare_writes(&written[k], &asked[i]), 0);
            k++;
            next += gap;
        }
    }
}

/* Each client writes at the node and what it would have written without, only later; the order of
 * updates is that in which they were written, and all replicas come to know all of them. */
static void they_are_those_of_a_run_without(void **state)
{
    struct distribution *sizes = distribution_new(&some_size);
    static struct written asked[600];

    (void)state;
    for (int64_t shards = 1; shards <= 8; shards += 7) {
        struct sim_result r = run_many("gap=0s", sizes, shards);

        memcpy(asked, written, sizeof asked);
        assert_true(metric(&r, "write_wait") == 0);
        sim_result_clear(&r);
        r = run_many("gap=3s", sizes, shards);
        demand_times(asked, 3 * SIM_SECOND);
        for (uint32_t i = 1; i < written_count; i++)
            assert_true(written[i].at >= written[i - 1].at);
        for (size_t i = 1; i < r.outcome_count; i++)
            assert_true(r.outcomes[i].injected >= r.outcomes[i - 1].injected);
        assert_true(metric(&r, "converged") == 1 && metric(&r, "staleness") == 0);
        assert_true(metric(&r, "write_wait") > 0.1);
        sim_result_clear(&r);
    }
    distribution_free(sizes);
}

/* ---- nodes that go down ---- */

static const struct sim_fault crash = { .kind = FAULT_CRASH,
                                        .of = { .kind = SELECT_RANGE, .first = 0, .nodes = 1 },
                                        .at = 5 * SIM_SECOND + SIM_SECOND / 2,
                                        .lasts = 100 * SIM_SECOND };

/* Three have written when the node goes; the others come to the next one when the wait of the first
 * of them is over. */
static void who_waits_at_a_node_that_goes_looks_for_another(void **state)
{
    struct setup setup;
    struct sim_result r;

    (void)state;
    begin(&setup, NODES, "gap=2s");
    set_burst(&setup, 20);
    setup.config.faults = &crash;
    setup.config.fault_count = 1;
    r = run(&setup);
    assert_int_equal(r.outcome_count, 20);
    for (int i = 0; i < 20; i++) {
        assert_int_equal(r.outcomes[i].injected, (1 + 2 * i) * SIM_SECOND);
        assert_int_equal(r.outcomes[i].origin, i < 3 ? 0 : 1);
    }
    assert_true(metric(&r, "write_wait") == 19); /* each client is one, wherever it waited */
    sim_result_clear(&r);
    setup_clear(&setup);
}

/* While nobody is up all wait for somebody; none is lost, and each still comes once. */
static void nobody_is_there_for_a_while(void **state)
{
    struct setup setup;
    struct sim_result r;

    (void)state;
    begin(&setup, 1, "gap=2s");
    set_burst(&setup, 20);
    setup.config.faults = &crash;
    setup.config.fault_count = 1;
    r = run(&setup);
    assert_int_equal(r.outcome_count, 20);
    for (int i = 3; i < 20; i++)
        assert_int_equal(r.outcomes[i].injected, (106 + 2 * (i - 3)) * SIM_SECOND);
    /* 0, 2, 4 s; then of each 6 s until the node's absence is seen, and 0, 2, .. 32 s after it. */
    assert_true(metric(&r, "write_wait") == (6 + 17 * 6 + 2 * 136) / 20.);
    sim_result_clear(&r);
    setup_clear(&setup);
}

/* Each node's own key, written every second where one in two seconds is let in. */
static void who_has_keys_of_his_own_gives_up(void **state)
{
    struct setup setup;
    struct sim_result r;
    uint32_t at_first = 0;

    (void)state;
    begin(&setup, 2, "gap=2s");
    setup.config.workload = (struct sim_workload){ .updates = 40,
                                                   .keys = 2,
                                                   .arrival = ARRIVAL_RENEWAL,
                                                   .every = SIM_SECOND,
                                                   .is_together = true,
                                                   .size_bytes = 1 };
    setup.config.faults = &crash;
    setup.config.fault_count = 1;
    r = run(&setup);
    for (size_t i = 0; i < r.outcome_count; i++)
        at_first += r.outcomes[i].origin == 0;
    assert_int_equal(at_first, 3);
    assert_int_equal(r.outcome_count, 3 + 20);
    assert_true(metric(&r, "residue") == 0.5);
    sim_result_clear(&r);
    setup_clear(&setup);
}

static void no_more_than_so_many_wait(void **state)
{
    struct setup setup;
    struct sim_result r;

    (void)state;
    begin(&setup, 1, "gap=2s");
    set_burst(&setup, HOLDING_MAX + 101);
    setup.config.stop.when = STOP_CONVERGED;
    r = run(&setup);
    assert_string_equal(r.stop_reason, "converged");
    assert_true(metric(&r, "refused_writes") == 100);
    assert_int_equal(written_count, HOLDING_MAX + 1);
    assert_int_equal(r.end, (1 + 2 * HOLDING_MAX) * SIM_SECOND);
    sim_result_clear(&r);
    setup_clear(&setup);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(they_happen_one_after_another),
        cmocka_unit_test(they_do_in_rounds),
        cmocka_unit_test(what_waits_at_the_end_counts_up_to_it),
        cmocka_unit_test(the_end_waits_for_them),
        cmocka_unit_test(they_are_those_of_a_run_without),
        cmocka_unit_test(who_waits_at_a_node_that_goes_looks_for_another),
        cmocka_unit_test(nobody_is_there_for_a_while),
        cmocka_unit_test(who_has_keys_of_his_own_gives_up),
        cmocka_unit_test(no_more_than_so_many_wait),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
