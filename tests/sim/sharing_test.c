/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Messages that share an uplink leave it as parallel streams do: k equal ones that begin together
 * all end after k times as long as one, to the nanosecond, where one after another the j-th ends
 * after j times; any others end as a plain simulation of equal parts says; a crash loses them.
 */
#include "courier.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

enum {
    BYTES = 8 + 28,
    LETTERS_MAX = 200
}; /* of a letter: control, and the header of the harness */

#define LATENCY (10 * SIM_MILLISECOND) /* of the harness */

static void open_trial(struct courier_trial *t, const char *parameters, enum sim_sharing sharing,
                       int64_t bandwidth)
{
    courier_open(t, 5, parameters);
    t->setup.config.network.bandwidth = bandwidth;
    t->setup.config.network.queue_bytes = -1;
    t->setup.config.network.sharing = sharing;
    t->setup.config.stop.at = 600 * SIM_SECOND;
}

/* When so many letters have left, begun together. */
static sim_time time_of(int64_t count, int64_t bandwidth)
{
    return (count * BYTES * 8 * SIM_SECOND + bandwidth - 1) / bandwidth;
}

static void check_batch(const char *parameters, int64_t bandwidth, enum sim_sharing sharing)
{
    struct courier_trial t;

    open_trial(&t, parameters, sharing, bandwidth);
    courier_run(&t);
    for (int64_t k = 0; k < t.config->letters; k++) {
        const struct letter *letter = courier_letter(&t, 0, k);
        const sim_time takes = sharing == SHARING_FAIR ? time_of(t.config->letters, bandwidth)
                                                       : (k + 1) * time_of(1, bandwidth);

        assert_int_equal(letter->arrivals, 1);
        assert_int_equal(letter->arrived[0], letter->sent + takes + LATENCY);
    }
    courier_close(&t);
}

static void equal_streams_end_together(void **state)
{
    static const int64_t bandwidths[] = { 1000, 10007, 288, 1000000 };
    static const char *const batches[] = { "one_sends=true letters=1 batch=1",
                                           "one_sends=true letters=2 batch=2",
                                           "one_sends=true letters=7 batch=7",
                                           "one_sends=true letters=100 batch=100" };

    (void)state;
    for (size_t i = 0; i < sizeof bandwidths / sizeof *bandwidths; i++)
        for (size_t b = 0; b < sizeof batches / sizeof *batches; b++) {
            check_batch(batches[b], bandwidths[i], SHARING_FIFO);
            check_batch(batches[b], bandwidths[i], SHARING_FAIR);
        }
}

/* A plain simulation of equal parts. */
struct parts {
    double left[LETTERS_MAX], ends[LETTERS_MAX]; /* bits; ns */
    int64_t begun, ended;
    double now, bandwidth;
};

/* Of those that are there the one with least left, or -1; how many there are. */
static int64_t first_to_end(const struct parts *p, int64_t *streams)
{
    int64_t first = -1;

    *streams = 0;
    for (int64_t k = 0; k < p->begun; k++) {
        *streams += p->left[k] > 0;
        if (p->left[k] > 0 && (first < 0 || p->left[k] < p->left[first]))
            first = k;
    }
    return first;
}

/* All that are there are served until `next`; those that then have nothing left end. */
static void serve(struct parts *p, double next, int64_t streams)
{
    for (int64_t k = 0; k < p->begun; k++) {
        if (p->left[k] <= 0)
            continue;
        p->left[k] -= (next - p->now) * p->bandwidth / 1e9 / (double)streams;
        if (p->left[k] > 1e-6)
            continue;
        p->left[k] = 0;
        p->ends[k] = next;
        p->ended++;
    }
    p->now = next;
}

static void share(const struct courier_trial *t, struct parts *p)
{
    while (p->ended < t->config->letters) {
        int64_t streams;
        const int64_t first = first_to_end(p, &streams);
        const double end =
            first < 0 ? INFINITY : p->now + p->left[first] * (double)streams / p->bandwidth * 1e9;
        const double begin =
            p->begun < t->config->letters ? (double)courier_letter(t, 0, p->begun)->sent : INFINITY;

        serve(p, fmin(begin, end), streams);
        if (begin <= end)
            p->left[p->begun++] = BYTES * 8;
    }
}

static void others_end_as_equal_parts_say(void **state)
{
    static const struct {
        const char *parameters;
        int64_t bandwidth;
    } cases[] = {
        { "one_sends=true letters=60 batch=1 interval=300ms", 1000 },
        { "one_sends=true letters=60 batch=3 interval=700ms", 1300 },
        { "one_sends=true letters=150 batch=2 interval=10ms", 30011 },
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct courier_trial t;
        struct parts parts = { .bandwidth = (double)cases[i].bandwidth };

        open_trial(&t, cases[i].parameters, SHARING_FAIR, cases[i].bandwidth);
        courier_run(&t);
        share(&t, &parts);
        for (int64_t k = 0; k < t.config->letters; k++) {
            const struct letter *letter = courier_letter(&t, 0, k);
            const double late = (double)(letter->arrived[0] - LATENCY) - parts.ends[k];

            assert_int_equal(letter->arrivals, 1);
            assert_true(fabs(late) <= 2 + (double)k); /* a nanosecond for each that ended before */
        }
        assert_true(metric(&t.result, "dropped_queue") == 0);
        courier_close(&t);
    }
}

static void a_crash_loses_what_has_not_left(void **state)
{
    struct sim_fault crash = { .kind = FAULT_CRASH, .of = { .kind = SELECT_ALL } };
    struct courier_trial t;

    (void)state;
    open_trial(&t, "one_sends=true letters=20 batch=20", SHARING_FAIR, 288);
    courier_run(&t);
    crash.at = courier_letter(&t, 0, 0)->sent + time_of(19, 288);
    courier_close(&t);
    open_trial(&t, "one_sends=true letters=20 batch=20", SHARING_FAIR, 288);
    t.setup.config.faults = &crash;
    t.setup.config.fault_count = 1;
    courier_run(&t);
    for (int64_t k = 0; k < 20; k++)
        assert_int_equal(courier_letter(&t, 0, k)->arrivals, 0);
    assert_true(metric(&t.result, "dropped_queue") == 20);
    assert_int_equal(t.result.samples[t.result.sample_count - 1].in_flight, 0);
    courier_close(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(equal_streams_end_together),
        cmocka_unit_test(others_end_as_equal_parts_say),
        cmocka_unit_test(a_crash_loses_what_has_not_left),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
