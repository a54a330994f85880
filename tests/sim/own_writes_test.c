/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Nodes that write keys of their own at rates that change: as many writes as the rates say, evenly
 * or by Poisson's law; each key its node's; in turn or each as often as another; none by a node
 * that is down, and nobody else's moved by that, nor by other rates.
 */
#include "tests/models/harness.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

enum { NODES = 40, KEYS = 5, STEPS = 4, WRITES_MAX = 1 << 16 };

/* 1 a second, 2, none, 3, from 1 s on. */
static const struct sim_rate rates[STEPS] = {
    { 0, 1 }, { 20 * SIM_SECOND, 2 }, { 50 * SIM_SECOND, 0 }, { 60 * SIM_SECOND, 3 }
};
static const double writes_of[STEPS] = { 20, 60, 0, 30 }; /* of a node, until 71 s */

static struct update_info noted[WRITES_MAX];
static sim_time times[WRITES_MAX];
static uint32_t noted_count;

static const struct param params[] = { PARAM_END };

static void learn(struct node *n, const struct set *news, enum learned how)
{
    (void)how;
    for (update_id i = 0; set_next(news, &i); i++) {
        assert_true(noted_count < WRITES_MAX);
        times[noted_count] = node_written(n, i);
        noted[noted_count++] = node_update_info(n, i);
    }
}

static const struct model clerk = { .name = "clerk", .params = params, .on_learn = learn };

static struct sim_workload own_writes(void)
{
    return (struct sim_workload){ .keys = NODES * KEYS,
                                  .size_bytes = 100,
                                  .at = SIM_SECOND,
                                  .arrival = ARRIVAL_OWN,
                                  .rates = rates,
                                  .rate_count = STEPS,
                                  .own_keys = KEYS };
}

static void run(struct sim_workload workload, const struct sim_fault *fault, uint32_t replication)
{
    struct setup setup;
    struct sim_result r;

    setup_init(&setup, NODES);
    assert_true(setup_add_model(&setup, &clerk, ""));
    setup.config.replication = replication;
    setup.config.stop.when = STOP_NEVER;
    setup.config.stop.at = 71 * SIM_SECOND;
    setup.config.workload = workload;
    setup.config.workload.updates =
        sim_rated_updates_max(&setup.config.workload, NODES, setup.config.stop.at);
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

static void evenly_at_the_rates(void **state)
{
    sim_time before[NODES] = { 0 };
    uint32_t counts[STEPS][NODES] = { { 0 } };

    (void)state;
    run(own_writes(), NULL, 0);
    assert_int_equal(noted_count, NODES * (20 + 60 + 30));
    for (uint32_t i = 0; i < noted_count; i++) {
        const node_id node = noted[i].origin;
        const int step = step_of(times[i]);

        if (before[node] > 0 && step_of(before[node]) == step)
            assert_true(fabs((double)(times[i] - before[node]) - 1e9 / rates[step].rate) <= 1);
        before[node] = times[i];
        counts[step][node]++;
    }
    for (int step = 0; step < STEPS; step++)
        for (node_id i = 0; i < NODES; i++)
            assert_true(counts[step][i] == writes_of[step]);
}

/* Together: at the beginning, and then as often; the rates are those of one interval. */
static void all_together(void **state)
{
    static const struct sim_rate steady = { 0, 0.5 };
    struct sim_workload workload = own_writes();

    (void)state;
    workload.rates = &steady;
    workload.rate_count = 1;
    workload.is_together = true;
    run(workload, NULL, 0);
    assert_int_equal(noted_count, NODES * 35);
    for (uint32_t i = 0; i < noted_count; i++)
        assert_int_equal(times[i], SIM_SECOND + i / NODES * 2 * SIM_SECOND);
}

/* Of each step the writes of all nodes, over some runs, with the variance of Poisson's law. */
static void poisson_at_the_rates(void **state)
{
    enum { RUNS = 40 };
    double sum[STEPS] = { 0 }, squares[STEPS] = { 0 };
    struct sim_workload workload = own_writes();

    (void)state;
    workload.writes_poisson = true;
    for (uint32_t k = 0; k < RUNS; k++) {
        double counts[STEPS] = { 0 };

        run(workload, NULL, k);
        for (uint32_t i = 0; i < noted_count; i++)
            counts[step_of(times[i])]++;
        for (int step = 0; step < STEPS; step++) {
            const double off = counts[step] - NODES * writes_of[step];

            sum[step] += off;
            squares[step] += off * off;
        }
    }
    for (int step = 0; step < STEPS; step++) {
        const double variance = NODES * writes_of[step];

        assert_true(fabs(sum[step]) <= 4 * sqrt(RUNS * variance));
        assert_true(fabs(squares[step] / RUNS - variance) <= 4 * variance * sqrt(2. / RUNS));
    }
}

static void keys_are_of_their_nodes(void **state)
{
    struct sim_workload workload = own_writes();

    (void)state;
    for (int in_turn = 0; in_turn < 2; in_turn++) {
        uint32_t counts[NODES * KEYS] = { 0 };
        double most = 0;

        workload.writes_in_turn = in_turn;
        run(workload, NULL, 0);
        for (uint32_t i = 0; i < noted_count; i++) {
            const uint32_t place = noted[i].key / NODES;

            assert_true(place < KEYS);
            counts[noted[i].key]++;
            if (in_turn)
                assert_int_equal(place, noted[i].number % KEYS);
            for (uint32_t k = 0; k < i && i < 1000; k++)
                if (noted[k].key == noted[i].key)
                    assert_int_equal(noted[k].origin, noted[i].origin);
        }
        for (int i = 0; i < NODES * KEYS; i++)
            most = fmax(most, fabs(counts[i] - 110. / KEYS));
        assert_true(in_turn ? most == 0 : most > 4 && most < 4.5 * sqrt(110 * 0.2 * 0.8));
    }
}

/* What a node misses nobody writes for it, and all other writes are those of a run without. */
static void who_is_down_writes_nothing(void **state)
{
    static sim_time without[WRITES_MAX];
    static struct update_info what[WRITES_MAX];
    const struct sim_fault crash = { .kind = FAULT_CRASH,
                                     .of = { .kind = SELECT_RANGE, .first = 7, .nodes = 1 },
                                     .at = 30 * SIM_SECOND,
                                     .lasts = 10 * SIM_SECOND };
    uint32_t count, k = 0, missed = 0;

    (void)state;
    run(own_writes(), NULL, 0);
    count = noted_count;
    for (uint32_t i = 0; i < count; i++) {
        without[i] = times[i];
        what[i] = noted[i];
    }
    run(own_writes(), &crash, 0);
    for (uint32_t i = 0; i < count; i++)
        if (k < noted_count && noted[k].key == what[i].key && times[k] == without[i])
            k++;
        else {
            assert_true(without[i] >= crash.at && without[i] < crash.at + crash.lasts);
            missed++;
        }
    assert_int_equal(missed, 20);
    assert_int_equal(k, noted_count);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(evenly_at_the_rates),        cmocka_unit_test(all_together),
        cmocka_unit_test(poisson_at_the_rates),       cmocka_unit_test(keys_are_of_their_nodes),
        cmocka_unit_test(who_is_down_writes_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
