/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Flow control of Scuttlebutt: rates rise to what is asked; where more is asked than gossip can
 * carry, they settle below that, all nodes get the same, and nobody falls further behind; partners
 * share the sum of what they are allowed; who comes back begins anew; rates are charged for.
 */
#include "models/scuttlebutt.h"
#include "tests/models/harness.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

enum { KEYS = 64, NODES_MAX = 128 };

static void open_setup(struct setup *setup, int64_t nodes, const char *parameters, int seconds)
{
    setup_init(setup, nodes);
    assert_true(setup_add(setup, "scuttlebutt", parameters));
    setup->config.seeds = 2;
    setup->config.workload.updates = setup->config.workload.keys = 0;
    setup->config.stop.when = STOP_NEVER;
    setup->config.stop.at = seconds * SIM_SECOND;
    setup->config.sample_every = SIM_SECOND;
    setup->config.figures = true;
}

/* Each node its own keys; `rates` stay the caller's. */
static void write_own(struct setup *setup, const struct sim_rate *rates, size_t count)
{
    setup->config.workload = (struct sim_workload){ .keys = setup->config.nodes * KEYS,
                                                    .size_bytes = 100,
                                                    .arrival = ARRIVAL_OWN,
                                                    .rates = rates,
                                                    .rate_count = count,
                                                    .own_keys = KEYS };
    setup->config.workload.updates =
        sim_rated_updates_max(&setup->config.workload, setup->config.nodes, setup->config.stop.at);
}

static struct sim_result run(struct setup *setup)
{
    struct sim_result result;

    sim_run(&setup->config, &result);
    assert_int_equal(result.status, SIM_DONE);
    setup_clear(setup);
    return result;
}

/* What nodes are allowed at a sample, mean over those that are up. */
static double rate_at(const struct sim_result *r, int second)
{
    for (size_t i = 0; i < r->figure_count; i++)
        if (r->figures[i].at == second * SIM_SECOND)
            return r->figures[i].value;
    fail_msg("no sample at %d s", second);
    return NAN;
}

static double mean_rate(const struct sim_result *r, int from, int until)
{
    double sum = 0;

    for (int second = from; second < until; second++)
        sum += rate_at(r, second);
    return sum / (until - from);
}

static double lag_at(const struct sim_result *r, int second)
{
    for (size_t i = 0; i < r->sample_count; i++)
        if (r->samples[i].at == second * SIM_SECOND)
            return r->samples[i].lag_max;
    fail_msg("no sample at %d s", second);
    return NAN;
}

/* Writes a second of a node between two times. */
static double writes_of(const struct sim_result *r, node_id node, int from, int until)
{
    double count = 0;

    for (size_t i = 0; i < r->outcome_count; i++)
        count += r->outcomes[i].origin == node && r->outcomes[i].injected >= from * SIM_SECOND &&
                 r->outcomes[i].injected < until * SIM_SECOND;
    return count / (until - from);
}

/* ---- all together ---- */

static void who_asks_for_little_never_waits(void **state)
{
    static const struct sim_rate one = { 0, 1 };
    struct setup setup;
    struct sim_result r;

    (void)state;
    open_setup(&setup, 32, "preset=paper limit=100 flow_control=true rate_initial=2", 60);
    write_own(&setup, &one, 1);
    r = run(&setup);
    assert_true(metric(&r, "write_wait") == 0 && metric(&r, "refused_writes") == 0);
    assert_true(metric(&r, "scuttlebutt.left_out") == 0);
    /* up to twice what is asked, by steps of 0.1, and balancing */
    assert_true(rate_at(&r, 59) > 1.8 && rate_at(&r, 59) < 2.3);
    sim_result_clear(&r);
}

static void rates_rise_to_what_is_asked(void **state)
{
    static const struct sim_rate four = { 0, 4 };
    struct setup setup;
    struct sim_result r;

    (void)state;
    open_setup(&setup, 16, "preset=paper limit=100 flow_control=true rate_initial=0.1", 80);
    write_own(&setup, &four, 1);
    r = run(&setup);
    assert_true(fabs(rate_at(&r, 0) - 0.1) < 1e-9 && writes_of(&r, 0, 0, 5) < 2);
    assert_true(metric(&r, "write_wait") > 0.5);
    for (node_id node = 0; node < 16; node++)
        assert_true(fabs(writes_of(&r, node, 60, 80) - 4) < 0.1);
    assert_true(rate_at(&r, 79) > 4);
    sim_result_clear(&r);
}

static struct sim_result overload(const char *parameters)
{
    static const struct sim_rate doubled[] = { { 0, 1 }, { 25 * SIM_SECOND, 2 } };
    struct setup setup;

    open_setup(&setup, NODES_MAX, parameters, 76);
    write_own(&setup, doubled, 2);
    setup.config.lags = true;
    return run(&setup);
}

/* Gossip carries 2 * 100 / 128 = 1.56 updates a second of each node at most. */
static void overloads_are_held_back(void **state)
{
    static const double most = 2 * 100. / NODES_MAX;
    struct sim_result on = overload("preset=paper limit=100 limit_from=15s flow_control=true");
    struct sim_result off = overload("preset=paper limit=100 limit_from=15s");
    const double rate = mean_rate(&on, 40, 75);
    double sum = 0, least = INFINITY, largest = 0;

    (void)state;
    for (node_id node = 0; node < NODES_MAX; node++) {
        const double writes = writes_of(&on, node, 40, 75);

        sum += writes;
        least = fmin(least, writes);
        largest = fmax(largest, writes);
    }
    if (rate < 0.7 * most || rate > most)
        fail_msg("%g updates a second are allowed", rate);
    if (fabs(sum / NODES_MAX / rate - 1) > 0.05)
        fail_msg("%g updates a second are written, of %g", sum / NODES_MAX, rate);
    if (largest > 1.5 * least)
        fail_msg("one writes %g, another %g", least, largest);
    if (lag_at(&on, 75) > lag_at(&on, 40) || lag_at(&off, 75) < 1.5 * lag_at(&off, 40))
        fail_msg("lags from 40 to 75 s: %g to %g, without flow control %g to %g", lag_at(&on, 40),
                 lag_at(&on, 75), lag_at(&off, 40), lag_at(&off, 75));
    assert_true(metric(&off, "scuttlebutt.rate") == 0 && !has_metric(&off, "write_wait"));
    assert_true(metric(&on, "write_wait") > 5);
    sim_result_clear(&on);
    sim_result_clear(&off);
}

/* ---- two of them, and nothing but balancing ---- */

enum { WRITES_MAX = 1000 };
static struct sim_write trace[WRITES_MAX];

/* Two nodes ask for so much; a sum of 2 is there. */
static void open_two(struct setup *setup, double first, double second)
{
    uint32_t next[2] = { 0 }, count = 0;

    open_setup(setup, 2, "preset=paper limit=100 flow_control=true rate_increase=0 rate_min=0.1",
               100);
    for (;;) {
        const double at[2] = { next[0] / first, next[1] / second };
        const int who = at[1] < at[0];

        if (!(at[who] < 100))
            break;
        assert_true(count < WRITES_MAX);
        trace[count] = (struct sim_write){
            .at = (sim_time)(at[who] * SIM_SECOND), .node = (node_id)who, .key = count, .bytes = 100
        };
        count++;
        next[who]++;
    }
    setup->config.workload = (struct sim_workload){
        .updates = count, .keys = count, .arrival = ARRIVAL_TRACE, .writes = trace
    };
}

/* The first case in rounds, too; in others both would give at once what they need not. */
static void partners_share_the_sum(void **state)
{
    enum { CASES = 5 };
    static const struct {
        double asked[2], written[2];
    } cases[CASES] = {
        { { 4, 4 }, { 1, 1 } },         { { 4, 0.5 }, { 1.5, 0.5 } },
        { { 4, 1e-9 }, { 1.9, 0 } }, /* 0.1 is left */
        { { 1.3, 0.2 }, { 1.3, 0.2 } }, { { 1, 1 }, { 1, 1 } },
    };

    (void)state;
    for (size_t i = 0; i <= CASES; i++) {
        struct setup setup;
        struct sim_result r;

        open_two(&setup, cases[i % CASES].asked[0], cases[i % CASES].asked[1]);
        setup.config.timing = i < CASES ? TIMING_EVENTS : TIMING_ROUNDS;
        r = run(&setup);
        for (int second = 0; second < 100; second++)
            assert_true(fabs(rate_at(&r, second) - 1) < 1e-6);
        for (node_id node = 0; node < 2; node++)
            if (fabs(writes_of(&r, node, 40, 100) - cases[i % CASES].written[node]) > 0.06)
                fail_msg("case %zu: node %u writes %g a second", i, node,
                         writes_of(&r, node, 40, 100));
        sim_result_clear(&r);
    }
}

/* With what it is allowed as it starts, whatever it was allowed before: the one that has nearly
 * all, or the other. */
static void who_comes_back_begins_anew(void **state)
{
    (void)state;
    for (int i = 0; i < 4; i++) {
        const struct sim_fault crash = {
            .kind = FAULT_CRASH,
            .of = { SELECT_RANGE, .first = (uint32_t)i & 1, .nodes = 1 },
            .at = 50 * SIM_SECOND,
            .lasts = 20 * SIM_SECOND,
        };
        const double has = i & 1 ? 1.9 : 0.1;
        struct setup setup;
        struct sim_result r;

        open_two(&setup, 4, 1e-9);
        setup.config.faults = &crash;
        setup.config.fault_count = 1;
        setup.config.churn.rejoin = i < 2 ? REJOIN_KEEP : REJOIN_LOSE;
        r = run(&setup);
        assert_true(fabs(rate_at(&r, 49) - 1) < 1e-6);
        if (fabs(rate_at(&r, 69) - has) > 1e-6 || fabs(rate_at(&r, 99) - (has + 1) / 2) > 1e-6)
            fail_msg("%g while node %d is away, %g afterwards", rate_at(&r, 69), i & 1,
                     rate_at(&r, 99));
        sim_result_clear(&r);
    }
}

/* ---- the rest ---- */

static struct sim_result silent(const char *parameters)
{
    struct setup setup;

    open_setup(&setup, 16, parameters, 60);
    return run(&setup);
}

static void rates_are_charged_for(void **state)
{
    static const char *const cases[][2] = {
        { "preset=chitchat", "preset=chitchat flow_control=true" },
        { "preset=paper limit=1 first=newest",
          "preset=paper limit=1 first=newest flow_control=true" },
    };

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        struct sim_result off = silent(cases[i][0]), on = silent(cases[i][1]);
        const double exchanges = metric(&on, "scuttlebutt.exchanges");
        const double syn = metric(&on, "scuttlebutt.bytes_syn");
        const double ack = metric(&on, "scuttlebutt.bytes_ack");
        const double more = ack - metric(&off, "scuttlebutt.bytes_ack"); /* the last may be due */
        const double ack2 = metric(&on, "scuttlebutt.bytes_ack2");

        assert_true(exchanges > 900 && exchanges == metric(&off, "scuttlebutt.exchanges"));
        assert_true(syn == metric(&off, "scuttlebutt.bytes_syn") + 8 * exchanges);
        assert_true(fmod(more, 4) == 0 && more <= 4 * exchanges && more > 4 * (exchanges - 16));
        assert_true(ack2 == metric(&off, "scuttlebutt.bytes_ack2"));
        assert_true(syn + ack + ack2 == metric(&on, "bytes_digest") + metric(&on, "bytes_control"));
        sim_result_clear(&on);
        sim_result_clear(&off);
    }
}

static void what_says_nothing_is_refused(void **state)
{
    static const char *const parameters[] = {
        "flow_control=true",
        "limit=100 rate_max=5",
        "limit=100 flow_control=false rate_increase=1",
        "limit=100 flow_control=true rate_initial=2 rate_max=1.5",
        "limit=100 flow_control=true rate_min=1.5",
    };
    struct setup setup;

    (void)state;
    setup_init(&setup, 2);
    for (size_t i = 0; i < sizeof parameters / sizeof *parameters; i++)
        assert_false(setup_add(&setup, "scuttlebutt", parameters[i]));
    setup_clear(&setup);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(who_asks_for_little_never_waits),
        cmocka_unit_test(rates_rise_to_what_is_asked),
        cmocka_unit_test(overloads_are_held_back),
        cmocka_unit_test(partners_share_the_sum),
        cmocka_unit_test(who_comes_back_begins_anew),
        cmocka_unit_test(rates_are_charged_for),
        cmocka_unit_test(what_says_nothing_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
