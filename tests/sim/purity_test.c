/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A run is a pure function of its configuration: other threads, other layers of the stack and the
 * memory of the machine change nothing of it, but that too little memory ends it with a sentence.
 * In rounds all that happens is judged on the start of its round and stamped with it.
 */
#include "teller.h"

#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include <cmocka.h>

static void assert_same_results(const struct sim_result *a, const struct sim_result *b)
{
    assert_int_equal(a->fingerprint, b->fingerprint);
    assert_int_equal(a->events, b->events);
    assert_int_equal(a->end, b->end);
    assert_int_equal(a->sample_count, b->sample_count);
    for (size_t i = 0; i < a->sample_count; i++)
        assert_true(a->samples[i].informed == b->samples[i].informed);
    assert_int_equal(a->metric_count, b->metric_count);
    for (size_t i = 0; i < a->metric_count; i++)
        assert_memory_equal(&a->metrics[i].value, &b->metrics[i].value, sizeof(double));
}

static void *run_in_thread(void *trial)
{
    trial_run(trial);
    return NULL;
}

static void threads_change_nothing(void **state)
{
    enum { THREADS = 4 };
    struct trial t[THREADS];
    pthread_t threads[THREADS];

    (void)state;
    for (int i = 0; i < THREADS; i++) {
        trial_open(&t[i], 300, "");
        t[i].setup.config.workload.updates = t[i].setup.config.workload.keys = 100;
        t[i].setup.config.network.loss = 0.2;
        t[i].setup.config.node_histograms = true;
    }
    for (int i = 0; i < THREADS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, run_in_thread, &t[i]), 0);
    for (int i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
    for (int i = 1; i < THREADS; i++)
        assert_same_results(&t[0].result, &t[i].result);
    t[0].setup.config.replication = 1;
    trial_run(&t[0]);
    assert_int_not_equal(t[0].result.fingerprint, t[1].result.fingerprint);
    t[1].setup.config.seed = 2;
    trial_run(&t[1]);
    assert_int_not_equal(t[1].result.fingerprint, t[2].result.fingerprint);
    for (int i = 0; i < THREADS; i++)
        trial_close(&t[i]);
}

/* Churn and workload are the same whatever stack runs over them. */
static void a_layer_more_moves_no_draw_of_churn_and_workload(void **state)
{
    const struct distribution_spec mean = { .kind = DISTRIBUTION_EXPONENTIAL, .a = 30e9 };
    struct distribution *stay = distribution_new(&mean);
    struct trial t[2];

    (void)state;
    for (int i = 0; i < 2; i++) {
        trial_open(&t[i], 200, i ? "" : "ticks=false");
        if (i)
            assert_true(setup_add(&t[i].setup, "anti-entropy", ""));
        t[i].setup.config.churn.session = t[i].setup.config.churn.downtime = stay;
        t[i].setup.config.workload.updates = t[i].setup.config.workload.keys = 50;
        t[i].setup.config.workload.arrival = ARRIVAL_POISSON;
        t[i].setup.config.workload.rate = 1;
        t[i].setup.config.stop.when = STOP_NEVER;
        t[i].setup.config.stop.at = 100 * SIM_SECOND;
        t[i].setup.config.sample_every = SIM_SECOND;
        trial_run(&t[i]);
    }
    for (size_t i = 0; i < t[0].result.sample_count; i++)
        assert_int_equal(t[0].result.samples[i].alive, t[1].result.samples[i].alive);
    for (size_t i = 0; i < t[0].result.outcome_count; i++) {
        assert_int_equal(t[0].result.outcomes[i].origin, t[1].result.outcomes[i].origin);
        assert_int_equal(t[0].result.outcomes[i].injected, t[1].result.outcomes[i].injected);
    }
    assert_true(metric(&t[1].result, "messages") > metric(&t[0].result, "messages"));
    trial_close(&t[0]);
    trial_close(&t[1]);
    distribution_free(stay);
}

/* ---- rounds ---- */

/* Every contact of a round is judged on the start of it: who learns in a round tells nobody
 * before the next, so the informed at most double; all of a round is stamped with its start. */
static void a_round_sees_its_own_start(void **state)
{
    struct trial t;

    (void)state;
    trial_open(&t, 200, "");
    trial_keep_log(&t);
    setup_rounds(&t.setup);
    t.setup.config.stop.when = STOP_CONVERGED;
    trial_run(&t);
    assert_string_equal(t.result.stop_reason, "converged");
    assert_int_equal(t.result.end % SIM_SECOND, 0);
    for (size_t i = 0; i < t.config->count; i++)
        assert_int_equal(t.config->log[i].at % SIM_SECOND, 0);
    for (size_t i = 0; i < t.result.sample_count; i++) {
        const struct sim_sample *s = &t.result.samples[i];

        assert_int_equal(s->at, (sim_time)i * SIM_SECOND);
        assert_int_equal(s->messages, 200 * i);
        assert_int_equal(s->in_flight, 0);
        if (i > 0)
            assert_true(s->informed <= 2 * s[-1].informed);
    }
    assert_int_equal(t.result.outcomes[0].t_all, t.result.end);
    trial_close(&t);
}

/* A delay is rounded up to whole rounds, and a one-shot never fires in the round it was set. */
static void one_shots_wait_for_a_round(void **state)
{
    static const struct {
        const char *parameters;
        sim_time first;
    } cases[] = {
        { "ticks=false sends=false shoots=true delay=0s", SIM_SECOND },
        { "ticks=false sends=false shoots=true delay=1s", SIM_SECOND },
        { "ticks=false sends=false shoots=true delay=1001ms", 2 * SIM_SECOND },
        { "ticks=false sends=false shoots=true delay=3s", 3 * SIM_SECOND },
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct trial t;

        trial_open(&t, 3, cases[i].parameters);
        trial_keep_log(&t);
        setup_rounds(&t.setup);
        t.setup.config.workload.updates = 0;
        t.setup.config.stop.when = STOP_NEVER;
        t.setup.config.stop.at = 30 * SIM_SECOND;
        trial_run(&t);
        assert_true(t.config->count >= 6);
        for (size_t k = 0; k < t.config->count; k++)
            assert_int_equal(t.config->log[k].at, (sim_time)(k / 3 + 1) * cases[i].first);
        trial_close(&t);
    }
}

/* ---- too little memory ---- */

#ifdef SANITIZED
#define HAS_SANITIZER 1
#else
#define HAS_SANITIZER 0
#endif

static void too_little_memory_is_a_sentence(void **state)
{
    static const int64_t nodes[] = { 300000, 3000000, 30000000, 900000000 };
    struct rlimit before, low;

    (void)state;
    if (HAS_SANITIZER)
        skip();
    assert_int_equal(getrlimit(RLIMIT_AS, &before), 0);
    low = before;
    for (size_t i = 0; i < sizeof nodes / sizeof *nodes; i++) {
        struct trial t;

        trial_open(&t, nodes[i], "");
        t.setup.config.workload.updates = t.setup.config.workload.keys = 100;
        low.rlim_cur = 64 << 20;
        assert_int_equal(setrlimit(RLIMIT_AS, &low), 0);
        trial_run(&t);
        assert_int_equal(setrlimit(RLIMIT_AS, &before), 0);
        assert_int_equal(t.result.status, SIM_FAILED);
        assert_string_equal(t.result.stop_reason, "memory");
        assert_non_null(strstr(t.result.error, "memory is short"));
        trial_close(&t);
    }
}

/* Bytes of address space in use. */
static rlim_t used(void)
{
    FILE *file = fopen("/proc/self/statm", "r");
    unsigned long pages = 0;

    assert_non_null(file);
    assert_int_equal(fscanf(file, "%lu", &pages), 1);
    fclose(file);
    return (rlim_t)pages * 4096;
}

/* Memory that runs out at any moment of a run: while it is set up, in the middle, never. */
static void memory_may_run_out_at_any_moment(void **state)
{
    struct rlimit before, low;
    int failed = 0, done = 0;

    (void)state;
    if (HAS_SANITIZER)
        skip();
    assert_int_equal(getrlimit(RLIMIT_AS, &before), 0);
    low = before;
    for (rlim_t megabytes = 1; megabytes <= 512; megabytes += megabytes / 2 + 1) {
        struct trial t;

        trial_open(&t, 400, "");
        t.setup.config.workload.updates = t.setup.config.workload.keys = 8000;
        t.setup.config.workload.arrival = ARRIVAL_POISSON;
        t.setup.config.workload.rate = 4000;
        t.setup.config.stop.at = 6 * SIM_SECOND;
        low.rlim_cur = used() + (megabytes << 20);
        assert_int_equal(setrlimit(RLIMIT_AS, &low), 0);
        trial_run(&t);
        assert_int_equal(setrlimit(RLIMIT_AS, &before), 0);
        if (t.result.status == SIM_FAILED) {
            failed++;
            assert_string_equal(t.result.stop_reason, "memory");
            assert_non_null(strstr(t.result.error, "memory is short"));
        } else
            done++;
        trial_close(&t);
    }
    assert_true(failed > 3);
    assert_true(done > 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(threads_change_nothing),
        cmocka_unit_test(a_layer_more_moves_no_draw_of_churn_and_workload),
        cmocka_unit_test(a_round_sees_its_own_start),
        cmocka_unit_test(one_shots_wait_for_a_round),
        cmocka_unit_test(too_little_memory_is_a_sentence),
        cmocka_unit_test(memory_may_run_out_at_any_moment),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
