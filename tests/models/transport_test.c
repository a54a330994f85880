/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What models do over connections: what is lost comes late, and who cannot be reached is known of
 * before any timeout of a model.
 */
#include "tests/models/harness.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

enum { SEEDS = 100, FAILS_AFTER = 127 }; /* times the first timeout: six doublings and their sum */

#define RETRANSMIT (10 * SIM_MILLISECOND)

static const struct sim_fault one_crashes = { .kind = FAULT_CRASH,
                                              .of = { .kind = SELECT_COUNT, .count = 1 } };

/* Whoever writes does so at a second, when a fault at 0 s has struck. */
static void open_setup(struct setup *setup, int64_t nodes, const struct sim_fault *fault)
{
    setup_init(setup, nodes);
    setup->config.network.retransmit = RETRANSMIT;
    setup->config.workload.at = SIM_SECOND;
    setup->config.faults = fault;
    setup->config.fault_count = fault != NULL;
}

static double run_for(struct setup *setup, const char *name)
{
    struct sim_result r;
    double value;

    sim_run(&setup->config, &r);
    assert_int_equal(r.status, SIM_DONE);
    value = metric(&r, name);
    sim_result_clear(&r);
    return value;
}

/* The value of a metric with one model. */
static double value_of(const struct sim_fault *fault, int64_t nodes, const char *model,
                       const char *parameters, const char *name)
{
    struct setup setup;
    double value;

    open_setup(&setup, nodes, fault);
    assert_true(setup_add(&setup, model, parameters));
    value = run_for(&setup, name);
    setup_clear(&setup);
    return value;
}

/* ---- direct mail ---- */

static void mail_is_lost_as_often_as_a_connection_fails(void **state)
{
    const double loss = 0.5, share = pow(loss, 7);
    const int64_t nodes = 20001;
    struct setup setup;

    (void)state;
    open_setup(&setup, nodes, NULL);
    setup.config.network.loss = loss;
    setup.config.stop.when = STOP_QUIET;
    assert_true(setup_add(&setup, "direct-mail", "transport=connection acknowledge=false"));
    const double missing = run_for(&setup, "residue") * (double)nodes;
    const double sent = (double)(nodes - 1);

    assert_true(fabs(missing - share * sent) < 4 * sqrt(sent * share * (1 - share)));
    setup_clear(&setup);
}

/* Its receiver is away for 10 s, and it fails after 1.27 s; then it is tried each second. */
static void a_mail_that_fails_waits_in_the_cache(void **state)
{
    struct sim_fault away = one_crashes;
    const char *connection = "transport=connection timeout=100s retry_every=1s";

    (void)state;
    away.lasts = 10 * SIM_SECOND;
    assert_true(value_of(&away, 10, "direct-mail", connection, "direct-mail.queue_max") == 1);
    const double t_settled = value_of(&away, 10, "direct-mail", connection, "t_settled");
    const double known_late =
        value_of(&away, 10, "direct-mail", "timeout=100s retry_every=1s", "t_settled");

    assert_true(t_settled > 9 && t_settled < 9 + 1 + 0.02);
    assert_true(known_late > 99);
}

/* ---- calls ---- */

/* Of three nodes one is dead.  Who calls it asks the other when it knows. */
static void check_hunt(const char *model, const char *datagram, const char *connection)
{
    const double knows = FAILS_AFTER * (double)RETRANSMIT / 1e9;
    int late = 0;

    for (uint64_t seed = 1; seed <= SEEDS; seed++) {
        for (int is_connection = 0; is_connection < 2; is_connection++) {
            struct setup setup;

            open_setup(&setup, 3, &one_crashes);
            setup.config.seed = seed;
            assert_true(setup_add(&setup, model, is_connection ? connection : datagram));
            const double t_all = run_for(&setup, "t_all");

            late += !is_connection && !(t_all < 150);
            assert_true(!is_connection || t_all < 99 + knows + 0.1);
            setup_clear(&setup);
        }
    }
    assert_true(late > 0); /* who sends datagrams knows nothing */
}

static void who_cannot_be_called_is_hunted_past(void **state)
{
    (void)state;
    check_hunt("anti-entropy", "interval=100s phase=together connection_limit=2 hunt=1",
               "interval=100s phase=together connection_limit=2 hunt=1 transport=connection");
    check_hunt("rumor-mongering",
               "interval=100s phase=together connection_limit=2 hunt=1 stop=never",
               "interval=100s phase=together connection_limit=2 hunt=1 stop=never "
               "transport=connection");
}

/* Without a limit nobody else is called before the next interval. */
static void a_failed_exchange_is_not_made_good(void **state)
{
    const char *parameters = "interval=100s phase=together transport=connection";

    (void)state;
    for (int i = 0; i < 20; i++) {
        const double t_all = value_of(&one_crashes, 3, "anti-entropy", parameters, "t_all");

        assert_true(fmod(t_all + 1, 100) < 0.1);
    }
}

/* A push with feedback fails with probability p^7; else interest is lost as without loss. */
static void a_contact_that_fails_does_not_count(void **state)
{
    struct setup setup;
    struct sim_result r;

    (void)state;
    open_setup(&setup, 2, &one_crashes);
    setup.config.stop.at = 1000 * SIM_SECOND;
    assert_true(setup_add(&setup, "rumor-mongering", "k=1 transport=connection"));
    setup.config.stop.when = STOP_NEVER;
    sim_run(&setup.config, &r);
    assert_true(metric(&r, "rumor-mongering.contacts") > 990);
    assert_true(metric(&r, "rumor-mongering.retired") == 0);
    sim_result_clear(&r);
    setup_clear(&setup);
}

/* ---- ring repair ---- */

/* One of four holders is dead.  By timeouts of 40 s each skip takes 80 s, by failures 2.54 s. */
static void a_turn_that_fails_is_handed_on(void **state)
{
    const char *datagram = "interval=100s timeout=40s";
    const char *connection = "interval=100s timeout=40s transport=connection";
    const char *waiting = "interval=100s timeout=40s transport=connection on_failure=wait";
    double latest = 0, latest_datagram = 0, latest_waiting = 0;

    (void)state;
    for (uint64_t seed = 1; seed <= SEEDS / 5; seed++) {
        const char *all[] = { datagram, connection, waiting };
        double *const most[] = { &latest_datagram, &latest, &latest_waiting };

        for (int i = 0; i < 3; i++) {
            struct setup setup;

            open_setup(&setup, 4, &one_crashes);
            setup.config.store.preload = 8; /* nobody lacks the whole shard */
            setup.config.seed = seed;
            assert_true(setup_add(&setup, "ring-repair", all[i]));
            const double t_all = run_for(&setup, "t_all") - 99;

            /* A check whose start is dead does not take place; who waits waits for the next. */
            *most[i] = fmax(*most[i], i == 2 ? t_all : fmod(t_all, 100));
            setup_clear(&setup);
        }
    }
    assert_true(latest < 3 * 2 * FAILS_AFTER * (double)RETRANSMIT / 1e9 + 1);
    assert_true(latest_datagram > 79);
    assert_true(latest_waiting > 100);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(mail_is_lost_as_often_as_a_connection_fails),
        cmocka_unit_test(a_mail_that_fails_waits_in_the_cache),
        cmocka_unit_test(who_cannot_be_called_is_hunted_past),
        cmocka_unit_test(a_failed_exchange_is_not_made_good),
        cmocka_unit_test(a_contact_that_fails_does_not_count),
        cmocka_unit_test(a_turn_that_fails_is_handed_on),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
