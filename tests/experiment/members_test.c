/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The keys of `members`: they need a membership model, they are completed where one is there, and
 * what leaves nobody to join, or nobody to be joined, is refused.
 */
#include "tests/experiment/reading.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define VIEWED  START "strategies: {a: {plain: {}, viewer: {}}, b: {plain: {}}}\n"
#define NOWHERE ": has no effect without a membership model in a strategy, one that keeps a view "

static void hold(const char *text, const char *wanted)
{
    char *full = round_trip(text, false);

    if (!strstr(full, wanted))
        fail_msg("no\n%s in\n%s", wanted, full);
    g_free(full);
}

static void members_are_completed_where_they_mean_something(void **state)
{
    char *full = round_trip(START STRATEGIES, false);

    (void)state;
    assert_null(strstr(full, "members"));
    g_free(full);
    hold(VIEWED, "\nmembers:\n  start: joined\n  seeds: 3\nnetwork:");
    hold(VIEWED "members: {start: join, rate: 30/min}\n",
         "\nmembers:\n  start: join\n  seeds: 3\n  rate: 0.5/s\nnetwork:");
    hold(VIEWED "members: {start: join, seeds: 99, rate: at-once}\n",
         "\nmembers:\n  start: join\n  seeds: 99\n  rate: at-once\nnetwork:");
    hold(VIEWED "groups: {a: 10, b: 90}\nmembers: {start: join, absent: b}\n"
                "faults: [{at: 1s, join: b}]\n",
         "\n  rate: at-once\n  absent: b\n");
}

/* Points that were stored before the keys were there are found again. */
static void defaults_are_in_no_hash(void **state)
{
    char *silent = round_trip(VIEWED, true), *joined, *other;

    (void)state;
    joined = round_trip(VIEWED "members: {start: joined, seeds: 3}\n", true);
    other = round_trip(VIEWED "members: {seeds: 4}\n", true);
    assert_string_equal(silent, joined);
    assert_string_not_equal(silent, other);
    assert_null(strstr(silent, "members"));
    g_free(silent);
    g_free(joined);
    g_free(other);
}

static void mistakes_are_refused(void **state)
{
    (void)state;
    expect_errors(START STRATEGIES "members: {start: join, seeds: 2, rate: 1/s}\n",
                  "4:11 members.start" NOWHERE "of the cluster\n"
                  "4:24 members.seeds" NOWHERE "of the cluster\n"
                  "4:34 members.rate" NOWHERE "of the cluster\n");
    expect_errors(VIEWED "members: {start: together}\n",
                  "4:18 members.start: `together` is none of joined, join\n");
    expect_errors(VIEWED "members: {seeds: 0}\n",
                  "4:18 members.seeds: 0 is outside 1..1073741824\n");
    expect_errors(VIEWED "members: {seeds: 101}\n",
                  "4:18 members.seeds: 101 contact points among 100 nodes\n");
    expect_errors(VIEWED "members: {rate: 10/s}\n",
                  "4:11 members.rate: has no effect without `members.start: join`\n");
    expect_errors(VIEWED "members: {start: join, rate: 10}\n",
                  "4:30 members.rate: 10 lacks a unit; a rate has one of the units /s /min /h, as "
                  "in 10/s\n");
    expect_errors(VIEWED "members: {start: join, rate: soon}\n",
                  "4:30 members.rate: `soon` is neither `at-once` nor a rate, as in 10/s\n");
    expect_errors(VIEWED "members: {start: join, rate: {mean: 1/s}}\n",
                  "4:30 members.rate: `at-once` or a rate, as in `10/s` was expected\n");
    expect_errors(VIEWED "members: {start: join, rate: 0/s}\n",
                  "4:30 members.rate: 0/s is outside 1e-9/s..1e9/s\n");
    expect_errors(VIEWED "members: {dial: 20}\n",
                  "4:11 members.dial: unknown key; known are start, seeds, rate, absent\n");
}

static void somebody_must_join_and_be_joined(void **state)
{
    (void)state;
    expect_errors(VIEWED "members: {start: join, seeds: 100}\n",
                  "4:31 members.seeds: nobody is left to join: 100 of 100 nodes are contact "
                  "points\n");
    expect_errors("gossipsim: 1\nnodes: 3\nstrategies: {a: {viewer: {}}}\n"
                  "members: {start: join}\n",
                  "4:18 members.start: nobody is left to join: 3 of 3 nodes are contact points\n");
    expect_errors(VIEWED "groups: {a: 40, b: 60}\nmembers: {start: join, seeds: 40, absent: b}\n"
                         "faults: [{at: 1s, join: b}]\n",
                  "5:31 members.seeds: nobody is left to join: 40 of 100 nodes are contact points, "
                  "and the others are absent\n");
    expect_errors(VIEWED "groups: {a: 40, b: 60}\nmembers: {start: join, seeds: 40, absent: a}\n"
                         "faults: [{at: 1s, join: a}]\n",
                  "5:43 members.absent: all contact points (`members.seeds: 40`) are among them, "
                  "so that nobody is there to join\n");
    expect_errors(VIEWED "members: {start: join, rate: 1/h}\nstop: {at: 10min}\n",
                  "4:30 members.rate: the first would join only after the end of the run, "
                  "`stop.at`\n");
    /* but these may be: some contact points come later, and the cluster need not be complete */
    hold(VIEWED "groups: {a: 40, b: 60}\nmembers: {start: join, seeds: 41, absent: a}\n"
                "faults: [{at: 1s, join: a}]\n",
         "seeds: 41");
    hold(VIEWED "members: {start: join, rate: 1/h}\nstop: {at: 2h}\n", "rate: ");
}

/* Members are enough to do. */
static void there_need_be_no_updates(void **state)
{
    (void)state;
    hold(VIEWED "workload: {updates: 0}\nwarmup: 1min\ncooldown: 1min\n", "\n  when: never\n");
    hold(VIEWED "workload: {updates: 0}\nstop: {when: quiet}\n", "\n  when: quiet\n");
    hold(VIEWED "workload: {updates: 0}\nstore: {preload: 3}\n", "\n  when: converged\n");
    hold(VIEWED "warmup: 1min\n", "\n  when: converged\n");
    expect_errors(VIEWED "workload: {updates: 0}\nstop: {when: converged}\n",
                  "5:14 stop.when: without updates and preload there is nothing to agree on\n");
    expect_errors(START STRATEGIES "workload: {updates: 0}\n",
                  "4:21 workload.updates: 0 updates and no `store.preload`: there would be nothing "
                  "to spread, and no model of a strategy has something else to do\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(members_are_completed_where_they_mean_something),
        cmocka_unit_test(defaults_are_in_no_hash),
        cmocka_unit_test(mistakes_are_refused),
        cmocka_unit_test(somebody_must_join_and_be_joined),
        cmocka_unit_test(there_need_be_no_updates),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
