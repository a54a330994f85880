/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Ring repair when something fails: with any one message lost, any one node crashing or wiped at
 * any step, messages out of order or updates written meanwhile, the loop ends, nobody loses
 * anything, and the next check completes the repair.
 */
#include "sim/value/draw.h"
#include "tests/models/ring_trial.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static const char *const failures[] = { "skip", "wait", "restart" };

/* Nobody has lost anything since the last tick. */
static void assert_nothing_lost(const struct ring_trial *t, int tick)
{
    for (int64_t i = 0; i < t->setup.config.nodes; i++)
        assert_true((t->spy.known[tick - 1][i] & ~t->spy.known[tick][i]) == 0);
}

static bool all_are_equal(const struct ring_trial *t, int tick)
{
    return all_know(t, tick, t->spy.known[tick][0]);
}

static uint64_t union_at(const struct ring_trial *t, int tick)
{
    uint64_t all = 0;

    for (int64_t i = 0; i < t->setup.config.nodes; i++)
        all |= t->spy.known[tick][i];
    return all;
}

/* ---- one message is lost ---- */

static bool lose_one(int64_t n, uint32_t r, const char *parameters, int failure, int64_t arrival)
{
    struct ring_trial t;
    const double sends = 2 * (double)n - 2;
    bool was_sent, is_complete;

    ring_trial_init(&t, n, r, parameters);
    t.spy.swallow = arrival;
    t.setup.config.stop.at = 3 * interval + 5 * SIM_SECOND;
    ring_trial_run(&t);
    was_sent = t.spy.arrivals > arrival;
    is_complete = all_know(&t, 2, everything);
    assert_nothing_lost(&t, 2);
    assert_nothing_lost(&t, 3);
    if (!all_know(&t, 3, everything))
        fail_msg("n %d, %s, replication %u: message %d lost, not repaired", (int)n, parameters, r,
                 (int)arrival);
    if (t.spy.swallowed_hand_over) /* sent again */
        assert_true(is_complete);
    if (t.spy.swallowed_hand_over && failure != 2) /* the loop itself may come in an ACK's stead */
        assert_true(ring_trial_counter(&t, "sends") == sends + 1 ||
                    (t.spy.swallowed_ack && ring_trial_counter(&t, "sends") == sends));
    assert_true((t.spy.restarted & 0xff) <= 1 && !t.spy.is_restarted_elsewhere);
    assert_true(ring_trial_counter(&t, "sends") <= 4 * sends + (double)n);
    ring_trial_clear(&t);
    return was_sent;
}

static void any_lost_message_is_made_good(void **state)
{
    (void)state;
    for (int64_t n = 2; n <= HOLDERS_MAX; n += n < 5 ? 1 : 2)
        for (int way = 0; way < 9; way++) {
            char parameters[96];

            snprintf(parameters, sizeof parameters,
                     "compare=%s on_failure=%s timeout=400ms limit=%d", ring_comparisons[way % 3],
                     failures[way / 3], (way + n) % 2 ? 3 : 0);
            for (uint32_t r = 0; r < (n < 6 ? 3 : 1); r++)
                for (int64_t arrival = 0; lose_one(n, r, parameters, way / 3, arrival); arrival++)
                    continue;
        }
}

/* ---- one node crashes ---- */

static void crash_one(int64_t n, const char *parameters, enum sim_fault_kind kind, int64_t node,
                      sim_time at)
{
    struct ring_trial t;

    ring_trial_init(&t, n, 1, parameters);
    t.setup.config.store.missing_shards = 0;
    t.setup.config.stop.at = 4 * interval + 5 * SIM_SECOND;
    t.faults[0] = (struct sim_fault){ .kind = kind,
                                      .of = { SELECT_RANGE, .first = node, .nodes = 1 },
                                      .at = at,
                                      .lasts = kind == FAULT_CRASH ? 2 * interval - at - 1 : 0 };
    t.setup.config.fault_count = 1;
    ring_trial_run(&t);
    if (kind == FAULT_CRASH) {
        assert_nothing_lost(&t, 2);
        assert_nothing_lost(&t, 3);
    }
    if (!all_are_equal(&t, 3) || (kind == FAULT_CRASH && union_at(&t, 3) != everything))
        fail_msg("n %d, %s: node %d down at %g s, not repaired", (int)n, parameters, (int)node,
                 (double)at / 1e9);
    assert_true(all_are_equal(&t, 4));
    /* `skip` tries the others in turn, `wait` the same one until the next check, of which there
     * are four: none goes on for ever */
    assert_true(ring_trial_counter(&t, "sends") <= 4 * 2 * (double)n * ((double)n - 1 + 10 / 0.3));
    ring_trial_clear(&t);
}

static void any_crash_at_any_step_is_made_good(void **state)
{
    (void)state;
    for (int64_t n = 2; n <= HOLDERS_MAX; n += n < 4 ? 1 : 5)
        for (int way = 0; way < 9; way++) {
            char parameters[96];
            const int64_t steps = way % 3 == 0 ? 2 * n + 4 : 6 * n;

            snprintf(parameters, sizeof parameters,
                     "compare=%s on_failure=%s timeout=300ms limit=%d", ring_comparisons[way % 3],
                     failures[way / 3], (way + n) % 2 ? 3 : 0);
            /* each step, of many holders with each third node */
            for (int64_t node = 0; node < n; node++)
                for (int64_t step = n > 4 ? node % 3 : 0; step <= steps; step += n > 4 ? 3 : 1) {
                    /* just before what arrives then */
                    const sim_time at = interval + step * latency - 1;

                    crash_one(n, parameters, FAULT_CRASH, node, at);
                    if (way < 3)
                        crash_one(n, parameters, FAULT_WIPE, node, at);
                }
        }
}

/* Sends to a holder that is down, once more each, in the first check whose start is not. */
static int sends_in_vain(const struct ring_trial *t, uint32_t down)
{
    const struct sim_config *c = &t->setup.config;
    const uint32_t n = (uint32_t)c->nodes;
    uint32_t check = 1;
    int empty;

    while (ring_trial_start(c, 0, check) == down)
        check++;
    if (!is_inconsistent(t, &empty) || check > 2) /* later it is up again */
        return 0;
    return ring_trial_start(c, 0, check) == (down + 1) % n ? 1 : 2;
}

/* A holder stays down: by `skip` the others are equal after the check all the same, and the loop
 * makes each of its 2n - 2 sends once, those to the one that is down twice. */
static void who_is_down_delays_nobody(void **state)
{
    enum { N = 5 };

    (void)state;
    for (int64_t node = 0; node < N; node++)
        for (uint32_t r = 0; r < 30; r++) {
            const int compare = (int)r % 3;
            char parameters[64];
            struct ring_trial t;
            uint64_t live = 0;

            snprintf(parameters, sizeof parameters, "compare=%s", ring_comparisons[compare]);
            ring_trial_init(&t, N, r, parameters);
            t.faults[0] = (struct sim_fault){ .kind = FAULT_CRASH,
                                              .of = { SELECT_RANGE, .first = node, .nodes = 1 },
                                              .at = SIM_SECOND,
                                              .lasts = 3 * interval - 2 * SIM_SECOND };
            t.setup.config.fault_count = 1;
            t.setup.config.stop.at = 4 * interval + 5 * SIM_SECOND;
            ring_trial_run(&t);
            live = union_at(&t, 1);
            if (ring_trial_start(&t.setup.config, 0, 1) != (uint32_t)node)
                for (int i = 0; i < N; i++)
                    assert_true(t.spy.ticks[i] < 4 || t.spy.known[1][i] == 0 ||
                                t.spy.known[2][i] == live);
            assert_true(all_know(&t, 4, everything));
            assert_true(fmod(ring_trial_counter(&t, "sends"), 2 * N - 2) ==
                        sends_in_vain(&t, (uint32_t)node));
            ring_trial_clear(&t);
        }
}

/* The other holder stays down, and no other loop takes this one's place. */
static void try_in_vain(const char *parameters, double sends_max)
{
    for (int64_t node = 0; node < 2; node++)
        for (sim_time at = interval; at < interval + 12 * latency; at += latency) {
            struct ring_trial t;

            ring_trial_init(&t, 2, 1, parameters);
            t.setup.config.store.missing_shards = 0;
            t.faults[0] = (struct sim_fault){ .kind = FAULT_CRASH,
                                              .of = { SELECT_RANGE, .first = node, .nodes = 1 },
                                              .at = at,
                                              .lasts = 25 * SIM_SECOND };
            t.setup.config.fault_count = 1;
            t.setup.config.stop.at = 7 * interval + 5 * SIM_SECOND;
            ring_trial_run(&t);
            assert_true(ring_trial_counter(&t, "sends") <= sends_max);
            assert_false(t.spy.is_out_of_turn);
            assert_true(all_know(&t, 7, everything));
            ring_trial_clear(&t);
        }
}

static void trying_ends(void **state)
{
    (void)state; /* at most the one turn that was taken, the tries, and the loop that repairs */
    try_in_vain("on_failure=skip timeout=400ms", 1 + 2 + 2);
    try_in_vain("on_failure=wait timeout=400ms", 1 + 10 / 0.4 + 2);
    try_in_vain("on_failure=restart timeout=400ms", 1 + 4 + 2);
}

/* Both others go down just after the start has begun: two tries each, then the loop is over. */
static void each_holder_is_tried_twice(void **state)
{
    struct ring_trial t;
    uint32_t r = 0;
    int empty;

    (void)state;
    while (draw_below(draw(draw_key(1, r, PURPOSE_SHARED), 0, 1), 3) != 0)
        r++;
    ring_trial_init(&t, 3, r, "timeout=400ms");
    t.setup.config.store.missing_shards = 0;
    t.faults[0] = (struct sim_fault){ .kind = FAULT_CRASH,
                                      .of = { SELECT_RANGE, .first = 1, .nodes = 2 },
                                      .at = interval + 5 * latency / 2,
                                      .lasts = interval / 2 };
    t.setup.config.fault_count = 1;
    t.setup.config.stop.at = 3 * interval + 5 * SIM_SECOND;
    ring_trial_run(&t);
    assert_true(is_inconsistent(&t, &empty));
    assert_true(ring_trial_counter(&t, "sends") == 2 + 2 + 4); /* and the next check's */
    assert_true(all_know(&t, 3, everything));
    ring_trial_clear(&t);
}

/* ---- disorder ---- */

static void messages_that_overtake_each_other_do_no_harm(void **state)
{
    const struct distribution_spec spec = { .kind = DISTRIBUTION_EXPONENTIAL,
                                            .a = 30 * SIM_MILLISECOND };

    (void)state;
    for (uint32_t r = 0; r < 100; r++) {
        struct distribution *slow = distribution_new(&spec);
        struct ring_trial t;
        int empty;

        ring_trial_init(&t, 7, r, "timeout=5s");
        t.setup.config.network.latency = slow;
        t.setup.config.network.jitter = 1;
        ring_trial_run(&t);
        assert_true(all_know(&t, 2, everything));
        if (is_inconsistent(&t, &empty))
            assert_true(ring_trial_counter(&t, "sends") == 12);
        ring_trial_clear(&t);
        distribution_free(slow);
    }
}

static void what_is_written_meanwhile_the_next_check_spreads(void **state)
{
    (void)state;
    for (uint32_t r = 0; r < 60; r++) {
        struct ring_trial t;

        ring_trial_init(&t, 5, r, "");
        t.setup.config.workload.updates = t.setup.config.workload.keys = 8;
        t.setup.config.workload.at = interval + latency / 2;
        t.setup.config.workload.arrival = ARRIVAL_EVERY;
        t.setup.config.workload.every = 4 * latency;
        t.setup.config.stop.at = 3 * interval + 5 * SIM_SECOND;
        ring_trial_run(&t);
        assert_nothing_lost(&t, 2);
        assert_true(all_know(&t, 3, ((uint64_t)1 << (ENTRIES + 8)) - 1));
        ring_trial_clear(&t);
    }
}

/*
 * Loops that outlive the interval, many losses, timeouts below the round trip: a holder takes each
 * turn of a check once and none of an older check, so copies of a turn cannot multiply.
 */
static void overlap_loops(const char *timeout, const char *every, int way)
{
    enum { N = 9, SECONDS = 30, CHECKS = SECONDS * 10 };
    const bool is_short = strcmp(timeout, "15ms") == 0;
    const double generations = way / 3 == 2 ? 4 : 1, tries = way / 3 == 0 ? 2 * (N - 1) : 7;
    const double sends = CHECKS * 2 * N * generations * tries;
    char parameters[96];
    struct ring_trial t;

    snprintf(parameters, sizeof parameters, "compare=%s on_failure=%s timeout=%s interval=%s",
             ring_comparisons[way % 3], failures[way / 3], timeout, every);
    ring_trial_init(&t, N, 1, parameters);
    t.setup.config.network.loss = 0.3;
    t.setup.config.workload.updates = t.setup.config.workload.keys = 100;
    t.setup.config.workload.arrival = ARRIVAL_EVERY;
    t.setup.config.workload.every = 300 * SIM_MILLISECOND;
    t.setup.config.stop.at = SECONDS * SIM_SECOND;
    ring_trial_run(&t);
    assert_false(t.spy.is_out_of_turn || t.spy.is_restarted_elsewhere);
    assert_true(ring_trial_counter(&t, "sends") > SECONDS &&
                ring_trial_counter(&t, "sends") <= sends);
    assert_true(metric(&t.result, "messages") <= CHECKS * 2.0 * N + 5 * sends);
    if (way < 3 && (!is_short || way == 0)) /* else no comparison is ever answered in time */
        assert_true(metric(&t.result, "staleness_mean") < 0.5);
    ring_trial_clear(&t);
}

static void turns_do_not_multiply(void **state)
{
    (void)state;
    for (int way = 0; way < 9; way++) {
        overlap_loops("15ms", "100ms", way);
        overlap_loops("60ms", "100ms", way);
        overlap_loops("60ms", "1s", way);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(any_lost_message_is_made_good),
        cmocka_unit_test(any_crash_at_any_step_is_made_good),
        cmocka_unit_test(who_is_down_delays_nobody),
        cmocka_unit_test(trying_ends),
        cmocka_unit_test(each_holder_is_tried_twice),
        cmocka_unit_test(messages_that_overtake_each_other_do_no_harm),
        cmocka_unit_test(what_is_written_meanwhile_the_next_check_spreads),
        cmocka_unit_test(turns_do_not_multiply),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
