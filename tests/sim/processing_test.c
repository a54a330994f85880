/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A node handles messages one after another, each for its time, in the order in which they came:
 * mean waits are those of M/D/1 and M/M/1; what finds a full inbox is dropped, and so is all of it
 * when its node goes down; over a connection that is sent again.  A node that is held takes up
 * nothing, and works off what waits when it is let go.
 */
#include "courier.h"
#include "law.h"
#include "sim/net/inbox.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#define LATENCY (10 * SIM_MILLISECOND) /* of the harness */

enum { RUNS = 50, SENDERS = 40, MESSAGES = 20000 }; /* a run: a million in all */

/* ---- queues in the steady state ---- */

struct config {
    sim_time mean; /* between messages of a sender */
};

static void start(struct node *n)
{
    const struct config *c = node_config(n);

    node_every(n, c->mean, PHASE_POISSON, 0);
}

/* All send to node 0, and that to another, where there is next to nothing to do. */
static void send(struct node *n, int tag, uint32_t value)
{
    (void)tag;
    (void)value;
    node_send(n, node_self(n) == 0, 0, set_new());
}

static void receive(struct node *n, const struct message *m)
{
    (void)n;
    (void)m;
}

static const struct param params[] = {
    PARAM_INTERVAL(struct config, mean, "1s", "1us..365d", "between messages"),
    PARAM_END,
};

static const struct message_kind messages[] = { { .name = "letter" }, { .name = NULL } };

static const struct model poisson_sender = {
    .name = "poisson-sender",
    .params = params,
    .messages = messages,
    .config_size = sizeof(struct config),
    .on_start = start,
    .on_timer = send,
    .on_message = receive,
};

/* Mean wait at node 0 in one run whose share of busy time is `rho` there, in units of the mean time
 * of a message; the messages of node 0, one in SENDERS, wait at an idle one, almost never. */
static void run_queue(const struct distribution_spec *spec, double rho, uint64_t seed, double *wait,
                      double *busy)
{
    const double service = spec->a, gap = service * SENDERS / rho;
    struct distribution *time = distribution_new(spec);
    struct setup setup;
    struct sim_result r;

    setup_init(&setup, SENDERS + 1);
    assert_true(setup_add_model(&setup, &poisson_sender, ""));
    ((struct config *)setup.configs[0])->mean = (sim_time)gap;
    setup.config.seed = seed;
    setup.config.network.processing = time;
    setup.config.network.inbox_max = -1;
    setup.config.workload.updates = 0;
    setup.config.stop.when = STOP_NEVER;
    setup.config.warmup = (sim_time)(200 * service);
    setup.config.stop.at = setup.config.warmup + (sim_time)(MESSAGES * service / rho);
    sim_run(&setup.config, &r);
    assert_int_equal(r.status, SIM_DONE);
    *wait = metric(&r, "inbox_wait") * 1e9 / service * (SENDERS + 1) / SENDERS;
    *busy = metric(&r, "busy_max");
    assert_true(metric(&r, "dropped_inbox") == 0);
    sim_result_clear(&r);
    setup_clear(&setup);
    distribution_free(time);
}

/* `squares`: the mean square of the time of a message by the square of its mean. */
static void check_queue(const struct distribution_spec *spec, double rho, double squares)
{
    double waits[RUNS], busy[RUNS];

    for (int i = 0; i < RUNS; i++)
        run_queue(spec, rho, (uint64_t)i + 1, &waits[i], &busy[i]);
    assert_true(fabs(law_mean(waits, RUNS, rho * squares / (2 * (1 - rho)))) < LAW_Z);
    assert_true(fabs(law_mean(busy, RUNS, rho)) < LAW_Z);
}

/* A million messages, in runs of their own, so that their means are independent. */
static void waits_are_those_of_the_law(void **state)
{
    const struct distribution_spec constant = { .kind = DISTRIBUTION_CONSTANT, .a = 1.2e7 };
    const struct distribution_spec exponential = { .kind = DISTRIBUTION_EXPONENTIAL, .a = 1.2e7 };

    (void)state;
    check_queue(&constant, 0.5, 1);
    check_queue(&constant, 0.8, 1);
    check_queue(&exponential, 0.7, 2);
}

/* ---- letter by letter ---- */

static struct distribution *constant_time(sim_time time)
{
    const struct distribution_spec spec = { .kind = DISTRIBUTION_CONSTANT, .a = (double)time };

    return distribution_new(&spec);
}

/* Ten letters at once to one other node: the last is handled when all are. */
static void letters_are_handled_one_after_another(void **state)
{
    const sim_time takes = 7 * SIM_MILLISECOND;
    struct distribution *time = constant_time(takes);
    struct courier_trial t;

    (void)state;
    courier_open(&t, 2, "one_sends=true letters=30 batch=10");
    t.setup.config.network.processing = time;
    t.setup.config.network.inbox_max = -1;
    courier_run(&t);
    for (int64_t k = 0; k < 30; k++) {
        const struct letter *letter = courier_letter(&t, 0, k);

        assert_int_equal(letter->arrivals, 1);
        assert_int_equal(letter->arrived[0], letter->sent + LATENCY + (k % 10 + 1) * takes);
    }
    assert_true(metric(&t.result, "inbox_max") == 9);
    assert_true(metric(&t.result, "inbox_wait_max") == 0.063);
    assert_true(fabs(metric(&t.result, "inbox_wait") - 0.0315) < 1e-12);
    assert_int_equal(t.result.samples[t.result.sample_count - 1].in_flight, 0);
    courier_close(&t);
    distribution_free(time);
}

/* With no time to handle them letters arrive as without an inbox, and none waits for room. */
static void what_takes_no_time_is_handled_as_it_comes(void **state)
{
    struct distribution *time = constant_time(0);
    struct courier_trial t;

    (void)state;
    courier_open(&t, 2, "one_sends=true letters=30 batch=10");
    t.setup.config.network.processing = time;
    t.setup.config.network.inbox_max = 0;
    courier_run(&t);
    for (int64_t k = 0; k < 30; k++) {
        const struct letter *letter = courier_letter(&t, 0, k);

        assert_int_equal(letter->arrivals, 1);
        assert_int_equal(letter->arrived[0], letter->sent + LATENCY);
    }
    assert_true(metric(&t.result, "dropped_inbox") == 0);
    assert_true(metric(&t.result, "inbox_max") == 0);
    courier_close(&t);
    distribution_free(time);
}

/* Of ten at once one is handled, four wait, and five find no room. */
static void what_finds_no_room_is_dropped(void **state)
{
    struct distribution *time = constant_time(7 * SIM_MILLISECOND);
    struct courier_trial t;
    int64_t came = 0;

    (void)state;
    courier_open(&t, 2, "one_sends=true letters=30 batch=10");
    t.setup.config.network.processing = time;
    t.setup.config.network.inbox_max = 4;
    courier_run(&t);
    for (int64_t k = 0; k < 30; k++) {
        const struct letter *letter = courier_letter(&t, 0, k);

        assert_int_equal(letter->arrivals, k % 10 < 5);
        came += letter->arrivals;
    }
    assert_true(metric(&t.result, "dropped_inbox") == 15);
    assert_true(metric(&t.result, "messages") == (double)came + 15);
    assert_true(metric(&t.result, "inbox_max") == 4);
    courier_close(&t);
    distribution_free(time);
}

/* Handling takes 100 ms, and after 2.55 s of it the receiver crashes. */
static void who_goes_down_loses_what_waits(void **state)
{
    struct distribution *time = constant_time(100 * SIM_MILLISECOND);
    struct sim_fault crash = { .kind = FAULT_CRASH,
                               .of = { .kind = SELECT_ALL },
                               .lasts = SIM_SECOND };
    struct courier_trial t;
    int64_t came = 0;

    (void)state;
    courier_open(&t, 2, "one_sends=true letters=40 batch=40");
    courier_run(&t);
    crash.at = courier_letter(&t, 0, 0)->arrived[0] + 2550 * SIM_MILLISECOND;
    courier_close(&t);

    courier_open(&t, 2, "one_sends=true letters=40 batch=40");
    t.setup.config.network.processing = time;
    t.setup.config.network.inbox_max = -1;
    t.setup.config.faults = &crash;
    t.setup.config.fault_count = 1;
    courier_run(&t);
    for (int64_t k = 0; k < 40; k++)
        came += courier_letter(&t, 0, k)->arrivals;
    assert_int_equal(came, 25);
    assert_true(metric(&t.result, "dropped_inbox") == 15);
    courier_close(&t);
    distribution_free(time);
}

/* ---- held ---- */

static void who_is_held_takes_up_nothing(void **state)
{
    struct memory memory = { 0 };
    struct inboxes inboxes = { 0 };
    struct inboxed message;

    (void)state;
    inboxes_init(&inboxes, &memory, 2, UINT64_MAX);
    inboxes.nodes[1].is_held = true;
    for (uint32_t i = 0; i < 5; i++) {
        assert_false(inbox_may_take(&inboxes, 1));
        assert_true(inbox_put(&inboxes, 1, &(struct inboxed){ .from = i, .came = i }));
    }
    assert_int_equal(inboxes.most, 5);
    inboxes.nodes[1].is_held = false;
    for (uint32_t i = 0; i < 5; i++) {
        assert_true(inbox_may_take(&inboxes, 1));
        inbox_take(&inboxes, 1, 100 + i, 101 + i);
        assert_false(inbox_may_take(&inboxes, 1)); /* it handles one */
        assert_int_equal(inbox_finish(&inboxes, 1).from, i);
    }
    assert_false(inbox_drop(&inboxes, 1, 200, &message));
    assert_int_equal(inboxes.waited_max, 100);
    memory_clear(&memory);
}

/* A node that stops with a message in its hands is not busy with it for as long as it stands. */
static void who_stands_still_is_not_busy(void **state)
{
    const struct distribution_spec spec = { .kind = DISTRIBUTION_CONSTANT, .a = 1e8 };
    const struct sim_fault pause = { .kind = FAULT_PAUSE,
                                     .of = { SELECT_RANGE, .first = 0, .nodes = SENDERS + 1 },
                                     .at = 20 * SIM_SECOND };
    struct distribution *time = distribution_new(&spec);
    struct setup setup;
    struct sim_result r;

    (void)state;
    setup_init(&setup, SENDERS + 1);
    assert_true(setup_add_model(&setup, &poisson_sender, ""));
    ((struct config *)setup.configs[0])->mean = SIM_SECOND / 2;
    setup.config.network.processing = time;
    setup.config.network.inbox_max = -1;
    setup.config.workload.updates = 0;
    setup.config.faults = &pause;
    setup.config.fault_count = 1;
    setup.config.stop.when = STOP_NEVER;
    setup.config.warmup = 10 * SIM_SECOND;
    setup.config.stop.at = 200 * SIM_SECOND;
    sim_run(&setup.config, &r);
    assert_int_equal(r.status, SIM_DONE);
    assert_true(metric(&r, "busy_max") > 0 && metric(&r, "busy_max") <= 10.1 / 190);
    sim_result_clear(&r);
    setup_clear(&setup);
    distribution_free(time);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(waits_are_those_of_the_law),
        cmocka_unit_test(letters_are_handled_one_after_another),
        cmocka_unit_test(what_takes_no_time_is_handled_as_it_comes),
        cmocka_unit_test(what_finds_no_room_is_dropped),
        cmocka_unit_test(who_goes_down_loses_what_waits),
        cmocka_unit_test(who_is_held_takes_up_nothing),
        cmocka_unit_test(who_stands_still_is_not_busy),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
