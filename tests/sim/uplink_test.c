/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A message leaves its node when those before it have left, to the nanosecond, whether these are
 * lost later or not; what the queue has no room for is dropped; a crash loses what waits and not
 * what is on the link, and who leaves gracefully loses neither.
 */
#include "courier.h"
#include "sim/truth/numbering.h"
#include "sim/value/draw.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

enum { BYTES = 8 + 28 }; /* of a letter: control, and the header of the harness */

#define LATENCY (10 * SIM_MILLISECOND) /* of the harness */

static sim_time time_of(int64_t bytes, int64_t bandwidth)
{
    return (bytes * 8 * SIM_SECOND + bandwidth - 1) / bandwidth;
}

static void letters_leave_one_after_another(void **state)
{
    static const struct {
        const char *parameters;
        int64_t bandwidth;
    } cases[] = {
        { "one_sends=true letters=40 batch=8", 1000 },  /* each batch takes over 2 s */
        { "one_sends=true letters=40 batch=8", 10007 }, /* less than a second */
        { "one_sends=true letters=40 batch=8 interval=10ms", 30011 },
        { "one_sends=true letters=40 batch=1", 288 }, /* busy again when it is idle */
        { "letters=20 batch=2 together=true", 333 },  /* each has its own */
        { "letters=20 batch=2", 1000000000000 },      /* rounded up */
        { "letters=20 batch=3 answers=true interval=100ms", 1700 },
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const sim_time takes = time_of(BYTES, cases[i].bandwidth);
        struct courier_trial t;

        courier_open(&t, 5, cases[i].parameters);
        t.setup.config.network.bandwidth = cases[i].bandwidth;
        t.setup.config.network.queue_bytes = -1;
        t.setup.config.stop.at = 600 * SIM_SECOND;
        courier_run(&t);
        for (node_id from = 0; from < 5; from++) {
            sim_time idle_at = 0;

            for (int64_t k = 0; k < t.config->sent[from]; k++) {
                const struct letter *letter = courier_letter(&t, from, k);
                const sim_time starts = letter->sent > idle_at ? letter->sent : idle_at;

                idle_at = starts + takes;
                assert_int_equal(letter->arrivals, 1);
                assert_int_equal(letter->arrived[0], idle_at + LATENCY);
            }
        }
        assert_true(metric(&t.result, "dropped_queue") == 0);
        courier_close(&t);
    }
}

/* Each node has the link of one class, up and down, as many of each as its share says. */
static void links_are_of_classes(void **state)
{
    static const struct sim_access_class classes[] = { { 0.2, 4000, 1000 },
                                                       { 0.5, 1000, 8000 },
                                                       { 0.3, 0, 600 } };
    enum { NODES = 4000 };
    const sim_time at_once = 1; /* ns: of a link without limit */
    struct courier_trial t;
    double found[3] = { 0 };

    (void)state;
    courier_open(&t, NODES, "letters=1 interval=100s");
    t.setup.config.network.access = classes;
    t.setup.config.network.access_count = 3;
    t.setup.config.network.queue_bytes = -1;
    t.setup.config.stop.at = 200 * SIM_SECOND;
    courier_run(&t);
    for (node_id from = 0; from < NODES; from++) {
        const struct letter *letter = courier_letter(&t, from, 0);
        const sim_time took = letter->arrived[0] - letter->sent - LATENCY;
        int matches = 0;

        assert_int_equal(letter->arrivals, 1);
        for (int up = 0; up < 3; up++)
            for (int down = 0; down < 3; down++) {
                const sim_time rises =
                    classes[up].bandwidth ? time_of(BYTES, classes[up].bandwidth) : 0;

                if (took - rises - time_of(BYTES, classes[down].downlink) <= at_once &&
                    took - rises - time_of(BYTES, classes[down].downlink) >= 0) {
                    found[up]++;
                    matches++;
                }
            }
        assert_int_equal(matches, 1);
    }
    for (int i = 0; i < 3; i++)
        assert_true(fabs(found[i] - NODES * classes[i].share) <
                    4 * sqrt(NODES * classes[i].share * (1 - classes[i].share)));
    courier_close(&t);
}

/* Each node of the scenario has the link of the class that is given for it. */
static void links_are_those_of_their_nodes(void **state)
{
    static const struct sim_access_class classes[] = { { 0.25, 4000, 1000 },
                                                       { 0.25, 1000, 8000 },
                                                       { 0.5, 2000, 600 } };
    enum { NODES = 40 };
    struct numbering numbering;
    struct courier_trial t;
    uint16_t of[NODES];

    (void)state;
    for (node_id i = 0; i < NODES; i++)
        of[i] = (uint16_t)(i % 4 < 2 ? i % 4 : 2);
    numbering_init(&numbering, NODES, draw_key(1, 0, PURPOSE_NUMBERING));
    courier_open(&t, NODES, "letters=1 interval=100s");
    t.setup.config.network.access = classes;
    t.setup.config.network.access_count = 3;
    t.setup.config.network.access_of = of;
    t.setup.config.network.queue_bytes = -1;
    t.setup.config.stop.at = 200 * SIM_SECOND;
    courier_run(&t);
    for (node_id from = 0; from < NODES; from++) {
        const struct letter *letter = courier_letter(&t, from, 0);
        const uint16_t up = of[numbering_outside(&numbering, from)];
        const uint16_t down = of[numbering_outside(&numbering, letter->to)];

        assert_int_equal(letter->arrivals, 1);
        assert_int_equal(letter->arrived[0] - letter->sent,
                         LATENCY + time_of(BYTES, classes[up].bandwidth) +
                             time_of(BYTES, classes[down].downlink));
    }
    courier_close(&t);
}

/* Half are lost, at random, and take their time on the link as the others do. */
static void lost_letters_take_their_time(void **state)
{
    struct courier_trial t;
    int64_t lost = 0;

    (void)state;
    courier_open(&t, 5, "one_sends=true letters=500 batch=500");
    t.setup.config.network.bandwidth = 288;
    t.setup.config.network.queue_bytes = -1;
    t.setup.config.network.loss = 0.5;
    t.setup.config.stop.at = 600 * SIM_SECOND;
    courier_run(&t);
    for (int64_t k = 0; k < 500; k++) {
        const struct letter *letter = courier_letter(&t, 0, k);

        lost += letter->arrivals == 0;
        if (letter->arrivals > 0)
            assert_int_equal(letter->arrived[0], letter->sent + (k + 1) * SIM_SECOND + LATENCY);
    }
    assert_true(metric(&t.result, "dropped_loss") == (double)lost);
    assert_in_range(lost, 200, 300); /* 250, and 4.5 standard errors */
    courier_close(&t);
}

/* Of a batch one goes at once, and as many wait as fit in whole. */
static void the_queue_has_room_for_so_many_bytes(void **state)
{
    static const struct {
        int64_t queue, fit;
    } cases[] = { { -1, 7 },
                  { 0, 0 },
                  { BYTES - 1, 0 },
                  { BYTES, 1 },
                  { 2 * BYTES - 1, 1 },
                  { 5 * BYTES, 5 },
                  { 7 * BYTES - 1, 6 },
                  { 7 * BYTES, 7 },
                  { 8 * BYTES, 7 } };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct courier_trial t;

        courier_open(&t, 5, "one_sends=true letters=16 batch=8 interval=20s");
        t.setup.config.network.bandwidth = 288;
        t.setup.config.network.queue_bytes = cases[i].queue;
        courier_run(&t);
        assert_int_equal(t.config->sent[0], 16);
        for (int64_t k = 0; k < 16; k++)
            assert_int_equal(courier_letter(&t, 0, k)->arrivals, k % 8 <= cases[i].fit);
        assert_true(metric(&t.result, "dropped_queue") == (double)(14 - 2 * cases[i].fit));
        assert_true(metric(&t.result, "messages") == 16);
        assert_true(metric(&t.result, "load_max") > 0);
        courier_close(&t);
    }
}

/* Letters of a second each; all nodes crash 2.5 s after a batch and come back at once, or later. */
static void a_crash_loses_what_waits(void **state)
{
    (void)state;
    for (int late = 0; late < 2; late++) {
        const struct sim_fault fault = { FAULT_CRASH,
                                         { .kind = SELECT_ALL },
                                         20 * SIM_SECOND + 5 * SIM_SECOND / 2,
                                         late ? 10 * SIM_SECOND : SIM_MILLISECOND,
                                         0,
                                         .obstacle = NULL };
        struct courier_trial t;

        courier_open(&t, 2, "one_sends=true letters=12 batch=6 interval=20s together=true");
        t.setup.config.network.bandwidth = 288;
        t.setup.config.network.queue_bytes = -1;
        t.setup.config.faults = &fault;
        t.setup.config.fault_count = 1;
        courier_run(&t);
        for (int64_t k = 0; k < 12; k++) {
            const struct letter *letter = courier_letter(&t, 0, k);
            /* the third is on the link, and finds the receiver up again or not */
            const bool arrives = k < 2 || (k == 2 && !late) || k >= 6;

            assert_int_equal(letter->arrivals, arrives);
            if (k >= 6) /* the second batch, of a later life, finds the link as new */
                assert_int_equal(letter->arrived[0],
                                 40 * SIM_SECOND + (k - 5) * SIM_SECOND + LATENCY);
        }
        assert_true(metric(&t.result, "dropped_queue") == 3);
        assert_true(metric(&t.result, "dropped_down") == late);
        courier_close(&t);
    }
}

static void who_leaves_gracefully_loses_nothing(void **state)
{
    const struct distribution_spec long_ago = { .a = 22.5e9 }, soon = { .a = 1e6 };
    struct distribution *session = distribution_new(&long_ago), *away = distribution_new(&soon);

    (void)state;
    for (int graceful = 0; graceful < 2; graceful++) {
        struct courier_trial t;

        courier_open(&t, 2, "one_sends=true letters=6 batch=6 interval=20s together=true");
        t.setup.config.network.bandwidth = 288;
        t.setup.config.network.queue_bytes = -1;
        t.setup.config.churn =
            (struct sim_churn){ .session = session,
                                .downtime = away,
                                .share = 1,
                                .start = CHURN_UP,
                                .leave = graceful ? LEAVE_GRACEFUL : LEAVE_CRASH };
        courier_run(&t);
        for (int64_t k = 0; k < 6; k++)
            assert_int_equal(courier_letter(&t, 0, k)->arrivals, graceful || k < 3);
        assert_true(metric(&t.result, "dropped_queue") == (graceful ? 0 : 3));
        courier_close(&t);
    }
    distribution_free(session);
    distribution_free(away);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(letters_leave_one_after_another),
        cmocka_unit_test(links_are_of_classes),
        cmocka_unit_test(links_are_those_of_their_nodes),
        cmocka_unit_test(lost_letters_take_their_time),
        cmocka_unit_test(the_queue_has_room_for_so_many_bytes),
        cmocka_unit_test(a_crash_loses_what_waits),
        cmocka_unit_test(who_leaves_gracefully_loses_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
