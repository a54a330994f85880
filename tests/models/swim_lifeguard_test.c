/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Lifeguard in swim: a slow node is taken to be slow, helpers say when they got no answer either,
 * health has a limit, and a ping tells its member that it is suspected.
 */
#include "models/swim.h"
#include "sim/observe.h"
#include "tests/models/swim_trial.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { NODES = 30 };

/* Four of 30 members stand still again and again, with their timers going on. */
static double count_false_verdicts(const char *parameters)
{
    static const struct sim_fault slow = { .kind = FAULT_PAUSE,
                                           .of = { .kind = SELECT_COUNT, .count = 4 },
                                           .at = 10 * SIM_SECOND,
                                           .lasts = 16 * SIM_SECOND,
                                           .every = 16 * SIM_SECOND + 64 * SIM_MILLISECOND,
                                           .keeps = true,
                                           .timers = TIMERS_RUN };

    double verdicts = 0;

    for (uint32_t i = 0; i < 6; i++) {
        struct setup setup;
        struct sim_result r;

        swim_open(&setup, NODES, parameters, 140);
        setup.config.faults = &slow;
        setup.config.fault_count = 1;
        setup.config.replication = i;
        sim_run(&setup.config, &r);
        verdicts += metric(&r, "false_dead_at_healthy");
        sim_result_clear(&r);
        setup_clear(&setup);
    }
    return verdicts;
}

static void lifeguard_spares_the_healthy(void **state)
{
    (void)state;
    assert_true(count_false_verdicts("lifeguard=false suspicion_mult=5") >
                10 * count_false_verdicts("suspicion_mult=5"));
}

/* Members that are dead but held to be suspected only, for as long as the run lasts. */
static void open_with_dead(struct setup *setup, const char *parameters,
                           const struct sim_observer *observer)
{
    static const struct sim_fault crash = { .kind = FAULT_CRASH,
                                            .of = { .kind = SELECT_COUNT, .count = 4 },
                                            .at = SIM_SECOND };

    swim_open(setup, 10, parameters, 95);
    setup->config.faults = &crash;
    setup->config.fault_count = 1;
    setup->config.observer = observer;
}

/* Helpers that say that they got no answer leave the prober as healthy as it is. */
static void nacks_speak_for_the_prober(void **state)
{
    (void)state;
    for (int has_nacks = 0; has_nacks < 2; has_nacks++) {
        struct setup setup;
        struct sim_result r;

        open_with_dead(&setup,
                       has_nacks ? "suspicion_mult=100 timeout=300ms"
                                 : "suspicion_mult=100 timeout=300ms nacks=false",
                       NULL);
        sim_run(&setup.config, &r);
        assert_true(metric(&r, "swim.probes_failed") > 100);
        assert_true(has_nacks ? metric(&r, "swim.health") == 0 : metric(&r, "swim.health") > 0.3);
        sim_result_clear(&r);
        setup_clear(&setup);
    }
}

/* Two members that no message reaches: each probe fails, and may take an interval longer than the
 * one before, up to eight. */
static void health_gets_no_worse_than_seven(void **state)
{
    static const int ends[] = {
        1, 3, 6, 10, 15, 21, 28, 36, 44, 52, 60
    }; /* after the first tick */
    struct setup setup;
    struct sim_result r;

    (void)state;
    for (int i = 5; i < 11; i++) {
        swim_open(&setup, 2, "suspicion_mult=100 connection_probe=false", 0);
        setup.config.network.loss = 1;
        setup.config.stop.at = (ends[i] + 1) * SIM_SECOND; /* the first tick is within 1 s */
        sim_run(&setup.config, &r);
        assert_int_equal(metric(&r, "swim.probes_failed"), 2 * (i + 1));
        assert_int_equal(metric(&r, "swim.health"), i < 6 ? i + 1 : 7);
        sim_result_clear(&r);
        setup_clear(&setup);
    }
}

struct pings {
    bool is_up[10];
    uint64_t to_dead, telling;
};

/* Pings to the dead when all that there was to tell has been told. */
static void see_ping(void *context, const struct sight *sight)
{
    struct pings *pings = context;

    if (sight->what == SEEN_DOWN)
        pings->is_up[sight->node] = false;
    else if (sight->at > 60 * SIM_SECOND && sight->kind == PING && !pings->is_up[sight->peer]) {
        pings->to_dead++;
        pings->telling += sight->carried->item_count;
    }
}

static void a_ping_tells_the_member_that_it_is_suspected(void **state)
{
    (void)state;
    for (int has_buddy = 0; has_buddy < 2; has_buddy++) {
        struct pings pings = { .to_dead = 0 };
        const struct sim_observer observer = { SEEN_SENT | SEEN_DOWN, see_ping, &pings };
        struct setup setup;
        struct sim_result r;

        memset(pings.is_up, true, sizeof pings.is_up);
        open_with_dead(&setup,
                       has_buddy ? "suspicion_mult=100 push_pull_interval=0s"
                                 : "suspicion_mult=100 push_pull_interval=0s buddy=false",
                       &observer);
        sim_run(&setup.config, &r);
        assert_true(pings.to_dead > 40);
        /* each probe that fails has the prober's ping and those of three helpers */
        assert_int_equal(4 * pings.telling, has_buddy ? pings.to_dead : 0);
        sim_result_clear(&r);
        setup_clear(&setup);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lifeguard_spares_the_healthy),
        cmocka_unit_test(nacks_speak_for_the_prober),
        cmocka_unit_test(health_gets_no_worse_than_seven),
        cmocka_unit_test(a_ping_tells_the_member_that_it_is_suspected),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
