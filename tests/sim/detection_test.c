/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What failure detectors are measured by, on one whose law is known: beats every second, each lost
 * with probability p, and a time-out of K and F seconds, 0 < F < 1.
 *
 *   - A live node is held dead where after a beat that came K in a row are lost: (1 - p) p^K times
 *     a second and pair.  The verdict falls K + F seconds after that beat and is taken back with
 *     the next that comes, a geometric number of seconds: it lasts 1 / (1 - p) - F on average.
 *   - Of a crash an observer learns K + F seconds after the last beat that it got.  That is U + G
 *     seconds before the crash, U uniform in 0..1 and the same for all, G geometric and its own.
 *   - Of a return it learns with the first beat that it gets.
 *
 * Tolerances are four standard errors.
 */
#include "tests/models/harness.h"
#include "tests/sim/heartbeat.h"

#include <math.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

static const double p = 0.3, k = 2, f = 0.5; /* loss, and the time-out of heartbeat.c */

static void watch_open(struct setup *setup, int nodes, const char *more)
{
    char parameters[100];

    snprintf(parameters, sizeof parameters, "nodes=%d %s", nodes, more);
    setup_init(setup, nodes);
    assert_true(setup_add_model(setup, &heartbeat, parameters));
    setup->config.network.loss = p;
    setup->config.workload = (struct sim_workload){ 0 };
    setup->config.stop.when = STOP_NEVER;
}

static void expect_near(double found, double wanted, double standard_error)
{
    if (!(fabs(found - wanted) <= 4 * standard_error))
        fail_msg("%g where %g +- %g was expected", found, wanted, standard_error);
}

static void false_verdicts_follow_the_law(void **state)
{
    enum { NODES = 6, SECONDS = 20000 };
    const double pair_seconds = NODES * (NODES - 1) * (double)SECONDS;
    const double dead = pair_seconds * (1 - p) * pow(p, k), suspect = pair_seconds * (1 - p) * p;
    struct setup setup;
    struct sim_result r;

    (void)state;
    watch_open(&setup, NODES, "suspect=1500ms");
    setup.config.stop.at = SECONDS * SIM_SECOND;
    sim_run(&setup.config, &r);
    /* lost beats are rarer after others than in a Poisson process: this is the larger error */
    expect_near(metric(&r, "false_dead"), dead, sqrt(dead));
    expect_near(metric(&r, "false_suspect"), suspect, sqrt(suspect));
    assert_true(metric(&r, "false_dead_at_healthy") == metric(&r, "false_dead"));
    assert_true(fabs(metric(&r, "false_dead_rate") -
                     metric(&r, "false_dead") / NODES / SECONDS * 3600) < 1e-9);
    assert_false(has_metric(&r, "detect_first") || has_metric(&r, "join_all") ||
                 has_metric(&r, "suspect_first"));
    sim_result_clear(&r);
    setup_clear(&setup);
}

/* Of two nodes, so that a node is held dead by one alone. */
static void mistakes_last_as_long_as_they_should(void **state)
{
    enum { SECONDS = 100000 };
    const double mean = 1 / (1 - p) - f, deviation = sqrt(p) / (1 - p);
    const double wrong = (1 - p) * pow(p, k) * mean, verdicts = 2 * SECONDS * wrong / mean;
    struct setup setup;
    struct sim_result r;

    (void)state;
    watch_open(&setup, 2, "");
    setup.config.warmup = 10 * SIM_SECOND;
    setup.config.stop.at = (10 + SECONDS) * SIM_SECOND;
    sim_run(&setup.config, &r);
    expect_near(metric(&r, "mistake_time"), mean, deviation / sqrt(verdicts));
    expect_near(metric(&r, "accuracy"), 1 - wrong,
                wrong * sqrt((1 + deviation * deviation / mean / mean) / verdicts));
    sim_result_clear(&r);
    setup_clear(&setup);
}

/* ---- crashes and returns ---- */

/* The chance that at least `some` of `all` have lost at least `lost` beats in a row. */
static double chance_of_losing(int some, int all, int lost)
{
    const double q = pow(p, lost);
    double chance = 0;

    for (int i = some; i <= all; i++)
        chance += exp(lgamma(all + 1) - lgamma(i + 1) - lgamma(all - i + 1)) * pow(q, i) *
                  (q < 1 ? pow(1 - q, all - i) : i == all);
    return chance;
}

/* Mean time from a crash until `some` of `all` observers know: those who have lost the most beats
 * are the first; who has lost more than the time-out knew before. */
static double time_to_know(int some, int all, double latency)
{
    double mean = 0;

    for (int lost = 0; lost <= k; lost++) {
        const double chance =
            chance_of_losing(some, all, lost) - chance_of_losing(some, all, lost + 1);
        const double longest = k + f + latency - lost; /* U = 0 */

        mean += chance * (longest >= 1 ? longest - 0.5 : longest * longest / 2);
    }
    return mean;
}

/* Mean time from a return until `all` observers have got a beat. */
static double time_to_hear(int all, double latency)
{
    double mean = 0.5 + latency;

    for (int lost = 1; lost < 100; lost++)
        mean += chance_of_losing(1, all, lost);
    return mean;
}

struct sums {
    double sum, squares;
};

static void add(struct sums *sums, double value)
{
    sums->sum += value;
    sums->squares += value * value;
}

static void expect_mean(const struct sums *sums, double count, double wanted)
{
    const double mean = sums->sum / count;

    expect_near(mean, wanted, sqrt((sums->squares / count - mean * mean) / count));
}

static void crashes_and_returns_are_noticed_when_they_should(void **state)
{
    enum { NODES = 6, OTHERS = NODES - 1, RUNS = 600 };
    const struct sim_fault crash = { .kind = FAULT_CRASH,
                                     .of = { .kind = SELECT_COUNT, .count = 1 },
                                     .at = 20 * SIM_SECOND,
                                     .lasts = 15 * SIM_SECOND };
    static const char *const names[] = { "detect_first", "detect_t50", "detect_all", "join_all" };
    const double latency = 0.01,
                 wanted[] = { time_to_know(1, OTHERS, latency), time_to_know(3, OTHERS, latency),
                              time_to_know(OTHERS, OTHERS, latency),
                              time_to_hear(OTHERS, latency) };
    struct sums sums[4] = { { 0 } };
    struct setup setup;

    (void)state;
    watch_open(&setup, NODES, "");
    setup.config.faults = &crash;
    setup.config.fault_count = 1;
    setup.config.stop.at = 60 * SIM_SECOND;
    for (uint32_t i = 0; i < RUNS; i++) {
        struct sim_result r;

        setup.config.replication = i;
        sim_run(&setup.config, &r);
        for (int m = 0; m < 4; m++)
            add(&sums[m], metric(&r, names[m]));
        assert_true(metric(&r, "detect_first_max") == metric(&r, "detect_first"));
        assert_true(metric(&r, "detect_t99") == metric(&r, "detect_all"));
        assert_true(metric(&r, "join_t99") == metric(&r, "join_all"));
        assert_true(metric(&r, "undetected") == 0);
        sim_result_clear(&r);
    }
    for (int m = 0; m < 4; m++)
        expect_mean(&sums[m], RUNS, wanted[m]);
    setup_clear(&setup);
}

/* ---- what is no crash, no mistake, or not to be seen ---- */

static void run_with(struct setup *setup, const struct sim_fault *faults, size_t count,
                     struct sim_result *r)
{
    setup->config.network.loss = 0;
    setup->config.faults = faults;
    setup->config.fault_count = count;
    setup->config.stop.at = 60 * SIM_SECOND;
    sim_run(&setup->config, r);
    assert_int_equal(r->status, SIM_DONE);
}

static void a_crash_may_be_over_or_the_run(void **state)
{
    struct sim_fault crash = { .kind = FAULT_CRASH,
                               .of = { .kind = SELECT_COUNT, .count = 1 },
                               .at = 20 * SIM_SECOND,
                               .lasts = SIM_SECOND };
    struct setup setup;
    struct sim_result r;

    (void)state;
    watch_open(&setup, 5, "");
    run_with(&setup, &crash, 1, &r); /* back after a second: nobody holds it dead */
    assert_true(metric(&r, "undetected") == 1);
    assert_false(has_metric(&r, "detect_first"));
    assert_true(metric(&r, "join_all") == 0); /* they have held it alive all the time */
    sim_result_clear(&r);

    ((struct heartbeat_config *)setup.configs[0])->suspect = 1200 * SIM_MILLISECOND;
    crash.lasts = 0;
    crash.at = 59 * SIM_SECOND; /* the run ends before anybody can know */
    run_with(&setup, &crash, 1, &r);
    assert_true(isnan(metric(&r, "detect_first")) && isnan(metric(&r, "detect_all")) &&
                isnan(metric(&r, "detect_first_max")));
    assert_true(metric(&r, "undetected") == 0);
    sim_result_clear(&r);

    setup.config.cooldown = 5 * SIM_SECOND; /* then it does not count */
    run_with(&setup, &crash, 1, &r);
    assert_false(has_metric(&r, "detect_first"));
    assert_true(has_metric(&r, "accuracy"));
    sim_result_clear(&r);

    crash.at = 20 * SIM_SECOND; /* as usual: suspected 1.3 s before it is held dead */
    run_with(&setup, &crash, 1, &r);
    assert_true(fabs(metric(&r, "detect_first") - metric(&r, "suspect_first") - 1.3) < 1e-9);
    assert_true(metric(&r, "detect_first") > 1.5 && metric(&r, "detect_first") < 2.52);
    assert_true(metric(&r, "false_dead") == 0);
    assert_false(has_metric(&r, "mistake_time"));
    sim_result_clear(&r);
    setup_clear(&setup);
}

/* The nodes that crash last were the last who did not know of the first. */
static void who_knows_last_may_go(void **state)
{
    const struct sim_fault faults[] = {
        { .kind = FAULT_CRASH,
          .of = { .kind = SELECT_RANGE, .first = 0, .nodes = 1 },
          .at = 20 * SIM_SECOND },
        { .kind = FAULT_CRASH,
          .of = { .kind = SELECT_RANGE, .first = 1, .nodes = 6 },
          .at = 21 * SIM_SECOND },
    };
    struct setup setup;
    struct sim_result r;

    (void)state;
    watch_open(&setup, 8, "");
    run_with(&setup, faults, 2, &r);
    assert_true(metric(&r, "alive") == 1);
    /* the one that is left finds out about all seven, by itself: first is all */
    assert_true(metric(&r, "detect_all") == metric(&r, "detect_first"));
    assert_true(metric(&r, "detect_first_max") <= 2.51);
    sim_result_clear(&r);
    setup_clear(&setup);
}

static void who_is_cut_off_is_no_mistake(void **state)
{
    const struct sim_selector one = { .kind = SELECT_RANGE, .first = 0, .nodes = 1 };
    const struct sim_selector rest = { .kind = SELECT_RANGE, .first = 1, .nodes = 4 };
    const struct sim_side sides[] = { { .parts = &one, .part_count = 1 },
                                      { .parts = &rest, .part_count = 1 } };
    const struct sim_obstacle cut = { .sides = sides, .side_count = 2 };
    const struct sim_obstacle slow = { .sides = sides, .side_count = 1, .factor = 300 };
    const struct sim_obstacle lost = { .sides = sides + 1, .side_count = 1, .loss = 1 };
    struct sim_fault fault = {
        .kind = FAULT_PARTITION, .at = 20 * SIM_SECOND, .lasts = 10 * SIM_SECOND, .obstacle = &cut
    };
    struct setup setup;
    struct sim_result r;

    (void)state;
    watch_open(&setup, 5, "");
    run_with(&setup, &fault, 1, &r);
    assert_true(metric(&r, "false_dead") == 0);
    assert_true(metric(&r, "accuracy") < 1); /* but it is not right either */
    sim_result_clear(&r);

    fault.kind = FAULT_LATENCY; /* what it sends takes 3 s: the four others hold it dead, healthy */
    fault.obstacle = &slow;
    run_with(&setup, &fault, 1, &r);
    assert_true(metric(&r, "false_dead") == 4 && metric(&r, "false_dead_at_healthy") == 4);
    assert_true(metric(&r, "mistake_time") > 0.1 && metric(&r, "mistake_time") < 3);
    sim_result_clear(&r);

    fault.kind = FAULT_LOSS; /* nothing comes from the four others, who hear of one alone */
    fault.obstacle = &lost;
    run_with(&setup, &fault, 1, &r);
    assert_true(metric(&r, "false_dead") == 4 + 4 * 3 && metric(&r, "false_dead_at_healthy") == 4);
    sim_result_clear(&r);
    setup_clear(&setup);
}

/* The first hears nothing from the four others, nor do they from each other. */
static void verdicts_are_counted_by_whom_they_are_about(void **state)
{
    static const char *const names[] = { "one", "rest" };
    static const uint32_t ends[] = { 1, 5 };
    const struct sim_selector rest = { .kind = SELECT_RANGE, .first = 1, .nodes = 4 };
    const struct sim_side side = { .parts = &rest, .part_count = 1 };
    const struct sim_obstacle lost = { .sides = &side, .side_count = 1, .loss = 1 };
    const struct sim_fault fault = {
        .kind = FAULT_LOSS, .at = 20 * SIM_SECOND, .lasts = 10 * SIM_SECOND, .obstacle = &lost
    };
    struct setup setup;
    struct sim_result r;

    (void)state;
    watch_open(&setup, 5, "");
    setup.config.group_names = names;
    setup.config.group_ends = ends;
    setup.config.group_count = 2;
    run_with(&setup, &fault, 1, &r);
    assert_true(metric(&r, "false_dead@one") == 0 && metric(&r, "false_dead@rest") == 4 + 4 * 3);
    assert_true(metric(&r, "false_dead_at_healthy@one") == 0);
    assert_true(metric(&r, "false_dead_at_healthy@rest") == 4);
    sim_result_clear(&r);

    setup.config.warmup = 25 * SIM_SECOND; /* when all is said */
    run_with(&setup, &fault, 1, &r);
    assert_true(metric(&r, "false_dead@rest") == 0);
    sim_result_clear(&r);
    setup_clear(&setup);
}

/* Four stand still.  As they go on, one after another, they hold dead the fifth and those of them
 * that have gone on before; not as healthy ones. */
static void who_goes_on_is_not_healthy_yet(void **state)
{
    const struct sim_selector four = { .kind = SELECT_RANGE, .first = 1, .nodes = 4 };
    struct sim_fault fault = {
        .kind = FAULT_PAUSE, .of = four, .at = 20 * SIM_SECOND, .lasts = 10 * SIM_SECOND
    };
    struct setup setup;
    struct sim_result r;

    (void)state;
    watch_open(&setup, 5, "");
    for (fault.timers = TIMERS_LATE; fault.timers <= TIMERS_BLOCK; fault.timers++) {
        run_with(&setup, &fault, 1, &r);
        assert_true(metric(&r, "false_dead") == 4 + 6);
        assert_true(metric(&r, "false_dead_at_healthy") == 0);
        sim_result_clear(&r);
    }
    setup_clear(&setup);
}

/* The first stands still for ten seconds and goes on with an inbox of 31 beats.  Of another only
 * the first of these has come.  2.5 s after that is handled the first holds it dead: as a healthy
 * one if messages take no time, and else within the 3.7 s that it needs for its inbox. */
static void who_works_off_its_inbox_is_not_healthy_yet(void **state)
{
    const struct sim_selector first = { .kind = SELECT_RANGE, .first = 0, .nodes = 1 };
    const struct sim_selector last = { .kind = SELECT_RANGE, .first = 4, .nodes = 1 };
    const struct sim_side side = { .parts = &last, .part_count = 1 };
    const struct sim_obstacle lost = { .sides = &side, .side_count = 1, .loss = 1 };
    struct sim_fault faults[] = {
        { .kind = FAULT_PAUSE, .of = first, .at = 20 * SIM_SECOND, .lasts = 10 * SIM_SECOND },
        { .kind = FAULT_LOSS, .at = 21 * SIM_SECOND, .lasts = 39 * SIM_SECOND, .obstacle = &lost },
    };
    struct distribution *processing = distribution_new(
        &(struct distribution_spec){ .kind = DISTRIBUTION_CONSTANT, .a = 120.0 * SIM_MILLISECOND });
    struct setup setup;
    struct sim_result r;

    (void)state;
    watch_open(&setup, 5, "");
    setup.config.network.inbox_max = -1;
    for (int i = 0; i < 4; i++) {
        setup.config.network.processing = i % 2 ? processing : NULL;
        faults[0].timers = i < 2 ? TIMERS_LATE : TIMERS_BLOCK;
        run_with(&setup, faults, 2, &r);
        assert_true(metric(&r, "false_dead") == 3 + 4 + 1); /* the others, as it goes on, later */
        assert_true(metric(&r, "false_dead_at_healthy") == (i % 2 ? 3 : 4));
        sim_result_clear(&r);
    }
    setup_clear(&setup);
    distribution_free(processing);
}

static void models_that_believe_nothing_have_none(void **state)
{
    struct setup setup;
    struct sim_result r;

    (void)state;
    setup_init(&setup, 5);
    setup_add(&setup, "anti-entropy", "");
    sim_run(&setup.config, &r);
    assert_false(has_metric(&r, "false_dead") || has_metric(&r, "accuracy") ||
                 has_metric(&r, "undetected"));
    sim_result_clear(&r);
    setup_clear(&setup);

    watch_open(&setup, 5, ""); /* of two that do, one cannot tell whose is whose */
    setup_add_model(&setup, &heartbeat, "nodes=5");
    sim_run(&setup.config, &r);
    assert_int_equal(r.status, SIM_FAILED);
    assert_string_equal(r.stop_reason, "model");
    sim_result_clear(&r);
    setup_clear(&setup);
}

/* ---- models that do not do as they must ---- */

static void ignore(struct node *n, bool graceful, bool loses)
{
    (void)n;
    (void)graceful;
    (void)loses;
}

static void forget_and_lie(struct node *n, const struct message *m)
{
    node_believe(n, m->from, BELIEF_DEAD, BELIEF_ALIVE);
}

/* Whether the engine stops the program that runs such a model. */
static bool is_stopped(const struct model *model)
{
    const struct sim_fault crash = { .kind = FAULT_CRASH,
                                     .of = { .kind = SELECT_COUNT, .count = 1 },
                                     .at = 5 * SIM_SECOND };
    const pid_t child = fork();
    int status;

    assert_true(child >= 0);
    if (child == 0) {
        struct setup setup;
        struct sim_result r;

        if (!freopen("/dev/null", "w", stderr))
            _exit(2);
        signal(SIGABRT, SIG_DFL);
        setup_init(&setup, 3);
        setup_add_model(&setup, model, "nodes=3");
        run_with(&setup, &crash, 1, &r);
        _exit(0);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    return WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT;
}

static void beliefs_that_do_not_add_up_are_stopped(void **state)
{
    struct model staying = heartbeat, lying = heartbeat, silent = heartbeat;

    (void)state;
    staying.on_down = ignore; /* it goes, and still believes */
    lying.on_message = forget_and_lie;
    silent.believes = false; /* it believes, and says that it does not */
    assert_false(is_stopped(&heartbeat));
    assert_true(is_stopped(&staying));
    assert_true(is_stopped(&lying));
    assert_true(is_stopped(&silent));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(false_verdicts_follow_the_law),
        cmocka_unit_test(mistakes_last_as_long_as_they_should),
        cmocka_unit_test(crashes_and_returns_are_noticed_when_they_should),
        cmocka_unit_test(a_crash_may_be_over_or_the_run),
        cmocka_unit_test(who_knows_last_may_go),
        cmocka_unit_test(who_is_cut_off_is_no_mistake),
        cmocka_unit_test(verdicts_are_counted_by_whom_they_are_about),
        cmocka_unit_test(who_goes_on_is_not_healthy_yet),
        cmocka_unit_test(who_works_off_its_inbox_is_not_healthy_yet),
        cmocka_unit_test(models_that_believe_nothing_have_none),
        cmocka_unit_test(beliefs_that_do_not_add_up_are_stopped),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
