/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What models that call have in common: several different partners an interval, each once a lap
 * where the list is shuffled; only who wrote an update tells it; and rumors that each node sends so
 * many times in all, which reach what infect-and-die reaches.
 */
#include "models/call.h"
#include "tests/models/harness.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

/* ---- several partners ---- */

enum { NODES = 13, FANOUT = 4, CALLS = 3, LAPS = 20 };

struct config {
    struct calls calls;
    int calls_made;
};

static void start(struct node *n)
{
    node_after(n, SIM_SECOND, 0, 0);
}

/* The calls of a lap go to everybody else, once. */
static void call_laps(struct node *n, int tag, uint32_t value)
{
    struct config *c = (struct config *)(uintptr_t)node_config(n);

    (void)tag;
    (void)value;
    for (int lap = 0; lap < LAPS; lap++) {
        bool met[NODES] = { false };

        for (int k = 0; k < CALLS; k++) {
            node_id partners[CALL_FANOUT_MAX];

            assert_int_equal(call_pick(n, &c->calls, partners), FANOUT);
            for (int i = 0; i < FANOUT; i++) {
                assert_true(partners[i] != node_self(n) && !met[partners[i]]);
                met[partners[i]] = true;
            }
        }
        c->calls_made++;
    }
}

static const struct param no_params[] = { PARAM_END };
static const struct model caller = {
    .name = "caller",
    .params = no_params,
    .config_size = sizeof(struct config),
    .state_size = sizeof(struct call_state),
    .record_size = sizeof(struct called),
    .on_start = start,
    .on_timer = call_laps,
};

static void a_lap_with_fanout_is_a_permutation(void **state)
{
    (void)state;
    for (int how = PARTNER_SHUFFLED; how <= PARTNER_ROUND_ROBIN; how++) {
        struct setup setup;
        struct sim_result result;

        setup_init(&setup, NODES);
        setup_add_model(&setup, &caller, "");
        struct config *c = setup.configs[0];

        c->calls = (struct calls){ .fanout = FANOUT, .partners = { .how = how } };
        setup.config.workload.updates = 0;
        setup.config.stop.when = STOP_QUIET;
        sim_run(&setup.config, &result);
        assert_int_equal(result.status, SIM_DONE);
        assert_int_equal(c->calls_made, NODES * LAPS);
        sim_result_clear(&result);
        setup_clear(&setup);
    }
}

/* A run until nothing is to be done; its metrics are the caller's to read and clear. */
static void run(int64_t nodes, uint64_t seed, const char *model, const char *parameters,
                enum sim_stop_when when, struct sim_result *result)
{
    struct setup setup;

    setup_init(&setup, nodes);
    assert_true(setup_add(&setup, model, parameters));
    setup.config.seed = seed;
    setup.config.stop.when = when;
    setup.config.stop.at = 100 * SIM_SECOND + 500 * SIM_MILLISECOND;
    sim_run(&setup.config, result);
    assert_int_equal(result->status, SIM_DONE);
    setup_clear(&setup);
}

static void anti_entropy_calls_as_many_as_its_fanout(void **state)
{
    struct sim_result result;

    (void)state;
    run(20, 1, "anti-entropy", "interval=1s phase=together fanout=3", STOP_NEVER, &result);
    assert_int_equal((int)metric(&result, "anti-entropy.exchanges"), 20 * 3 * 100);
    sim_result_clear(&result);
    run(3, 1, "anti-entropy", "interval=1s phase=together fanout=3", STOP_NEVER, &result);
    assert_int_equal((int)metric(&result, "anti-entropy.exchanges"), 3 * 2 * 100);
    sim_result_clear(&result);
}

static void rumors_are_told_in_every_way(void **state)
{
    static const char *const ways[] = { "random", "shuffled", "round-robin", "spatial" };

    (void)state;
    for (int i = 0; i < 4; i++)
        for (int fanout = 1; fanout <= 3; fanout += 2) {
            struct sim_result result;
            char parameters[80];

            snprintf(parameters, sizeof parameters, "stop=never fanout=%d partner=%s", fanout,
                     ways[i]);
            run(64, 1, "rumor-mongering", parameters, STOP_CONVERGED, &result);
            assert_string_equal(result.stop_reason, "converged");
            sim_result_clear(&result);
        }
}

/* ---- who tells ---- */

static void without_relay_only_the_origin_tells(void **state)
{
    static const char *const cases[][2] = {
        { "rumor-mongering", "relay=false stop=never" },
        { "rumor-mongering", "relay=false mode=push-pull stop=never fanout=2" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct sim_result result;

        run(20, 1, cases[i][0], cases[i][1], STOP_CONVERGED, &result);
        assert_string_equal(result.stop_reason, "converged");
        assert_int_equal(result.outcomes[0].hops_max, 1);
        sim_result_clear(&result);
    }
}

static void options_without_effect_are_refused(void **state)
{
    static const char *const cases[] = { "relay=false revive=none",
                                         "stop=transmissions feedback=true",
                                         "stop=transmissions reset=false", "spatial_exponent=1" };
    struct setup setup;

    (void)state;
    setup_init(&setup, 10);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_false(setup_add(&setup, "rumor-mongering", cases[i]));
    setup_clear(&setup);
}

/* ---- stop: transmissions ---- */

enum { MANY = 2000, RUNS = 16 };

/* The share r that is reached if all who are send to f at random: r = 1 - exp(-f r). */
static double infect_and_die(double f)
{
    double r = 1;

    for (int i = 0; i < 200; i++)
        r = 1 - exp(-f * r);
    return r;
}

/* Within 4 standard errors, taken from the runs. */
static void check_reach(int times, int fanout)
{
    double sum = 0, squares = 0;

    for (int i = 0; i < RUNS; i++) {
        struct sim_result result;
        char parameters[80];

        snprintf(parameters, sizeof parameters, "stop=transmissions k=%d fanout=%d", times, fanout);
        run(MANY, 1 + (uint64_t)i, "rumor-mongering", parameters, STOP_QUIET, &result);
        const double informed = result.outcomes[0].informed, r = informed / MANY;

        assert_int_equal((int)metric(&result, "rumor-mongering.contacts"), times * (int)informed);
        assert_int_equal((int)metric(&result, "rumor-mongering.retired"), (int)informed);
        sum += r;
        squares += r * r;
        sim_result_clear(&result);
    }
    const double mean = sum / RUNS, error = sqrt((squares / RUNS - mean * mean) / (RUNS - 1));

    if (fabs(mean - infect_and_die(times)) > 4 * error)
        fail_msg("k %d, fanout %d: %.4f reached, %.4f expected, standard error %.4f", times, fanout,
                 mean, infect_and_die(times), error);
}

/* However many are sent at a time. */
static void so_many_transmissions_reach_as_infect_and_die_does(void **state)
{
    (void)state;
    assert_true(fabs(infect_and_die(2) - 0.797) < 0.0005);
    assert_true(fabs(infect_and_die(5) - 0.993) < 0.0005);
    for (int f = 2; f <= 5; f++)
        check_reach(f, f);
    check_reach(3, 1);
    check_reach(4, 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_lap_with_fanout_is_a_permutation),
        cmocka_unit_test(anti_entropy_calls_as_many_as_its_fanout),
        cmocka_unit_test(rumors_are_told_in_every_way),
        cmocka_unit_test(without_relay_only_the_origin_tells),
        cmocka_unit_test(options_without_effect_are_refused),
        cmocka_unit_test(so_many_transmissions_reach_as_infect_and_die_does),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
