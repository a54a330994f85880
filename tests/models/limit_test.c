/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Where an exchange moves at most so many entries, the rest waits for the next one: the oldest go
 * first, or the newest, or any; each entry goes once, and older values of a key do not go at all.
 * So do hot rumors, a message at a time.
 */
#include "tests/models/harness.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

enum { UPDATES = 100, LIMIT = 8, INTERVAL = 10 };

#define RUMORS "relay=false stop=transmissions k="

/* One of two nodes has all, and the other calls each interval, or is called.  `how`: RUMORS and
 * how often, or what anti-entropy compares. */
static void open_setup(struct setup *setup, const char *mode, const char *how, const char *first)
{
    const bool has_rumors = strncmp(how, RUMORS, strlen(RUMORS)) == 0;
    char parameters[160];

    snprintf(parameters, sizeof parameters,
             "interval=10s phase=together mode=%s %s%s limit=8 first=%s", mode,
             has_rumors ? "" : "compare=", how, first);
    setup_init(setup, 2);
    setup->config.workload.updates = setup->config.workload.keys = UPDATES;
    setup->config.workload.origin = ORIGIN_FIRST;
    assert_true(setup_add(setup, has_rumors ? "rumor-mongering" : "anti-entropy", parameters));
}

/* The exchange, from 1, that brings an update to the other node. */
static int64_t exchange_of(const struct sim_outcome *outcome)
{
    return (int64_t)((double)outcome->t_all / 1e9 / INTERVAL + 0.01);
}

static int64_t expected_of(update_id update, const char *first)
{
    const int64_t before = first[0] != 'n' ? update : UPDATES - 1 - update;

    return before / LIMIT + 1;
}

static void check_order(const char *mode, const char *how, const char *first)
{
    struct setup setup;
    struct sim_result r;
    int64_t count[UPDATES + 1] = { 0 };

    open_setup(&setup, mode, how, first);
    sim_run(&setup.config, &r);
    assert_true(metric(&r, "converged") == 1);
    assert_true(metric(&r, "bytes_payload") == UPDATES * 100);
    assert_int_equal(r.outcome_count, UPDATES);
    for (size_t i = 0; i < r.outcome_count; i++) {
        const int64_t exchange = exchange_of(&r.outcomes[i]);

        assert_true(exchange >= 1 && exchange <= UPDATES);
        if (first[0] != 'r')
            assert_int_equal(exchange, expected_of(r.outcomes[i].update, first));
        count[exchange]++;
    }
    for (int64_t k = 1; k <= (UPDATES + LIMIT - 1) / LIMIT; k++)
        assert_int_equal(count[k], k <= UPDATES / LIMIT ? LIMIT : UPDATES % LIMIT);
    sim_result_clear(&r);
    setup_clear(&setup);
}

static void what_does_not_fit_waits_for_the_next_exchange(void **state)
{
    static const char *const modes[] = { "push", "pull" };
    static const char *const hows[] = { "digest", "merkle", RUMORS "1" };
    static const char *const firsts[] = { "oldest", "newest", "random" };

    (void)state;
    for (int m = 0; m < 2; m++)
        for (int c = 0; c < 3; c++)
            for (int f = 0; f < 3; f++)
                check_order(modes[m], hows[c], firsts[f]);
}

/* All have gone once before any goes twice, in the thirteenth message; each may go five times. */
static void who_was_sent_least_goes_first(void **state)
{
    struct setup setup;
    struct sim_result r;

    (void)state;
    open_setup(&setup, "push", RUMORS "5", "fewest-sent");
    sim_run(&setup.config, &r);
    assert_true(metric(&r, "converged") == 1);
    assert_true(metric(&r, "bytes_payload") == 13 * LIMIT * 100);
    for (size_t i = 0; i < r.outcome_count; i++)
        assert_int_equal(exchange_of(&r.outcomes[i]),
                         expected_of(r.outcomes[i].update, "fewest-sent"));
    sim_result_clear(&r);
    setup_clear(&setup);
}

/* With random entries the first exchange moves each as often as another. */
static void random_entries_are_random(void **state)
{
    enum { RUNS = 1000 };
    double moved[UPDATES] = { 0 };
    const double share = (double)LIMIT / UPDATES;

    (void)state;
    for (uint64_t seed = 1; seed <= RUNS; seed++) {
        struct setup setup;
        struct sim_result r;

        open_setup(&setup, "pull", "digest", "random");
        setup.config.seed = seed;
        setup.config.stop.at = 11 * SIM_SECOND;
        sim_run(&setup.config, &r);
        for (size_t i = 0; i < r.outcome_count; i++)
            moved[r.outcomes[i].update] += r.outcomes[i].t_all != SIM_NEVER;
        sim_result_clear(&r);
        setup_clear(&setup);
    }
    for (int i = 0; i < UPDATES; i++) /* 100 of them: one in 160 tests by chance */
        assert_true(fabs(moved[i] - RUNS * share) < 4 * sqrt(RUNS * share * (1 - share)));
}

/* A hundred values of four keys are four entries. */
static void older_values_are_no_entries(void **state)
{
    struct setup setup;
    struct sim_result r;

    (void)state;
    open_setup(&setup, "pull", "digest", "oldest");
    setup.config.workload.keys = 4;
    sim_run(&setup.config, &r);
    assert_true(metric(&r, "t_all") < INTERVAL + 1);
    assert_true(metric(&r, "bytes_payload") == 4 * 100);
    sim_result_clear(&r);
    setup_clear(&setup);
}

/* Nor are they rumors: the teller loses interest in all hundred, and tells four. */
static void older_values_cool_down(void **state)
{
    struct setup setup;
    struct sim_result r;

    (void)state;
    open_setup(&setup, "push", RUMORS "1", "oldest");
    setup.config.workload.keys = 4;
    setup.config.stop.when = STOP_QUIET;
    sim_run(&setup.config, &r);
    assert_string_equal(r.stop_reason, "quiet");
    assert_true(metric(&r, "bytes_payload") == 4 * 100);
    assert_true(metric(&r, "rumor-mongering.retired") == UPDATES);
    sim_result_clear(&r);
    setup_clear(&setup);
}

static void a_limit_needs_to_know_what_waits(void **state)
{
    struct setup setup;

    (void)state;
    setup_init(&setup, 2);
    assert_false(setup_add(&setup, "anti-entropy", "compare=full limit=8"));
    assert_false(setup_add(&setup, "anti-entropy", "compare=peel-back limit=8"));
    assert_false(setup_add(&setup, "anti-entropy", "first=random"));
    assert_false(setup_add(&setup, "rumor-mongering", "first=random"));
    assert_false(setup_add(&setup, "rumor-mongering", "limit=8 stop=never"));
    assert_false(setup_add(&setup, "rumor-mongering", "limit=8 feedback=false"));
    assert_false(setup_add(&setup, "rumor-mongering", "limit=8 first=fewest-sent"));
    assert_true(setup_add(&setup, "rumor-mongering", "limit=8 first=random"));
    setup_clear(&setup);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_does_not_fit_waits_for_the_next_exchange),
        cmocka_unit_test(who_was_sent_least_goes_first),
        cmocka_unit_test(random_entries_are_random),
        cmocka_unit_test(older_values_are_no_entries),
        cmocka_unit_test(older_values_cool_down),
        cmocka_unit_test(a_limit_needs_to_know_what_waits),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
