/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Direct mail sends each update once to each other replica and, while mails fail, as often again
 * as the geometric law says; what its cache cannot hold or keep is lost and counted, to the mail;
 * alone it does not converge when nodes stay away longer than the cache lasts.  An outage costs its
 * data once, and the probes.  Its timers never multiply.
 */
#include "tests/models/harness.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

/* Runs direct mail alone and forgets the setup. */
static void run(struct setup *setup, const char *parameters, struct sim_result *result)
{
    assert_true(setup_add(setup, "direct-mail", parameters));
    sim_run(&setup->config, result);
    assert_int_equal(result->status, SIM_DONE);
    setup_clear(setup);
}

static double own(const struct sim_result *result, const char *counter)
{
    char name[64];

    snprintf(name, sizeof name, "direct-mail.%s", counter);
    return metric(result, name);
}

static void without_loss_a_mail_and_an_acknowledgement_each(void **state)
{
    (void)state;
    for (int variant = 0; variant < 4; variant++) {
        const bool acknowledged = variant & 1;
        struct setup setup;
        struct sim_result r;

        setup_init(&setup, 500);
        setup.config.stop.when = STOP_QUIET;
        if (variant & 2)
            setup_rounds(&setup);
        run(&setup, acknowledged ? "" : "acknowledge=false", &r);
        assert_true(metric(&r, "converged") == 1);
        assert_true(metric(&r, "messages") == (acknowledged ? 2 * 499 : 499));
        assert_true(metric(&r, "bytes_payload") == 499 * 100);
        assert_true(metric(&r, "bytes_control") == (acknowledged ? 499 * 8 : 0));
        assert_true(own(&r, "retransmissions") == 0);
        assert_true(own(&r, "queue_max") == 0);
        sim_result_clear(&r);
    }
}

static void retransmissions_are_geometric(void **state)
{
    (void)state;
    for (int rounds = 0; rounds < 2; rounds++) {
        const double mails = 9999, q = 0.8 * 0.8; /* a mail and its acknowledgement arrive */
        const double mean = (1 - q) / q, sd = sqrt(1 - q) / q;
        struct setup setup;
        struct sim_result r;

        setup_init(&setup, 10000);
        setup.config.network.loss = 0.2;
        if (rounds)
            setup_rounds(&setup);
        setup.config.stop.when = STOP_QUIET;
        run(&setup, "queue=100000", &r);
        assert_true(metric(&r, "converged") == 1);
        assert_true(fabs(own(&r, "retransmissions") / mails - mean) <= 4 * sd / sqrt(mails));
        assert_true(fabs(own(&r, "queue_max") / mails - (1 - q)) <= 4 * sqrt(q * (1 - q) / mails));
        assert_true(own(&r, "lost_overflow") + own(&r, "lost_given_up") == 0);
        sim_result_clear(&r);
    }
}

/* Everything is lost: n-1 mails fail, `queue` of them are cached and sent again `attempts` times.
 */
static void every_lost_mail_is_counted(void **state)
{
    static const struct {
        const char *parameters;
        double cached, attempts;
    } cases[] = {
        { "queue=0", 0, 0 },
        { "queue=10 attempts=3", 10, 3 },
        { "queue=10 attempts=3 overflow=drop-oldest", 10, 3 },
        { "queue=1000 attempts=1", 99, 1 },
        { "queue=50 attempts=4 backoff=3", 50, 4 },
        { "queue=50 attempts=4 timeout=5s", 50, 4 },
        { "queue=50 attempts=1 backoff=1000", 50, 1 },
        { "queue=20 give_up_after=4500ms", 20, 4 },
        { "queue=20 give_up_after=30s timeout=5s", 20, 5 },
        { "queue=20 give_up_after=4500ms retry_every=700ms backoff=2", 20, 2 },
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const double sent_again = cases[i].cached * cases[i].attempts;
        struct setup setup;
        struct sim_result r;

        setup_init(&setup, 100);
        setup.config.network.loss = 1;
        setup.config.stop.when = STOP_QUIET;
        run(&setup, cases[i].parameters, &r);
        if (own(&r, "retransmissions") != sent_again)
            fail_msg("%s: %g retransmissions, not %g", cases[i].parameters,
                     own(&r, "retransmissions"), sent_again);
        assert_true(metric(&r, "messages") == 99 + sent_again);
        assert_true(own(&r, "queue_max") == cases[i].cached);
        assert_true(own(&r, "lost_overflow") == 99 - cases[i].cached);
        assert_true(own(&r, "lost_given_up") == cases[i].cached);
        assert_true(metric(&r, "residue") == 0.99);
        assert_true(r.end < 60 * SIM_SECOND); /* a last attempt waits for its answer only */
        sim_result_clear(&r);
    }
}

/* Two updates, of which the cache has room for one: the other hardly gets anywhere. */
static void overflow_drops_the_newest_or_the_oldest(void **state)
{
    (void)state;
    for (int oldest = 0; oldest < 2; oldest++) {
        struct setup setup;
        struct sim_result r;

        setup_init(&setup, 201);
        setup.config.network.loss = 0.9;
        setup.config.workload.updates = setup.config.workload.keys = 2;
        setup.config.workload.arrival = ARRIVAL_EVERY;
        setup.config.workload.every = 500 * SIM_MILLISECOND;
        setup.config.workload.origin = ORIGIN_FIRST;
        setup.config.stop.when = STOP_QUIET;
        run(&setup, oldest ? "queue=150 overflow=drop-oldest" : "queue=150", &r);
        assert_int_equal(r.outcome_count, 2);
        assert_true(r.outcomes[oldest].informed > 150);
        assert_true(r.outcomes[!oldest].informed < 100);
        sim_result_clear(&r);
    }
}

static struct distribution *exponential(double mean_seconds)
{
    const struct distribution_spec spec = { .kind = DISTRIBUTION_EXPONENTIAL,
                                            .a = mean_seconds * SIM_SECOND };

    return distribution_new(&spec);
}

/* 60 nodes that come and go, 60 updates within a minute, ten minutes in all. */
static void run_churn(const char *parameters, double session, double downtime,
                      struct sim_result *result)
{
    struct distribution *up = exponential(session), *down = exponential(downtime);
    struct setup setup;

    setup_init(&setup, 60);
    setup.config.churn.session = up;
    setup.config.churn.downtime = down;
    setup.config.workload.updates = setup.config.workload.keys = 60;
    setup.config.workload.arrival = ARRIVAL_EVERY;
    setup.config.workload.every = SIM_SECOND;
    setup.config.stop.when = STOP_NEVER;
    setup.config.stop.at = 600 * SIM_SECOND;
    run(&setup, parameters, result);
    distribution_free(up);
    distribution_free(down);
}

static void an_outage_longer_than_the_cache_lasts_leaves_gaps(void **state)
{
    struct sim_result r;

    (void)state;
    run_churn("queue=200 attempts=5", 300, 60, &r);
    assert_true(metric(&r, "converged") == 0);
    assert_true(metric(&r, "residue") > 0.01);
    assert_true(own(&r, "lost_given_up") > 0);
    sim_result_clear(&r);

    run_churn("queue=5", 300, 60, &r);
    assert_true(metric(&r, "converged") == 0);
    assert_true(own(&r, "lost_overflow") > 0);
    assert_true(own(&r, "queue_max") == 5);
    sim_result_clear(&r);
}

static void a_crash_loses_the_cache_unless_it_is_durable(void **state)
{
    struct sim_result r;

    (void)state;
    run_churn("queue=100000", 100, 20, &r);
    assert_true(own(&r, "lost_crash") > 0);
    assert_true(metric(&r, "converged") == 0);
    sim_result_clear(&r);

    run_churn("queue=100000 durable=true", 100, 20, &r);
    assert_true(own(&r, "lost_crash") == 0);
    assert_true(metric(&r, "residue") < 0.01);
    sim_result_clear(&r);
}

/* Everything is lost; 19 mails fail at 0.2 s and are sent again at 1.2 s; at 1.5 s all go. */
static void who_leaves_sends_its_cache_once_more(void **state)
{
    static const struct {
        const char *parameters;
        enum sim_leave leave;
        double sent_again, given_up, crashed;
    } cases[] = {
        { "", LEAVE_CRASH, 19, 0, 19 },
        { "durable=true", LEAVE_CRASH, 19, 0, 0 },
        { "", LEAVE_GRACEFUL, 38, 19, 0 },
        { "durable=true", LEAVE_GRACEFUL, 38, 0, 0 },
    };
    const struct distribution_spec spec = { .kind = DISTRIBUTION_CONSTANT, .a = 1.5 * SIM_SECOND };
    struct distribution *stay = distribution_new(&spec);

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        for (int is_back = 0; is_back < 2; is_back++) { /* at 3 s; a durable cache goes at 4 s */
            const bool goes_on = is_back && *cases[i].parameters;
            struct setup setup;
            struct sim_result r;

            setup_init(&setup, 20);
            setup.config.network.loss = 1;
            setup.config.churn = (struct sim_churn){ .session = stay,
                                                     .downtime = stay,
                                                     .share = 1,
                                                     .start = CHURN_UP,
                                                     .leave = cases[i].leave };
            setup.config.stop.when = STOP_NEVER;
            setup.config.stop.at = (is_back ? 42 : 20) * SIM_SECOND / 10;
            run(&setup, cases[i].parameters, &r);
            assert_true(own(&r, "retransmissions") == cases[i].sent_again + 19 * goes_on);
            assert_true(own(&r, "lost_given_up") == cases[i].given_up);
            assert_true(own(&r, "lost_crash") == cases[i].crashed);
            sim_result_clear(&r);
        }
    distribution_free(stay);
}

/*
 * A write a second, and one of two nodes is down for an hour from 10.5 s on.  The mail of 11 s
 * fails at 11.2 s, probes follow every minute from then on, and until the first one is due new
 * mails are sent in vain: 61 of them.  59 probes are in vain, the 60th is answered at 3611.22 s.
 */
static void an_outage_costs_its_data_once(void **state)
{
    enum { UPDATES = 3700, IN_VAIN = 61, PROBES = 59 };
    static const char *const parameters[] = { "queue=10000 retry_every=1min",
                                              "queue=10000 retry_every=1min retry=all" };

    (void)state;
    for (int all = 0; all < 2; all++) {
        const struct sim_fault fault = { FAULT_CRASH,
                                         { .kind = SELECT_RANGE, .first = 1, .nodes = 1 },
                                         21 * SIM_SECOND / 2,
                                         3600 * SIM_SECOND,
                                         0,
                                         .obstacle = NULL };
        struct setup setup;
        struct sim_result r;

        setup_init(&setup, 2);
        setup.config.faults = &fault;
        setup.config.fault_count = 1;
        setup.config.workload.updates = setup.config.workload.keys = UPDATES;
        setup.config.workload.arrival = ARRIVAL_EVERY;
        setup.config.workload.every = SIM_SECOND;
        setup.config.workload.origin = ORIGIN_NODE;
        setup.config.stop.at = 7200 * SIM_SECOND;
        setup.config.stop.when = STOP_QUIET;
        run(&setup, parameters[all], &r);
        const double copies = metric(&r, "bytes_payload") / 100;

        assert_true(metric(&r, "residue") == 0);
        assert_true(own(&r, "queue_max") >= 3599 && own(&r, "queue_max") <= 3601);
        if (all) { /* a cache that grows by 60 a minute, each minute */
            assert_true(copies > UPDATES + 60.0 * 60 * 59 / 2);
        } else {
            assert_true(copies == UPDATES + IN_VAIN + PROBES);
            assert_int_equal(r.outcomes[3600].t_last, 11230 * SIM_MILLISECOND);
            assert_int_equal(r.outcomes[3650].t_last, 10 * SIM_MILLISECOND);
        }
        sim_result_clear(&r);
    }
}

/* Whoever hears from a silent receiver does not wait for the next probe: here it writes itself. */
static void any_sign_of_life_ends_the_silence(void **state)
{
    const struct sim_fault fault = { FAULT_CRASH,
                                     { .kind = SELECT_RANGE, .first = 1, .nodes = 1 },
                                     SIM_SECOND / 2,
                                     20 * SIM_SECOND,
                                     0,
                                     .obstacle = NULL };
    struct setup setup;
    struct sim_result r;

    (void)state;
    setup_init(&setup, 2);
    setup.config.faults = &fault;
    setup.config.fault_count = 1;
    setup.config.workload.updates = setup.config.workload.keys = 61;
    setup.config.workload.arrival = ARRIVAL_EVERY;
    setup.config.workload.every = SIM_SECOND / 2;
    setup.config.stop.when = STOP_QUIET;
    run(&setup, "retry_every=1h", &r);
    assert_true(metric(&r, "residue") == 0);
    for (size_t i = 0; i < r.outcome_count; i++) /* the first that node 1 writes again brings all */
        assert_true(r.outcomes[i].injected + r.outcomes[i].t_last < 25 * SIM_SECOND ||
                    r.outcomes[i].t_last == 10 * SIM_MILLISECOND);
    sim_result_clear(&r);
}

/* Many mails to few receivers: whatever waits for whatever, each is sent until it is answered. */
static void mails_that_wait_are_sent_as_often(void **state)
{
    static const char *const parameters[] = { "queue=100000", "queue=100000 retry=all" };
    const double mails = 2000 * 4, q = 0.8 * 0.8;

    (void)state;
    for (int all = 0; all < 2; all++) {
        struct setup setup;
        struct sim_result r;

        setup_init(&setup, 5);
        setup.config.network.loss = 0.2;
        setup.config.workload.updates = setup.config.workload.keys = 2000;
        setup.config.workload.arrival = ARRIVAL_EVERY;
        setup.config.workload.every = 50 * SIM_MILLISECOND;
        setup.config.stop.when = STOP_QUIET;
        run(&setup, parameters[all], &r);
        assert_true(metric(&r, "residue") == 0);
        assert_true(fabs(metric(&r, "bytes_payload") / 100 / mails - 1 / q) <=
                    4 * sqrt(1 - q) / q / sqrt(mails));
        sim_result_clear(&r);
    }
}

/* All that is sent is lost, so only timers make events: a timeout an update, a pass a second. */
static void retry_timers_do_not_multiply(void **state)
{
    static const struct {
        const char *parameters;
        sim_time every; /* between updates */
    } cases[] = {
        { "", 70 * SIM_MILLISECOND },
        { "backoff=1.3", 70 * SIM_MILLISECOND },
        { "overflow=drop-oldest queue=50", 70 * SIM_MILLISECOND },
        { "timeout=3s", 70 * SIM_MILLISECOND },
        { "backoff=4", 3 * SIM_SECOND }, /* new failures come before those that back off */
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct setup setup;
        struct sim_result r;

        setup_init(&setup, 20);
        setup.config.network.loss = 1;
        setup.config.workload.updates = setup.config.workload.keys = 100;
        setup.config.workload.arrival = ARRIVAL_EVERY;
        setup.config.workload.every = cases[i].every;
        setup.config.workload.origin = ORIGIN_FIRST;
        setup.config.stop.when = STOP_NEVER;
        setup.config.stop.at = 200 * SIM_SECOND;
        run(&setup, cases[i].parameters, &r);
        assert_true(own(&r, "retransmissions") > 0);
        assert_true(r.events <= 100 + 100 + 2 * 200 + r.sample_count);
        sim_result_clear(&r);
    }
}

/* 300 updates to 99 replicas one after another: the records of those answered are given back. */
static void settled_mails_take_no_memory(void **state)
{
    static const char *const parameters[] = { "acknowledge=false", "" };
    uint64_t bytes[2];

    (void)state;
    for (int i = 0; i < 2; i++) {
        struct setup setup;
        struct sim_result r;

        setup_init(&setup, 100);
        setup.config.workload.updates = setup.config.workload.keys = 300;
        setup.config.workload.arrival = ARRIVAL_EVERY;
        setup.config.workload.every = SIM_SECOND;
        setup.config.workload.origin = ORIGIN_FIRST;
        run(&setup, parameters[i], &r);
        assert_true(metric(&r, "converged") == 1);
        bytes[i] = r.peak_bytes;
        sim_result_clear(&r);
    }
    /* all of them would be 40 bytes each; a quarter is more than a block of memory */
    assert_true(bytes[1] < bytes[0] + 300 * 99 * 40 / 4);
}

static void options_without_effect_are_refused(void **state)
{
    static const char *const refused[] = {
        "acknowledge=false timeout=1s",   "acknowledge=false queue=3",
        "acknowledge=false durable=true", "queue=0 retry_every=2s",
        "queue=0 overflow=drop-oldest",
    };
    struct setup setup;

    (void)state;
    setup_init(&setup, 10);
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++)
        assert_false(setup_add(&setup, "direct-mail", refused[i]));
    assert_true(setup_add(&setup, "direct-mail", "queue=0 timeout=1s"));
    setup_clear(&setup);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(without_loss_a_mail_and_an_acknowledgement_each),
        cmocka_unit_test(retransmissions_are_geometric),
        cmocka_unit_test(every_lost_mail_is_counted),
        cmocka_unit_test(overflow_drops_the_newest_or_the_oldest),
        cmocka_unit_test(an_outage_longer_than_the_cache_lasts_leaves_gaps),
        cmocka_unit_test(a_crash_loses_the_cache_unless_it_is_durable),
        cmocka_unit_test(who_leaves_sends_its_cache_once_more),
        cmocka_unit_test(an_outage_costs_its_data_once),
        cmocka_unit_test(any_sign_of_life_ends_the_silence),
        cmocka_unit_test(mails_that_wait_are_sent_as_often),
        cmocka_unit_test(retry_timers_do_not_multiply),
        cmocka_unit_test(settled_mails_take_no_memory),
        cmocka_unit_test(options_without_effect_are_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
