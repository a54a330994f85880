/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Whoever looks on at a run of a shipped scenario changes nothing of it, and sees every event: the
 * last point of its sweep, each strategy, of large ones the beginning up to their first fault.  A
 * build with sanitizers, ten times slower, looks at some of them.
 */
#include "experiment/plan/plan.h"
#include "tests/sim/same_result.h"

#include <glib.h>
#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#ifdef SANITIZED
enum { ONE_IN = 4 }; /* of the scenarios, by their names */
#else
enum { ONE_IN = 1 };
#endif
#define NODE_SECONDS_MAX 4000   /* of each run, */
#define TO_A_FAULT_MAX   100000 /* and if its first fault comes later, so many */

struct counts {
    uint64_t timers, arrived, met_down, sent;
    sim_time begin; /* of what is measured */
};

static void see(void *context, const struct sight *sight)
{
    struct counts *counts = context;

    counts->timers += sight->what == SEEN_TIMER;
    counts->arrived += sight->what == SEEN_ARRIVED;
    counts->met_down += sight->what == SEEN_LOST && sight->why == WHY_DOWN;
    counts->sent += sight->what == SEEN_SENT && sight->at >= counts->begin;
}

static double messages_of(const struct sim_result *result)
{
    for (size_t i = 0; i < result->metric_count; i++)
        if (strcmp(result->metrics[i].name, "messages") == 0)
            return result->metrics[i].value;
    fail_msg("a run has no metric `messages`");
    return 0;
}

/* Messages that wait for the end of a pause then are events that nobody has seen; so may those be
 * that wait until the receiver has handled others. */
static bool ends_in_a_pause(const struct sim_config *config)
{
    for (size_t i = 0; i < config->fault_count; i++) {
        const struct sim_fault *fault = &config->faults[i];
        sim_time since = config->stop.at - fault->at;

        if (fault->every > 0 && since > 0)
            since %= fault->every;
        if (fault->kind == FAULT_PAUSE && since >= 0 && (!fault->lasts || since < fault->lasts))
            return true;
    }
    return false;
}

/* When there is enough of it: after the first fault, if it may take so long. */
static sim_time end_of(const struct sim_config *config)
{
    const sim_time most = TO_A_FAULT_MAX / config->nodes * SIM_SECOND;
    sim_time end = NODE_SECONDS_MAX / config->nodes * SIM_SECOND, first = INT64_MAX;

    for (size_t i = 0; i < config->fault_count; i++)
        first = MIN(first, config->faults[i].at);
    if (first < most)
        end = MIN(most, MAX(end, first + 10 * SIM_SECOND));
    return MIN(config->stop.at, end);
}

static void look_on(struct sim_config config, const char *name)
{
    const sim_time round = config.timing == TIMING_ROUNDS ? config.round : 1;
    struct counts counts = { .begin = (config.warmup + round - 1) / round * round };
    const struct sim_observer observer = { .wants = ~0u, .see = see, .context = &counts };
    struct sim_result plain, seen;
    const char *difference;
    uint64_t unseen;
    bool is_good;

    config.stop.at = end_of(&config);
    sim_run(&config, &plain);
    config.observer = &observer;
    sim_run(&config, &seen);
    difference = result_difference(&plain, &seen);
    if (difference)
        fail_msg("%s: with an observer %s is another", name, difference);
    assert_int_equal(plain.status, SIM_DONE);
    unseen = plain.events - counts.timers - counts.arrived - counts.met_down;
    if (ends_in_a_pause(&config))
        is_good = unseen > 0 && unseen < plain.events;
    else
        is_good = unseen <= (config.network.processing ? plain.events / 10 : 0);
    if (!is_good)
        fail_msg("%s: %" PRIu64 " of %" PRIu64 " events were not seen", name, unseen, plain.events);
    assert_true((double)counts.sent == messages_of(&plain));
    sim_result_clear(&plain);
    sim_result_clear(&seen);
}

static void look_on_at_point(const struct plan *plan, size_t point)
{
    struct setup *setup = plan_setup(plan, point);

    assert_non_null(setup);
    for (int i = 0; i < plan->strategy_count; i++)
        look_on(*setup_config(setup, i), plan->name);
    setup_free(setup);
}

static void shipped_scenarios_are_the_same(void **state)
{
    GDir *folder = g_dir_open("scenarios", 0, NULL);
    const char *name;
    int count = 0;

    (void)state;
    assert_non_null(folder);
    while ((name = g_dir_read_name(folder))) {
        const struct plan_options nothing = { .sets = NULL };
        struct errors errors = { .count = 0 };
        char *path = g_build_filename("scenarios", name, NULL);
        const bool is_taken = g_str_has_suffix(name, ".yaml") && g_str_hash(name) % ONE_IN == 0;
        struct plan *plan = is_taken ? plan_read(path, &nothing, &errors) : NULL;

        if (plan) {
            look_on_at_point(plan, plan->point_count - 1);
            count++;
        }
        assert_int_equal(errors.count, 0);
        plan_free(plan);
        g_free(path);
    }
    assert_true(count > 5);
    g_dir_close(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(shipped_scenarios_are_the_same) };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
