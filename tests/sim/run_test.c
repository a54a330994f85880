/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A run always comes to an end: of one instant things happen in the order of their classes and
 * numbers, whatever a model does the end time and the cap on events hold, samples and results say
 * what happened, and a newer value of a key wins in whatever order values arrive.
 */
#include "law.h"
#include "teller.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* ---- order ---- */

/* Everything falls on whole seconds: writes, arrivals, one-shots, ticks and samples. */
static void of_one_instant_the_classes_keep_their_order(void **state)
{
    struct distribution *second =
        distribution_new(&(struct distribution_spec){ .a = (double)SIM_SECOND });
    struct trial t;
    uint32_t of[WHATS] = { 0 };

    (void)state;
    trial_open(&t, 20, "together=true shoots=true");
    trial_keep_log(&t);
    t.setup.config.network.latency = second;
    t.setup.config.workload = (struct sim_workload){ .updates = 40,
                                                     .keys = 40,
                                                     .size_bytes = 1,
                                                     .at = SIM_SECOND,
                                                     .arrival = ARRIVAL_EVERY,
                                                     .every = SIM_SECOND };
    t.setup.config.stop.at = 50 * SIM_SECOND;
    t.setup.config.stop.when = STOP_NEVER;
    t.setup.config.sample_every = SIM_SECOND;
    trial_run(&t);
    for (size_t i = 0; i < t.config->count; i++) {
        const struct entry *e = &t.config->log[i], *before = e - 1;

        assert_int_equal(e->at % SIM_SECOND, 0);
        of[e->what]++;
        if (i == 0 || before->at < e->at)
            continue;
        assert_int_equal(before->at, e->at);
        assert_true(before->what <= e->what);
        if (before->what == ARRIVED && e->what == ARRIVED)
            assert_true(before->number < e->number);
        if (before->what == TICKED && e->what == TICKED)
            assert_true(before->node < e->node);
    }
    assert_int_equal(of[WRITTEN], 40);
    assert_int_equal(of[TICKED], 20 * 50);
    assert_int_equal(of[ONE_SHOT], 20 * 50);
    assert_int_equal(of[ARRIVED], 2 * 20 * 49);
    /* a sample sees all that its instant brought */
    assert_int_equal(t.result.sample_count, 51);
    for (size_t i = 0; i < t.result.sample_count; i++)
        assert_int_equal(t.result.samples[i].messages, 40 * i);
    trial_close(&t);
    distribution_free(second);
}

/* ---- ends ---- */

static void the_end_time_always_holds(void **state)
{
    static const char *const parameters[] = {
        "ticks=false", "ticks=false shoots=true delay=7s", "", "sends=false", "together=true",
    };

    (void)state;
    for (size_t i = 0; i < sizeof parameters / sizeof *parameters; i++)
        for (int64_t nodes = 1; nodes <= 2; nodes++)
            for (int64_t updates = 0; updates < 2; updates++) {
                struct trial t;

                trial_open(&t, nodes, parameters[i]);
                t.setup.config.workload.updates = updates;
                t.setup.config.stop.when = STOP_NEVER;
                t.setup.config.stop.at = 10 * SIM_SECOND + 1;
                trial_run(&t);
                assert_int_equal(t.result.status, SIM_DONE);
                assert_string_equal(t.result.stop_reason, "time");
                assert_int_equal(t.result.end, 10 * SIM_SECOND + 1);
                trial_close(&t);
            }
}

/* A model that never lets time go on, one that floods the network, and one that merely works. */
static void the_cap_on_events_fails_the_run_with_a_sentence(void **state)
{
    static const char *const parameters[] = {
        "ticks=false sends=false shoots=true delay=0s",
        "ticks=false shoots=true delay=0s",
        "flood=true",
        "interval=1us",
    };

    (void)state;
    for (size_t i = 0; i < sizeof parameters / sizeof *parameters; i++) {
        struct trial t;

        trial_open(&t, 10, parameters[i]);
        t.setup.config.stop.when = STOP_NEVER;
        t.setup.config.stop.events = 200000;
        trial_run(&t);
        assert_int_equal(t.result.status, SIM_FAILED);
        assert_string_equal(t.result.stop_reason, "events");
        assert_non_null(strstr(t.result.error, "200000 events"));
        assert_true(t.result.events > 199000); /* the rest are samples */
        trial_close(&t);
    }
}

static void a_run_stops_when_all_agree_or_nothing_is_left_to_do(void **state)
{
    struct trial t;

    (void)state;
    trial_open(&t, 50, "");
    trial_run(&t);
    assert_string_equal(t.result.stop_reason, "converged");
    assert_true(metric(&t.result, "converged") == 1);
    assert_true(metric(&t.result, "residue") == 0);
    assert_true(metric(&t.result, "t_all") == (double)t.result.end / 1e9);
    assert_int_equal(t.result.outcomes[0].t_all, t.result.end);
    assert_int_equal(t.result.outcomes[0].t_last, t.result.end);
    assert_int_equal(t.result.outcomes[0].informed, 50);
    t.setup.config.network.loss = 1; /* nobody hears: it never converges, and says so */
    t.setup.config.stop.at = 30 * SIM_SECOND;
    trial_run(&t);
    assert_string_equal(t.result.stop_reason, "time");
    assert_true(metric(&t.result, "converged") == 0);
    assert_true(metric(&t.result, "residue") == 49.0 / 50);
    assert_true(isnan(metric(&t.result, "t50")));
    assert_int_equal(t.result.outcomes[0].t50, SIM_NEVER);
    assert_true(metric(&t.result, "t_last") == 0);
    trial_close(&t);

    trial_open(&t, 50, "ticks=false");
    t.setup.config.stop.when = STOP_QUIET;
    trial_run(&t);
    assert_string_equal(t.result.stop_reason, "quiet");
    assert_true(metric(&t.result, "residue") == 49.0 / 50);
    trial_close(&t);
}

static void small_and_empty_systems_run(void **state)
{
    struct trial t;

    (void)state;
    trial_open(&t, 1, ""); /* the only node knows what it wrote */
    trial_run(&t);
    assert_string_equal(t.result.stop_reason, "converged");
    assert_int_equal(t.result.end, 0);
    assert_true(metric(&t.result, "t_all") == 0);
    trial_close(&t);

    trial_open(&t, 2, "");
    trial_run(&t);
    assert_string_equal(t.result.stop_reason, "converged");
    assert_true(metric(&t.result, "t_all") <= 1 + 0.01);
    trial_close(&t);

    trial_open(&t, 30, ""); /* data to repair, and nothing written */
    t.setup.config.workload.updates = 0;
    t.setup.config.store.preload = 40;
    t.setup.config.store.missing = 0.3;
    trial_run(&t);
    assert_string_equal(t.result.stop_reason, "converged");
    assert_int_equal(t.result.outcome_count, 40);
    assert_true(fabs(law_share(t.result.samples[0].informed * 40, 30 * 40, 0.7)) < LAW_Z);
    trial_close(&t);

    trial_open(&t, 30, ""); /* nothing at all */
    t.setup.config.workload.updates = 0;
    t.setup.config.stop.at = 5 * SIM_SECOND;
    trial_run(&t);
    assert_int_equal(t.result.status, SIM_DONE);
    assert_int_equal(t.result.outcome_count, 0);
    trial_close(&t);
}

static void a_run_can_be_cancelled(void **state)
{
    struct sim_watch watch = { 0 };
    struct trial t;

    (void)state;
    trial_open(&t, 1000, "");
    t.setup.config.stop.when = STOP_NEVER;
    t.setup.config.watch = &watch;
    t.setup.config.stop.at = 300 * SIM_SECOND;
    trial_run(&t);
    assert_int_equal(t.result.status, SIM_DONE);
    assert_true(atomic_load(&watch.now) > 0);
    assert_int_equal(atomic_load(&watch.alive), 1000);
    assert_true(atomic_load(&watch.events) > 0);
    atomic_store(&watch.cancel, true);
    trial_run(&t);
    assert_int_equal(t.result.status, SIM_CANCELLED);
    assert_string_equal(t.result.stop_reason, "cancelled");
    assert_true(t.result.end < 300 * SIM_SECOND);
    trial_close(&t);
}

/* ---- samples ---- */

/* The last of the samples at or before `at`. */
static const struct sim_sample *sample_before(const struct sim_result *result, sim_time at)
{
    size_t i = 0;

    while (i + 1 < result->sample_count && result->samples[i + 1].at <= at)
        i++;
    return &result->samples[i];
}

static void assert_samples_are_even(const struct sim_result *result, size_t fewest)
{
    const size_t count = result->sample_count;
    const struct sim_sample *s = result->samples;

    assert_in_range(count, fewest, 2 * fewest + 2 + 4 * 30); /* a long run has 30 doublings */
    assert_int_equal(s[0].at, 0);
    assert_int_equal(s[count - 1].at, result->end);
    for (size_t k = 1; k < count; k++) {
        assert_true(s[k].at > s[k - 1].at);
        assert_true(s[k].messages >= s[k - 1].messages);
        assert_true(s[k].at - s[k - 1].at <= result->end / (sim_time)fewest);
    }
}

/* What a sample does not show has happened within the last quarter of the time so far. */
static void assert_little_is_missed(const struct sim_result *few, const struct sim_result *many)
{
    for (size_t k = 0; k < many->sample_count; k++) {
        const sim_time at = many->samples[k].at;
        const struct sim_sample *shown = sample_before(few, at);
        const struct sim_sample *then = sample_before(many, at - at / 4 - few->samples[1].at);

        assert_true(shown->messages >= then->messages);
    }
}

static void samples_are_enough_and_closest_at_the_start(void **state)
{
    static const struct {
        int64_t nodes;
        sim_time end;
        size_t fewest;
    } runs[] = {
        { 10, SIM_SECOND / 3, 16 },      { 10, 3 * SIM_SECOND, 16 },
        { 10, 777 * SIM_SECOND, 16 },    { 10, 20 * SIM_DAY, 128 },
        { 300, 777 * SIM_SECOND, 18 },   { 1024, 3 * SIM_SECOND, 64 },
        { 2048, 777 * SIM_SECOND, 128 },
    };

    (void)state;
    for (size_t i = 0; i < sizeof runs / sizeof *runs; i++) {
        struct trial t;
        struct sim_result few;

        trial_open(&t, runs[i].nodes, "interval=100s");
        t.setup.config.stop.when = STOP_NEVER;
        t.setup.config.stop.at = runs[i].end;
        trial_run(&t);
        few = t.result;
        t.result = (struct sim_result){ 0 };
        assert_samples_are_even(&few, runs[i].fewest);
        t.setup.config.sample_every = runs[i].end / 700;
        trial_run(&t);
        for (size_t k = 0; k < 700; k++)
            assert_int_equal(t.result.samples[k].at, (sim_time)k * (runs[i].end / 700));
        assert_int_equal(few.fingerprint, t.result.fingerprint);
        assert_little_is_missed(&few, &t.result);
        sim_result_clear(&few);
        trial_close(&t);
    }
}

/* Automatic samples tell the same as those of a run that looks every millisecond. */
static void an_automatic_sample_is_true(void **state)
{
    struct trial t;
    struct sim_result few;

    (void)state;
    trial_open(&t, 20, "interval=7s together=true");
    t.setup.config.stop.when = STOP_NEVER;
    t.setup.config.stop.at = 200 * SIM_SECOND;
    trial_run(&t);
    few = t.result;
    t.result = (struct sim_result){ 0 };
    t.setup.config.sample_every = SIM_MILLISECOND;
    trial_run(&t);
    for (size_t k = 0; k < few.sample_count; k++) {
        const struct sim_sample *shown = &few.samples[k];
        const struct sim_sample *then = &t.result.samples[shown->at / SIM_MILLISECOND];

        assert_int_equal(shown->at, then->at);
        assert_int_equal(shown->messages, then->messages);
        assert_int_equal(shown->in_flight, then->in_flight);
        assert_int_equal(shown->duplicates, then->duplicates);
        assert_true(shown->informed == then->informed);
    }
    sim_result_clear(&few);
    trial_close(&t);
}

/* Between samples curves go straight: none must lead into an injection from what came of it. */
static void a_sample_stands_before_an_injection(void **state)
{
    const sim_time at = 61 * SIM_SECOND + 7;
    size_t before = 0;
    struct trial t;

    (void)state;
    trial_open(&t, 10, "interval=1s");
    t.setup.config.workload.at = at;
    t.setup.config.stop.when = STOP_NEVER;
    t.setup.config.stop.at = 300 * SIM_SECOND;
    trial_run(&t);
    for (size_t k = 0; k < t.result.sample_count; k++)
        if (t.result.samples[k].at < at)
            before = k;
    assert_int_equal(t.result.samples[before].at, at - 1);
    assert_true(t.result.samples[before].informed == 0);
    assert_true(t.result.samples[before + 1].informed > 0);
    trial_close(&t);
}

/* ---- workload ---- */

/* Also where the mean gap is a nanosecond, which is the clock's: nothing is rounded away. */
static void poisson_arrivals_keep_their_rate(void **state)
{
    enum { UPDATES = 4000 };
    static const double rates[] = { 5, 1e9, 3e8 };
    double *gaps = malloc(UPDATES * sizeof *gaps);

    (void)state;
    for (size_t r = 0; r < sizeof rates / sizeof *rates; r++) {
        struct trial t;

        trial_open(&t, 10, "ticks=false");
        t.setup.config.workload.updates = UPDATES;
        t.setup.config.workload.keys = UPDATES;
        t.setup.config.workload.arrival = ARRIVAL_POISSON;
        t.setup.config.workload.rate = rates[r];
        t.setup.config.workload.at = 3 * SIM_SECOND;
        trial_run(&t);
        assert_int_equal(t.result.outcome_count, UPDATES);
        assert_int_equal(t.result.outcomes[0].injected, 3 * SIM_SECOND);
        for (int i = 1; i < UPDATES; i++)
            gaps[i] =
                (double)(t.result.outcomes[i].injected - t.result.outcomes[i - 1].injected) / 1e9;
        assert_true(fabs(law_mean(gaps + 1, UPDATES - 1, 1 / rates[r])) < LAW_Z);
        trial_close(&t);
    }
    free(gaps);
}

static void origins_are_the_scenarios_nodes(void **state)
{
    uint32_t counts[8] = { 0 };
    struct trial t;

    (void)state;
    trial_open(&t, 8, "ticks=false");
    t.setup.config.stop.when = STOP_QUIET;
    t.setup.config.workload.updates = t.setup.config.workload.keys = 800;
    trial_run(&t);
    for (size_t i = 0; i < t.result.outcome_count; i++)
        counts[t.result.outcomes[i].origin]++;
    assert_true(fabs(law_even(counts, 8)) < LAW_Z);
    for (node_id node = 0; node < 8; node++) {
        t.setup.config.workload.origin = node ? ORIGIN_NODE : ORIGIN_FIRST;
        t.setup.config.workload.origin_node = node;
        trial_run(&t);
        for (size_t i = 0; i < t.result.outcome_count; i++)
            assert_int_equal(t.result.outcomes[i].origin, node);
    }
    trial_close(&t);
}

static void what_is_written_before_the_warmup_ends_is_not_measured(void **state)
{
    struct trial t;

    (void)state;
    trial_open(&t, 10, "");
    t.setup.config.workload.updates = t.setup.config.workload.keys = 20;
    t.setup.config.workload.arrival = ARRIVAL_EVERY;
    t.setup.config.workload.every = SIM_SECOND;
    t.setup.config.warmup = 5 * SIM_SECOND;
    trial_run(&t);
    assert_int_equal(t.result.outcome_count, 15);
    assert_int_equal(t.result.outcomes[0].update, 5);
    assert_int_equal(t.result.outcomes[0].injected, 5 * SIM_SECOND);
    trial_close(&t);
}

/* Latencies so long and so different that old values often arrive after new ones. */
static void the_newest_value_wins_in_any_order(void **state)
{
    struct distribution *slow = distribution_new(
        &(struct distribution_spec){ .kind = DISTRIBUTION_EXPONENTIAL, .a = 20e9 });

    (void)state;
    for (int64_t keys = 1; keys <= 40; keys += 13)
        for (int deletes = 0; deletes < 2; deletes++) {
            struct trial t;

            trial_open(&t, 30, "");
            t.setup.config.network.latency = slow;
            t.setup.config.network.latency_per = LATENCY_PER_MESSAGE;
            t.setup.config.workload.updates = 40;
            t.setup.config.workload.keys = keys;
            t.setup.config.workload.deletes = deletes * 0.5;
            t.setup.config.workload.arrival = ARRIVAL_EVERY;
            t.setup.config.workload.every = SIM_SECOND;
            trial_run(&t);
            assert_string_equal(t.result.stop_reason, "converged");
            assert_true(metric(&t.result, "staleness") == 0);
            assert_true(metric(&t.result, "entropy") == 0);
            assert_true(metric(&t.result, "staleness_mean") > 0);
            if (deletes)
                assert_true(metric(&t.result, "resurrected") == 0);
            for (size_t u = 0; u < t.result.outcome_count; u++)
                assert_int_equal(t.result.outcomes[u].informed, 30);
            trial_close(&t);
        }
    distribution_free(slow);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(of_one_instant_the_classes_keep_their_order),
        cmocka_unit_test(the_end_time_always_holds),
        cmocka_unit_test(the_cap_on_events_fails_the_run_with_a_sentence),
        cmocka_unit_test(a_run_stops_when_all_agree_or_nothing_is_left_to_do),
        cmocka_unit_test(small_and_empty_systems_run),
        cmocka_unit_test(a_run_can_be_cancelled),
        cmocka_unit_test(samples_are_enough_and_closest_at_the_start),
        cmocka_unit_test(an_automatic_sample_is_true),
        cmocka_unit_test(a_sample_stands_before_an_injection),
        cmocka_unit_test(poisson_arrivals_keep_their_rate),
        cmocka_unit_test(origins_are_the_scenarios_nodes),
        cmocka_unit_test(what_is_written_before_the_warmup_ends_is_not_measured),
        cmocka_unit_test(the_newest_value_wins_in_any_order),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
