/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * heartbeat's verdicts, one by one, are those that a slow program reaches that is written from the
 * formulas of the systems: it sees when heartbeats arrive and when nodes look, keeps every
 * interval, and takes phi by its definition.  Where phi is within a part in 2000 of its threshold
 * either may be right.
 */
#include "models/heartbeat.h"
#include "sim/observe.h"
#include "tests/models/harness.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { NODES = 12, INTERVALS = 4096 };

enum system { CASSANDRA, AKKA, EXACT, CHITCHAT, SCYLLA };

/* One that watches another. */
struct pair {
    double intervals[INTERVALS], heard;
    int count;
    bool is_dead, is_told_dead; /* as this program has it, and as the model says */
};

struct slow {
    enum system system;
    int window;
    double threshold;
    struct pair pairs[NODES][NODES];
    uint64_t verdicts, returns, close;
};

static const struct {
    const char *parameters;
    double threshold; /* low ones, so that there are many verdicts */
} systems[] = {
    [CASSANDRA] = { "phi_threshold=1.7", 1.7 },
    [AKKA] = { "preset=akka monitors=0 phi_pause=1s phi_threshold=4", 4 },
    [EXACT] = { "preset=akka monitors=0 phi_distribution=normal phi_pause=1s phi_threshold=4", 4 },
    [CHITCHAT] = { "phi_log=e phi_initial=5s phi_prior=5 phi_max_interval=10s phi_comeback=anew "
                   "phi_local_pause=0s phi_threshold=1.3",
                   1.3 },
    [SCYLLA] = { "preset=scylla timeout=3700ms", 3.7 },
};

/* ---- the formulas ---- */

static double mean(const struct slow *slow, const struct pair *pair)
{
    const int from = pair->count > slow->window ? pair->count - slow->window : 0;
    double sum = 0;

    for (int i = from; i < pair->count; i++)
        sum += pair->intervals[i];
    return slow->system == CHITCHAT ? (sum + 5 * 5.0) / (pair->count - from + 5)
                                    : sum / (pair->count - from);
}

static double deviation(const struct slow *slow, const struct pair *pair)
{
    const int from = pair->count > slow->window ? pair->count - slow->window : 0;
    const double middle = mean(slow, pair);
    double sum = 0;

    for (int i = from; i < pair->count; i++)
        sum += (pair->intervals[i] - middle) * (pair->intervals[i] - middle);
    return fmax(0.1, sqrt(sum / (pair->count - from)));
}

static double phi(const struct slow *slow, const struct pair *pair, double now)
{
    const double t = now - pair->heard;
    double y, e;

    switch (slow->system) {
    case CASSANDRA:
        return 1 / log(10) * t / mean(slow, pair);
    case CHITCHAT:
        return t / mean(slow, pair);
    case SCYLLA:
        return t;
    case AKKA:
    case EXACT:
        break;
    }
    y = (t - mean(slow, pair) - 1) / deviation(slow, pair);
    e = exp(-y * (1.5976 + 0.070566 * y * y));
    if (slow->system == EXACT)
        return -log10(erfc(y / sqrt(2)) / 2);
    return y > 0 ? -log10(e / (1 + e)) : -log10(1 - 1 / (1 + e));
}

static void add(struct pair *pair, double interval)
{
    assert_true(pair->count < INTERVALS);
    pair->intervals[pair->count++] = interval;
}

static void meet(const struct slow *slow, struct pair *pair)
{
    pair->count = 0;
    pair->heard = 0;
    if (slow->system == CASSANDRA)
        add(pair, 2);
    if (slow->system == AKKA || slow->system == EXACT) {
        add(pair, 0.75);
        add(pair, 1.25);
    }
}

static void hear(struct slow *slow, struct pair *pair, double now)
{
    const double interval = now - pair->heard, longest = slow->system == CASSANDRA ? 2 : 10;
    const bool skips = slow->system == AKKA || slow->system == EXACT;

    if (pair->is_dead && slow->system == CHITCHAT)
        pair->count = 0;
    if (skips ? phi(slow, pair, now) < slow->threshold : interval <= longest)
        add(pair, interval);
    pair->heard = now;
    if (pair->is_dead && pair->count > 0) {
        pair->is_dead = false;
        slow->returns++;
    }
}

static void look(struct slow *slow, struct pair *pair, double now)
{
    if (pair->is_dead || phi(slow, pair, now) < slow->threshold)
        return;
    pair->is_dead = true;
    slow->verdicts++;
}

/* ---- what is seen ---- */

static void compare(struct slow *slow, struct pair *pair, double now)
{
    if (pair->is_dead == pair->is_told_dead)
        return;
    if (fabs(phi(slow, pair, now) / slow->threshold - 1) > 5e-4)
        fail_msg("system %d, at %.6f: %s by phi %.6f", slow->system, now,
                 pair->is_dead ? "dead" : "alive", phi(slow, pair, now));
    pair->is_dead = pair->is_told_dead;
    slow->close++;
}

static void see(void *context, const struct sight *sight)
{
    struct slow *slow = context;
    const double now = (double)sight->at / SIM_SECOND;
    struct pair *pairs = slow->pairs[sight->node];

    if (sight->what == SEEN_BELIEF && sight->to != BELIEF_NONE) {
        pairs[sight->peer].is_told_dead = sight->to == BELIEF_DEAD;
    } else if (sight->what == SEEN_ARRIVED && (sight->kind == BEAT || sight->kind == ANSWER)) {
        compare(slow, &slow->pairs[sight->peer][sight->node], now);
        hear(slow, &slow->pairs[sight->peer][sight->node], now);
    } else if (sight->what == SEEN_TIMER && sight->kind == TICK) {
        for (node_id id = 0; id < NODES; id++)
            if (id != sight->node) {
                compare(slow, &pairs[id], now);
                look(slow, &pairs[id], now);
            }
    }
}

static void expect_the_same(enum system system, int window, double loss)
{
    struct slow *slow = calloc(1, sizeof *slow);
    const struct sim_observer observer = { SEEN_BELIEF | SEEN_ARRIVED | SEEN_TIMER, see, slow };
    struct setup setup;
    struct sim_result r;
    char parameters[240];

    *slow =
        (struct slow){ .system = system, .window = window, .threshold = systems[system].threshold };
    for (int i = 0; i < NODES * NODES; i++)
        meet(slow, &slow->pairs[i / NODES][i % NODES]);
    snprintf(parameters, sizeof parameters, "%s%s", systems[system].parameters,
             system == SCYLLA ? ""
             : window == 5    ? " phi_window=5"
                              : "");
    setup_init(&setup, NODES);
    assert_true(setup_add(&setup, "heartbeat", parameters));
    setup.config.workload = (struct sim_workload){ 0 };
    setup.config.network.loss = loss;
    setup.config.network.jitter = 0.5;
    setup.config.stop.when = STOP_NEVER;
    setup.config.stop.at = 800 * SIM_SECOND;
    setup.config.observer = &observer;
    sim_run(&setup.config, &r);
    assert_int_equal(r.status, SIM_DONE);
    assert_true(metric(&r, "heartbeat.verdicts") > 300);
    assert_true(fabs(metric(&r, "heartbeat.verdicts") - (double)slow->verdicts) <=
                (double)slow->close);
    assert_true(fabs(metric(&r, "heartbeat.returns") - (double)slow->returns) <=
                (double)slow->close);
    assert_true((double)slow->close <= 0.005 * (double)slow->verdicts);
    sim_result_clear(&r);
    setup_clear(&setup);
    free(slow);
}

static void verdicts_are_those_of_the_formulas(void **state)
{
    (void)state;
    for (enum system system = CASSANDRA; system <= SCYLLA; system++) {
        expect_the_same(system, 5, 0.4);
        if (system != SCYLLA)
            expect_the_same(system, 1000, 0.4);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(verdicts_are_those_of_the_formulas) };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
