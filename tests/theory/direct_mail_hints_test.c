/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Hints bring everything to a receiver that was away for less than their window, and all but what
 * was written after it to one that was away for longer; a backlog takes its bytes over the rate; a
 * replay that fails goes on, and no timer multiplies; what Cassandra ships is what its preset says.
 */
#include "tests/models/harness.h"
#include "tests/models/shipped.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

enum { MINUTES_MAX = 600 };
#define MINUTE (60 * SIM_SECOND)
#define HOUR   (60 * MINUTE)

static struct sim_fault crash(uint32_t node, sim_time at, sim_time length)
{
    return (struct sim_fault){ FAULT_CRASH, { .kind = SELECT_RANGE, .first = node, .nodes = 1 },
                               at,          length,
                               0,           .obstacle = NULL };
}

/* Node 0 writes 100 B every so often from 0 s on. */
static void init(struct setup *setup, int64_t nodes, int64_t updates, sim_time every)
{
    setup_init(setup, nodes);
    setup->config.workload.updates = setup->config.workload.keys = updates;
    setup->config.workload.arrival = ARRIVAL_EVERY;
    setup->config.workload.every = every;
    setup->config.workload.origin = ORIGIN_NODE;
    setup->config.stop.when = STOP_QUIET;
    setup->config.stop.at = 3 * 24 * HOUR;
}

static void run(struct setup *setup, const char *parameters, struct sim_result *r)
{
    assert_true(setup_add(setup, "direct-mail", parameters));
    sim_run(&setup->config, r);
    assert_int_equal(r->status, SIM_DONE);
    setup_clear(setup);
}

/*
 * A write a minute, and one of two nodes is down from 10.5 min on.  The first mail that fails is of
 * 11 min; what is written from 3 h after it on, until a probe finds the node up again, is lost.
 */
static void hints_lose_what_is_written_after_their_window(void **state)
{
    static const sim_time outages[] = { HOUR / 2, 2 * HOUR, 3 * HOUR, 7 * HOUR / 2, 6 * HOUR };

    (void)state;
    for (size_t k = 0; k < sizeof outages / sizeof *outages; k++) {
        const sim_time down = 21 * MINUTE / 2, up = down + outages[k];
        const struct sim_fault fault = crash(1, down, outages[k]);
        double lost = 0;
        struct setup setup;
        struct sim_result r;

        init(&setup, 2, MINUTES_MAX, MINUTE);
        setup.config.faults = &fault;
        setup.config.fault_count = 1;
        run(&setup, "preset=cassandra-hints", &r);
        assert_int_equal(r.outcome_count, MINUTES_MAX);
        for (size_t i = 0; i < r.outcome_count; i++) {
            const sim_time at = r.outcomes[i].injected;
            const bool is_late = at > 11 * MINUTE + 3 * HOUR && at < up;

            assert_int_equal(at, (sim_time)i * MINUTE);
            assert_int_equal(r.outcomes[i].informed, is_late ? 1 : 2);
            lost += is_late;
        }
        assert_true(metric(&r, "direct-mail.lost_given_up") == lost);
        assert_true((lost > 0) == (outages[k] > 3 * HOUR));
        assert_true(metric(&r, "direct-mail.lost_overflow") == 0);
        sim_result_clear(&r);
    }
}

/*
 * A write every 10 s, and one of two nodes is down from 10 to 50 min and from 52 min to 1:40 h: in
 * the two minutes between not all of 240 hints can go.  Those that are left are half an hour older
 * than the second absence.
 */
static void a_persistent_window_counts_from_the_oldest_hint(void **state)
{
    (void)state;
    for (int is_persistent = 0; is_persistent < 2; is_persistent++) {
        const struct sim_fault faults[] = { crash(1, 10 * MINUTE + SIM_SECOND, 40 * MINUTE),
                                            crash(1, 52 * MINUTE + SIM_SECOND, 48 * MINUTE) };
        sim_time first = 0, last = 0;
        struct setup setup;
        struct sim_result r;

        init(&setup, 2, 700, 10 * SIM_SECOND);
        setup.config.faults = faults;
        setup.config.fault_count = 2;
        run(&setup,
            is_persistent ? "preset=cassandra-hints hint_window=1h replay_rate=10B"
                          : "preset=cassandra-hints hint_window=1h replay_rate=10B "
                            "hint_window_persistent=false",
            &r);
        for (size_t i = 0; i < r.outcome_count; i++) {
            if (r.outcomes[i].informed == 2)
                continue;
            first = first == 0 ? r.outcomes[i].injected : first;
            last = r.outcomes[i].injected;
        }
        if (is_persistent) { /* of two minutes at one hint in 10 s about twelve are replayed */
            assert_true(first > 71 * MINUTE && first < 73 * MINUTE);
            assert_true(last > 100 * MINUTE - 10 * SIM_SECOND && last <= 100 * MINUTE);
            assert_true(metric(&r, "direct-mail.lost_given_up") ==
                        (double)((last - first) / (10 * SIM_SECOND)) + 1);
        } else
            assert_true(first == 0 && metric(&r, "residue") == 0);
        sim_result_clear(&r);
    }
}

/* When an update was known to all, after its first writing. */
static sim_time arrival(const struct sim_result *r, size_t i)
{
    return r->outcomes[i].injected + r->outcomes[i].t_last;
}

/* The last of n nodes is away for an hour; of its hints the first is the probe that finds it. */
static void a_backlog_takes_its_bytes_over_the_rate(void **state)
{
    static const int64_t nodes[] = { 2, 3, 9 };

    (void)state;
    for (size_t k = 0; k < 3; k++)
        for (int rounds = 0; rounds < 2; rounds++) {
            const struct sim_fault fault =
                crash((uint32_t)nodes[k] - 1, 10 * MINUTE + SIM_SECOND, HOUR);
            const double a_hint = 100.0 * (double)(nodes[k] - 1) / 1000; /* s */
            struct setup setup;
            struct sim_result r;
            size_t replayed = 0;

            init(&setup, nodes[k], 420, 10 * SIM_SECOND);
            if (rounds)
                setup_rounds(&setup);
            setup.config.faults = &fault;
            setup.config.fault_count = 1;
            run(&setup, "preset=cassandra-hints replay_rate=1kB", &r);
            assert_true(metric(&r, "residue") == 0);
            for (size_t i = 62; i + 2 < 420; i++) {
                const double gap = (double)(arrival(&r, i + 1) - arrival(&r, i)) / SIM_SECOND;

                if (r.outcomes[i + 1].t_last < 5 * SIM_SECOND)
                    break;
                replayed++;
                assert_true(fabs(gap - a_hint) <= (rounds ? 1 : 1e-8));
            }
            assert_true(replayed > 350);
            assert_true(fabs((double)(arrival(&r, 62 + replayed) - arrival(&r, 62)) / SIM_SECOND -
                             (double)replayed * a_hint) <= (rounds ? 1 : 1e-5));
            sim_result_clear(&r);
        }
}

/* A receiver that goes down again and again while 600 hints are sent to it at one a second. */
static void a_replay_that_fails_goes_on_later(void **state)
{
    enum { TIMES = 12 };

    (void)state;
    for (int which = 0; which < 3; which++) { /* receiver or sender; its connection tells, or not */
        struct sim_fault faults[1 + TIMES];
        struct setup setup;
        struct sim_result r;

        faults[0] = crash(1, MINUTE, HOUR);
        for (int i = 0; i < TIMES; i++)
            faults[1 + i] =
                crash(which < 2, 62 * MINUTE + i * 2 * MINUTE + 7 * SIM_SECOND / 10, MINUTE);
        init(&setup, 2, 600, 6 * SIM_SECOND);
        setup.config.faults = faults;
        setup.config.fault_count = 1 + TIMES;
        run(&setup,
            which == 1 ? "preset=cassandra-hints replay_rate=100B transport=datagram timeout=4s"
                       : "preset=cassandra-hints replay_rate=100B",
            &r);
        assert_true(metric(&r, "residue") == 0);
        assert_true(metric(&r, "direct-mail.lost_given_up") == 0);
        assert_true(metric(&r, "direct-mail.queue_max") > 580);
        /* few twice: those under way as it failed, and a probe every 10 s */
        assert_true(metric(&r, "direct-mail.retransmissions") < 600 + TIMES * (6 + 6) + 360);
        assert_true(r.end < 2 * HOUR);
        sim_result_clear(&r);
    }
}

/* With a membership model the sender need not wait for its next probe, here an hour away. */
static void a_view_tells_who_is_back(void **state)
{
    (void)state;
    for (int views = 0; views < 2; views++) {
        const struct sim_fault fault = crash(1, 10 * MINUTE + SIM_SECOND, 10 * MINUTE);
        struct setup setup;
        struct sim_result r;

        init(&setup, 5, 90, 10 * SIM_SECOND);
        setup.config.faults = &fault;
        setup.config.fault_count = 1;
        setup.config.stop.when = STOP_NEVER;
        setup.config.stop.at = 30 * MINUTE;
        if (views)
            assert_true(setup_add(&setup, "swim", "broadcasts=false"));
        run(&setup, "preset=cassandra-hints retry_every=25min", &r);
        assert_true((metric(&r, "residue") == 0) == views);
        if (views)
            assert_true(arrival(&r, 62) < 20 * MINUTE + 20 * SIM_SECOND);
        sim_result_clear(&r);
    }
}

/* conf/cassandra.yaml: write_request_timeout, max_hints_size_per_host, max_hint_window,
 * hint_window_persistent_enabled, hinted_handoff_throttle; the trigger's 10 s; hints are files. */
static void the_preset_is_what_cassandra_ships(void **state)
{
    static const struct shipped shipped[] = {
        { "timeout", "2s" },
        { "queue", "1000000000" },
        { "retry", "probe" },
        { "retry_every", "10s" },
        { "backoff", "1" },
        { "attempts", "0" },
        { "give_up_after", "0s" },
        { "durable", "true" },
        { "transport", "connection" },
        { "hint_window", "3h" },
        { "hint_window_persistent", "true" },
        { "replay_rate", "1MiB" },
    };

    (void)state;
    check_preset("direct-mail", "cassandra-hints", shipped, sizeof shipped / sizeof *shipped);
}

static void options_without_effect_are_refused(void **state)
{
    static const char *const refused[] = {
        "hint_window_persistent=true", "hint_window=1h retry=all",
        "replay_rate=1kB retry=all",   "hint_window=1h queue=0",
        "replay_rate=1kB queue=0",     "acknowledge=false hint_window=1h",
    };
    static const char *const taken[] = {
        "hint_window=1h",
        "replay_rate=1kB",
        "preset=cassandra-hints hint_window=0s",
        "preset=cassandra-hints replay_rate=0B hint_window_persistent=false",
        "preset=none acknowledge=false transport=connection",
    };

    (void)state;
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++) {
        struct setup setup;

        setup_init(&setup, 3);
        assert_false(setup_add(&setup, "direct-mail", refused[i]));
        setup_clear(&setup);
    }
    for (size_t i = 0; i < sizeof taken / sizeof *taken; i++) {
        struct setup setup;

        setup_init(&setup, 3);
        assert_true(setup_add(&setup, "direct-mail", taken[i]));
        setup_clear(&setup);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(hints_lose_what_is_written_after_their_window),
        cmocka_unit_test(a_persistent_window_counts_from_the_oldest_hint),
        cmocka_unit_test(a_backlog_takes_its_bytes_over_the_rate),
        cmocka_unit_test(a_replay_that_fails_goes_on_later),
        cmocka_unit_test(a_view_tells_who_is_back),
        cmocka_unit_test(the_preset_is_what_cassandra_ships),
        cmocka_unit_test(options_without_effect_are_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
