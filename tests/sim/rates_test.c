/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Updates of all clients together at rates that change: as many in each step as Poisson's law has,
 * none where the rate is 0; with one constant rate the same process as `poisson`; what is written
 * and where does not depend on the rates; and while nobody is there clients wait.
 */
#include "tests/models/harness.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

enum { NODES = 30, KEYS = 50, STEPS = 4, WRITES_MAX = 1 << 12 };

/* 4 a second, 12, none, 1, from 1 s on. */
static const struct sim_rate rates[STEPS] = {
    { 0, 4 }, { 20 * SIM_SECOND, 12 }, { 50 * SIM_SECOND, 0 }, { 60 * SIM_SECOND, 1 }
};
static const double writes_of[STEPS] = { 80, 360, 0, 40 }; /* until 101 s */

struct noted {
    sim_time at;
    struct update_info info;
};
static struct noted noted[WRITES_MAX];
static uint32_t noted_count;

static const struct param params[] = { PARAM_END };

static void learn(struct node *n, const struct set *news, enum learned how)
{
    for (update_id i = 0; how == LEARNED_LOCAL && set_next(news, &i); i++) {
        assert_true(noted_count < WRITES_MAX);
        noted[noted_count++] = (struct noted){ node_written(n, i), node_update_info(n, i) };
    }
}

static const struct model clerk = { .name = "clerk", .params = params, .on_learn = learn };

static struct sim_workload rated_writes(void)
{
    return (struct sim_workload){ .keys = KEYS,
                                  .draws_keys = true,
                                  .zipf = 1,
                                  .size_bytes = 100,
                                  .at = SIM_SECOND,
                                  .arrival = ARRIVAL_RATES,
                                  .rates = rates,
                                  .rate_count = STEPS };
}

static void run(struct sim_workload workload, const struct sim_fault *fault, uint32_t replication)
{
    struct setup setup;
    struct sim_result r;

    setup_init(&setup, NODES);
    assert_true(setup_add_model(&setup, &clerk, ""));
    setup.config.replication = replication;
    setup.config.stop.when = STOP_NEVER;
    setup.config.stop.at = 101 * SIM_SECOND;
    setup.config.workload = workload;
    if (workload.arrival == ARRIVAL_RATES)
        setup.config.workload.updates =
            sim_rated_updates_max(&workload, NODES, setup.config.stop.at);
    setup.config.faults = fault;
    setup.config.fault_count = fault != NULL;
    noted_count = 0;
    sim_run(&setup.config, &r);
    assert_int_equal(r.status, SIM_DONE);
    sim_result_clear(&r);
    setup_clear(&setup);
}

static int step_of(sim_time at)
{
    int step = STEPS - 1;

    while (at - SIM_SECOND < rates[step].from)
        step--;
    return step;
}

/* Of each step the writes over some runs, with the variance of Poisson's law. */
static void as_many_as_the_rates_say(void **state)
{
    enum { RUNS = 100 };
    double sum[STEPS] = { 0 }, squares[STEPS] = { 0 };

    (void)state;
    for (uint32_t k = 0; k < RUNS; k++) {
        double counts[STEPS] = { 0 };

        run(rated_writes(), NULL, k);
        for (uint32_t i = 0; i < noted_count; i++)
            counts[step_of(noted[i].at)]++;
        for (int step = 0; step < STEPS; step++) {
            const double off = counts[step] - writes_of[step];

            sum[step] += off;
            squares[step] += off * off;
        }
    }
    for (int step = 0; step < STEPS; step++) {
        const double variance = writes_of[step];

        assert_true(fabs(sum[step]) <= 4 * sqrt(RUNS * variance));
        assert_true(fabs(squares[step] / RUNS - variance) <= 4 * variance * sqrt(2. / RUNS));
    }
}

/* But that of `poisson` begins with an update. */
static void one_rate_is_a_poisson_process(void **state)
{
    static const struct sim_rate steady = { 0, 3 };
    static struct noted before[WRITES_MAX];
    struct sim_workload workload = rated_writes();
    uint32_t count;

    (void)state;
    workload.arrival = ARRIVAL_POISSON;
    workload.rate = steady.rate;
    workload.updates = 200;
    run(workload, NULL, 0);
    assert_int_equal(noted_count, workload.updates);
    count = noted_count;
    for (uint32_t i = 0; i < count; i++)
        before[i] = noted[i];
    workload = rated_writes();
    workload.rates = &steady;
    workload.rate_count = 1;
    run(workload, NULL, 0);
    assert_true(noted_count > count);
    for (uint32_t i = 0; i < count; i++) {
        const double since = (double)(before[i].at - before[0].at);

        /* Quantiles of the gaps are tables of whole numbers in units of their own. */
        assert_true(fabs((double)(noted[i].at - noted[0].at) - since) <= 2 + 1e-6 * since);
        assert_int_equal(noted[i].info.key, before[i].info.key);
        assert_int_equal(noted[i].info.origin, before[i].info.origin);
    }
}

static void rates_move_times_and_nothing_else(void **state)
{
    static const struct sim_rate others[] = { { 0, 9 }, { 60 * SIM_SECOND, 0 } };
    static struct noted before[WRITES_MAX];
    struct sim_workload workload = rated_writes();
    uint32_t count;

    (void)state;
    run(workload, NULL, 0);
    count = noted_count;
    for (uint32_t i = 0; i < count; i++)
        before[i] = noted[i];
    workload.rates = others;
    workload.rate_count = 2;
    run(workload, NULL, 0);
    assert_true(noted_count > 100);
    assert_true(noted[noted_count - 1].at < SIM_SECOND + others[1].from);
    for (uint32_t i = 0; i < noted_count && i < count; i++) {
        assert_int_equal(noted[i].info.key, before[i].info.key);
        assert_int_equal(noted[i].info.origin, before[i].info.origin);
    }
}

/* Whoever came meanwhile writes within a second of the end of it; then all are in time again. */
static void while_nobody_is_there_clients_wait(void **state)
{
    static struct noted before[WRITES_MAX];
    const struct sim_fault crash = { .kind = FAULT_CRASH,
                                     .of = { .kind = SELECT_RANGE, .first = 0, .nodes = NODES },
                                     .at = 30 * SIM_SECOND,
                                     .lasts = 10 * SIM_SECOND };
    const sim_time back = crash.at + crash.lasts;
    uint32_t count, late = 0;

    (void)state;
    run(rated_writes(), NULL, 0);
    count = noted_count;
    for (uint32_t i = 0; i < count; i++)
        before[i] = noted[i];
    run(rated_writes(), &crash, 0);
    assert_int_equal(noted_count, count);
    for (uint32_t i = 0; i < count; i++) {
        const bool waits = before[i].at >= crash.at && before[i].at < back;

        late += waits;
        if (waits)
            assert_true(noted[i].at >= back && noted[i].at <= back + SIM_SECOND);
        else if (before[i].at < crash.at || before[i].at > back + SIM_SECOND)
            assert_int_equal(noted[i].at, before[i].at);
    }
    assert_true(late > 50);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(as_many_as_the_rates_say),
        cmocka_unit_test(one_rate_is_a_poisson_process),
        cmocka_unit_test(rates_move_times_and_nothing_else),
        cmocka_unit_test(while_nobody_is_there_clients_wait),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
